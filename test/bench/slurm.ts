/*
A poll of many Slurm jobs beside the squeue process that it starts, and a thousand cancellations beside the programs that they start. The programs are the cheapest that can be: squeue prints a file, scancel ends at once. So all of the rest is ours, and with a real Slurm, whose programs take longer, the ratios are smaller.
*/
import {spawn} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Backend} from '../../source/backends/backend.ts';
import {slurm as backend} from '../../source/backends/slurm/index.ts';
import {queueFormat} from '../../source/backends/slurm/wire.ts';
import {least, type Result, type Settings} from './measure.ts';

const cancelled = 1000;
/** Stands where the mark of a question will stand. */
const mark = 'MARK';

/** What squeue prints for a job, by the letters of its format. */
const valuesOf = (index: number): Readonly<Record<string, string | number>> => ({
	i: 100_000 + index,
	T: index % 3 === 0 ? 'PENDING' : 'RUNNING',
	U: 4242,
	u: 'alice',
	P: 'batch',
	V: 1_767_220_000,
	S: 1_767_225_000,
	e: 1_767_230_000,
	l: '1-00:00:00',
	D: 1,
	N: index % 3 === 0 ? '' : `node${index % 64}`,
	r: index % 3 === 0 ? 'Priority' : 'None',
	j: `simulation-${index % 40}`,
});

const recordOf = (index: number): string => {
	const values = valuesOf(index);
	return `${queueFormat(mark).replace(/%(\w)/g, (_, letter: string) => {
		const value = values[letter];
		if (value === undefined)
			throw new Error(`squeue is asked for %${letter}, which this benchmark does not print`);
		return String(value);
	})}\n`;
};

const makePrograms = (jobs: number): string => {
	const folder = mkdtempSync(join(tmpdir(), 'jobtop-bench-slurm-'));
	writeFileSync(join(folder, 'queue'), Array.from({length: jobs}, (_, index) => recordOf(index)).join(''));
	const programs = {
		// The mark of the question stands in the format, after its first character.
		squeue: `mark=\nfor word in "$@"; do case $word in *%i*) word=\${word%%%i*}; mark=\${word#?}; break;; esac; done\nexec sed "s/${mark}/$mark/g" '${folder}/queue'`,
		scancel: 'exit 0',
		scontrol: "echo 'Slurmctld(primary) at here is UP'",
		sacct: 'exit 0',
	};
	for (const [name, text] of Object.entries(programs)) {
		writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
		chmodSync(join(folder, name), 0o755);
	}
	return folder;
};

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
	const programs: number[] = [];
	const cancels: number[] = [];
	for (let round = 0; round <= rounds; round++) {
		lists.push(await listAlone());
		polls.push(
			await timed(async () => {
				const page = await far.listPage({everyone: false, ended: false, signal});
				if (page.jobs.length < size) throw new Error(`${page.jobs.length} of ${size} jobs were read`);
			}),
		);
	}
	for (let round = 0; round < rounds; round++) {
		programs.push(await cancelAlone(nextIds()));
		const ids = nextIds();
		cancels.push(await timed(async () => void (await far.cancelMany?.(ids, {signal}))));
	}
	return {list: least(lists), poll: least(polls), programs: least(programs), cancel: least(cancels)};
};

export async function* slurm({jobs = [50_000], rounds}: Settings): AsyncGenerator<Result> {
	for (const size of jobs) {
		const folder = makePrograms(size);
		try {
			const ids = Array.from({length: Math.min(cancelled, size)}, (_, index) => String(100_000 + index));
			const {list, poll, programs, cancel} = await measureSlurm({
				far: backend.connect('far', {bin: folder, uid: 4242}),
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
