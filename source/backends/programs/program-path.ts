import {accessSync, closeSync, constants, openSync, readSync, statSync} from 'node:fs';
import {delimiter, isAbsolute, join} from 'node:path';

/** The file of this name to which PATH leads; undefined if there is none that can be run. Runs nothing. */
export const pathOfProgram = (
	name: string,
	env: Readonly<Record<string, string | undefined>>,
): string | undefined =>
	(env.PATH ?? '')
		.split(delimiter)
		.map(folder => join(folder, name))
		.find(file => {
			try {
				// No error is made for each folder without it: a start looks for many programs.
				if (!isAbsolute(file) || !statSync(file, {throwIfNoEntry: false})?.isFile()) return false;
				accessSync(file, constants.X_OK);
				return true;
			} catch {
				return false;
			}
		});

/** Whether a program of another system's name is one of the wrappers that Slurm comes with, and asks Slurm. Runs nothing. */
export const isSlurmWrapper = (file: string): boolean => /\bslurm/i.test(beginningOf(file));

const beginningOf = (file: string): string => {
	const bytes = Buffer.alloc(4096);
	try {
		const descriptor = openSync(file, 'r');
		try {
			return bytes.toString('latin1', 0, readSync(descriptor, bytes));
		} finally {
			closeSync(descriptor);
		}
	} catch {
		return '';
	}
};

/** Why a system with this program is found on this machine, in words. */
export const programEvidence =
	(name: string) =>
	({env}: {readonly env: Readonly<Record<string, string | undefined>>}): string =>
		`${name} is ${pathOfProgram(name, env) ?? 'not on PATH'}`;
