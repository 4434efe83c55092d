/*
The keys of the screen from the configuration. Without a file nothing of the configuration is loaded.
*/
import type {Keys} from '../keys/rebinding.ts';
import {type ConfigurationInput, placesOf, readSource} from './files.ts';

/** Reads the keys from the files. Rejects with a `ConfigurationError`. */
export const loadKeys = async (input: ConfigurationInput): Promise<Keys> => {
	if (placesOf(input).every(({path, must}) => readSource(path, must) === undefined)) return {};
	const {keysOfFiles} = await import('./load.ts');
	return keysOfFiles(input);
};
