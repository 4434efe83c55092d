/*
Who drives a batch: one process at a time, on this host or on any other that shares the state directory.
*/
import {readFileSync} from 'node:fs';
import {link, open, readFile, rename, unlink} from 'node:fs/promises';
import {hostname} from 'node:os';
import {cleanText} from '../../job/clean-text.ts';
import {lockFile} from './batch-files.ts';

/** Who holds a batch: enough to tell a process that lives from a number that was used again. */
export type Holder = {readonly host: string; readonly pid: number; readonly started: string};

/** Another process drives the batch, or may do so. */
export class BatchHeldError extends Error {
	readonly number: number;
	readonly holder: Holder;

	constructor(number: number, holder: Holder) {
		const {host, pid} = holder;
		const who = host === '' ? 'another jobtop' : `jobtop, process ${pid} on ${host}`;
		super(`batch ${number} is driven by ${who}`);
		this.name = 'BatchHeldError';
		this.number = number;
		this.holder = holder;
	}

	/** Its lock can be broken by somebody who knows that the process on that host, or the one that left no name, is no more. */
	get elsewhere(): boolean {
		return this.holder.host !== hostname();
	}
}

export type BatchLock = {
	/** Whether this process still has it; another one may have taken it over. */
	readonly isMine: () => boolean;
	/** Who has it now, if anybody. */
	readonly holder: () => Holder | undefined;
	readonly release: () => Promise<void>;
};

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

/** Somebody whose name cannot be read: the lock is being written in this moment, or torn. */
const nobodyKnown: Holder = {host: '', pid: 0, started: ''};

const parseHolder = (text: string): Holder => {
	try {
		const {host, pid, started} = JSON.parse(text) as Readonly<Record<string, unknown>>;
		if (typeof host !== 'string' || !Number.isSafeInteger(pid) || typeof started !== 'string') {
			return nobodyKnown;
		}
		return {host: cleanText(host, 300), pid: pid as number, started};
	} catch {
		return nobodyKnown;
	}
};

const textOf = (path: string): string | undefined => {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
};

/** Who drives the batch now; undefined where nobody does. A process of another host counts: whether it lives cannot be told from here. */
export const holderOf = (stateDirectory: string, number: number): Holder | undefined => {
	const text = textOf(lockFile(stateDirectory, number));
	if (text === undefined) return undefined;
	const holder = parseHolder(text);
	return holder.host === hostname() && !lives(holder) ? undefined : holder;
};

/**
Takes the batch for this process. Rejects with a `BatchHeldError` where another one has it; `takeOver` breaks the lock of another host, never that of a process that lives on this one.
*/
export const lockBatch = async (
	stateDirectory: string,
	number: number,
	{takeOver = false}: {readonly takeOver?: boolean} = {},
): Promise<BatchLock> => {
	const path = lockFile(stateDirectory, number);
	const me: Holder = {host: hostname(), pid: process.pid, started: startOf('self')};
	// The time makes the text of each lock its own: a process may take the same batch twice.
	const mine = JSON.stringify({...me, at: process.hrtime.bigint().toString()});
	for (let tries = 0; tries < 3; tries++) {
		try {
			const handle = await open(path, 'wx', 0o600);
			try {
				await handle.writeFile(mine);
			} catch (error) {
				// A lock without a name would be held for ever by nobody.
				await unlink(path).catch(() => undefined);
				throw error;
			} finally {
				await handle.close();
			}
			return {
				isMine: () => textOf(path) === mine,
				holder() {
					const text = textOf(path);
					return text === undefined ? undefined : parseHolder(text);
				},
				async release() {
					if (textOf(path) === mine) await unlink(path).catch(() => undefined);
				},
			};
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		const text = textOf(path);
		if (text === undefined) continue;
		const holder = parseHolder(text);
		const elsewhere = holder.host !== hostname();
		if (elsewhere ? !takeOver : lives(holder)) throw new BatchHeldError(number, holder);
		await breakLock(path, text);
	}
	throw new BatchHeldError(number, nobodyKnown);
};

/** Takes a lock away that holds nothing any longer. Where somebody was quicker, it is his lock that was moved, and it goes back. */
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
