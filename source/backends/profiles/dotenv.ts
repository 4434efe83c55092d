/*
The one line of a `.env` file that an official tool has written its key into. Nothing else of the file is looked at.
*/
import {closeSync, constants, fstatSync, openSync, readFileSync, type Stats} from 'node:fs';
import {causeWords} from '../../process/error-words.ts';
import {shortageWords} from '../../process/shortage.ts';

/** A key, or why there is none, in words that follow the path: `cannot be read: permission denied`. `said`: the line is there all the same. `shortage`: the machine kept it from being read. */
export type DotenvLine =
	| {readonly value: string}
	| {readonly missing: string; readonly said: boolean; readonly shortage?: true};

/** What the file may have at most, in bytes: such files are short. */
const longest = 1024 * 1024;

/** Write for the group and for all others. */
const writableByOthers = 0o022;

/**
The value of `NAME=value` in a file, of the first such line, without spaces and quotes around it.

A file of the folder that somebody happens to be in is trusted only as far as that somebody alone can have written it: it belongs to the user who runs jobtop, and nobody else may write it. That others can read it is between them and the tool that wrote it.
*/
export const readDotenvLine = (path: string, name: string): DotenvLine => {
	let file: number;
	try {
		// Not to wait for who writes into a pipe.
		file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		const shortage = shortageWords(error);
		if (shortage !== undefined) return {missing: `cannot be read: ${shortage}`, said: false, shortage: true};
		return {
			missing: code === 'ENOENT' ? 'is not there' : `cannot be read: ${causeWords(error)}`,
			said: false,
		};
	}
	try {
		const stats = fstatSync(file);
		if (!stats.isFile() || stats.size > longest) return {missing: 'is not a short text file', said: false};
		const value = valueIn(readFileSync(file, 'utf8'), name);
		if (value === undefined) return {missing: `has no line ${name}=`, said: false};
		const unsafe = unsafeWords(stats);
		if (unsafe !== undefined) return {missing: unsafe, said: true};
		return value === '' ? {missing: `has an empty ${name}=`, said: true} : {value};
	} finally {
		closeSync(file);
	}
};

const valueIn = (text: string, name: string): string | undefined => {
	for (const line of text.split(/\r?\n/)) {
		const [key, ...rest] = line.split('=');
		if (key?.trimEnd() === name && rest.length > 0) return unquoted(rest.join('=').trim());
	}
	return undefined;
};

const unquoted = (value: string): string => /^(['"])(.*)\1$/.exec(value)?.[2] ?? value;

const unsafeWords = ({uid, mode}: Stats): string | undefined => {
	// Systems without users have no owner to compare.
	const user = process.geteuid?.();
	if (user === undefined) return undefined;
	if (uid !== user) return 'belongs to another user: jobtop does not read it';
	return (mode & writableByOthers) === 0
		? undefined
		: 'is writable by others: jobtop does not read it; run chmod go-w on it';
};
