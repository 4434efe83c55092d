/*
The journal: one append-only file of JSON lines per batch. The targets, and each request before it leaves, are on disk before the first byte is sent. So after a crash, the next process knows what was confirmed and what may have been sent.
*/
import {type FileHandle, open, unlink} from 'node:fs/promises';
import type {Operation} from '../../job/operation.ts';
import {makeDirectory} from '../../process/make-directory.ts';
import {openStateFile} from '../../process/state-safety.ts';
import {batchDirectory, batchNumbers, journalFile} from './batch-files.ts';
import {BatchHeldError, type BatchLock, lockBatch} from './batch-lock.ts';
import {type JournalLine, journalRow, readRow} from './lines.ts';

export type BatchJournal = {
	readonly number: number;
	/** Adds a line; it is on disk once `commit` resolves. The file is closed while no lines are written; the batch stays locked. */
	readonly append: (line: JournalLine) => void;
	/** Writes and syncs all appended lines. One sync serves all waiting callers. */
	readonly commit: () => Promise<void>;
	/** Commits, and releases the batch for another process. */
	readonly close: () => Promise<void>;
};

/** Milliseconds without lines after which the file is closed: a screen that is open for days must not hold a descriptor for each unfinished batch. Opening it for each line would delay the line. */
const idleMs = 1000;

type OpenFile = {
	/** Named in every line, except cancelling. */
	readonly operation: Operation;
	readonly path: string;
	readonly handle: FileHandle;
	/** Bytes in the file. */
	readonly size: number;
};

const openJournal = (number: number, file: OpenFile, lock: BatchLock): BatchJournal => {
	const pending: string[] = [];
	let handle: FileHandle | undefined = file.handle;
	let rest: NodeJS.Timeout | undefined;
	let written = file.size;
	let writing: Promise<void> = Promise.resolve();
	let queued: Promise<void> | undefined;

	const closeFile = async () => {
		clearTimeout(rest);
		const open = handle;
		handle = undefined;
		// All that is written is synced already.
		await open?.close().catch(() => undefined);
	};
	const flush = async () => {
		queued = undefined;
		clearTimeout(rest);
		try {
			await write();
		} finally {
			if (!queued) rest = setTimeout(() => void closeFile(), idleMs).unref();
		}
	};
	const write = async () => {
		if (pending.length === 0) return;
		// Another process has taken over the batch: this one must not send anything more.
		if (!lock.isMine()) {
			throw new BatchHeldError(number, lock.holder() ?? {host: '', pid: 0, started: ''});
		}
		handle ??= await openStateFile(file.path);
		const text = pending.splice(0).join('');
		try {
			await handle.appendFile(text);
			await handle.datasync();
			written += Buffer.byteLength(text);
		} catch (error) {
			// Remove a torn write. If that fails, start a new line, so that the torn one does not damage the next.
			const apart = await handle.truncate(written).then(
				() => [],
				() => ['\n'],
			);
			pending.unshift(...apart, text);
			throw error;
		}
	};
	const commit = () => {
		if (!queued) {
			queued = writing.then(flush, flush);
			writing = queued.catch(() => undefined);
		}
		return queued;
	};
	return {
		number,
		append: line =>
			void pending.push(
				journalRow(file.operation === 'cancel' ? line : {...line, operation: file.operation}),
			),
		commit,
		async close() {
			try {
				await commit();
			} finally {
				await closeFile();
				await lock.release();
			}
		},
	};
};

const syncDirectory = async (directory: string): Promise<void> => {
	const handle = await open(directory, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
};

/** The lock of an unused number; undefined if another process is just beginning a batch with it. */
const lockFree = async (stateDirectory: string, number: number): Promise<BatchLock | undefined> => {
	try {
		return await lockBatch(stateDirectory, number);
	} catch (error) {
		if (error instanceof BatchHeldError) return undefined;
		throw error;
	}
};

/**
Begins a batch with the next free number. Resolves once the line with its targets is on disk. Rejects with the system's error if the directory cannot be written.
*/
export const beginBatch = async (
	stateDirectory: string,
	first: (number: number) => JournalLine,
	operation: Operation = 'cancel',
): Promise<BatchJournal> => {
	makeDirectory(batchDirectory(stateDirectory));
	for (let number = (batchNumbers(stateDirectory).at(-1) ?? 0) + 1; ; number++) {
		// Lock first: any process may resume a file without a lock.
		const lock = await lockFree(stateDirectory, number);
		if (!lock) continue;
		const path = journalFile(stateDirectory, number);
		let handle: FileHandle;
		try {
			handle = await open(path, 'ax', 0o600);
		} catch (error) {
			await lock.release();
			if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
			throw error;
		}
		const journal = openJournal(number, {operation, path, handle, size: 0}, lock);
		journal.append(first(number));
		try {
			await journal.commit();
			await syncDirectory(batchDirectory(stateDirectory));
		} catch (error) {
			await handle.close().catch(() => undefined);
			await unlink(path).catch(() => undefined);
			await lock.release();
			throw error;
		}
		return journal;
	}
};

/**
Resumes a batch. Rejects with a `BatchHeldError` if another process holds it. `takeOver` breaks the lock of another host.
*/
export const resumeBatch = async (
	stateDirectory: string,
	number: number,
	options: {readonly takeOver?: boolean; readonly operation?: Operation} = {},
): Promise<BatchJournal> => {
	const lock = await lockBatch(stateDirectory, number, options);
	try {
		const path = journalFile(stateDirectory, number);
		const handle = await openStateFile(path);
		try {
			const size = await endLastLine(handle);
			return openJournal(number, {operation: options.operation ?? 'cancel', path, handle, size}, lock);
		} catch (error) {
			await handle.close();
			throw error;
		}
	} catch (error) {
		await lock.release();
		throw error;
	}
};

/** Removes an incomplete last line, and completes an intact one with its line break. Resolves with the size of the file in bytes. */
const endLastLine = async (handle: FileHandle): Promise<number> => {
	const bytes = await handle.readFile();
	const end = bytes.lastIndexOf(0x0a) + 1;
	if (end === bytes.length) return end;
	// Intact, or intact except for its line break.
	const whole = [bytes.length, bytes.length - 1].find(to => readRow(bytes.toString('utf8', end, to)));
	await handle.truncate(whole ?? end);
	if (whole === undefined) return end;
	await handle.appendFile('\n');
	return whole + 1;
};
