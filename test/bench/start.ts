/*
The time from the start of the program to its first frame, to the table with its header, and to the first frame with a job in it, and the processor time of commands; all beside those of `node -e 0`.
*/
import {spawnSync} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {openTerminal} from '../helpers/terminal.ts';
import {median, type Result, type Settings} from './measure.ts';
import {program} from './program.ts';

const runsPerRound = 4;

/** A Slurm that answers at once: one job, in the format and with the mark of the question. */
const squeue = `#!/bin/sh
for word in "$@"; do case $word in *%i*) mark=\${word%%%i*}; mark=\${mark#?}; break;; esac; done
us='\\037'
printf "\\036\${mark}JOBID\${us}STATE\\035$mark\\n"
printf "\\036\${mark}1\${us}RUNNING\${us}$(id -u)\${us}alice\${us}batch\${us}1767220000\${us}1767225000\${us}1767230000\${us}1-00:00:00\${us}1\${us}node1\${us}None\${us}process-1\\035$mark\\n"
`;

export const makeHome = () => {
	const home = mkdtempSync(join(tmpdir(), 'jobtop-bench-start-'));
	for (const [name, text] of Object.entries({squeue, scontrol: '#!/bin/sh\n', sacct: '#!/bin/sh\n'})) {
		writeFileSync(join(home, name), text);
		chmodSync(join(home, name), 0o755);
	}
	return home;
};

/** Commands without a screen, and the most that their processor time may be. */
const commands: Readonly<Record<string, {readonly words: readonly string[]; readonly budget: number}>> = {
	'jobtop list': {words: ['list'], budget: 4},
	'jobtop keys': {words: ['keys'], budget: 3},
	'Tab on a command': {words: ['__complete', '--', 'li'], budget: 2},
};

/** Milliseconds of processor time of a program and what it starts, by the shell's own account. */
const cpuOf = (words: readonly string[], env: Readonly<Record<string, string>>): number => {
	const {stdout} = spawnSync('/bin/bash', ['-c', '"$@" > /dev/null 2>&1; times', 'bash', ...words], {
		env,
		encoding: 'utf8',
	});
	const [, children = ''] = stdout.split('\n');
	return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
		(sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1000,
		0,
	);
};

const wallOf = (words: readonly string[]): number => {
	const from = performance.now();
	spawnSync(process.execPath, words);
	return performance.now() - from;
};

/** Opens the screen until a job is shown; when each step was seen, in milliseconds after the start. */
export const openScreen = async (
	env: Readonly<Record<string, string>>,
	[file = '', ...parameters]: readonly string[] = [process.execPath, program],
) => {
	const from = performance.now();
	const terminal = openTerminal(file, parameters, {columns: 120, rows: 40, env});
	// The first frame may be over before anybody looks.
	await terminal.until(/jobtop|STATE/);
	const drawn = performance.now() - from;
	await terminal.until('STATE');
	const table = performance.now() - from;
	await terminal.until('process-1');
	const jobs = performance.now() - from;
	// As a reader leaves it: what was compiled is kept for the next start.
	terminal.press('q');
	await terminal.exited;
	await terminal.close();
	return {drawn, table, jobs};
};

const resultOf = (what: string, measured: number, bare: number, budget: number): Result => ({
	what,
	value: `${measured.toFixed(0)} ms`,
	yardstick: `node -e 0 (${bare.toFixed(0)} ms)`,
	ratio: measured / bare,
	budget: String(budget),
	kept: measured <= budget * bare,
});

export async function* start({rounds}: Settings): AsyncGenerator<Result> {
	const home = makeHome();
	const env = {PATH: `${home}:/usr/bin:/bin`, HOME: home, LANG: 'C.UTF-8', JOBTOP_STATE_DIR: join(home, 's')};
	const seen: Awaited<ReturnType<typeof openScreen>>[] = [];
	const bare: {wall: number; cpu: number}[] = [];
	const cpu: Record<string, number[]> = {};
	try {
		// One after the other, so that what disturbs one disturbs the other; the first of each only warms up.
		for (let run = 0; run <= rounds * runsPerRound; run++) {
			const measured = {wall: wallOf(['-e', '0']), cpu: cpuOf([process.execPath, '-e', '0'], env)};
			const steps = await openScreen(env);
			if (run > 0) {
				bare.push(measured);
				seen.push(steps);
			}
			for (const [name, {words}] of Object.entries(commands)) {
				const ms = cpuOf([process.execPath, program, ...words], env);
				if (run > 0) cpu[name] = [...(cpu[name] ?? []), ms];
			}
		}
	} finally {
		rmSync(home, {recursive: true, force: true});
	}
	const wall = median(bare.map(each => each.wall));
	yield resultOf('first frame', median(seen.map(({drawn}) => drawn)), wall, 1.2);
	yield resultOf('table with its header', median(seen.map(({table}) => table)), wall, 4.5);
	yield resultOf('first jobs, Slurm', median(seen.map(({jobs}) => jobs)), wall, 6.5);
	const alone = median(bare.map(each => each.cpu));
	for (const [name, {budget}] of Object.entries(commands)) {
		yield resultOf(`${name}, processor time`, median(cpu[name] ?? []), alone, budget);
	}
}
