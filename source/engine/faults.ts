import {statSync} from 'node:fs';
import {join} from 'node:path';
import {cleanText} from '../job/clean-text.ts';
import {makeDirectory} from '../process/make-directory.ts';
import {appendToStateFile} from '../process/state-safety.ts';

/** Bytes after which nothing more is written: the same fault in every poll must not fill a disk. */
const maxBytes = 1024 * 1024;

/** What quotes what it read: that may be anything, a secret too. */
const quoting: ReadonlySet<string> = new Set(['SyntaxError']);

/** Writes down what went wrong in jobtop itself, for whoever mends it: where and how, and nothing of what a server said. */
export const createFaults = (stateDirectory: string, now: () => number) => {
	const path = join(stateDirectory, 'faults.log');
	return {
		add(profile: string, method: string, error: unknown) {
			const {name, message, stack = ''} = error instanceof Error ? error : new Error(String(error));
			const places = stack.split('\n').filter(line => /^ {4}at /.test(line));
			const what = quoting.has(name) ? name : `${name}: ${cleanText(message, 300)}`;
			const lines = [`${new Date(now()).toISOString()} ${profile} ${method}: ${what}`, ...places, ''];
			try {
				makeDirectory(stateDirectory);
				if ((statSync(path, {throwIfNoEntry: false})?.size ?? 0) >= maxBytes) return;
				appendToStateFile(path, lines.join('\n'));
			} catch {
				// The failure itself is told on the screen; only its details have no place.
			}
		},
	};
};

export type Faults = ReturnType<typeof createFaults>;
