import type {Job} from '../../job/job.ts';
import type {KnownRecords} from '../known-records.ts';
import {createNamedUser, type NamedUser} from '../programs/user-name.ts';
import {openPbsPrograms, type PbsOptions, type PbsPrograms} from './programs.ts';
import {createListReading, type Viewer} from './wire.ts';

/** One server as one profile sees it: how it is reached, and who asks. */
export type Server = {
	readonly programs: PbsPrograms;
	readonly viewer: Viewer;
	readonly user: NamedUser;
	/** The records of the last lists. */
	readonly records: KnownRecords<Job>;
	/** The last request for each job that is under way: PBS gets no second one beside it. */
	readonly underWay: Map<string, Promise<unknown>>;
};

export type ServerOptions = PbsOptions & {
	/** Whose jobs are mine; the user who runs jobtop if not said. */
	readonly user?: string;
};

export const openServer = (profile: string, options: ServerOptions): Server => {
	const programs = openPbsPrograms(options);
	const user = createNamedUser(options.user, programs.ssh);
	const viewer: Viewer = {profile, isMine: owner => owner === user.name()};
	return {programs, viewer, user, records: createListReading(viewer), underWay: new Map()};
};
