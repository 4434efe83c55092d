/*
Whether memory and descriptors stay flat for an hour: the program in a terminal on the five built-in job systems, polled every second, with changing faults, keys and cancellations.
*/
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {configurationOf} from '../../source/command-line/demo.ts';
import {readFault} from '../../source/command-line/fault-option.ts';
import {type Demo, startDemo} from '../../source/demo/index.ts';
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
	['\u0012', 'P', '\u001b', '?', '\u001b'],
	// Back to active jobs: ended ones would make the table grow all the time.
	['f', 'j', '\r', 'G', 'g', 'f', 'k', '\r'],
	[' ', 'j', ' ', 'c', 'y', '\u001b', 'U'],
	['D', 'y', '\u001b'],
];

type Sample = {
	readonly hours: number;
	/** Megabytes. */
	readonly resident: number;
	/** Megabytes in use in both threads after all garbage was collected; NaN if that is not measured. */
	readonly heap: number;
	readonly descriptors: number;
	readonly threads: number;
	readonly children: number;
	/** Jobs in the table. */
	readonly jobs: number;
};

type Measured = 'resident' | 'heap' | 'descriptors';
type Point = {readonly x: number; readonly y: number};

const averageOf = (values: readonly number[]): number =>
	values.reduce((sum, value) => sum + value, 0) / values.length;

const blockCount = 12;

/** Means of equal parts: neighbouring samples are not independent, and a slope through them would look surer than it is. */
const blocksOf = (samples: readonly Sample[], what: Measured): readonly Point[] =>
	Array.from({length: Math.min(blockCount, samples.length)}, (_, index) => {
		const size = samples.length / Math.min(blockCount, samples.length);
		const part = samples.slice(Math.floor(index * size), Math.floor((index + 1) * size));
		return {x: averageOf(part.map(({hours}) => hours)), y: averageOf(part.map(each => each[what]))};
	});

/** The least-squares slope, an hour, and its standard error. */
const slopeOf = (
	samples: readonly Sample[],
	what: Measured,
): {readonly slope: number; readonly error: number} => {
	const points = blocksOf(samples, what);
	const [x, y] = [averageOf(points.map(point => point.x)), averageOf(points.map(point => point.y))];
	const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
	const slope = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
	const rest = points.reduce((sum, point) => sum + (point.y - y - slope * (point.x - x)) ** 2, 0);
	return {slope, error: Math.sqrt(rest / (points.length - 2) / spread)};
};

/** How long a far side knows an ended job: the table must not grow all the time. */
const forgetAfterMs = 5 * 60_000;

const setFaults = (demo: Demo, faults: readonly string[]) =>
	demo.setFaults(
		faults.map(text => {
			const fault = readFault(text);
			if (typeof fault === 'string') throw new Error(fault);
			return fault;
		}),
	);

const childrenOf = (pid: number): number =>
	readdirSync(`/proc/${pid}/task`).reduce(
		(sum, thread) =>
			sum + readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).length,
		0,
	);

/** The last figures of both threads together, in megabytes. */
const heapIn = (file: string): number => {
	const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
	const last = (thread: string) => lines.findLast(line => line.startsWith(thread))?.slice(thread.length);
	return Number(last('screen') ?? Number.NaN) + Number(last('engine') ?? Number.NaN);
};

const sampleOf = (pid: number, since: number, top: string, heapFile: string): Sample => ({
	hours: (Date.now() - since) / 3_600_000,
	resident: residentOf(pid),
	heap: heapIn(heapFile),
	descriptors: readdirSync(`/proc/${pid}/fd`).length,
	threads: readdirSync(`/proc/${pid}/task`).length,
	children: childrenOf(pid),
	jobs: Number(/(\d+) jobs/.exec(top)?.[1] ?? Number.NaN),
});

type Run = {
	readonly minutes: number;
	/** On each system at the start. */
	readonly jobs: number;
	readonly measuresHeap: boolean;
	/** Every sample is appended to it. */
	readonly file: string;
};

