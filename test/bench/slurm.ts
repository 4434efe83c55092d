/*
A poll of many Slurm jobs beside the squeue process that it starts, and a thousand cancellations beside the programs that they start. The programs are the cheapest that can be: squeue prints a file, scancel ends at once. So all of the rest is ours, and with a real Slurm, whose programs take longer, the ratios are smaller.
*/
import {spawn} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {slurm as backend} from '../../source/backends/slurm/index.ts';
import {least, type Result, type Settings} from './measure.ts';

const separator = '\u001f';
const cancelled = 1000;

const recordOf = (index: number): string =>
	`\u001eMARK${[
		100_000 + index,
		index % 3 === 0 ? 'PENDING' : 'RUNNING',
		4242,
		'alice',
		'batch',
		1_767_220_000,
		1_767_225_000,
		1_767_230_000,
		index % 3 === 0 ? 'Priority' : 'None',
		`simulation-${index % 40}`,
	].join(separator)}\n`;

const makePrograms = (jobs: number): string => {
	const folder = mkdtempSync(join(tmpdir(), 'jobtop-bench-slurm-'));
	writeFileSync(join(folder, 'queue'), Array.from({length: jobs}, (_, index) => recordOf(index)).join(''));
	const programs = {
		// The mark of the question stands in the format, behind its first character.
		squeue: `mark=\nfor word in "$@"; do case $word in *%i*) mark=\${word%%\\%i*};; esac; done\nexec sed "s/^.MARK/$mark/" '${folder}/queue'`,
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
const runAlone = async (file: string, args: readonly string[]): Promise<number> => {
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

export async function* slurm({jobs = [50_000], rounds}: Settings): AsyncGenerator<Result> {
	const {signal} = new AbortController();
	for (const size of jobs) {
		const folder = makePrograms(size);
		try {
			const far = backend.connect('far', {bin: folder, uid: 4242});
			const polls: number[] = [];
			const alone: number[] = [];
			const cancels: number[] = [];
			const programs: number[] = [];
			const ids = Array.from({length: Math.min(cancelled, size)}, (_, index) => String(100_000 + index));
			for (let round = 0; round <= rounds; round++) {
				alone.push(await runAlone(join(folder, 'squeue'), ['-o', '\u001e0000000000000000%i']));
				polls.push(
					await timed(async () => {
						const page = await far.listPage({everyone: false, ended: false, signal});
						if (page.jobs.length !== size) throw new Error(`${page.jobs.length} of ${size} jobs were read`);
					}),
				);
				programs.push(
					(await runAlone(join(folder, 'scontrol'), ['ping'])) +
						(await runAlone(join(folder, 'scancel'), ids)),
				);
				cancels.push(await timed(async () => void (await far.cancelMany?.(ids, {signal}))));
			}
			yield {
				what: `a poll of ${size} Slurm jobs`,
				value: `${least(polls).toFixed(0)} ms`,
				yardstick: `its squeue, a file printed (${least(alone).toFixed(0)} ms)`,
				// No verdicts: the budgets are 1.5 times the real programs, which ask a controller and take far longer.
				ratio: least(polls) / least(alone),
			};
			yield {
				what: `${ids.length} Slurm jobs cancelled`,
				value: `${least(cancels).toFixed(0)} ms`,
				yardstick: `one ping and one scancel (${least(programs).toFixed(0)} ms)`,
				ratio: least(cancels) / least(programs),
			};
		} finally {
			rmSync(folder, {recursive: true, force: true});
		}
	}
}
