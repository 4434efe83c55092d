/*
Folders for one process, in the folder for temporary files. They are gone with the process; the next one removes what a killed process has left.
*/
import {randomUUID} from 'node:crypto';
import {readdirSync, rmSync} from 'node:fs';
import {hostname, tmpdir} from 'node:os';
import {join} from 'node:path';
import {isRunning} from './is-running.ts';

/** Removes the folders whose names begin so and whose process is gone. Those of other users stay: nobody else may remove them. */
const removeLeft = (folder: string, begin: string): void => {
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

/** The path of a folder of this process, such as `jobtop-demo-state`. Nothing is made there. */
export const temporaryPath = (name: string): string => {
	const folder = tmpdir();
	const begin = `${name}-${hostname().replace(/\W/g, '_')}-`;
	removeLeft(folder, begin);
	return join(folder, `${begin}${process.pid}-${randomUUID()}`);
};
