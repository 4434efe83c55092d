/*
An embedded Flux: `flux jobs`, `flux cancel`, `flux job` and `flux getattr` over the jobs of a world, some of them of other users.
*/
import {optionOf, readArguments} from './arguments.ts';
import type {ProgramAnswer, ProgramCall} from './exchange.ts';
import {base58, fluxNumber, readFluxNumber} from './flux-ids.ts';
import {
	eventLine,
	eventsOf,
	type FluxEvent,
	type FluxJob,
	heading,
	outputOf,
	pythonJson,
	recordOf,
	shownLine,
	stateOf,
	statusOf,
} from './flux-records.ts';
import {type ProgramPlace, type Site, startPrograms} from './site.ts';
import {isStopping, stopJob, waitForSlow} from './stopping.ts';
import {userOf} from './users.ts';

export const startFlux = (place: ProgramPlace) =>
	startPrograms(
		{
			system: 'flux',
			programs: {flux},
			firstNumber: 3322,
			firstTask: 0,
			idOf: ({base}) => idOf(fluxNumber(base)),
		},
		place,
	);

/** The name of a job in its world. */
const idOf = (number: bigint): string => `f${base58(number)}`;

/** The job of this number in the world; undefined where there is none. */
const jobOf = (site: Site, index: number): FluxJob | undefined => {
	const {world, me, numberOf} = site;
	const job = world.job(index);
	if (job === undefined) return undefined;
	const number = fluxNumber(numberOf(index).base);
	return {
		index,
		number,
		id: `ƒ${base58(number)}`,
		job,
		isStopping: isStopping(site, index),
		user: userOf(job.plan.owner, me),
		cancels: world.history(index).filter(({effect}) => effect === 'stopped'),
		cancelledBy: me.uid,
	};
};

/** All jobs, the newest first. */
const allJobs = (site: Site): readonly FluxJob[] =>
	site.jobs.controls
		.ids()
		.flatMap((_, index) => jobOf(site, index) ?? [])
		.reverse();

const jobNamed = (site: Site, number: bigint): FluxJob | undefined =>
	jobOf(site, site.jobs.numberOf(idOf(number)));

type Command = (site: Site, args: readonly string[]) => ProgramAnswer | Promise<ProgramAnswer>;

/** The numbers that words stand for, or the complaint of this command. */
const readWords = (
	command: 'jobs' | 'cancel',
	words: readonly string[],
): readonly bigint[] | ProgramAnswer => {
	const numbers = words.map(readFluxNumber);
	const wrong = words.find((_, index) => numbers[index] === undefined);
	if (wrong === undefined) return numbers.flatMap(number => number ?? []);
	const usage = {
		jobs: 'usage: flux-jobs [OPTIONS] [JOBID ...]',
		cancel: 'usage: flux cancel [OPTIONS] [JOBID...]',
	};
	const argument = {jobs: 'JOBID', cancel: 'JOBID...'}[command];
	return {
		stderr: `${usage[command]}\nflux-${command}: error: argument ${argument}: invalid JobID value: '${wrong}'\n`,
		code: 2,
	};
};

const isAnswer = (read: readonly bigint[] | ProgramAnswer): read is ProgramAnswer => !Array.isArray(read);

/** The names by which `-f` asks for a job. */
const filtersOf = (one: FluxJob): ReadonlySet<string> => {
	const state = stateOf(one);
	const group = {SCHED: 'pending', RUN: 'running', CLEANUP: 'running'}[state];
	const names = [state, statusOf(one), ...(group === undefined ? [] : [group, 'active'])];
	return new Set(names.map(name => name.toLowerCase()));
};

/** `flux jobs` of no job in particular shows 1,000 of the caller's live ones. https://flux-framework.readthedocs.io/projects/flux-core/en/latest/man1/flux-jobs.html */
const chosenJobs = (site: Site, args: readonly string[]): readonly FluxJob[] => {
	const everything = args.includes('-a');
	const wanted = (optionOf(args, '-f', '--filter') ?? 'active').split(',');
	return allJobs(site).filter(
		one =>
			(args.includes('-A') || one.user.uid === site.me.uid) &&
			(everything || wanted.some(name => filtersOf(one).has(name.toLowerCase()))),
	);
};

const printed = (
	{clock}: Site,
	args: readonly string[],
	jobs: readonly FluxJob[],
	whole = pythonJson({jobs: jobs.map(recordOf)}),
): string => {
	if (args.includes('--json')) return `${whole}\n`;
	const lines = jobs.map(one => shownLine(one, clock.now()));
	return [...(args.includes('-n') ? [] : [heading]), ...lines].map(line => `${line}\n`).join('');
};

const listJobs: Command = (site, args) => {
	const {words} = readArguments(args, ['-c', '--count', '-f', '--filter']);
	const numbers = readWords('jobs', words);
	if (isAnswer(numbers)) return numbers;
	if (words.length > 0) return listByIds(site, args, words, numbers);
	const count = Number(optionOf(args, '-c', '--count') ?? 1000) || Number.POSITIVE_INFINITY;
	const jobs = chosenJobs(site, args);
	const isCut = jobs.length > count && !args.includes('--json');
	return {
		stdout: printed(site, args, jobs.slice(0, count)),
		...(isCut && {
			stderr: `warning: output truncated at ${count} jobs.\nUse --count to increase returned results or use filters to alter results.\n`,
		}),
	};
};

