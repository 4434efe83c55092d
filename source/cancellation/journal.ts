/*
The journal: one append-only file of JSON lines per batch. What a batch is about, and every request before it leaves, is on disk before the first byte goes out; so whatever happens to this process, the next one knows what was asked and what may have been sent.
*/
import {type FileHandle, open, unlink} from 'node:fs/promises';
import type {Phase} from '../job/phase.ts';
import type {Ref} from '../job/ref.ts';
import {makeDirectory} from '../make-directory.ts';
import {batchDirectory, batchNumbers, journalFile} from './batch-files.ts';
import {BatchHeldError, type BatchLock, lockBatch} from './batch-lock.ts';
import type {Outcome} from './outcomes.ts';

export const journalVersion = 1;

/** A line. Times are epoch milliseconds. */
export type JournalLine = {readonly at: number} /** Always the first: what was confirmed. */ & (
	| {
			readonly type: 'batch';
			readonly version: number;
			readonly batch: number;
			/** `user@host`. */
			readonly by: string;
			readonly reason?: string;
			readonly targets: readonly JournalTarget[];
	  }
	/** A request is about to leave. */
	| {readonly type: 'sending'; readonly ref: Ref; readonly attempt: number; readonly force?: true}
	/** It was answered: the receipt, or the kind of failure. */
	| {
			readonly type: 'answered';
			readonly ref: Ref;
			readonly attempt: number;
			readonly receipt?: string;
			readonly failure?: string;
			readonly detail?: string;
	  }
	/** It will not be asked for again: how it ended. */
	| {readonly type: 'settled'; readonly ref: Ref; readonly outcome: Outcome; readonly attempts: number}
	/** A look has shown an end that is not believed yet: what destroys something is not sent any more. */
	| {readonly type: 'ended'; readonly ref: Ref}
	/** What was settled is open again: the job was seen alive. */
	| {readonly type: 'reopened'; readonly ref: Ref}
	/** Another process goes on with it. */
	| {readonly type: 'resumed'; readonly by: string}
);

export type JournalTarget = {
	readonly ref: Ref;
	readonly name: string;
	readonly phase: Phase;
	readonly status: string;
};

export type BatchJournal = {
	readonly number: number;
	/** Adds a line; it is on disk once `commit` resolves. */
	readonly append: (line: JournalLine) => void;
	/** Writes and syncs all that was appended until now. One sync serves everyone who waits. */
	readonly commit: () => Promise<void>;
	/** Commits, and gives the batch free for another process. */
	readonly close: () => Promise<void>;
};

const openJournal = (
	number: number,
	handle: FileHandle,
	lock: BatchLock,
	pending: string[] = [],
): BatchJournal => {
	let writing: Promise<void> = Promise.resolve();
	let queued: Promise<void> | undefined;

	const flush = async () => {
		queued = undefined;
		if (pending.length === 0) return;
		// Somebody has declared this process dead, and goes on in its place: nothing more may leave from here.
		if (!lock.isMine()) {
			throw new BatchHeldError(number, lock.holder() ?? {host: '', pid: 0, started: ''});
		}
		const text = pending.splice(0).join('');
		try {
			await handle.appendFile(text);
			await handle.datasync();
		} catch (error) {
			// A line that half arrived is followed by a line of its own, so that the torn one costs no other.
			pending.unshift('\n', text);
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
		append: line => void pending.push(`${JSON.stringify(line)}\n`),
		commit,
		async close() {
			try {
				await commit();
			} finally {
				await handle.close();
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

/** The lock of a number that nobody has; undefined where somebody begins a batch with it in this moment. */
const lockFree = async (stateDirectory: string, number: number): Promise<BatchLock | undefined> => {
	try {
		return await lockBatch(stateDirectory, number);
	} catch (error) {
		if (error instanceof BatchHeldError) return undefined;
		throw error;
	}
};

/**
Begins a batch with the next free number. Resolves once the line that names its targets is on disk; rejects with the system's error where the directory cannot be written.
*/
export const beginBatch = async (
	stateDirectory: string,
	first: (number: number) => JournalLine,
): Promise<BatchJournal> => {
	makeDirectory(batchDirectory(stateDirectory));
	for (let number = (batchNumbers(stateDirectory).at(-1) ?? 0) + 1; ; number++) {
		// The lock first: a file without a lock is anybody's to resume.
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
		const journal = openJournal(number, handle, lock);
		journal.append(first(number));
		try {
			await journal.commit();
			await syncDirectory(batchDirectory(stateDirectory));
		} catch (error) {
			await handle.close();
			await unlink(path).catch(() => undefined);
			await lock.release();
			throw error;
		}
		return journal;
	}
};

/**
Takes a batch up again. Rejects with a `BatchHeldError` where another process has it; `takeOver` breaks the lock of another host.
*/
export const resumeBatch = async (
	stateDirectory: string,
	number: number,
	options: {readonly takeOver?: boolean} = {},
): Promise<BatchJournal> => {
	const lock = await lockBatch(stateDirectory, number, options);
	try {
		const handle = await open(journalFile(stateDirectory, number), 'a', 0o600);
		// The last line may be torn: what follows begins a line of its own.
		return openJournal(number, handle, lock, ['\n']);
	} catch (error) {
		await lock.release();
		throw error;
	}
};
