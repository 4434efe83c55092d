/*
The jobs in slurmrestd's answers. The same field is a number, null, a magic number or an object with the number in it, and a state is one word or several, from version to version.
*/
import {cleanText} from '../../job/clean-text.ts';
import {isEnd} from '../../job/phase.ts';
import {type JobRecord, phaseOfState, readId} from '../slurm/records.ts';

/** A record and the object from which it was read. */
export type SourcedRecord = {readonly record: JobRecord; readonly source: Readonly<Record<string, unknown>>};

type Source = SourcedRecord['source'];

// NO_VAL and INFINITE. https://github.com/SchedMD/slurm/blob/master/slurm/slurm.h
const unset = 4294967294;
const infinite = 4294967295;

/** A number in any of its forms: `7`, `"7"`, `{"set": true, "infinite": false, "number": 7}`. Undefined where it is unset or has no end. */
export const readNumber = (value: unknown): number | undefined => {
	if (typeof value === 'number') {
		return Number.isSafeInteger(value) && value !== unset && value !== infinite ? value : undefined;
	}
	if (typeof value === 'string') return /^\d+$/.test(value) ? readNumber(Number(value)) : undefined;
	if (!isObject(value) || value.set !== true || value.infinite === true) return undefined;
	return readNumber(value.number);
};

/** Whether a number in any of its forms has no end. */
export const isInfinite = (value: unknown): boolean =>
	value === infinite || value === 'Infinity' || (isObject(value) && value.infinite === true);

/** How a job ended as `code:signal`, from a wait status (22.05), from a code alone, or from its parts. */
export const readExit = (value: unknown): string | undefined => {
	if (typeof value === 'number') return `${(value >> 8) & 0xff}:${value & 0x7f}`;
	if (!isObject(value)) return undefined;
	const code = readNumber(value.return_code);
	if (code === undefined) return undefined;
	const signal = isObject(value.signal) ? value.signal : {};
	return `${code}:${readNumber(signal.id) ?? readNumber(signal.signal_id) ?? 0}`;
};

/** The state: one word, or a word and what is the matter with the job, as `CANCELLED+COMPLETING`. */
export const readState = (value: unknown): string | undefined => {
	if (isObject(value)) return readState(value.current);
	const words = (Array.isArray(value) ? value : [value]).filter(word => typeof word === 'string');
	const state = cleanText(words.join('+')).trim();
	return state === '' ? undefined : state;
};

/** All fields of a job of `/slurm/…/jobs` that are read for a row. */
export const listedFields = [
	'job_id',
	'array_job_id',
	'array_task_id',
	'array_task_string',
	'het_job_id',
	'het_job_offset',
	'job_state',
	'user_id',
	'user_name',
	'state_reason',
	'submit_time',
	'start_time',
	'end_time',
	'time_limit',
	'nodes',
	'partition',
	'account',
	'node_count',
	'exit_code',
	'name',
] as const;

/** A job of `/slurm/…/jobs`; undefined where it cannot be read. */
export const readJob = (value: unknown): SourcedRecord | undefined => {
	if (!isObject(value)) return undefined;
	return sourcedRecord(value, {
		id: {
			job: value.job_id,
			array: value.array_job_id,
			task: value.array_task_id,
			tasks: value.array_task_string,
			het: value.het_job_id,
			component: value.het_job_offset,
		},
		state: readState(value.job_state),
		uid: readNumber(value.user_id) ?? -1,
		user: value.user_name,
		reason: value.state_reason,
		submit: value.submit_time,
		start: value.start_time,
		end: value.end_time,
		limit: value.time_limit,
		by: undefined,
	});
};

