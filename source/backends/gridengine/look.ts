import {cleanLines} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import type {Job, JobDetail} from '../../job/job.ts';
import {refOf} from '../../job/ref.ts';
import type {ManyLooks} from '../backend.ts';
import {jobsIn, type Looks, oneIn} from '../programs/looks.ts';
import {countMembers, type Members, summarizeSet} from '../set-summary.ts';
import {countTasks, hasTask, type TaskSet, tasksOf} from '../task-set.ts';
import {type AccountRecord, isSignalled} from './accounts.ts';
import type {Cell} from './cell.ts';
import {accountFields, factsOf, queueFields, reasonIn, timelineOf} from './details.ts';
import {idOf, type JobId, onlyTask, parseId, whyNoId} from './ids.ts';
import {readDetails, readEnds, readQueue} from './queue.ts';
import {type QueueRow, readRow, type Viewer} from './wire.ts';

/** A job, and the record of its end if it has one. */
export type Found = {readonly job: Job; readonly record?: AccountRecord};

/** One job with all that Grid Engine shows of it. */
export const getJob = async (cell: Cell, id: string, signal: AbortSignal): Promise<JobDetail> => {
	const {details, found} = await lookAtOne(cell, id, signal);
	const {job, record} = found;
	const raw = (text: string) => cleanLines(`Job ${id}\n${text}`);
	if (details === undefined || record !== undefined) {
		const fields = accountFields(job, record);
		return {job, fields, timeline: timelineOf(job), raw: raw(record?.text ?? '')};
	}
	// The scheduler has words about all jobs, which say nothing of one that runs.
	const waits = job.phase === 'queued' || job.phase === 'held';
	const reason = waits ? reasonIn(details.messages, details.element, parseId(id) as JobId) : undefined;
	const shown = reason === undefined ? job : {...job, reason};
	return {
		job: shown,
		fields: queueFields(shown, details.element),
		timeline: timelineOf(shown),
		// The environment of a job is long, and may hold its user's secrets.
		raw: raw(details.text.replace(/<JB_env_list>[\s\S]*?<\/JB_env_list>/g, '<JB_env_list/>')),
	};
};

type Details = NonNullable<Awaited<ReturnType<typeof readDetails>>>;

/** One job, with its time of submission. Rejects with `not-found` where neither the queue nor the accounts know it. */
export const lookAtOne = async (
	cell: Cell,
	id: string,
	signal: AbortSignal,
): Promise<{readonly found: Found; readonly details: Details | undefined}> => {
	const parsed = parseId(id);
	await cell.findUser(signal);
	// The row of a running job does not say when it was submitted.
	const details = parsed && (await readDetails(cell, parsed.job, signal));
	if (parsed && details) cell.memory.remember(parsed.job, factsOf(details.element));
	const found = oneIn(await look(cell, [id], signal), id, 'Grid Engine');
	return {found, details};
};

export const getJobs = async (cell: Cell, ids: readonly string[], signal: AbortSignal): Promise<ManyLooks> =>
	jobsIn(await look(cell, [...new Set(ids)], signal));

/** Asks the queue for all jobs, then the accounts for those that it does not hold. */
const look = async (cell: Cell, ids: readonly string[], signal: AbortSignal): Promise<Looks<Found>> => {
	const user = await cell.findUser(signal);
	const failures = new Map<string, Failure>();
	const readable = new Map<string, JobId>();
	for (const id of ids) {
		const parsed = parseId(id);
		if (parsed === undefined) failures.set(id, {kind: 'rejected', detail: whyNoId(id)});
		else readable.set(id, parsed);
	}
	const found = new Map<string, Found>();
	if (readable.size === 0) return {found, failures};
	const wanted = new Set([...readable.values()].map(({job}) => job));
	const isMine = [...wanted].every(job => cell.memory.of(job)?.owner === user);
	const {rows, unreadable} = await rowsOf(cell, isMine ? user : undefined, wanted, signal);
	for (const [id, parsed] of readable) {
		if (!unreadable.has(parsed.job) || isWhole(parsed, rows.get(parsed.job) ?? [])) continue;
		failures.set(id, {kind: 'malformed', detail: 'qstat printed a row of this job that jobtop cannot read'});
		readable.delete(id);
	}
	const lacking = [...readable].filter(([, parsed]) => !isWhole(parsed, rows.get(parsed.job) ?? []));
	let records = new Map<number, AccountRecord[]>();
	let failure: Failure | undefined;
	if (lacking.length > 0) {
		try {
			const jobs = [...new Set(lacking.map(([, {job}]) => job))];
			records = Map.groupBy(await readEnds(cell, jobs, signal), ({number}) => number);
		} catch (error) {
			// They have left the queue, and the accounts are out of reach: nobody knows how they ended.
			if (!(error instanceof BackendError)) throw error;
			failure = error.failure;
		}
	}
	for (const [id, parsed] of readable) {
		const one = findJob(cell.viewer, parsed, rows.get(parsed.job) ?? [], records.get(parsed.job) ?? []);
		if (one !== undefined) found.set(id, one);
		else if (failure !== undefined) failures.set(id, failure);
	}
	return {found, failures};
};

