/*
Whether a file of the state directory can be written: known before a person confirms anything. Nothing is created.
*/
import {accessSync, constants, existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {errorWords} from './error-words.ts';
import {UnsafeStateError} from './state-safety.ts';

/** Throws the system's error if nothing can be created in this folder, or in the folder that would hold it. */
export const refuseUnwritable = (folder: string): void => {
	let existing = folder;
	while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
	// With the dot, a file is no folder.
	accessSync(join(existing, '.'), constants.W_OK | constants.X_OK);
};

/** What to do where a file of the state directory cannot be written; empty if the error says it. */
export const stateRemedy = (error: Error): string =>
	error instanceof UnsafeStateError || !('syscall' in error)
		? ''
		: '; set JOBTOP_STATE_DIR to use another folder';

/** Why a file of the state directory cannot be written, and what to do. */
export const unwritableWords = (error: Error): string => `${errorWords(error)}${stateRemedy(error)}`;
