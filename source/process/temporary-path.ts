/*
The folder of an embedded system's programs, in the folder for temporary files. It is gone with the demo; the next demo removes what a killed one has left.
*/
import {readdirSync, rmSync} from 'node:fs';
import {mkdtemp} from 'node:fs/promises';
import {hostname, tmpdir} from 'node:os';
import {join} from 'node:path';
import {isRunning} from '../../process/is-running.ts';

const begin = `jobtop-demo-programs-${hostname().replace(/\W/g, '_')}-`;

/** Removes the folders of demos whose process is gone. Those of other users stay: nobody else may remove them. */
const removeLeft = (folder: string): void => {
	for (const name of readdirSync(folder)) {
		const pid = name.startsWith(begin) ? Number.parseInt(name.slice(begin.length), 10) : Number.NaN;
		if (Number.isNaN(pid) || isRunning(pid)) continue;
		try {
			rmSync(join(folder, name), {recursive: true, force: true});
		} catch {
			// It belongs to somebody else.
		}
	}
};

/** Makes a folder that only the user may enter. */
export const makeProgramFolder = async (): Promise<string> => {
	const folder = tmpdir();
	removeLeft(folder);
	return mkdtemp(join(folder, `${begin}${process.pid}-`));
};
