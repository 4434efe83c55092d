import type {Job} from '../../job/job.ts';
import type {Millis} from '../../job/time.ts';
import {systemClock} from '../../process/clock.ts';
import type {KnownRecords} from '../known-records.ts';
import {createNamedUser, type NamedUser} from '../programs/user-name.ts';
import {type LsfOptions, type LsfPrograms, openLsfPrograms} from './programs.ts';
import {createListReading, type Viewer} from './wire.ts';

/** One cluster of LSF as one profile sees it: how it is reached, and who asks. */
export type Cluster = {
	readonly programs: LsfPrograms;
	readonly viewer: Viewer;
	readonly user: NamedUser;
	/** The records of the last lists. */
	readonly records: KnownRecords<Job>;
};

export type ClusterOptions = LsfOptions & {
	/** Whose jobs are mine; the user who runs jobtop if not said. */
	readonly user?: string;
	/** The time; that of this machine if not said. */
	readonly now?: () => Millis;
};

export const openCluster = (
	profile: string,
	{now = systemClock.now, ...options}: ClusterOptions,
): Cluster => {
	const programs = openLsfPrograms(options);
	const user = createNamedUser(options.user, programs.ssh);
	const viewer: Viewer = {profile, isMine: owner => owner === user.name(), now};
	return {programs, viewer, user, records: createListReading(viewer)};
};
