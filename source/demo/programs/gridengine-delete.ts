/*
The qdel of Grid Engine 8.1.9, with its traps: a word is a pattern of names, numbers count in 32 bits, and `5-1` are the tasks 1 to 5.
*/
import {type GridJob, isQueued, isWaiting, jobsOf, type QueuedJob, queuedJobs} from './gridengine-jobs.ts';
import {taskWords} from './gridengine-queue.ts';
import type {Program, Site} from './site.ts';
import {stopJob, waitForSlow} from './stopping.ts';

/** What is said of a word, the exit code, and the jobs that were deleted by their numbers in the world. */
type Said = {readonly lines: readonly string[]; readonly code: 0 | 1; readonly deleted: readonly number[]};

const refusal = (line: string): Said => ({lines: [line], code: 1, deleted: []});

const together = (said: readonly Said[]): Said => ({
	lines: said.flatMap(({lines}) => lines),
	code: said.some(({code}) => code === 1) ? 1 : 0,
	deleted: said.flatMap(({deleted}) => deleted),
});

type Range = {readonly from: number; readonly to: number; readonly step: number};

const usage = 'SGE 8.1.9\nusage: qdel [options] job_task_list\nERROR! no option argument\n';

export const qdel: Program = async (site, {args}) => {
	const users = args[0] === '-u' ? args.slice(1).flatMap(arg => arg.split(',')) : undefined;
	const words = wordsOf(args);
	if (words.length === 0 && users === undefined) return {stderr: usage, code: 1};
	const said = users === undefined ? words.map(word => deleteWord(site, word)) : [deleteOfUsers(site, users)];
	const {lines, code, deleted} = together(said);
	await waitForSlow(site, deleted);
	return {stdout: lines.map(line => `${line}\n`).join(''), code};
};

/** The words about jobs: `-t 3-5` belongs to the one before it. */
const wordsOf = (args: readonly string[]): readonly string[] => {
	const words: string[] = [];
	for (const [index, arg] of args.entries()) {
		if (args[index - 1] === '-t') words.push(`${words.pop() ?? ''}.${arg}`);
		else if (!arg.startsWith('-')) words.push(...arg.split(',').filter(word => word !== ''));
	}
	return words;
};

const numberIn32Bits = (digits: string): number => Number(BigInt.asUintN(32, BigInt(digits)));

const deleteWord = (site: Site, word: string): Said => {
	const [, number, first, last = first, step = '1'] =
		/^(\d+)(?:\.(\d+)(?:-(\d+)(?::(\d+))?)?)?$/.exec(word) ?? [];
	if (number === undefined) return deleteByName(site, word);
	const ends = [first, last].flatMap(digits => (digits === undefined ? [] : numberIn32Bits(digits)));
	const range = {from: Math.min(...ends), to: Math.max(...ends), step: numberIn32Bits(step)};
	return deleteNumber(site, numberIn32Bits(number), first === undefined ? undefined : range);
};

/** All jobs of mine whose name fits the pattern. */
const deleteByName = (site: Site, pattern: string): Said => {
	const name = new RegExp(
		`^${pattern
			.replace(/[.+^${}()|[\]\\]/g, '\\$&')
			.replaceAll('*', '.*')
			.replaceAll('?', '.')}$`,
	);
	const numbers = numbersOf(queuedJobs(site), one => isMine(site, one) && name.test(one.job.plan.name));
	return numbers.length === 0
		? refusal(`The job ${pattern} of user(s) ${site.me.name} does not exist`)
		: together(numbers.map(number => deleteNumber(site, number, undefined)));
};

const deleteOfUsers = (site: Site, users: readonly string[]): Said => {
	const numbers = numbersOf(queuedJobs(site), ({user}) => users.includes(user.name));
	return numbers.length === 0
		? refusal(`There is no job registered for the following users: ${users.join(' ')}`)
		: together(numbers.map(number => deleteNumber(site, number, undefined)));
};

const numbersOf = (jobs: readonly QueuedJob[], fits: (one: QueuedJob) => boolean): readonly number[] => [
	...new Set(jobs.filter(fits).map(({number}) => number)),
];

const isMine = ({me}: Site, {user}: GridJob): boolean => user.uid === me.uid;

const taskOf = ({task = 1}: GridJob): number => task;

/** Deletes a job, or tasks of it: what runs is registered for it, what waits is gone. */
const deleteNumber = (site: Site, number: number, range: Range | undefined): Said => {
	const me = site.me.name;
	const all = jobsOf(site, number).filter(isQueued);
	if (all.length === 0) return refusal(`denied: job "${number}" does not exist`);
	if (!all.every(one => isMine(site, one)))
		return refusal(`${me} - you do not have the necessary privileges to delete the job "${number}"`);
	const targets = all.filter(one => range === undefined || isIn(range, taskOf(one)));
	if (range !== undefined && targets.length === 0) return refusal(noTasks(number, range));
	for (const {index, state} of targets) if (state !== 'dr') stopJob(site, index);
	const lines = targets.filter(one => !isWaiting(one)).map(one => wordsOfRunning(me, one));
	const waiting = targets.filter(isWaiting);
	if (waiting.length > 0) lines.push(`${me} has deleted ${namesOf(number, waiting, range)}`);
	return {lines, code: 0, deleted: targets.map(({index}) => index)};
};

const isIn = ({from, to, step}: Range, task: number): boolean =>
	task >= from && task <= to && (task - from) % Math.max(1, step) === 0;

const noTasks = (number: number, {from, to, step}: Range): string =>
	from === to
		? `job "${number}" task "${from}" does not exist`
		: `job "${number}" task id range "${from}-${to}:${step}" comprises no tasks`;

const wordsOfRunning = (me: string, {number, task, state}: QueuedJob): string => {
	if (state === 'dr') return `job ${number} is already in deletion`;
	const name = task === undefined ? `job ${number}` : `job-array task ${number}.${task}`;
	return `${me} has registered the ${name} for deletion`;
};

const namesOf = (number: number, waiting: readonly QueuedJob[], range: Range | undefined): string => {
	const tasks = waiting.map(taskOf);
	if (range === undefined || waiting[0]?.task === undefined) return `job ${number}`;
	return tasks.length === 1
		? `job-array task ${number}.${tasks[0]}`
		: `job-array tasks ${taskWords(tasks)} of job ${number}`;
};
