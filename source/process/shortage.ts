/** What this machine or its limits have no more of, by the error code of the operating system. */
const shortages: Readonly<Record<string, string>> = {
	EAGAIN: 'no more processes can be started',
	EMFILE: 'too many files are open',
	ENFILE: 'too many files are open on this machine',
	ENOMEM: 'not enough memory',
};

/** What is short where this error comes from, in words: `too many files are open (EMFILE)`. Undefined for every other error. */
export const shortageWords = (error: unknown): string | undefined => {
	const {code} = (error ?? {}) as {readonly code?: unknown};
	if (typeof code !== 'string' || !Object.hasOwn(shortages, code)) return undefined;
	return `${shortages[code]} (${code})`;
};
