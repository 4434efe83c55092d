/*
The files of the batches in a state directory: a journal and a lock for each, named by number.
*/
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {refuseUnsafe} from '../../process/state-safety.ts';

export const batchDirectory = (stateDirectory: string): string => join(stateDirectory, 'batches');
export const journalFile = (stateDirectory: string, number: number): string =>
	join(batchDirectory(stateDirectory), `${number}.jsonl`);
export const lockFile = (stateDirectory: string, number: number): string =>
	join(batchDirectory(stateDirectory), `${number}.lock`);

/** jobtop never writes a longer number. */
const numberOf = (name: string): number | undefined => {
	const match = /^([1-9]\d{0,8})\.jsonl$/.exec(name);
	return match ? Number(match[1]) : undefined;
};

/** Throws an `UnsafeStateError` if somebody else could put a batch there: jobtop sends the requests of unfinished batches. */
const refuseUnsafeBatches = (stateDirectory: string): void => {
	for (const folder of [stateDirectory, batchDirectory(stateDirectory)]) refuseUnsafe(folder, 'folder');
};

/** The numbers of the existing batches, in order. Throws an `UnsafeStateError`, or the system's error. */
export const batchNumbers = (stateDirectory: string): readonly number[] => {
	refuseUnsafeBatches(stateDirectory);
	try {
		return readdirSync(batchDirectory(stateDirectory))
			.map(numberOf)
			.filter(number => number !== undefined)
			.sort((a, b) => a - b);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw error;
	}
};
