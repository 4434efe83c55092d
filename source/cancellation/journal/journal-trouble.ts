/*
Whether journals can be written: known before a person confirms anything.
*/
import {closeSync, existsSync, openSync, unlinkSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {refuseUnwritable, unwritableWords} from '../../process/writable-state.ts';
import {batchDirectory, batchNumbers} from './batch-files.ts';

/** Fills a block, so that a full disk shows. */
const probe = Buffer.alloc(4096, '\n');

/** Why no journal can be written, and what to do; undefined if one can. Creates no folder, and leaves no file. */
export const journalTrouble = (stateDirectory: string): string | undefined => {
	try {
		batchNumbers(stateDirectory);
		const folder = batchDirectory(stateDirectory);
		refuseUnwritable(folder);
		if (existsSync(folder)) writeProbe(join(folder, `probe.${process.pid}`));
		return undefined;
	} catch (error) {
		return `journals cannot be written: ${unwritableWords(error as Error)}`;
	}
};

const writeProbe = (path: string): void => {
	const file = openSync(path, 'wx', 0o600);
	try {
		writeSync(file, probe);
	} finally {
		closeSync(file);
		unlinkSync(path);
	}
};