const run = async ({minutes, jobs, measuresHeap, file}: Run): Promise<readonly Sample[]> => {
	const home = mkdtempSync(join(tmpdir(), 'jobtop-soak-'));
	const far = await startDemo({jobs, speed: 2, forgetAfterMs});
	const path = join(home, 'config.toml');
	writeFileSync(path, `interval = "1s"\n${configurationOf(far)}`);
	const heapFile = join(home, 'heap');
	const measuring = {HEAP_FILE: heapFile, NODE_OPTIONS: `--import ${import.meta.resolve('./live-heap.mjs')}`};
	const opened = openTerminal(process.execPath, [program], {
		columns: 120,
		rows: 40,
		longest: minutes * 60_000 + 120_000,
		env: {
			PATH: '/usr/bin:/bin',
			HOME: home,
			JOBTOP_CONFIG: path,
			JOBTOP_STATE_DIR: join(home, 'state'),
			...(measuresHeap && measuring),
		},
	});
	const samples: Sample[] = [];
	try {
		await opened.until(/\d+ jobs/);
		const since = Date.now();
		for (let round = 0; Date.now() - since < minutes * 60_000; round++) {
			if (round % 2 === 0) await setFaults(far, stages[(round / 2) % stages.length] ?? []);
			for (const key of visits[round % visits.length] ?? []) {
				opened.press(key);
				await pause(300);
			}
			const left = (round + 1) * sampleMs - (Date.now() - since);
			if (left > 0) await pause(left);
			const top = opened.lines()[0]?.trim() ?? '';
			const sample = sampleOf(opened.pid, since, top, heapFile);
			samples.push(sample);
			const {hours, resident, heap, descriptors, threads, children} = sample;
			const figures = `${(hours * 60).toFixed(1)} min  ${resident.toFixed(1)} MB  heap ${heap.toFixed(1)} MB  ${descriptors} descriptors  ${threads} threads  ${children} children`;
			writeFileSync(file, `${figures}  ${top}\n`, {flag: 'a'});
		}
		return samples;
	} finally {
		await opened.close();
		await far.close();
		rmSync(home, {recursive: true, force: true});
	}
};

/** Growth that one hour may show beyond twice the error of its slope. */
const budgets = {resident: 5, heap: 5, descriptors: 1} as const;
const words = {resident: 'resident memory', heap: 'heap in use', descriptors: 'descriptors'} as const;
const units = {resident: 'MB an hour', heap: 'MB an hour', descriptors: 'an hour'} as const;

/** The minutes at which the figures are printed. */
const printedMinutes = [1, 5, 15, 30, 45, 60];

/** Means of a minute, because the garbage collector makes single samples vary. */
function* figuresOf(samples: readonly Sample[], measuresHeap: boolean): Iterable<Result> {
	for (const minute of printedMinutes) {
		const around = samples.filter(({hours}) => hours * 60 > minute - 1 && hours * 60 <= minute + 0.1);
		if (around.length === 0) continue;
		const mean = (what: keyof Sample) => averageOf(around.map(each => each[what])).toFixed(0);
		const heap = measuresHeap ? `${mean('heap')} MB of heap in use, ` : '';
		yield {
			what: `after ${minute} min`,
			value: `${mean('resident')} MB, ${heap}${mean('descriptors')} descriptors, ${mean('threads')} threads, ${mean('children')} children, ${mean('jobs')} jobs`,
		};
	}
}

function* slopesOf(samples: readonly Sample[], what: Measured): Iterable<Result> {
	const inWords = ({slope, error}: ReturnType<typeof slopeOf>) =>
		`${slope.toFixed(1)} ± ${error.toFixed(1)} ${units[what]}`;
	// The heap grows to its usual size at first.
	const steady = slopeOf(samples.slice(Math.floor(samples.length / 3)), what);
	const half = slopeOf(samples.slice(Math.floor(samples.length / 2)), what);
	yield {what: `${words[what]}, last half`, value: inWords(half)};
	yield {
		what: `${words[what]}, last two thirds`,
		value: inWords(steady),
		budget: `${budgets[what]} ${units[what]}`,
		kept: steady.slope - 2 * steady.error <= budgets[what],
	};
}

export async function* soak({jobs = [60], minutes, heap: measuresHeap}: Settings): AsyncGenerator<Result> {
	for (const count of jobs) {
		const file = join(tmpdir(), `jobtop-soak-${process.pid}.txt`);
		console.log(`samples: ${file}`);
		const samples = await run({minutes, jobs: count, measuresHeap, file});
		yield* figuresOf(samples, measuresHeap);
		yield* slopesOf(samples, 'resident');
		if (measuresHeap) yield* slopesOf(samples, 'heap');
		yield* slopesOf(samples, 'descriptors');
	}
}
