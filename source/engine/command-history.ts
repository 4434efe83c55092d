import {readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {cleanText} from '../job/clean-text.ts';
import {makeDirectory} from '../process/make-directory.ts';

/** Number of saved lines. */
export const maxHistory = 200;

/** The history of the `:` prompt, saved between runs. */
export const createCommandHistory = (stateDirectory: string) => {
	const path = join(stateDirectory, 'commands');

	const read = (): readonly string[] => {
		try {
			const lines = readFileSync(path, 'utf8').split('\n');
			return lines
				.map(line => cleanText(line, 500))
				.filter(Boolean)
				.slice(-maxHistory);
		} catch {
			// A missing or unreadable history is empty.
			return [];
		}
	};

	return {
		read,
		/** Appends a line, also after lines of other processes. Returns all lines. Throws if they cannot be written. */
		add(line: string): readonly string[] {
			const clean = cleanText(line, 500);
			const lines = [...read().filter(each => each !== clean), clean].slice(-maxHistory);
			makeDirectory(stateDirectory);
			const part = `${path}.${process.pid}`;
			writeFileSync(part, `${lines.join('\n')}\n`, {mode: 0o600});
			renameSync(part, path);
			return lines;
		},
	};
};
