import {accessSync, constants, statSync} from 'node:fs';
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
				accessSync(file, constants.X_OK);
				return isAbsolute(file) && statSync(file).isFile();
			} catch {
				return false;
			}
		});

/** Why a system with this program is found on this machine, in words. */
export const programEvidence =
	(name: string) =>
	({env}: {readonly env: Readonly<Record<string, string | undefined>>}): string =>
		`${name} is ${pathOfProgram(name, env) ?? 'not on PATH'}`;
