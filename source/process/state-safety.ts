/*
Whether what jobtop reads and adds to can have been written by nobody else. A journal says what is sent: who can write it can have any job cancelled, and a link leads whoever adds to it into any file.
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

/** What stands at a path that is not to be trusted. Both texts are clean, and for people. */
export type Unsafety = {
	readonly path: string;
	/** As in `is writable by others (mode 0666)`. */
	readonly why: string;
	/** What to do about it. */
	readonly remedy: string;
};

/** A path is refused: others can write there, it is a link, it is of another kind, or it belongs to somebody else. */
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

/** Write for the group and for all others. With an access list, these bits say the most that it grants. */
const writableByOthers = 0o022;

const kindOf = (stats: Stats): string => {
	if (stats.isSymbolicLink()) return 'a link';
	if (stats.isDirectory()) return 'a folder';
	return stats.isFile() ? 'a file' : 'not a file';
};

/**
What is unsafe about a path of the state directory; undefined where all is well, or where nothing is there. The folder and its files belong to this user or to root, nobody else can write them, and they are no links.

`stats`: those of the handle that is used, where there is one, so that nothing can be exchanged in between (open it with `O_NOFOLLOW`); else those of the path itself. Throws the system's error where it cannot be looked at.
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

/** Throws an `UnsafeStateError` where a path of the state directory is not to be trusted. */
export const refuseUnsafe = (path: string, kind: StateKind, stats?: Stats): void => {
	const unsafety = unsafetyOf(path, kind, stats);
	if (unsafety) throw new UnsafeStateError(unsafety);
};

const {O_APPEND, O_CREAT, O_NOFOLLOW, O_RDONLY, O_RDWR, O_WRONLY} = constants;

/** A link is told as such, not as the system's `ELOOP`. */
const explain = (path: string, error: unknown): never => {
	refuseUnsafe(path, 'file');
	throw error;
};

/** Works on the open file of a path, which nobody can exchange in between. */
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

/** The text of a file of the state directory. Throws an `UnsafeStateError` where others may have written it, else the system's error. */
export const readStateFile = (path: string): string =>
	withStateFile(path, O_RDONLY, file => readFileSync(file, 'utf8'));

/** Adds to a file of the state directory, which is made where it is not there. Throws as `readStateFile`. */
export const appendToStateFile = (path: string, text: string): void =>
	withStateFile(path, O_WRONLY | O_APPEND | O_CREAT, file => appendFileSync(file, text));

/** Opens a file of the state directory for reading and adding; it has to be there. Rejects as `readStateFile` throws. */
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

/** The folders in the state directory that jobtop makes. Only of `batches` the files are its own. */
const foldersBelow = ['batches', 'ssh'] as const;

/** All that is not to be trusted in a state directory: the folder, those below it, and the files in it. Nothing where it is not there yet, or cannot be read. */
export const unsafeState = (stateDirectory: string): readonly Unsafety[] => {
	const own = look(stateDirectory, 'folder');
	// Behind a link, or where everybody can write, nothing more can be told.
	if (own.length > 0) return own;
	const folders = foldersBelow.map(name => join(stateDirectory, name));
	return [
		...filesIn(stateDirectory, foldersBelow),
		...folders.flatMap(folder => look(folder, 'folder')),
		...filesIn(join(stateDirectory, 'batches')),
	];
};

const filesIn = (folder: string, but: readonly string[] = []): readonly Unsafety[] => {
	try {
		return readdirSync(folder, {withFileTypes: true})
			.filter(entry => !entry.isDirectory() && !but.includes(entry.name))
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
