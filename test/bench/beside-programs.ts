/*
Polls and cancellations of a system of programs, beside its programs alone.
*/
import {spawn} from 'node:child_process';
import type {Backend} from '../../source/backends/backend.ts';
import {least} from './measure.ts';

/** Runs a program and reads all that it prints; its milliseconds. */
export const runAlone = async (file: string, args: readonly string[]): Promise<number> => {
	const from = performance.now();
	const child = spawn(file, args, {stdio: ['ignore', 'pipe', 'ignore']});
	for await (const _ of child.stdout) {
	}
	return performance.now() - from;
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
	const from = performance.now();
	await work();
	return performance.now() - from;
};

type Measured = {
	readonly far: Backend;
	/** How many jobs a poll has to find at least. */
	readonly size: number;
	readonly rounds: number;
	/** What the program of a poll takes alone, in milliseconds. */
	readonly listAlone: () => Promise<number>;
	/** What the programs of a cancellation of these take alone, in milliseconds. */
	readonly cancelAlone: (ids: readonly string[]) => Promise<number>;
	/** Jobs to cancel. */
	readonly nextIds: () => readonly string[];
};

/** Polls and cancellations beside their programs alone, one after the other; the least disturbed of each. The first poll only warms up. */
export const measureBesidePrograms = async (measured: Measured) => {
	const {far, size, rounds, listAlone, cancelAlone, nextIds} = measured;
	const {signal} = new AbortController();
	const lists: number[] = [];
	const polls: number[] = [];
	const cpus: number[] = [];
	const programs: number[] = [];
	const cancels: number[] = [];
	for (let round = 0; round <= rounds; round++) {
		lists.push(await listAlone());
		const before = process.cpuUsage();
		polls.push(
			await timed(async () => {
				const page = await far.listPage({everyone: false, ended: false, signal});
				if (page.jobs.length < size) throw new Error(`${page.jobs.length} of ${size} jobs were read`);
			}),
		);
		const {user, system} = process.cpuUsage(before);
		cpus.push((user + system) / 1000);
	}
	for (let round = 0; round < rounds; round++) {
		programs.push(await cancelAlone(nextIds()));
		const ids = nextIds();
		cancels.push(await timed(async () => void (await far.cancelMany?.(ids, {signal}))));
	}
	return {
		list: least(lists),
		poll: least(polls),
		cpu: least(cpus),
		programs: least(programs),
		cancel: least(cancels),
	};
};
