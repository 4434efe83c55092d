/*
A poll of many Slurm jobs beside the squeue process that it starts, and a thousand cancellations beside the programs that they start. The programs are the cheapest that can be: squeue prints a file, scancel ends at once. So all of the rest is ours, and with a real Slurm, whose programs take longer, the ratios are smaller.
*/
import {spawn} from 'node:child_process';
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import type {Backend} from '../../source/backends/backend.ts';
import {slurm as backend} from '../../source/backends/slurm/index.ts';
import {least, type Result, type Settings} from './measure.ts';
import {makeSlurmPrograms} from './slurm-programs.ts';

const cancelled = 1000;
/** Milliseconds of processor time for a poll of unchanged jobs. */
const cpuBudget = (jobs: number): number => Math.ceil((80 * jobs) / 50_000);
const uid = 4242;

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
export const measureSlurm = async ({far, size, rounds, listAlone, cancelAlone, nextIds}: Measured) => {
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

export async function* slurm({jobs = [50_000], rounds}: Settings): AsyncGenerator<Result> {
	for (const size of jobs) {
		const folder = makeSlurmPrograms(size, uid);
		try {
			const ids = Array.from({length: Math.min(cancelled, size)}, (_, index) => String(100_000 + index));
			const {list, poll, cpu, programs, cancel} = await measureSlurm({
				far: backend.connect('far', {bin: folder, uid}),
				size,
				rounds,
				listAlone: () => runAlone(join(folder, 'squeue'), ['-o', '\u001e0000000000000000%i']),
				cancelAlone: async ids =>
					(await runAlone(join(folder, 'scontrol'), ['ping'])) +
					(await runAlone(join(folder, 'scancel'), ids)),
				nextIds: () => ids,
			});
			yield {
				what: `a poll of ${size} Slurm jobs`,
				value: `${poll.toFixed(0)} ms`,
				yardstick: `its squeue, a file printed (${list.toFixed(0)} ms)`,
				// No verdicts: the budgets are 1.5 times the real programs, which ask a controller and take far longer.
				ratio: poll / list,
			};
			yield {
				what: '',
				value: `${cpu.toFixed(0)} ms CPU beside squeue's own`,
				budget: `${cpuBudget(size)} ms`,
				kept: cpu <= cpuBudget(size),
			};
			yield {
				what: `${ids.length} Slurm jobs cancelled`,
				value: `${cancel.toFixed(0)} ms`,
				yardstick: `one ping and one scancel (${programs.toFixed(0)} ms)`,
				ratio: cancel / programs,
			};
		} finally {
			rmSync(folder, {recursive: true, force: true});
		}
	}
}
