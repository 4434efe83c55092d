import {localRemedies} from '../job/failure.ts';

/** What this machine or its limits have no more of, by the error code of the operating system. */
const shortages: Readonly<Record<string, string>> = {
	EAGAIN: 'no more processes or threads can be started',
	EMFILE: 'too many files are open',
	ENFILE: 'too many files are open on this machine',
	ENOMEM: 'not enough memory',
};

/** The code of the operating system. Node gives only the words of some: of a thread that it cannot start, and of its own files. */
const codeOf = (error: unknown): string => {
	const {code, message} = (error ?? {}) as {readonly code?: unknown; readonly message?: unknown};
	if (/: too many open files\b/.test(String(message))) return 'EMFILE';
	return /^Worker initialization failure: (E[A-Z]+)$/.exec(String(message))?.[1] ?? String(code);
};

/** What is short where this error comes from, in words: `too many files are open (EMFILE)`. Undefined for every other error. */
export const shortageWords = (error: unknown): string | undefined => {
	const code = codeOf(error);
	return Object.hasOwn(shortages, code) ? `${shortages[code]} (${code})` : undefined;
};

/** The same as a line for the end of the program, with what to do. */
export const shortageLine = (error: unknown): string | undefined => {
	const words = shortageWords(error);
	return words === undefined ? undefined : `${words}; ${localRemedies.shortage}`;
};
