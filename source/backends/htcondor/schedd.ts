import type {Job} from '../../job/job.ts';
import type {KnownRecords} from '../known-records.ts';
import {createNamedUser, type NamedUser} from '../programs/user-name.ts';
import {type CondorOptions, type CondorPrograms, openCondorPrograms} from './programs.ts';
import {createListReading, type Source, type Viewer} from './wire.ts';

/** One schedd as one profile sees it: how it is reached, and who asks. */
export type Schedd = {
	readonly programs: CondorPrograms;
	readonly viewer: Viewer;
	readonly user: NamedUser;
	/** The records of the last lists. */
	readonly records: Readonly<Record<Source, KnownRecords<Job>>>;
	/** The live jobs of the clusters that were looked at, by the cluster's id: what a request for a cluster is sent for. */
	readonly members: Map<string, readonly string[]>;
};

export type ScheddOptions = CondorOptions & {
	/** Whose jobs are mine; the user who runs jobtop if not said. */
	readonly user?: string;
};

export const openSchedd = (profile: string, options: ScheddOptions): Schedd => {
	const programs = openCondorPrograms(options);
	const user = createNamedUser(options.user, programs.ssh);
	const viewer: Viewer = {profile, isMine: owner => owner === user.name()};
	return {
		programs,
		viewer,
		user,
		records: {queue: createListReading('queue', viewer), history: createListReading('history', viewer)},
		members: new Map(),
	};
};
