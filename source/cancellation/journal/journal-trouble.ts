/*
Whether journals can be written: known before a person confirms anything.
*/
import {accessSync, closeSync, constants, existsSync, openSync, unlinkSync, writeSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {errorWords} from '../../process/error-words.ts';
import {UnsafeStateError} from '../../process/state-safety.ts';
import {batchDirectory, batchNumbers} from './batch-files.ts';

/** Fills a block, so that a full disk shows. */
const probe = Buffer.alloc(4096, '\n');

/** What to do where a file of the state directory cannot be written; empty if the error says it. */
export const stateRemedy = (error: Error): string =>
	error instanceof UnsafeStateError || !('syscall' in error)
		? ''
		: '; set JOBTOP_STATE_DIR to use another folder';

/** Why no journal can be written, and what to do; undefined if one can. Creates no folder, and leaves no file. */
export const journalTrouble = (stateDirectory: string): string | undefined => {
	try {
		batchNumbers(stateDirectory);
		let folder = batchDirectory(stateDirectory);
		while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
		accessSync(join(folder, '.'), constants.W_OK | constants.X_OK);
		if (folder === batchDirectory(stateDirectory)) writeProbe(join(folder, `probe.${process.pid}`));
		return undefined;
	} catch (error) {
		return `journals cannot be written: ${errorWords(error as Error)}${stateRemedy(error as Error)}`;
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
