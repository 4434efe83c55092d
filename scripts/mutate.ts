/*
Changes one operator, condition, constant or statement at a time and sees whether a test fails. `npm run mutate -- --help` shows the options.
*/
import {spawn} from 'node:child_process';
import {cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {setPriority, tmpdir} from 'node:os';
import {basename, dirname, join, normalize, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {parseSync} from 'oxc-parser';
import {type Mutation, mutate, mutationsOf, sampleOf} from './mutations.ts';

const help = `npm run mutate -- [options] [FILE ...]

Without files: the pure files of jobs, cancellations, polls, limits and tables.

  --sample N   try N mutations of each file instead of all
  --seed N     seed of the sample and of property tests (default: random, and printed)
  --bound N    percentage of mutations that tests have to find (default: 90)
  --slowest N  leave test files out that take more seconds by themselves (default: 15)
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
		slowest: {type: 'string', default: '15'},
		help: {type: 'boolean', default: false},
	},
});
if (values.help) {
	process.stdout.write(help);
	process.exit();
}
const seed = Number(values.seed);

/** A mutation without effect, by the name of its file, the changed code and what replaces it. */
type Explained = {
	readonly file: string;
	readonly code: string;
	readonly replacement: string;
	readonly why: string;
};
const explained = JSON.parse(
	readFileSync('scripts/mutations-explained.json', 'utf8'),
) as readonly Explained[];

// ---- which tests are related ---------------------------------------------------------------------------

const importsOf = (file: string): readonly string[] =>
	[...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s(?!type\s)[^'";]*?from\s+'(\.[^']+)'/gm)].map(
		match => normalize(join(dirname(file), match[1] as string)),
	);
const testFiles = globSync('test/!(bench|fakes|fixtures|helpers|live)/**/*.{ts,tsx}');

/** The test files that import the file, or, where none does, those that import a file that imports it. */
const testsOf = (file: string): readonly string[] => {
	const direct = testFiles.filter(test => importsOf(test).includes(file));
	if (direct.length > 0) return direct;
	const users = globSync('source/**/*.{ts,tsx}').filter(source => importsOf(source).includes(file));
	return testFiles.filter(test => importsOf(test).some(imported => users.includes(imported)));
};

// ---- running tests in a copy -----------------------------------------------------------------------------

const copy = mkdtempSync(join(tmpdir(), 'jobtop-mutate-'));
process.once('exit', () => rmSync(copy, {recursive: true, force: true}));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
for (const path of ['source', 'test', 'scripts', 'docs', 'package.json', 'tsconfig.json']) {
	cpSync(path, join(copy, path), {recursive: true});
}
for (const path of ['node_modules', 'dist']) symlinkSync(resolve(path), join(copy, path));

/** Runs test files in one process until one test fails. Gives whether all passed in time, and the milliseconds. */
const runTests = (tests: readonly string[], limitMs: number) =>
	new Promise<{readonly passed: boolean; readonly ms: number}>(done => {
		const startedAt = performance.now();
		const words = ['--import=tsx', '--test', '--test-isolation=none', '--test-reporter=tap', ...tests];
		const child = spawn(process.execPath, words, {
			cwd: copy,
			env: {...process.env, SEED: String(seed)},
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			if (/^\s*not ok /m.test(text)) child.kill('SIGKILL');
		});
		child.once('close', code => {
			clearTimeout(limit);
			done({passed: code === 0, ms: performance.now() - startedAt});
		});
	});

const times = new Map<string, number>();
/** Related tests with their usual times, the quickest first. Those that fail or are slow without a mutation are left out. */
const usableTests = async (file: string): Promise<readonly string[]> => {
	const slowestMs = Number(values.slowest) * 1000;
	const usable: string[] = [];
	for (const test of testsOf(file)) {
		if (!times.has(test)) {
			const {passed, ms} = await runTests([test], slowestMs);
			times.set(test, passed ? ms : Number.POSITIVE_INFINITY);
			if (!passed) console.log(`  left out: ${test} fails or takes longer than ${values.slowest} s`);
		}
		if (Number.isFinite(times.get(test))) usable.push(test);
	}
	return usable.sort((a, b) => timeOf(a) - timeOf(b));
};
const timeOf = (test: string): number => times.get(test) ?? 0;

/** Milliseconds up to which test files share a process. */
const quickMs = 3000;

const isKilled = async (tests: readonly string[]): Promise<boolean> => {
	const quick = tests.filter(test => timeOf(test) < quickMs);
	const slow = tests.filter(test => timeOf(test) >= quickMs);
	for (const group of [quick, ...slow.map(test => [test])]) {
		if (group.length === 0) continue;
		const usualMs = group.reduce((sum, test) => sum + timeOf(test), 0);
		if (!(await runTests(group, 5000 + 4 * usualMs)).passed) return true;
	}
	return false;
};

// ---- one file ----------------------------------------------------------------------------------------

type Result = {readonly tried: number; readonly killed: number; readonly explained: number};

const mutateFile = async (file: string): Promise<Result> => {
	const text = readFileSync(file, 'utf8');
	const isValid = (mutation: Mutation) => parseSync(file, mutate(text, mutation)).errors.length === 0;
	const all = mutationsOf(file, text).filter(isValid);
	const chosen = values.sample === undefined ? all : sampleOf(all, Number(values.sample), seed);
	console.log(`${file}: ${chosen.length} of ${all.length} mutations`);
	const tests = await usableTests(file);
	console.log(`  ${tests.length === 0 ? 'no related tests' : tests.join(' ')}`);
	let killed = 0;
	let known = 0;
	for (const mutation of chosen) {
		writeFileSync(join(copy, file), mutate(text, mutation));
		if (await isKilled(tests)) {
			killed++;
			continue;
		}
		const code = text.slice(mutation.start, mutation.end);
		const reason = explained.find(
			each => each.file === basename(file) && each.code === code && each.replacement === mutation.replacement,
		);
		if (reason) known++;
		const words = reason ? `explained: ${reason.why}` : 'survived';
		console.log(`  ${file}:${mutation.line}: ${words}\n    - ${code}\n    + ${mutation.replacement}`);
	}
	writeFileSync(join(copy, file), text);
	return {tried: chosen.length, killed, explained: known};
};

// ---- all files ---------------------------------------------------------------------------------------

const files = positionals.length > 0 ? positionals.map(path => normalize(path)) : globSync(usualFiles).sort();
console.log(`seed ${seed}`);
setPriority(19);
const percent = ({killed, tried, explained}: Result) =>
	tried === explained ? 100 : (100 * killed) / (tried - explained);
const results = new Map<string, Result>();
for (const file of files) results.set(file, await mutateFile(file));
const sum = {tried: 0, killed: 0, explained: 0};
const line = (result: Result, name: string) =>
	`${percent(result).toFixed(0).padStart(3)} %  killed ${result.killed} of ${result.tried}, explained ${result.explained}  ${name}`;
for (const [file, result] of results) {
	console.log(line(result, file));
	sum.tried += result.tried;
	sum.killed += result.killed;
	sum.explained += result.explained;
}
console.log(line(sum, 'all'));
const unexplained = sum.tried - sum.killed - sum.explained;
process.exit(percent(sum) < Number(values.bound) || unexplained > 0 ? 1 : 0);
