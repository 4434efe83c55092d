/*
What the operating system allows this process, as `ulimit` sets it.
*/
import {readFileSync} from 'node:fs';

/** The soft limits; Infinity without a limit. */
export type ProcessLimits = {
	readonly files: number;
	/** Processes and threads of the user on this machine. */
	readonly processes: number;
	/** Bytes of address space. */
	readonly addressSpace: number;
};

/** What jobtop needs with some profiles: connections and journals, the threads of Node, and the address space that V8 reserves for two threads. */
export const neededLimits: ProcessLimits = {
	files: 256,
	processes: 64,
	addressSpace: 2_500_000 * 1024,
};

const rows = {
	files: 'Max open files',
	processes: 'Max processes',
	addressSpace: 'Max address space',
} as const satisfies Record<keyof ProcessLimits, string>;

/** The limits in the text of `/proc/self/limits`. */
export const parseLimits = (text: string): ProcessLimits => {
	const limitOf = (row: string): number => {
		const line = text.split('\n').find(each => each.startsWith(row));
		const soft = line?.slice(row.length).trim().split(/\s+/)[0] ?? '';
		return /^\d+$/.test(soft) ? Number(soft) : Number.POSITIVE_INFINITY;
	};
	return {
		files: limitOf(rows.files),
		processes: limitOf(rows.processes),
		addressSpace: limitOf(rows.addressSpace),
	};
};

/** The limits of this process; undefined where the system does not show them. */
export const processLimits = (): ProcessLimits | undefined => {
	try {
		return parseLimits(readFileSync('/proc/self/limits', 'utf8'));
	} catch {
		return undefined;
	}
};
