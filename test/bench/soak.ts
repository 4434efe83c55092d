/*
Whether memory and descriptors stay flat for an hour: the program in a terminal on the five built-in job systems, polled every second, with changing faults, keys and cancellations.
*/
import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {openTerminal} from '../helpers/terminal.ts';
import {pause, type Result, type Settings} from './measure.ts';
import {program, residentOf} from './program.ts';

const sampleMs = 10_000;

/** The faults of one stage each, in turn; each stage lasts two samples. */
const stages: readonly (readonly string[])[] = [
	[],
	['weaver=broken:0.5', 'dex=slow:0.3'],
	['ionworks=cut-off:0.3', 'tensorpool=nonsense:0.5'],
	['weaver=down'],
	['tapis=expired-key'],
	[],
	['ionworks=rate-limited:0.3', 'dex=login-page'],
	['tapis=silent:0.2', 'weaver=forbidden'],
	['tensorpool=down', 'dex=never-stops'],
];

/** Keys of one sample each, in turn: what a person does, with a cancellation in every round. */
const visits: readonly (readonly string[])[] = [
	['j', 'j', 'j', 'k'],
	['\r', ']', ']', ']', ']', '\u001b'],
	['l', 'g', 'G', '\u001b'],
	['/', 'm', 'o', '\r', '\u001b'],
	['g', 'c', 'y', '\u001b'],
	['C', 'j', '\r', '\u001b', '\u001b'],
	['R', 'P', '\u001b', '?', '\u001b'],
	['f', 'j', '\r', 'G', 'g', 'f', '\r'],
	[' ', 'j', ' ', 'c', 'y', '\u001b', 'U'],
	['D', 'y', '\u001b'],
];

type Sample = {
	readonly hours: number;
	/** Megabytes. */
	readonly resident: number;
	readonly descriptors: number;
	readonly threads: number;
	readonly children: number;
	/** Jobs in the table. */
	readonly jobs: number;
};

/** The slope of a straight line through the points, an hour, and its standard error. */
const slopeOf = (
	samples: readonly Sample[],
	what: 'resident' | 'descriptors',
): {readonly slope: number; readonly error: number} => {
	const number = samples.length;
	const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / number;
	const [x, y] = [mean(samples.map(({hours}) => hours)), mean(samples.map(each => each[what]))];
	const spread = samples.reduce((sum, {hours}) => sum + (hours - x) ** 2, 0);
	const slope = samples.reduce((sum, each) => sum + (each.hours - x) * (each[what] - y), 0) / spread;
	const rest = samples.reduce((sum, each) => sum + (each[what] - y - slope * (each.hours - x)) ** 2, 0);
	return {slope, error: Math.sqrt(rest / (number - 2) / spread)};
};

type FarSides = {
	readonly config: string;
	readonly control: string;
	readonly process: ChildProcessWithoutNullStreams;
};

const startFarSides = async (home: string, jobs: number): Promise<FarSides> => {
	const child = spawn(
		process.execPath,
		[program, 'demo', '--serve', '--jobs', String(jobs), '--speed', '3'],
		{env: {PATH: '/usr/bin:/bin', HOME: home}},
	);
	let [config, notes] = ['', ''];
	child.stdout.on('data', (data: Buffer) => {
		config += data;
	});
	const control = await new Promise<string>(answer => {
		child.stderr.on('data', (data: Buffer) => {
			notes += data;
			const url = /PUT (\S+) changes/.exec(notes)?.[1];
			if (url !== undefined) answer(url);
		});
	});
	return {config, control, process: child};
};

const setFaults = (control: string, faults: readonly string[]) =>
	fetch(control, {method: 'PUT', body: JSON.stringify({faults})});

const childrenOf = (pid: number): number =>
	readdirSync(`/proc/${pid}/task`).reduce(
		(sum, thread) =>
			sum + readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).length,
		0,
	);

const sampleOf = (pid: number, since: number, top: string): Sample => ({
	hours: (Date.now() - since) / 3_600_000,
	resident: residentOf(pid),
	descriptors: readdirSync(`/proc/${pid}/fd`).length,
	threads: readdirSync(`/proc/${pid}/task`).length,
	children: childrenOf(pid),
	jobs: Number(/(\d+) jobs/.exec(top)?.[1] ?? Number.NaN),
});

