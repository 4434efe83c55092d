import {mkdirSync, statSync} from 'node:fs';
import {dirname} from 'node:path';

/**
Makes a folder and those above it, for this user alone. Throws the system's error where that cannot be.

Step by step: Node's own way never ends where a folder that is there answers ENOENT for what is below it, as `/proc` does, or a home that is not mounted.
*/
export const makeDirectory = (path: string): void => {
	try {
		mkdirSync(path, {mode: 0o700});
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'EEXIST' && statSync(path).isDirectory()) return;
		if (code !== 'ENOENT' || dirname(path) === path) throw error;
		makeDirectory(dirname(path));
		mkdirSync(path, {mode: 0o700});
	}
};
