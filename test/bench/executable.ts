/*
The start of the executable beside that of the same Node with the files of the package: both have compiled code, one inside and one in the cache of Node.
*/
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {median, type Result, type Settings} from './measure.ts';
import {program} from './program.ts';
import {makeHome, openScreen} from './start.ts';

const runsPerRound = 5;
const budget = 1.05;

const steps = {
	drawn: 'first frame of the executable',
	table: 'its table with its header',
	jobs: 'its first jobs, Slurm',
} as const;

export async function* executable({rounds}: Settings): AsyncGenerator<Result> {
	const folder = mkdtempSync(join(tmpdir(), 'jobtop-bench-executable-'));
	const home = makeHome();
	const env = {PATH: `${home}:/usr/bin:/bin`, HOME: home, LANG: 'C.UTF-8', JOBTOP_STATE_DIR: join(home, 's')};
	try {
		execFileSync(process.execPath, ['scripts/build-executable.js', folder]);
		const built = join(folder, `jobtop-${process.platform}-${process.arch}`);
		const seen: Record<'files' | 'inside', Awaited<ReturnType<typeof openScreen>>>[] = [];
		// One after the other, so that what disturbs one disturbs the other; the first of each only warms up.
		for (let run = 0; run <= rounds * runsPerRound; run++) {
			const files = await openScreen(env, [process.execPath, program]);
			const inside = await openScreen(env, [built]);
			if (run > 0) seen.push({files, inside});
		}
		for (const [step, what] of Object.entries(steps) as [keyof typeof steps, string][]) {
			const [measured, yardstick] = [
				median(seen.map(({inside}) => inside[step])),
				median(seen.map(({files}) => files[step])),
			];
			yield {
				what,
				value: `${measured.toFixed(0)} ms`,
				yardstick: `node dist (${yardstick.toFixed(0)} ms)`,
				ratio: measured / yardstick,
				budget: String(budget),
				kept: measured <= budget * yardstick,
			};
		}
	} finally {
		for (const made of [folder, home]) rmSync(made, {recursive: true, force: true});
	}
}
