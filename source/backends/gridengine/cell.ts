import {createKnownLines, type KnownLines} from '../known-records.ts';
import {createNamedUser, type NamedUser} from '../programs/user-name.ts';
import {createMemory, type Memory} from './memory.ts';
import {type GridEngineOptions, type GridEnginePrograms, openGridEnginePrograms} from './programs.ts';
import {type QueueRow, readRow, type Viewer} from './wire.ts';

/** One cell of Grid Engine as one profile sees it: how it is reached, and who asks. */
export type Cell = {
	readonly programs: GridEnginePrograms;
	readonly viewer: Viewer;
	readonly memory: Memory;
	/** Finds the name of the user whose jobs are mine. */
	readonly findUser: NamedUser['find'];
	/** The rows of the last lists. */
	readonly rows: KnownLines<QueueRow>;
};

export type CellOptions = GridEngineOptions & {
	/** Whose jobs are mine; the user who runs jobtop if not said. */
	readonly user?: string;
};

export const openCell = (profile: string, options: CellOptions): Cell => {
	const programs = openGridEnginePrograms(options);
	const memory = createMemory();
	const user = createNamedUser(options.user, programs.ssh);
	const viewer: Viewer = {profile, memory, isMine: owner => owner === user.name()};
	return {
		programs,
		viewer,
		memory,
		findUser: user.find,
		rows: createKnownLines(row => readRow(row, viewer)),
	};
};