/** A job that is asked for alone stands in JSON without a list around it, and is looked at. */
const listByIds = (
	site: Site,
	args: readonly string[],
	words: readonly string[],
	numbers: readonly bigint[],
): ProgramAnswer => {
	const found = numbers.map(number => jobNamed(site, number));
	const stderr = words.flatMap((word, index) =>
		found[index] === undefined ? `JobID ${word} unknown\n` : [],
	);
	const jobs = found.flatMap(one => one ?? []);
	const [only] = jobs;
	if (only === undefined) return {stderr: stderr.join(''), code: 1};
	const stdout =
		words.length === 1 ? printed(site, args, jobs, pythonJson(recordOf(only))) : printed(site, args, jobs);
	if (words.length === 1) site.world.look(only.index);
	return {stdout, stderr: stderr.join('')};
};

const cancelJobs: Command = async (site, args) => {
	if (args.includes('--all')) return cancelAll(site);
	const numbers = readWords('cancel', readArguments(args, ['-m', '--message']).words);
	if (isAnswer(numbers)) return numbers;
	if (numbers.length === 0) return {stderr: 'flux-cancel: ERROR: No target jobs were provided\n', code: 1};
	const targets = numbers.map(number => jobNamed(site, number));
	const problems = numbers.flatMap((number, index) => {
		const problem = cancelOne(site, targets[index]);
		return problem === undefined ? [] : `flux-cancel: ERROR: ƒ${base58(number)}: ${problem}\n`;
	});
	await waitForSlow(
		site,
		targets.flatMap(one => one?.index ?? []),
	);
	return {stderr: problems.join(''), code: problems.length === 0 ? 0 : 1};
};

/** The problem; undefined where it worked. */
const cancelOne = (site: Site, one: FluxJob | undefined): string | undefined => {
	if (one === undefined) return 'unknown job id';
	if (stateOf(one) === 'INACTIVE') return 'job is inactive';
	if (one.user.uid !== site.me.uid) return 'guests can only raise exceptions on their own jobs';
	stopJob(site, one.index);
	return undefined;
};

/** `--all` means every live job of the caller. */
const cancelAll = (site: Site): ProgramAnswer => {
	const jobs = chosenJobs(site, []);
	for (const {index} of jobs) stopJob(site, index);
	if (jobs.length === 0) return {stderr: 'flux-cancel: Matched 0 jobs\n'};
	return {stderr: `flux-cancel: Canceled ${jobs.length} jobs (0 errors)\n`};
};

/** The event logs of a job, by their paths. */
const logs: Readonly<Record<string, (one: FluxJob) => readonly FluxEvent[] | undefined>> = {
	eventlog: eventsOf,
	'guest.output': outputOf,
};

const aboutJob: Command = (site, [command = '', ...args]) => {
	if (command !== 'eventlog') return {stderr: 'the demo only knows: flux job eventlog JOBID\n', code: 1};
	const word = readArguments(args, ['-f', '--format', '-p', '--path']).words[0] ?? '';
	const number = readFluxNumber(word);
	if (number === undefined) return {stderr: `flux-job: ${word}: malformed input\n`, code: 1};
	const one = jobNamed(site, number);
	if (one === undefined) return {stderr: `flux-job: job ${word} not found\n`, code: 1};
	if (one.user.uid !== site.me.uid)
		return {stderr: 'flux-job: flux_job_eventlog_lookup_get: Operation not permitted\n', code: 1};
	const path = optionOf(args, '-p', '--path') ?? 'eventlog';
	const events = logs[path]?.(one);
	if (events === undefined) return {stderr: `flux-job: eventlog path ${path} not found\n`, code: 1};
	const write = optionOf(args, '-f', '--format') === 'json' ? JSON.stringify : eventLine;
	return {stdout: events.map(event => `${write(event)}\n`).join('')};
};

const attribute: Command = ({folder}, [name = '']) => {
	const value = {'local-uri': `local://${folder}/local-0`, hostlist: 'fluke[1-12]', rank: '0', size: '12'}[
		name
	];
	if (value !== undefined) return {stdout: `${value}\n`};
	return {stderr: `flux-getattr: ${name}: No such file or directory\n`, code: 1};
};

const commands: Readonly<Record<string, Command>> = {
	jobs: listJobs,
	cancel: cancelJobs,
	job: aboutJob,
	getattr: attribute,
	version: () => ({stdout: 'commands:    \t\t0.88.0\nlibflux-core:\t\t0.88.0\nbroker:  \t\t0.88.0\n'}),
};

const flux = (
	site: Site,
	{args: [name = '', ...args]}: ProgramCall,
): ProgramAnswer | Promise<ProgramAnswer> => {
	const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
	if (command !== undefined) return command(site, args);
	return {stderr: `flux: \`${name}' is not a flux command.  See 'flux --help'\n`, code: 1};
};
