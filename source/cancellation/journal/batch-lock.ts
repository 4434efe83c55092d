/*
The lock of a batch: one process at a time drives it, on this host or on any host that shares the state directory.
*/
import {readFileSync} from 'node:fs';
import {link, open, readFile, rename, unlink} from 'node:fs/promises';
import {hostname} from 'node:os';
import {cleanText} from '../../job/clean-text.ts';
import {isRunning} from '../../process/is-running.ts';
import {lockFile} from './batch-files.ts';

/** The process that holds a batch. The start time distinguishes a live process from a reused process id. */
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

	/** Another host holds the lock, or its holder left no name: only a person who knows that the process is dead may break it. */
	get elsewhere(): boolean {
		return this.holder.host !== hostname();
	}
}

export type BatchLock = {
	/** Whether this process still holds the lock. Another process may have taken it over. */
	readonly isMine: () => boolean;
	/** The current holder, if any. */
	readonly holder: () => Holder | undefined;
	readonly release: () => Promise<void>;
};

/** When a process started, in the kernel's unit; empty if unknown. */
const startOf = (pid: number | 'self'): string => {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
	} catch {
		return '';
	}
};

const lives = ({pid, started}: Holder): boolean => {
	if (!isRunning(pid)) return false;
	const now = startOf(pid);
	return started === '' || now === '' || started === now;
};

/** A holder without a readable name: another process is writing the lock right now, or it is torn. */
const unknownHolder: Holder = {host: '', pid: 0, started: ''};

const parseHolder = (text: string): Holder => {
	try {
		const {host, pid, started} = JSON.parse(text) as Readonly<Record<string, unknown>>;
		if (typeof host !== 'string' || !Number.isSafeInteger(pid) || typeof started !== 'string') {
			return unknownHolder;
		}
		return {host: cleanText(host, 300), pid: pid as number, started};
	} catch {
		return unknownHolder;
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

/** The process that drives the batch, or undefined. A process on another host counts, because this host cannot check whether it is alive. */
export const holderOf = (stateDirectory: string, number: number): Holder | undefined => {
	const text = textOf(lockFile(stateDirectory, number));
	if (text === undefined) return undefined;
	const holder = parseHolder(text);
	return holder.host === hostname() && !lives(holder) ? undefined : holder;
};

/**
Locks the batch for this process. Rejects with a `BatchHeldError` if another process holds it. `takeOver` breaks the lock of another host, but never that of a live process on this host.
*/
export const lockBatch = async (
	stateDirectory: string,
	number: number,
	{takeOver = false}: {readonly takeOver?: boolean} = {},
): Promise<BatchLock> => {
	const path = lockFile(stateDirectory, number);
	const me: Holder = {host: hostname(), pid: process.pid, started: startOf('self')};
	// The time makes each lock text unique: a process may lock the same batch twice.
	const mine = JSON.stringify({...me, at: process.hrtime.bigint().toString()});
	for (let tries = 0; tries < 3; tries++) {
		try {
			const handle = await open(path, 'wx', 0o600);
			try {
				await handle.writeFile(mine);
			} catch (error) {
				// A lock without a holder would never be released.
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
	throw new BatchHeldError(number, unknownHolder);
};

/** Removes a stale lock. If another process was quicker, the moved file is its lock, and goes back. */
const breakLock = async (path: string, stale: string): Promise<void> => {
	const aside = `${path}.${process.pid}`;
	try {
		await rename(path, aside);
		if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path);
		await unlink(aside);
	} catch {
		// Already removed, or locked again meanwhile: the next try sees which.
	}
};
