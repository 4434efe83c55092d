/*
A poll of many jobs beside the squeue that it starts, and a thousand cancellations beside one scancel of a thousand, on a real Slurm. It fills a queue and cancels what is in it, so it runs only where test/live/run.sh --bench has brought one up.
*/
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {slurm as backend} from '../../source/backends/slurm/index.ts';
import {queueFormat} from '../../source/backends/slurm/wire.ts';
import {measureBesidePrograms, runAlone} from './beside-programs.ts';
import type {Result, Settings} from './measure.ts';

const cancelled = 1000;
const budget = 1.5;
const mark = '0000000000000000';

/** Submits so many jobs that wait until they are cancelled; their ids. */
const submitMany = async (count: number): Promise<readonly string[]> => {
	const submit =
		"sbatch --parsable --hold --chdir=/tmp --output=/dev/null --job-name=simulation-{} --wrap='sleep 600'";
	const {stdout} = await promisify(execFile)('bash', ['-c', `seq ${count} | xargs -P 3 -I{} ${submit}`], {
		maxBuffer: 64 * 1024 * 1024,
	});
	return stdout.trim().split('\n');
};

export async function* realSlurm({jobs = [50_000], rounds}: Settings): AsyncGenerator<Result> {
	for (const size of jobs) {
		const ids = [...(await submitMany(size))];
		try {
			const {list, poll, programs, cancel} = await measureBesidePrograms({
				far: backend.connect('far', {}),
				size,
				rounds,
				listAlone: () =>
					runAlone('squeue', ['-h', '-a', '-o', queueFormat(mark), '-u', String(process.getuid?.())]),
				cancelAlone: ids => runAlone('scancel', ids),
				nextIds: () => ids.splice(0, cancelled),
			});
			yield {
				what: `a poll of ${size} jobs of a real Slurm`,
				value: `${poll.toFixed(0)} ms`,
				yardstick: `its squeue (${list.toFixed(0)} ms)`,
				ratio: poll / list,
				budget: String(budget),
				kept: poll <= budget * list,
			};
			yield {
				what: `${cancelled} jobs of a real Slurm cancelled`,
				value: `${cancel.toFixed(0)} ms`,
				yardstick: `one scancel of ${cancelled} (${programs.toFixed(0)} ms)`,
				ratio: cancel / programs,
				budget: String(budget),
				kept: cancel <= budget * programs,
			};
		} finally {
			await runAlone('scancel', ['--me']);
		}
	}
}
