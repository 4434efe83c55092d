import {mkdirSync, statSync} from 'node:fs';
import {dirname} from 'node:path';

/**
Creates a folder and its parents, for this user alone. Throws the system's error.

Not with Node's `recursive`: it loops for ever if an existing folder answers ENOENT for its children, as `/proc` or an unmounted home does.
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
