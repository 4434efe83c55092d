/*
Where the batches of a state directory stand: a journal and a lock for each, named by their number.
*/
import {readdirSync} from 'node:fs';
import {join} from 'node:path';

export const batchDirectory = (stateDirectory: string): string => join(stateDirectory, 'batches');
export const journalFile = (stateDirectory: string, number: number): string =>
	join(batchDirectory(stateDirectory), `${number}.jsonl`);
export const lockFile = (stateDirectory: string, number: number): string =>
	join(batchDirectory(stateDirectory), `${number}.lock`);

/** A file with a longer number is none of ours. */
const numberOf = (name: string): number | undefined => {
	const match = /^([1-9]\d{0,8})\.jsonl$/.exec(name);
	return match ? Number(match[1]) : undefined;
};

/** The numbers of the batches that are there, in order. */
export const batchNumbers = (stateDirectory: string): readonly number[] => {
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