/** Runs the program so long; every sample is appended to the file. */
const run = async (minutes: number, jobs: number, file: string): Promise<readonly Sample[]> => {
	const home = mkdtempSync(join(tmpdir(), 'jobtop-soak-'));
	const far = await startFarSides(home, jobs);
	const path = join(home, 'config.toml');
	writeFileSync(path, `interval = "1s"\n${far.config}`);
	const opened = openTerminal(process.execPath, [program], {
		columns: 120,
		rows: 40,
		longest: minutes * 60_000 + 120_000,
		env: {PATH: '/usr/bin:/bin', HOME: home, JOBTOP_CONFIG: path, JOBTOP_STATE_DIR: join(home, 'state')},
	});
	const samples: Sample[] = [];
	try {
		await opened.until(/\d+ jobs/);
		const since = Date.now();
		for (let round = 0; Date.now() - since < minutes * 60_000; round++) {
			if (round % 2 === 0) await setFaults(far.control, stages[(round / 2) % stages.length] ?? []);
			for (const key of visits[round % visits.length] ?? []) {
				opened.press(key);
				await pause(300);
			}
			const left = (round + 1) * sampleMs - (Date.now() - since);
			if (left > 0) await pause(left);
			const top = opened.lines()[0]?.trim() ?? '';
			const sample = sampleOf(opened.pid, since, top);
			samples.push(sample);
			const {hours, resident, descriptors, threads, children} = sample;
			const figures = `${(hours * 60).toFixed(1)} min  ${resident.toFixed(1)} MB  ${descriptors} descriptors  ${threads} threads  ${children} children`;
			writeFileSync(file, `${figures}  ${top}\n`, {flag: 'a'});
		}
		return samples;
	} finally {
		await opened.close();
		far.process.kill();
		rmSync(home, {recursive: true, force: true});
	}
};

/** Growth that one hour may show beyond twice the error of its slope. */
const budgets = {resident: 5, descriptors: 1} as const;
const units = {resident: 'MB an hour', descriptors: 'descriptors an hour'} as const;

/** The minutes at which the figures are printed. */
const printedMinutes = [1, 5, 15, 30, 60];

const meanOf = (samples: readonly Sample[], what: keyof Sample): string =>
	(samples.reduce((sum, each) => sum + each[what], 0) / samples.length).toFixed(0);

/** Means of the minute around this one, because the garbage collector makes single samples vary. */
function* figuresOf(samples: readonly Sample[]): Iterable<Result> {
	for (const minute of printedMinutes) {
		const around = samples.filter(({hours}) => Math.abs(hours * 60 - minute) <= 0.5);
		if (around.length === 0) continue;
		const [resident, descriptors, jobs] = (['resident', 'descriptors', 'jobs'] as const).map(what =>
			meanOf(around, what),
		);
		const [threads, children] = (['threads', 'children'] as const).map(what => meanOf(around, what));
		yield {
			what: `after ${minute} min`,
			value: `${resident} MB, ${descriptors} descriptors, ${threads} threads, ${children} children, ${jobs} jobs`,
		};
	}
}

const slopeResult = (samples: readonly Sample[], what: keyof typeof budgets, part: string): Result => {
	const {slope, error} = slopeOf(samples, what);
	return {what: `slope of the ${part}`, value: `${slope.toFixed(1)} ± ${error.toFixed(1)} ${units[what]}`};
};

export async function* soak({jobs = [60], minutes}: Settings): AsyncGenerator<Result> {
	for (const count of jobs) {
		const file = join(tmpdir(), `jobtop-soak-${process.pid}.txt`);
		console.log(`samples: ${file}`);
		const samples = await run(minutes, count, file);
		yield* figuresOf(samples);
		// The heap grows to its usual size at first.
		const steady = samples.slice(Math.floor(samples.length / 3));
		const half = samples.slice(Math.floor(samples.length / 2));
		for (const what of ['resident', 'descriptors'] as const) {
			const {slope, error} = slopeOf(steady, what);
			yield slopeResult(half, what, 'second half');
			yield {
				...slopeResult(steady, what, 'last two thirds'),
				budget: `${budgets[what]} ${units[what]}`,
				kept: slope - 2 * error <= budgets[what],
			};
		}
	}
}
