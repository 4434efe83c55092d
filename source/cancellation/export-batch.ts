import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {makeDirectory} from '../process/make-directory.ts';
import {batchDocument} from './batch-json.ts';
import {readBatch, readJournal} from './journal/read-batch.ts';

/** Writes all that the journal holds of a batch into a file of the state directory; returns its path. Throws where it cannot be read or written. */
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
