/*
Polls of many jobs of Flux and of LSF, and a thousand cancellations. Their programs are the cheapest that can be: each prints a file. So nearly all of a poll is ours, and its processor time is compared with JSON.parse of the same text; real programs, which ask a server, take far longer.
*/
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Backend} from '../../source/backends/backend.ts';
import {readId} from '../../source/backends/flux/ids.ts';
import {flux} from '../../source/backends/flux/index.ts';
import {lsf} from '../../source/backends/lsf/index.ts';
import {fields} from '../../source/backends/lsf/wire.ts';
import {measureBesidePrograms, runAlone} from './beside-programs.ts';
import {least, type Result, type Settings} from './measure.ts';

const cancelled = 1000;
const uid = 4242;

type PrintedSystem = {
	readonly title: string;
	readonly idOf: (index: number) => string;
	readonly listOf: (size: number) => string;
	/** What the program of a cancellation prints. */
	readonly receiptsOf: (ids: readonly string[]) => string;
	readonly open: (bin: string) => Backend;
	/** The programs of a poll and of a cancellation, with the words before the ids. */
	readonly list: readonly [program: string, ...args: string[]];
	readonly cancel: readonly [program: string, ...args: string[]];
};

const fluxRecord = (index: number) => {
	const id = fluxSystem.idOf(index);
	return {
		...{t_depend: 1_795_853_999.5, t_priority: 1_795_853_999.51, t_sched: 1_795_853_999.52},
		...{t_run: 1_795_853_999.53, duration: 3600, expiration: 1_795_857_599.5, cwd: '/home/alice'},
		...{name: `simulation-${index % 40}`, ntasks: 1, ncores: 1, nnodes: 1, priority: 16, ranks: '0'},
		...{nodelist: `node${index % 64}`, id: index, t_submit: 1_795_853_999.49, state: 'RUN', status: 'RUN'},
		...{username: 'alice', userid: uid, urgency: 16, runtime: 4.85, dependencies: [], jobid: id},
		...{annotations: {sched: {resource_summary: 'rank0/core0'}}, exception: {occurred: false}},
	};
};

const fluxSystem: PrintedSystem = {
	title: 'Flux',
	idOf: index => readId(String((3322 + index) * 2 ** 24)) as string,
	listOf: size => `${JSON.stringify({jobs: Array.from({length: size}, (_, index) => fluxRecord(index))})}\n`,
	receiptsOf: () => '',
	open: bin => flux.connect('far', {bin, uid}),
	list: ['flux', 'jobs'],
	cancel: ['flux', 'cancel'],
};

const lsfRecord = (index: number): string => {
	const values: Readonly<Record<string, string>> = {
		...{jobid: lsfSystem.idOf(index), jobindex: '0', stat: 'RUN', user: 'alice', queue: 'normal'},
		...{job_name: `simulation-${index % 40}`, proj_name: 'default', exec_host: `4*node${index % 64}`},
		...{submit_time: 'Nov 29 10:00:00 2026', start_time: 'Nov 29 10:10:00 2026'},
		...{finish_time: 'Nov 29 14:10:00 2026 L', runtimelimit: '240.0', command: 'simulate -v'},
	};
	const lines = fields.map(name => `      "${name.toUpperCase()}":"${values[name] ?? ''}"`);
	return `    {\n${lines.join(',\n')}\n    }`;
};

const lsfSystem: PrintedSystem = {
	title: 'LSF',
	idOf: index => String(100_000 + index),
	listOf: size =>
		`{\n  "COMMAND":"bjobs",\n  "JOBS":${size},\n  "RECORDS":[\n${Array.from({length: size}, (_, index) => lsfRecord(index)).join(',\n')}\n  ]\n}\n`,
	receiptsOf: ids => ids.map(id => `Job <${id}> is being terminated\n`).join(''),
	open: bin => lsf.connect('far', {bin, user: 'alice'}),
	list: ['bjobs'],
	cancel: ['bkill'],
};

/** Writes the programs into a new folder, which the caller removes. */
const makePrograms = ({list, cancel}: PrintedSystem, listed: string, receipts: string): string => {
	const folder = mkdtempSync(join(tmpdir(), 'jobtop-bench-programs-'));
	writeFileSync(join(folder, 'list'), listed);
	writeFileSync(join(folder, 'receipts'), receipts);
	const script = `#!/bin/sh
case "\${0##*/} $*" in
'${cancel.join(' ')} '*) exec cat '${folder}/receipts';;
*) exec cat '${folder}/list';;
esac
`;
	for (const name of new Set([list[0], cancel[0]])) {
		writeFileSync(join(folder, name), script);
		chmodSync(join(folder, name), 0o755);
	}
	return folder;
};

const parseMs = (text: string, rounds: number): number =>
	least(
		Array.from({length: rounds}, () => {
			const from = performance.now();
			JSON.parse(text);
			return performance.now() - from;
		}),
	);

async function* measure(system: PrintedSystem, size: number, rounds: number): AsyncGenerator<Result> {
	const {title, idOf, listOf, receiptsOf, open, list, cancel} = system;
	const ids = Array.from({length: Math.min(cancelled, size)}, (_, index) => idOf(index));
	const text = listOf(size);
	const folder = makePrograms(system, text, receiptsOf(ids));
	const alone = ([program, ...args]: readonly [string, ...string[]], more: readonly string[] = []) =>
		runAlone(join(folder, program), [...args, ...more]);
	try {
		const measured = await measureBesidePrograms({
			far: open(folder),
			size,
			rounds,
			listAlone: () => alone(list),
			cancelAlone: ids => alone(cancel, ids),
			nextIds: () => ids,
		});
		const parse = parseMs(text, rounds);
		yield {
			what: `a poll of ${size} ${title} jobs`,
			value: `${measured.cpu.toFixed(0)} ms CPU beside the program's own`,
			yardstick: `JSON.parse of the same text (${parse.toFixed(0)} ms)`,
			ratio: measured.cpu / parse,
		};
		yield {
			what: `${ids.length} ${title} jobs cancelled`,
			value: `${measured.cancel.toFixed(0)} ms`,
			yardstick: `one ${cancel.join(' ')}, a file printed (${measured.programs.toFixed(0)} ms)`,
			ratio: measured.cancel / measured.programs,
		};
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
}

export async function* printedPrograms({jobs = [10_000], rounds}: Settings): AsyncGenerator<Result> {
	for (const size of jobs) for (const system of [fluxSystem, lsfSystem]) yield* measure(system, size, rounds);
}
