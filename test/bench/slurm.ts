/*
A poll of many Slurm jobs beside the squeue process that it starts, and a thousand cancellations beside the programs that they start. The programs are the cheapest that can be: squeue prints a file, scancel ends at once. So all of the rest is ours, and with a real Slurm, whose programs take longer, the ratios are smaller.
*/
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {slurm as backend} from '../../source/backends/slurm/index.ts';
import {measureBesidePrograms, runAlone} from './beside-programs.ts';
import type {Result, Settings} from './measure.ts';
import {makeSlurmPrograms} from './slurm-programs.ts';

const cancelled = 1000;
/** Milliseconds of processor time for a poll of unchanged jobs. */
const cpuBudget = (jobs: number): number => Math.ceil((80 * jobs) / 50_000);
const uid = 4242;

export async function* slurm({jobs = [50_000], rounds}: Settings): AsyncGenerator<Result> {
	for (const size of jobs) {
		const folder = makeSlurmPrograms(size, uid);
		try {
			const ids = Array.from({length: Math.min(cancelled, size)}, (_, index) => String(100_000 + index));
			const {list, poll, cpu, programs, cancel} = await measureBesidePrograms({
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
