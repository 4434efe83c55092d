import {createKnownLines, type KnownLines} from '../known-records.ts';
import type {ProgramOptions} from '../programs/programs.ts';
import {createUser, type User} from '../programs/user.ts';
import {createOwners, type Owners} from './owners.ts';
import {openSlurmPrograms, type SlurmPrograms} from './programs.ts';
import {type ListedRecord, listedRecord, type Viewer} from './records.ts';
import {createLineReading} from './wire.ts';

/** One slurmctld as one profile sees it: how it is reached, and who asks. */
export type Controller = {
	readonly programs: SlurmPrograms;
	readonly user: User;
	readonly viewer: Viewer;
	/** The lines of the last lists. Whose jobs they are is known before the first of them. */
	readonly lines: KnownLines<ListedRecord>;
	/** Whose jobs the answers so far showed. */
	readonly owners: Owners;
};

export type ControllerOptions = ProgramOptions & {
	/** Whose jobs are mine; the user who runs jobtop if not said. */
	readonly uid?: number;
};

export const openController = (profile: string, options: ControllerOptions, cluster?: string): Controller => {
	const programs = openSlurmPrograms(options, cluster);
	const user = createUser(options.uid, programs.ssh);
	const viewer: Viewer = {profile, backend: 'slurm', isMine: ({uid}) => uid === user.uid()};
	const readLine = createLineReading();
	const owners = createOwners(viewer.isMine);
	const lines = createKnownLines(line => {
		const record = readLine(line);
		if (record === undefined) return undefined;
		// The same line says the same later, too.
		owners.remember(record);
		return listedRecord(record, viewer);
	});
	return {programs, user, viewer, lines, owners};
};