/** The rows of these jobs, and those of them that have a row that nobody can read: such a job has not left the queue. */
const rowsOf = async (
	cell: Cell,
	owner: string | undefined,
	wanted: ReadonlySet<number>,
	signal: AbortSignal,
): Promise<{
	readonly rows: ReadonlyMap<number, readonly QueueRow[]>;
	readonly unreadable: ReadonlySet<number>;
}> => {
	const printed = await readQueue(cell, owner, signal);
	const rows = new Map<number, QueueRow[]>();
	const unreadable = new Set<number>();
	for (const text of printed) {
		const number = Number(/<JB_job_number>(\d+)</.exec(text)?.[1]);
		if (!wanted.has(number)) continue;
		const row = readRow(text, cell.viewer);
		if (row === undefined) {
			unreadable.add(number);
			continue;
		}
		const others = rows.get(number);
		if (others) others.push(row);
		else rows.set(number, [row]);
	}
	return {rows, unreadable};
};

/** Whether the queue holds all of it: the accounts can add nothing. */
const isWhole = ({tasks}: JobId, rows: readonly QueueRow[]): boolean => {
	// An array has tasks in its rows, and tasks that have left.
	if (tasks === undefined) return rows.length > 0 && rows.every(row => row.tasks === undefined);
	for (const task of tasksOf(tasks)) if (!rows.some(row => holds(row, task))) return false;
	return true;
};

/** A job that is no array has the task 1. */
const holds = ({tasks}: QueueRow, task: number): boolean =>
	tasks === undefined ? task === 1 : hasTask(tasks, task);

/** The job that an id names, made of the rows and the records about it: what is asked for and what Grid Engine shows need not be the same, since tasks start and end. */
const findJob = (
	{profile, memory}: Viewer,
	id: JobId,
	rows: readonly QueueRow[],
	ends: readonly AccountRecord[],
): Found | undefined => {
	const text = idOf(id.job, id.tasks);
	const task = onlyTask(id);
	if (task !== undefined || (id.tasks === undefined && isSingle(rows, ends))) {
		const row = rows.find(each => task === undefined || holds(each, task));
		const record = ends.find(each => task === undefined || (each.task ?? 1) === task);
		const job = row?.job ?? record?.job;
		if (job === undefined) return undefined;
		const {set: _, ...rest} = job;
		const own = {...(task === undefined ? job : rest), ref: refOf(profile, text), id: text};
		return row === undefined && record ? {job: own, record} : {job: own};
	}
	const members = membersOf(id.tasks, rows, ends);
	if (members.length === 0) return undefined;
	const whole = id.tasks === undefined ? memory.of(id.job)?.tasks : countTasks(id.tasks);
	const signalled = members.filter(({job}) => isSignalled(job)).length;
	const counts = {...countMembers(members, whole), ...(signalled > 0 && {signalled})};
	return {job: summarizeSet(text, members, counts)};
};

/** Whether it is one job, and no array. */
const isSingle = (rows: readonly QueueRow[], ends: readonly AccountRecord[]): boolean =>
	rows.every(({tasks}) => tasks === undefined) && ends.every(({task}) => task === undefined);

/** The members of an array that are asked for: all if `wanted` is undefined. What the queue shows of a task is newer than what the accounts have. */
const membersOf = (
	wanted: TaskSet | undefined,
	rows: readonly QueueRow[],
	ends: readonly AccountRecord[],
): readonly Members[] => {
	const members: Members[] = [];
	const live = new Set<number>();
	for (const row of rows) {
		let count = 0;
		for (const task of row.tasks === undefined ? [1] : tasksOf(row.tasks)) {
			if (live.has(task) || (wanted && !hasTask(wanted, task))) continue;
			live.add(task);
			count++;
		}
		if (count > 0) members.push({job: row.job, count});
	}
	for (const {task = 1, job} of ends) {
		if (!live.has(task) && (wanted === undefined || hasTask(wanted, task))) members.push({job, count: 1});
	}
	return members;
};

/** The command that looks at one job, for a shell. */
export const describeLook = ({programs}: Cell, id: string): string => {
	const parsed = parseId(id);
	if (parsed === undefined) throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
	return programs.describe('qstat', ['-j', String(parsed.job)]);
};
