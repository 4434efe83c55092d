/*
The batches of the journal, for commands: an unreadable one is one line, not a crash.
*/

import {batchNumbers, journalFile} from '../../cancellation/journal/batch-files.ts';
import {type JournalledBatch, readBatch} from '../../cancellation/journal/read-batch.ts';
import {causeWords} from '../../process/error-words.ts';
import {UnsafeStateError} from '../../process/state-safety.ts';
import {CommandError} from '../output/command-error.ts';

/** The numbers of all batches, in order. Throws a `CommandError` if the folder cannot be read. */
export const knownBatches = (stateDirectory: string): readonly number[] => {
	try {
		return batchNumbers(stateDirectory);
	} catch (error) {
		if (error instanceof UnsafeStateError) {
			throw new CommandError(`${error.message}; until then jobtop does not start or read a batch`, 5, {
				cause: error,
			});
		}
		const why = `the batches in ${stateDirectory} cannot be read: ${causeWords(error)}`;
		throw new CommandError(`${why}; set JOBTOP_STATE_DIR to use another folder`, 5, {cause: error});
	}
};

/** Reads a batch; undefined if it has no readable line. Throws a `CommandError` if it cannot be read at all. */
export const readKnownBatch = (stateDirectory: string, number: number): JournalledBatch | undefined => {
	try {
		return readBatch(stateDirectory, number);
	} catch (error) {
		const why = `batch ${number} cannot be read (${journalFile(stateDirectory, number)})`;
		throw new CommandError(`${why}: ${(error as Error).message}`, 5, {cause: error});
	}
};
