import {accessSync, constants, statSync} from 'node:fs';
import {delimiter, isAbsolute, join} from 'node:path';

/** Where there is a Slurm to ask: the squeue that PATH leads to. Runs nothing. */
export const pathOfSqueue = (env: Readonly<Record<string, string | undefined>>): string | undefined =>
	(env.PATH ?? '')
		.split(delimiter)
		.map(folder => join(folder, 'squeue'))
		.find(file => {
			try {
				accessSync(file, constants.X_OK);
				return isAbsolute(file) && statSync(file).isFile();
			} catch {
				return false;
			}
		});
