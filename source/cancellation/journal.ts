/*
The journal: one append-only file of JSON lines per batch. What a batch is about, and every request before it leaves, is on disk before the first byte goes out; so whatever happens to this process, the next one knows what was asked and what may have been sent.
*/
import {readdirSync, readFileSync} from 'node:fs';
import {type FileHandle, link, mkdir, open, readFile, rename, unlink} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import type {Phase} from '../job/phase.ts';
import type {Ref} from '../job/ref.ts';
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
	| {readonly type: 'sending'; readonly ref: Ref; readonly attempt: number}
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

/** A batch as its file tells it. */
export type JournalledBatch = {
	readonly number: number;
	readonly askedAt: number;
	readonly by: string;
	readonly reason?: string;
	readonly cancellations: readonly JournalledCancellation[];
	/** Every cancellation is settled. */
	readonly finished: boolean;
};

export type JournalledCancellation = JournalTarget & {
	/** Requests that may have left. */
	readonly attempts: number;
	/** One of them was accepted. */
	readonly accepted: boolean;
	readonly outcome?: Outcome;
	readonly settledAt?: number;
};

const directoryOf = (stateDirectory: string): string => join(stateDirectory, 'batches');
const fileOf = (directory: string, number: number): string => join(directory, `${number}.jsonl`);
const lockOf = (directory: string, number: number): string => join(directory, `${number}.lock`);
const numberOf = (name: string): number | undefined => {
	const match = /^([1-9]\d*)\.jsonl$/.exec(name);
	return match ? Number(match[1]) : undefined;
};

/** The numbers of the batches that are there, in order. */
export const batchNumbers = (stateDirectory: string): readonly number[] => {
	try {
		return readdirSync(directoryOf(stateDirectory))
			.map(numberOf)
			.filter(number => number !== undefined)
			.sort((a, b) => a - b);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
		throw error;
	}
};

/** Who holds a batch: enough to tell a process that lives from a number that was used again. */
type Holder = {readonly host: string; readonly pid: number; readonly started: string};

/** When a process started, in the kernel's own unit; empty where it cannot be told. */
const startOf = (pid: number | 'self'): string => {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
	} catch {
		return '';
	}
};

const lives = ({pid, started}: Holder): boolean => {
	try {
		process.kill(pid, 0);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
	}
	const now = startOf(pid);
	return started === '' || now === '' || started === now;
};

/** Takes the batch for this process, or tells who has it. The lock of another host is never broken here. */
const lock = async (directory: string, number: number): Promise<Holder | undefined> => {
	const path = lockOf(directory, number);
	for (let tries = 0; tries < 3; tries++) {
		try {
			const handle = await open(path, 'wx');
			const me: Holder = {host: hostname(), pid: process.pid, started: startOf('self')};
			try {
				await handle.writeFile(JSON.stringify(me));
			} finally {
				await handle.close();
			}
			return undefined;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		let text = '';
		let holder: Holder;
		try {
			text = await readFile(path, 'utf8');
			holder = JSON.parse(text) as Holder;
		} catch {
			// Being written in this moment, or torn: somebody else's until it can be read.
			holder = {host: '', pid: 0, started: ''};
		}
		if (holder.host !== hostname() || lives(holder)) return holder;
		await breakLock(path, text);
	}
	return {host: hostname(), pid: 0, started: ''};
};

/** Takes the lock of a dead process away. Where somebody was quicker, it is his lock that was moved, and it goes back. */
const breakLock = async (path: string, stale: string): Promise<void> => {
	const aside = `${path}.${process.pid}`;
	try {
		await rename(path, aside);
		if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path);
		await unlink(aside);
	} catch {
		// Gone already, or taken anew meanwhile: the next try sees which.
	}
};

