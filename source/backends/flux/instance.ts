import type {Job} from '../../job/job.ts';
import type {KnownRecords} from '../known-records.ts';
import {createUser, type User} from '../programs/user.ts';
import {type FluxOptions, type FluxPrograms, openFluxPrograms} from './programs.ts';
import {createListReading, type Viewer} from './wire.ts';

/** One instance of Flux as one profile sees it: how it is reached, and who asks. */
export type Instance = {
	readonly programs: FluxPrograms;
	readonly viewer: Viewer;
	readonly user: User;
	/** The records of the last lists. */
	readonly records: KnownRecords<Job>;
};

export type InstanceOptions = FluxOptions & {
	/** Whose jobs are mine, by number; the user who runs jobtop if not said. */
	readonly uid?: number;
};

export const openInstance = (profile: string, options: InstanceOptions): Instance => {
	const programs = openFluxPrograms(options);
	const user = createUser(options.uid, programs.ssh);
	const viewer: Viewer = {profile, isMine: userid => userid === user.uid()};
	return {programs, viewer, user, records: createListReading(viewer)};
};
