import {statSync} from 'node:fs';
import {join} from 'node:path';
import {cleanText} from '../job/clean-text.ts';
import {makeDirectory} from '../process/make-directory.ts';
import {appendToStateFile} from '../process/state-safety.ts';

/** The maximum size of the file in bytes: a fault in every poll must not fill the disk. */
const maxBytes = 1024 * 1024;

/** Errors whose message quotes the input, which may contain a secret. */
const quotingErrors: ReadonlySet<string> = new Set(['SyntaxError']);

/** Logs internal errors of jobtop for its developers: the stack, but nothing that a server sent. */
export const createFaults = (stateDirectory: string, now: () => number) => {
	const path = join(stateDirectory, 'faults.log');
	return {
		add(profile: string, method: string, error: unknown) {
			const {name, message, stack = ''} = error instanceof Error ? error : new Error(String(error));
			const places = stack.split('\n').filter(line => /^ {4}at /.test(line));
			const what = quotingErrors.has(name) ? name : `${name}: ${cleanText(message, 300)}`;
			const lines = [`${new Date(now()).toISOString()} ${profile} ${method}: ${what}`, ...places, ''];
			try {
				makeDirectory(stateDirectory);
				if ((statSync(path, {throwIfNoEntry: false})?.size ?? 0) >= maxBytes) return;
				appendToStateFile(path, lines.join('\n'));
			} catch {
				// The screen shows the failure anyway; only the stack is lost.
			}
		},
	};
};

export type Faults = ReturnType<typeof createFaults>;
