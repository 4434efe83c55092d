import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {makeDirectory} from '../process/make-directory.ts';
import {batchDocument} from './batch-json.ts';
import {readBatch, readJournal} from './journal/read-batch.ts';

/** Writes the contents of a batch's journal to a file in the state directory and returns its path. Throws if either file cannot be read or written. */
export const exportBatch = (stateDirectory: string, number: number): string => {
	const batch = readBatch(stateDirectory, number);
	if (!batch) throw new Error('its journal is empty');
	const folder = join(stateDirectory, 'exports');
	makeDirectory(folder);
	const path = join(folder, `batch-${number}.json`);
	writeFileSync(path, batchDocument(batch, {lines: readJournal(stateDirectory, number).lines}), {
		mode: 0o600,
	});
	return path;
};
