/*
What fake programs share: their jobs are files in a folder, and each run notes its request, fails where a test wants that, and prints what a site prints around its programs.

In the folder, `jobs/` has a file for each job, `requests` a line for each request, `fail` says how the next one fails, `down` is there where nobody answers, `wrappers.json` has what a site prints around a program: before and after it, or, with a code, in its place.
*/
import {
	appendFileSync,
	existsSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';

export const print = text => process.stdout.write(text);
export const complain = text => process.stderr.write(`${text}\n`);

const readJson = file => JSON.parse(readFileSync(file, 'utf8'));

/** The jobs in the order in which they were put there, each with the file that it is in. */
export const readJobs = root =>
	readdirSync(`${root}/jobs`)
		.filter(name => name.endsWith('.json'))
		.map(name => ({file: `${root}/jobs/${name}`, ...readJson(`${root}/jobs/${name}`)}))
		.sort((a, b) => a.order - b.order);

/** Another program never reads half a job. */
export const saveJob = ({file, ...job}) => {
	writeFileSync(`${file}.${process.pid}`, JSON.stringify(job));
	renameSync(`${file}.${process.pid}`, file);
};

/** The failures that are the same for every program. */
const usualFailures = {
	broken() {
		process.kill(process.pid, 'SIGSEGV');
		setInterval(() => {}, 1000);
		return new Promise(() => {});
	},
	malformed() {
		print('Welcome to login1!\n');
		return 0;
	},
};

/** Runs a program, which gives its exit code. `failures` are complaints by kind, `code` their exit code; `isQuestion`: it asks about the system and not about jobs, so it is no request. */
export const runFake = async ({root, program, args, run, failures, code, isQuestion = false}) => {
	const fail = kind => {
		if (Object.hasOwn(usualFailures, kind)) return usualFailures[kind]();
		complain(failures[kind]);
		return code;
	};
	const main = () => {
		if (!isQuestion) appendFileSync(`${root}/requests`, `${JSON.stringify([program, ...args])}\n`);
		if (existsSync(`${root}/down`)) return fail('unreachable');
		if (isQuestion || !existsSync(`${root}/fail`)) return run();
		const failing = readFileSync(`${root}/fail`, 'utf8');
		rmSync(`${root}/fail`);
		return fail(failing);
	};
	const wrappers = existsSync(`${root}/wrappers.json`) ? readJson(`${root}/wrappers.json`) : {};
	const {complaint, before, after, code: instead} = wrappers[program] ?? {};
	if (complaint) process.stderr.write(complaint);
	if (before) print(before);
	process.exitCode = instead ?? (await main());
	if (after) print(after);
};
