/*
What fake programs share: their records are files in folders, and each run notes its request, fails where a test wants that, and prints what a site prints around its programs.

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

export const readJson = file => JSON.parse(readFileSync(file, 'utf8'));

/** The records of a folder in the order in which they were put there, each with the file that it is in. */
export const readRecords = folder =>
	readdirSync(folder)
		.filter(name => name.endsWith('.json'))
		.map(name => ({file: `${folder}/${name}`, ...readJson(`${folder}/${name}`)}))
		.sort((a, b) => a.order - b.order);

/** Another program never reads half a record. */
export const saveRecord = ({file, ...record}) => {
	writeFileSync(`${file}.${process.pid}`, JSON.stringify(record));
	renameSync(`${file}.${process.pid}`, file);
};

/** Ends this program by a signal. */
export const endBy = signal => {
	process.kill(process.pid, signal);
	setInterval(() => {}, 1000);
	return new Promise(() => {});
};

/** The failures that are the same for every program. */
export const usualFailures = {
	broken: () => endBy('SIGSEGV'),
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
	await runWrapped(root, program, main);
};

/** Runs a program with what a site prints around it. `run` gives its exit code. */
export const runWrapped = async (root, program, run) => {
	const wrappers = existsSync(`${root}/wrappers.json`) ? readJson(`${root}/wrappers.json`) : {};
	const {complaint, before, after, code} = wrappers[program] ?? {};
	if (before) print(before);
	if (complaint) process.stderr.write(complaint);
	process.exitCode = code ?? (await run());
	if (after) print(after);
};
