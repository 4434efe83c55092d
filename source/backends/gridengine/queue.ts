/*
How the queue and the accounts are asked.
*/
import {BackendError} from '../../job/failure.ts';
import type {CommandResult} from '../programs/command.ts';
import {strangeAnswer} from '../programs/complaints.ts';
import {type AccountRecord, latestOf, readRecord, recordsIn} from './accounts.ts';
import {errorIn, failureOfProgram, hasNoRecord} from './answers.ts';
import type {Cell} from './cell.ts';
import {minuteOf} from './times.ts';
import {rowsIn} from './wire.ts';
import {type Element, find, findAll, parseXml} from './xml.ts';

/** The rows of qstat, as it printed them. `owner`: a name; all users if undefined. Each option is said, since files of the site and of the user (`sge_qstat`) may set others. */
export const readQueue = async (
	{programs}: Cell,
	owner: string | undefined,
	signal: AbortSignal,
): Promise<readonly string[]> => {
	const result = await programs.run('qstat', ['-s', 'a', '-u', owner ?? '*', '-xml'], signal);
	if (hasFailed(result)) throw new BackendError(failureOfProgram('qstat', result));
	const rows = rowsIn(result.stdout);
	if (rows === undefined) throw new BackendError(strangeAnswer('qstat', result));
	return rows;
};

const hasFailed = ({code, stdout}: CommandResult): boolean => code !== 0 || errorIn(stdout) !== undefined;

/** What qstat shows of one job in the queue; undefined where it knows no such job. */
export const readDetails = async (
	{programs}: Cell,
	job: number,
	signal: AbortSignal,
): Promise<
	{readonly element: Element; readonly messages: Element | undefined; readonly text: string} | undefined
> => {
	const result = await programs.run('qstat', ['-j', String(job), '-xml'], signal);
	const text = result.stdout;
	if (/<unknown_jobs\b/.test(text)) return undefined;
	if (hasFailed(result)) throw new BackendError(failureOfProgram('qstat', result));
	const answer = parseXml(text, 'detailed_job_info');
	if (answer === undefined) throw new BackendError(strangeAnswer('qstat', result));
	const element = findAll(answer, 'element').find(
		each => find(each, 'JB_job_number')?.text.trim() === String(job),
	);
	return element && {element, messages: find(answer, 'messages'), text};
};

export type Accounts = {readonly records: readonly AccountRecord[]; readonly unreadable: number};

/** The newest records of jobs that have ended, the newest last. */
export const readAccounts = async (
	{programs, viewer}: Cell,
	which: readonly string[],
	signal: AbortSignal,
): Promise<Accounts> => {
	const result = await programs.run('qacct', which, signal);
	if (result.code !== 0) {
		if (hasNoRecord(result)) return {records: [], unreadable: 0};
		throw new BackendError(failureOfProgram('qacct', result));
	}
	const printed = recordsIn(result.stdout);
	// Without a job there is a heading of sums alone.
	if (printed.length === 0 && !/={20,}/.test(result.stdout)) {
		throw new BackendError(strangeAnswer('qacct', result));
	}
	const read = printed.map(text => readRecord(text, viewer));
	const records = read.filter(record => record !== undefined && record !== 'unreadable');
	return {records: latestOf(records), unreadable: read.filter(record => record === 'unreadable').length};
};

/** Up to this many jobs are asked for by number: each call reads the whole file of the accounts. */
const maxNamed = 4;
/** The clocks of the machines may differ by this much, in milliseconds. */
const clocksMs = 300_000;

/** The records of these jobs, as far as the accounts have them. */
export const readEnds = async (
	cell: Cell,
	jobs: readonly number[],
	signal: AbortSignal,
): Promise<readonly AccountRecord[]> => {
	const since = new Map(
		jobs.flatMap(job => {
			const {started, submitted} = cell.memory.of(job) ?? {};
			const at = started ?? submitted;
			return at === undefined ? [] : [[job, at] as const];
		}),
	);
	const together = jobs.length > maxNamed ? jobs.filter(job => since.has(job)) : [];
	const alone = jobs.filter(job => together.length === 0 || !since.has(job));
	const records: AccountRecord[] = [];
	if (together.length > 0) {
		const wanted = new Set(together);
		const from = Math.min(...together.map(job => since.get(job) as number)) - clocksMs;
		const owners = new Set(together.map(job => cell.memory.of(job)?.owner));
		const [owner] = owners;
		const which = owners.size === 1 && owner ? ['-o', owner] : [];
		const found = await readAccounts(cell, [...which, '-b', minuteOf(from), '-j'], signal);
		for (const record of found.records) if (wanted.has(record.number)) records.push(record);
	}
	for (const job of alone) {
		const found = await readAccounts(cell, ['-j', String(job)], signal);
		for (const record of found.records) if (record.number === job) records.push(record);
	}
	return records.filter(record => isOf(cell, record));
};

/** Whether a record is of the job that was seen, and not of an earlier one with its number. */
const isOf = ({memory}: Cell, {number, job}: AccountRecord): boolean => {
	const {submitted, started, owner} = memory.of(number) ?? {};
	if (owner !== undefined && job.owner !== owner) return false;
	if (submitted !== undefined && job.createdAt !== undefined)
		return Math.abs(job.createdAt - submitted) <= 1000;
	return started === undefined || job.endedAt === undefined || job.endedAt >= started - clocksMs;
};
