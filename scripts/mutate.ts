/*
Changes one operator, condition, constant or statement at a time and sees whether a test fails. `npm run mutate -- --help` shows the options.
*/
import {spawn} from 'node:child_process';
import {cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {setPriority, tmpdir} from 'node:os';
import {basename, join, normalize, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {parseSync} from 'oxc-parser';
import {type Mutation, mutate, mutationsOf, sampleOf} from './mutations.ts';
import {nearestTests, readFiles} from './related-tests.ts';

const help = `npm run mutate -- [options] [FILE ...]

Without files: the pure files of jobs, cancellations, polls, limits and tables.

  --sample N   try N mutations of each file instead of all
  --seed N     seed of the sample and of property tests (default: random, and printed)
  --bound N    percentage of mutations that tests have to find (default: 90)
  --slowest N  leave test files out that take more seconds by themselves (default: 120)
`;

/** Globs, so that they outlive files that move. */
const usualFiles = [
	'source/job/*.ts',
	'source/cancellation/*.ts',
	'source/cancellation/**/{machine,read-batch}.ts',
	'source/engine/**/{rows,pace}.ts',
	'source/engine/limiter/*.ts',
	'source/table/*.ts',
];

const {values, positionals} = parseArgs({
	allowPositionals: true,
	options: {
		sample: {type: 'string'},
		seed: {type: 'string', default: String(Math.floor(Math.random() * 2 ** 31))},
		bound: {type: 'string', default: '90'},
		slowest: {type: 'string', default: '120'},
		help: {type: 'boolean', default: false},
	},
});
if (values.help) {
	process.stdout.write(help);
	process.exit();
}
const seed = Number(values.seed);

/** A mutation without effect, by the name of its file, the line that holds it, the changed code and what replaces it. */
type Explained = {
	readonly file: string;
	/** The whole first line of the code, without the blanks at its edges. */
	readonly line: string;
	readonly code: string;
	readonly replacement: string;
	readonly why: string;
};
const explained = JSON.parse(
	readFileSync('scripts/mutations-explained.json', 'utf8'),
) as readonly Explained[];

// ---- running tests in a copy -----------------------------------------------------------------------------

const copy = mkdtempSync(join(tmpdir(), 'jobtop-mutate-'));
process.once('exit', () => rmSync(copy, {recursive: true, force: true}));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
for (const path of ['source', 'test', 'scripts', 'docs', 'package.json', 'tsconfig.json']) {
	cpSync(path, join(copy, path), {recursive: true});
}
for (const path of ['node_modules', 'dist']) symlinkSync(resolve(path), join(copy, path));

type Run = {readonly end: 'passed' | 'failed' | 'out of time'; readonly ms: number};

/** Runs test files in one process until one test fails. */
const runTests = (tests: readonly string[], limitMs: number) =>
	new Promise<Run>(done => {
		const startedAt = performance.now();
		let isLate = false;
		const words = ['--import=tsx', '--test', '--test-isolation=none', '--test-reporter=tap', ...tests];
		const child = spawn(process.execPath, words, {
			cwd: copy,
			env: {...process.env, SEED: String(seed)},
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		const limit = setTimeout(() => {
			isLate = true;
			child.kill('SIGKILL');
		}, limitMs);
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			if (/^\s*not ok /m.test(text)) child.kill('SIGKILL');
		});
		child.once('close', code => {
			clearTimeout(limit);
			const end = code === 0 ? 'passed' : isLate ? 'out of time' : 'failed';
			done({end, ms: performance.now() - startedAt});
		});
	});

const relations = readFiles();
const times = new Map<string, number>();
const timeOf = (test: string): number => times.get(test) ?? 0;

/** The related tests that pass without a mutation, with their usual times, the quickest first. */
const usableTests = async (file: string): Promise<readonly string[]> => {
	for (const test of nearestTests(file, relations)) {
		if (times.has(test)) continue;
		const {end, ms} = await runTests([test], Number(values.slowest) * 1000);
		times.set(test, end === 'passed' ? ms : Number.POSITIVE_INFINITY);
		if (end === 'failed') console.log(`  left out: ${test} fails without a change`);
		if (end === 'out of time') console.log(`  left out: ${test} takes longer than ${values.slowest} s`);
	}
	const usable = nearestTests(file, relations).filter(test => Number.isFinite(timeOf(test)));
	return usable.sort((a, b) => timeOf(a) - timeOf(b));
};

/** Test files that run in one process, and the milliseconds that they usually take. */
type Group = {readonly tests: readonly string[]; usualMs: number};

/** Milliseconds up to which test files share a process. */
const quickMs = 3000;
/** Milliseconds that a group of tests has besides a multiple of its usual time: other work may take the processor. */
const floorMs = 15_000;
const limitOf = ({usualMs}: Group): number => floorMs + 4 * usualMs;

/** Quick tests share a process, if they pass in it. */
const groupsOf = async (tests: readonly string[]): Promise<readonly Group[]> => {
	const alone = (some: readonly string[]): Group[] =>
		some.map(test => ({tests: [test], usualMs: timeOf(test)}));
	const quick = tests.filter(test => timeOf(test) < quickMs);
	const slow = tests.filter(test => timeOf(test) >= quickMs);
	if (quick.length < 2) return alone(tests);
	const together: Group = {tests: quick, usualMs: quick.reduce((sum, test) => sum + timeOf(test), 0)};
	const {end} = await runTests(quick, limitOf(together));
	return end === 'passed' ? [together, ...alone(slow)] : alone(tests);
};

/** Whether a test fails with the changed text. Tests out of time count as failed only if they are in time without the change just after it. */
const isKilled = async (
	groups: readonly Group[],
	file: string,
	{text, changed}: {readonly text: string; readonly changed: string},
): Promise<boolean> => {
	const path = join(copy, file);
	const runWith = async (content: string, group: Group) => {
		writeFileSync(path, content);
		const run = await runTests(group.tests, limitOf(group));
		writeFileSync(path, text);
		return run;
	};
	for (const group of groups) {
		let {end} = await runWith(changed, group);
		while (end === 'out of time') {
			const {ms} = await runWith(text, group);
			if (ms <= 2 * group.usualMs) break;
			// The machine has become slower.
			group.usualMs = ms;
			({end} = await runWith(changed, group));
		}
		if (end !== 'passed') return true;
	}
	return false;
};

// ---- one file ----------------------------------------------------------------------------------------

type Result = {readonly tried: number; readonly killed: number; readonly explained: number};

/** Undefined where no related test is usable: then nothing is known about the mutations. */
const mutateFile = async (file: string): Promise<Result | undefined> => {
	const text = readFileSync(file, 'utf8');
	const isValid = (mutation: Mutation) => parseSync(file, mutate(text, mutation)).errors.length === 0;
	const all = mutationsOf(file, text).filter(isValid);
	const chosen = values.sample === undefined ? all : sampleOf(all, Number(values.sample), seed);
	console.log(`${file}: ${chosen.length} of ${all.length} mutations`);
	if (chosen.length === 0) return {tried: 0, killed: 0, explained: 0};
	const tests = await usableTests(file);
	if (tests.length === 0) {
		console.log('  not measured: no usable test');
		return undefined;
	}
	console.log(`  ${tests.join(' ')}`);
	const groups = await groupsOf(tests);
	let killed = 0;
	let known = 0;
	for (const mutation of chosen) {
		if (await isKilled(groups, file, {text, changed: mutate(text, mutation)})) {
			killed++;
			continue;
		}
		const code = text.slice(mutation.start, mutation.end);
		const line = text.split('\n')[mutation.line - 1]?.trim();
		const reason = explained.find(
			each =>
				each.file === basename(file) &&
				each.line === line &&
				each.code === code &&
				each.replacement === mutation.replacement,
		);
		if (reason) known++;
		const words = reason ? `explained: ${reason.why}` : 'survived';
		console.log(`  ${file}:${mutation.line}: ${words}\n    - ${code}\n    + ${mutation.replacement}`);
	}
	return {tried: chosen.length, killed, explained: known};
};

// ---- all files ---------------------------------------------------------------------------------------

const files = positionals.length > 0 ? positionals.map(path => normalize(path)) : globSync(usualFiles).sort();
console.log(`seed ${seed}`);
setPriority(19);
const percent = ({killed, tried, explained}: Result) =>
	tried === explained ? 100 : (100 * killed) / (tried - explained);
const results = new Map<string, Result | undefined>();
for (const file of files) results.set(file, await mutateFile(file));
const sum = {tried: 0, killed: 0, explained: 0};
const line = (result: Result, name: string) =>
	`${percent(result).toFixed(0).padStart(3)} %  killed ${result.killed} of ${result.tried}, explained ${result.explained}  ${name}`;
for (const [file, result] of results) {
	console.log(result ? line(result, file) : `not measured  ${file}`);
	if (!result) continue;
	sum.tried += result.tried;
	sum.killed += result.killed;
	sum.explained += result.explained;
}
console.log(line(sum, 'all'));
const unexplained = sum.tried - sum.killed - sum.explained;
const isMeasured = [...results.values()].every(result => result !== undefined);
process.exit(percent(sum) < Number(values.bound) || unexplained > 0 || !isMeasured ? 1 : 0);