/** A job of `/slurmdb/…/job`; undefined where it cannot be read, and where it waits: the controller knows the waiting jobs. */
export const readAccount = (value: unknown): SourcedRecord | undefined => {
	if (!isObject(value)) return undefined;
	const array = isObject(value.array) ? value.array : {};
	const het = isObject(value.het) ? value.het : {};
	const time = isObject(value.time) ? value.time : {};
	const state = readState(value.state);
	const one = sourcedRecord(value, {
		id: {
			job: value.job_id,
			array: array.job_id,
			task: array.task_id,
			tasks: array.task,
			het: het.job_id,
			component: het.job_offset,
		},
		state,
		uid: -1,
		user: value.user,
		reason: isObject(value.state) ? value.state.reason : undefined,
		submit: time.submission,
		start: time.start,
		end: time.end,
		limit: time.limit,
		by: value.kill_request_user,
	});
	if (one?.record.tasks !== undefined && !isEnd(phaseOfState(one.record.state))) return undefined;
	return one;
};

type Fields = {
	readonly id: IdParts;
	readonly state: string | undefined;
	readonly uid: number;
	readonly user: unknown;
	readonly reason: unknown;
	readonly submit: unknown;
	readonly start: unknown;
	readonly end: unknown;
	readonly limit: unknown;
	readonly by: unknown;
};

const sourcedRecord = (source: Source, fields: Fields): SourcedRecord | undefined => {
	if (fields.state === undefined) return undefined;
	const identity = readId(idOf(fields.id, isEnd(phaseOfState(fields.state))) ?? '');
	if (identity === undefined) return undefined;
	const nodes = nodesOf(source.nodes);
	const exit = readExit(source.exit_code);
	const record: JobRecord = {
		...identity,
		state: fields.state,
		uid: fields.uid,
		user: textOf(fields.user),
		partition: textOf(source.partition),
		account: textOf(source.account),
		nodes,
		nodeCount: countOf(source.node_count),
		limitMs: limitOf(fields.limit),
		placed: nodes !== '',
		reason: textOf(fields.reason),
		...(exit !== undefined && {exit}),
		by: textOf(fields.by),
		name: textOf(source.name),
		submit: timeOf(fields.submit),
		start: timeOf(fields.start),
		end: timeOf(fields.end),
	};
	return {record, source};
};

/** Milliseconds of a limit in minutes. */
const limitOf = (value: unknown): number | undefined => {
	const minutes = readNumber(value);
	return minutes === undefined ? undefined : minutes * 60_000;
};

const countOf = (value: unknown): string => {
	const number = readNumber(value);
	return number ? String(number) : '';
};

/** The accounts have words for no nodes. */
const nodesOf = (value: unknown): string => textOf(value).replace(/^None assigned$/, '');

type IdParts = Readonly<Record<'job' | 'array' | 'task' | 'tasks' | 'het' | 'component', unknown>>;

/** The id as Slurm's programs show and take it: that of a task by its number is not understood by 22.05. */
const idOf = (parts: IdParts, ended: boolean): string | undefined => {
	const [job, array, het] = [parts.job, parts.array, parts.het].map(readNumber);
	if (job === undefined) return undefined;
	if (het) return `${het}+${readNumber(parts.component) ?? 0}`;
	if (!array) return String(job);
	const task = readNumber(parts.task);
	if (task !== undefined) return `${array}_${task}`;
	if (typeof parts.tasks === 'string' && parts.tasks !== '') return `${array}_[${setOf(parts.tasks)}]`;
	// Without its tasks it would be taken for the whole array: only an ended one may be, as with squeue.
	return ended ? String(array) : undefined;
};

/** The accounts of 22.05 give tasks as bits: `0x3FC` is `2-9`. */
const setOf = (tasks: string): string => {
	if (!/^0x[\da-f]{1,20000}$/i.test(tasks)) return tasks;
	const bits = [...BigInt(tasks).toString(2)].reverse();
	return bits.flatMap((bit, task) => (bit === '1' ? [task] : [])).join(',');
};

const timeOf = (value: unknown): number | undefined => {
	const seconds = readNumber(value);
	return seconds === undefined || seconds === 0 ? undefined : seconds * 1000;
};

export const textOf = (value: unknown): string => (typeof value === 'string' ? cleanText(value) : '');

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
