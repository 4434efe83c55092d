/*
Checks that nobody else can write the files of the state directory. Whoever can write a journal can have any job cancelled, and a link would redirect jobtop's writes to any file.
*/
import {
	appendFileSync,
	closeSync,
	constants,
	fstatSync,
	lstatSync,
	openSync,
	readdirSync,
	readFileSync,
	type Stats,
} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {join} from 'node:path';
import {cleanText} from '../job/clean-text.ts';
import {shellWord} from '../text/shell-word.ts';

/** An unsafe path. Both texts are clean, and for users. */
export type Unsafety = {
	readonly path: string;
	/** As in `is writable by others (mode 0666)`. */
	readonly why: string;
	/** What the user can do about it. */
	readonly remedy: string;
};

/** An unsafe path: others can write it, or it is a link, of the wrong kind, or somebody else's. */
export class UnsafeStateError extends Error {
	readonly unsafety: Unsafety;

	constructor(unsafety: Unsafety) {
		super(unsafetyWords(unsafety));
		this.name = 'UnsafeStateError';
		this.unsafety = unsafety;
	}
}

/** One line: the path, what is wrong, and what to do. */
const unsafetyWords = ({path, why, remedy}: Unsafety): string => `${path} ${why}; ${remedy}`;

export type StateKind = 'folder' | 'file';

const elsewhere = 'or choose another folder with JOBTOP_STATE_DIR';

/** Write permission for group and others. With an access list, these bits are the maximum that it grants. */
const writableByOthers = 0o022;

const kindOf = (stats: Stats): string => {
	if (stats.isSymbolicLink()) return 'a link';
	if (stats.isDirectory()) return 'a folder';
	return stats.isFile() ? 'a file' : 'not a file';
};

/**
What is unsafe about a path of the state directory; undefined if it is safe or does not exist. A safe path belongs to this user or to root, nobody else can write it, and it is not a link.

`stats`: those of the open handle, if there is one, so that nobody can replace the file in between (open it with `O_NOFOLLOW`); else those of the path. Throws the system's error.
*/
export const unsafetyOf = (
	path: string,
	kind: StateKind,
	stats: Stats | undefined = lstatSync(path, {throwIfNoEntry: false}),
): Unsafety | undefined => {
	if (!stats) return undefined;
	const shown = cleanText(path, 300);
	const word = shellWord(shown);
	const found = (why: string, remedy: string): Unsafety => ({path: shown, why, remedy});
	if (kind === 'folder' ? !stats.isDirectory() : !stats.isFile())
		return found(`is ${kindOf(stats)}; jobtop needs a ${kind} here`, `remove it, ${elsewhere}`);
	// Systems without users have no owner to compare.
	const user = process.getuid?.();
	if (user !== undefined && stats.uid !== user && stats.uid !== 0)
		return found(`belongs to another user (id ${stats.uid})`, `have it removed, ${elsewhere}`);
	if (user !== undefined && (stats.mode & writableByOthers) !== 0) {
		const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
		return found(
			`is writable by others (mode ${mode})`,
			`check its contents, then: chmod ${kind === 'folder' ? '0700' : '0600'} ${word}`,
		);
	}
	return undefined;
};

/** Throws an `UnsafeStateError` for an unsafe path of the state directory. */
export const refuseUnsafe = (path: string, kind: StateKind, stats?: Stats): void => {
	const unsafety = unsafetyOf(path, kind, stats);
	if (unsafety) throw new UnsafeStateError(unsafety);
};

const {O_APPEND, O_CREAT, O_NOFOLLOW, O_RDONLY, O_RDWR, O_WRONLY} = constants;

/** Reports a link as unsafe, instead of the system's `ELOOP`. */
const explain = (path: string, error: unknown): never => {
	refuseUnsafe(path, 'file');
	throw error;
};

/** Opens, checks and uses a file, so that nobody can replace it in between. */
const withStateFile = <Result>(path: string, flags: number, work: (file: number) => Result): Result => {
	let file: number;
	try {
		file = openSync(path, flags | O_NOFOLLOW, 0o600);
	} catch (error) {
		return explain(path, error);
	}
	try {
		refuseUnsafe(path, 'file', fstatSync(file));
		return work(file);
	} finally {
		closeSync(file);
	}
};

/** Reads a file of the state directory. Throws an `UnsafeStateError` if others may have written it, or the system's error. */
export const readStateFile = (path: string): string =>
	withStateFile(path, O_RDONLY, file => readFileSync(file, 'utf8'));

/** Appends to a file of the state directory, and creates it if necessary. Throws like `readStateFile`. */
export const appendToStateFile = (path: string, text: string): void =>
	withStateFile(path, O_WRONLY | O_APPEND | O_CREAT, file => appendFileSync(file, text));

/** Opens an existing file of the state directory for reading and appending. Rejects like `readStateFile`. */
export const openStateFile = async (path: string): Promise<FileHandle> => {
	const handle = await open(path, O_RDWR | O_APPEND | O_NOFOLLOW).catch((error: unknown) =>
		explain(path, error),
	);
	try {
		refuseUnsafe(path, 'file', await handle.stat());
		return handle;
	} catch (error) {
		await handle.close();
		throw error;
	}
};

/** The folders that jobtop creates in the state directory. Only the files in `batches` are its own. */
const foldersBelow = ['batches', 'ssh'] as const;

/** All unsafe paths of a state directory: the folder, its subfolders and its files. Empty if it does not exist or cannot be read. */
export const unsafeState = (stateDirectory: string): readonly Unsafety[] => {
	const own = look(stateDirectory, 'folder');
	// Nothing behind an unsafe folder can be checked.
	if (own.length > 0) return own;
	const folders = foldersBelow.map(name => join(stateDirectory, name));
	return [
		...filesIn(stateDirectory, foldersBelow),
		...folders.flatMap(folder => look(folder, 'folder')),
		...filesIn(join(stateDirectory, 'batches')),
	];
};

const filesIn = (folder: string, except: readonly string[] = []): readonly Unsafety[] => {
	try {
		return readdirSync(folder, {withFileTypes: true})
			.filter(entry => !entry.isDirectory() && !except.includes(entry.name))
			.flatMap(({name}) => look(join(folder, name), 'file'));
	} catch {
		return [];
	}
};

const look = (path: string, kind: StateKind): readonly Unsafety[] => {
	try {
		const unsafety = unsafetyOf(path, kind);
		return unsafety ? [unsafety] : [];
	} catch {
		return [];
	}
};
