import {userInfo} from 'node:os';
import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import type {KnownRecords} from '../known-records.ts';
import {type CondorOptions, type CondorPrograms, openCondorPrograms} from './programs.ts';
import {createListReading, type Source, type Viewer} from './wire.ts';

/** One schedd as one profile sees it: how it is reached, and who asks. */
export type Schedd = {
	readonly programs: CondorPrograms;
	readonly viewer: Viewer;
	/** The name of the user whose jobs are mine. Found out once: on another machine it may be another one. */
	readonly findUser: (signal: AbortSignal) => Promise<string>;
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
	let user = options.user ?? (programs.ssh === undefined ? localUser() : undefined);
	const viewer: Viewer = {profile, isMine: owner => owner === user};
	return {
		programs,
		viewer,
		async findUser(signal) {
			user ??= await askUser(programs, signal);
			return user;
		},
		records: {queue: createListReading('queue', viewer), history: createListReading('history', viewer)},
		members: new Map(),
	};
};

const localUser = (): string => {
	try {
		return userInfo().username;
	} catch {
		// A container may run as a number without a name.
		return process.env.USER ?? '';
	}
};

const askUser = async ({ssh}: CondorPrograms, signal: AbortSignal): Promise<string> => {
	if (ssh === undefined) return '';
	const {stdout} = await ssh.run({file: 'id', args: ['-un'], env: {}, signal});
	const name = stdout.trim();
	if (/^\S+$/.test(name)) return name;
	throw new BackendError({kind: 'malformed', detail: `id -un printed: ${cleanText(stdout, 100)}`});
};