const openJournal = (
	directory: string,
	number: number,
	handle: FileHandle,
	pending: string[] = [],
): BatchJournal => {
	let writing: Promise<void> = Promise.resolve();
	let queued: Promise<void> | undefined;

	const flush = async () => {
		queued = undefined;
		if (pending.length === 0) return;
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
				await unlink(lockOf(directory, number)).catch(() => undefined);
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

/**
Begins a batch with the next free number. Resolves once the line that names its targets is on disk; rejects with the system's error where the directory cannot be written.
*/
export const beginBatch = async (
	stateDirectory: string,
	first: (number: number) => JournalLine,
): Promise<BatchJournal> => {
	const directory = directoryOf(stateDirectory);
	await mkdir(directory, {recursive: true, mode: 0o700});
	for (let number = (batchNumbers(stateDirectory).at(-1) ?? 0) + 1; ; number++) {
		let handle: FileHandle;
		// The lock first: a file without a lock is anybody's to resume.
		if (await lock(directory, number)) continue;
		try {
			handle = await open(fileOf(directory, number), 'ax', 0o600);
		} catch (error) {
			await unlink(lockOf(directory, number)).catch(() => undefined);
			if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
			throw error;
		}
		const journal = openJournal(directory, number, handle);
		journal.append(first(number));
		try {
			await journal.commit();
			await syncDirectory(directory);
		} catch (error) {
			await handle.close();
			await unlink(fileOf(directory, number)).catch(() => undefined);
			await unlink(lockOf(directory, number)).catch(() => undefined);
			throw error;
		}
		return journal;
	}
};

/** Takes a batch up again. Undefined where another process has it. */
export const resumeBatch = async (
	stateDirectory: string,
	number: number,
): Promise<BatchJournal | undefined> => {
	const directory = directoryOf(stateDirectory);
	if (await lock(directory, number)) return undefined;
	const handle = await open(fileOf(directory, number), 'a', 0o600);
	// The last line may be torn: what follows begins a line of its own.
	return openJournal(directory, number, handle, ['\n']);
};

/** Reads a batch. A torn or unknown line is passed over; a file without its first line is undefined. */
export const readBatch = (stateDirectory: string, number: number): JournalledBatch | undefined => {
	const text = readFileSync(fileOf(directoryOf(stateDirectory), number), 'utf8');
	let head: Extract<JournalLine, {type: 'batch'}> | undefined;
	const cancellations = new Map<Ref, JournalledCancellation>();
	for (const row of text.split('\n')) {
		const line = readLine(row);
		if (!line) continue;
		if (line.type === 'batch') {
			if (head || !Array.isArray(line.targets)) continue;
			head = line;
			for (const target of line.targets)
				cancellations.set(target.ref, {...target, attempts: 0, accepted: false});
			continue;
		}
		if (line.type === 'resumed') continue;
		const before = cancellations.get(line.ref);
		if (before) cancellations.set(line.ref, afterLine(before, line));
	}
	if (!head) return undefined;
	const all = [...cancellations.values()];
	return {
		number,
		askedAt: head.at,
		by: head.by,
		...(head.reason !== undefined && {reason: head.reason}),
		cancellations: all,
		finished: all.every(({outcome}) => outcome !== undefined),
	};
};

const readLine = (row: string): JournalLine | undefined => {
	try {
		const line = JSON.parse(row) as JournalLine;
		return typeof line === 'object' && line !== null && typeof line.type === 'string' ? line : undefined;
	} catch {
		return undefined;
	}
};

const afterLine = (
	before: JournalledCancellation,
	line: Exclude<JournalLine, {type: 'batch' | 'resumed'}>,
): JournalledCancellation => {
	switch (line.type) {
		case 'sending':
			return {...before, attempts: Math.max(before.attempts, line.attempt)};
		case 'answered':
			return {
				...before,
				accepted: before.accepted || line.receipt === 'accepted' || line.receipt === 'done',
			};
		case 'settled':
			return {...before, outcome: line.outcome, settledAt: line.at};
		case 'reopened': {
			const {outcome: _outcome, settledAt: _settledAt, ...open} = before;
			return open;
		}
		default:
			return before;
	}
};
