import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {makeDirectory} from '../process/make-directory.ts';
import {pathFromHere} from '../process/state-directory.ts';
import {batchDocument} from './batch-json.ts';
import {readBatch, readJournal} from './journal/read-batch.ts';

/** Where an exported batch goes: to the state directory, where a later export replaces it, or to the working directory, where nothing is replaced. */
export type ExportPlace = 'state-directory' | 'working-directory';

/** Writes the contents of a batch's journal to a file and returns its path. Throws if either file cannot be read or written. */
export const exportBatch = (
	stateDirectory: string,
	number: number,
	place: ExportPlace = 'state-directory',
): string => {
	const batch = readBatch(stateDirectory, number);
	if (!batch) throw new Error('its journal is empty');
	const text = batchDocument(batch, {lines: readJournal(stateDirectory, number).lines});
	if (place === 'working-directory') return writeNew(`jobtop-batch-${number}`, text);
	const folder = join(stateDirectory, 'exports');
	makeDirectory(folder);
	const path = join(folder, `batch-${number}.json`);
	writeFileSync(path, text, {mode: 0o600});
	return path;
};

/** Writes a file of this name, or with a number if there is one, and returns its path. */
const writeNew = (name: string, text: string): string => {
	for (let copy = 1; ; copy++) {
		const path = pathFromHere(`${name}${copy === 1 ? '' : `-${copy}`}.json`);
		try {
			writeFileSync(path, text, {mode: 0o600, flag: 'wx'});
			return path;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
	}
};
