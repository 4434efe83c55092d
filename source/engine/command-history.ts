import {readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {cleanText} from '../job/clean-text.ts';
import {makeDirectory} from '../process/make-directory.ts';

/** Lines that are kept. */
export const maxHistory = 200;

/** What was typed behind `:`, between runs. */
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
			// Without a history there is none to go through.
			return [];
		}
	};

	return {
		read,
		/** Puts a line behind the others, those of other processes too. Returns all; throws where they cannot be written. */
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
