/*
The keys of the screen from the configuration. Without a file nothing of the configuration is loaded.
*/
import {statSync} from 'node:fs';
import type {Keys} from '../keys/rebinding.ts';
import {type ConfigurationInput, placesOf} from './files.ts';

/** Whether there may be a file: one that cannot be looked at is reported when it is read. It is not read here, because a pipe can be read only once. */
const mayExist = (path: string): boolean => {
	try {
		return statSync(path, {throwIfNoEntry: false}) !== undefined;
	} catch {
		return true;
	}
};

/** Reads the keys from the files. Rejects with a `ConfigurationError`. */
export const loadKeys = async (input: ConfigurationInput): Promise<Keys> => {
	if (!placesOf(input).some(({path, must}) => must || mayExist(path))) return {};
	const {keysOfFiles} = await import('./load.ts');
	return keysOfFiles(input);
};
