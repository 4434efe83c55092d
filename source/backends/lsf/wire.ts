/*
The records of bjobs, read as jobs.
*/

import type {Job} from '../../job/job.ts';
import {isEnd, type Phase, phaseOf} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import type {Millis} from '../../job/time.ts';
import {createKnownRecords, type KnownRecords} from '../known-records.ts';
import {endedByOf, isForced, termOf} from './ended-by.ts';
import {statuses} from './facts.ts';
import {idOf, parseId} from './ids.ts';
import {isRecord, type LsfRecord, textOf} from './record.ts';
import {readLimit, readTime, withoutLetter} from './times.ts';

/** The fields of a job that a list needs, by their names in `-o`; in JSON they are in capitals. */
export const fields = [
	'jobid',
	'jobindex',
	'stat',
	'user',
	'queue',
	'job_name',
	'proj_name',
	'exec_host',
	'submit_time',
	'start_time',
	'finish_time',
	'exit_code',
	'exit_reason',
	'pend_reason',
	'runtimelimit',
	'command',
] as const;

/** Whose jobs are mine, the profile that they belong to, and the time, for times without a year. */
export type Viewer = {
	readonly profile: string;
	readonly isMine: (owner: string) => boolean;
	readonly now: () => Millis;
};

/** Reads the records of one list after the other. */
export const createListReading = (viewer: Viewer): KnownRecords<Job> => {
	const known = createKnownRecords<Job>({
		fields: [...fields.map(field => field.toUpperCase()), 'ID'],
		idFields: ['ID'],
		read: record => toJob(record, viewer),
	});
	return {
		...known,
		read(records) {
			// The elements of an array share their number. A copy of each record would cost half as much again.
			for (const record of records) if (isRecord(record)) Object.assign(record, {ID: idIn(record)});
			return known.read(records);
		},
	};
};

/** The id of a record: the index of an array's element is a field of its own, 0 for other jobs. */
const idIn = (record: LsfRecord): string | undefined => {
	const [job, index] = [record.JOBID, record.JOBINDEX].map(value =>
		typeof value === 'number' ? String(value) : value,
	);
	if (typeof job !== 'string') return undefined;
	const text =
		typeof index === 'string' && /^[1-9]/.test(index) && !job.includes('[') ? `${job}[${index}]` : job;
	const id = parseId(text);
	return id && idOf(id);
};

/** Undefined if the record has no id or no status. */
export const toJob = (record: unknown, viewer: Viewer): Job | undefined => {
	if (!isRecord(record)) return undefined;
	const id = idIn(record);
	const stat = textOf(record, 'STAT');
	if (id === undefined || stat === undefined) return undefined;
	const owner = textOf(record, 'USER');
	const text = textOf(record, 'EXIT_CODE');
	const code = text === undefined ? undefined : Number(text);
	const exitReason = textOf(record, 'EXIT_REASON');
	const term = stat === 'EXIT' ? termOf(exitReason) : undefined;
	const endedBy =
		stat === 'EXIT' ? endedByOf(term, {owner, code: Number.isInteger(code) ? code : undefined}) : undefined;
	const phase: Phase = endedBy?.kind === 'cancelled' ? 'cancelled' : phaseOf(statuses, stat);
	const terminal = isEnd(phase);
	const time = (name: string) => readTime(withoutLetter(textOf(record, name) ?? ''), viewer.now());
	const program = programOf(textOf(record, 'COMMAND'));
	const queue = textOf(record, 'QUEUE');
	const labels = labelsOf(record);
	const reason = terminal ? exitReason : reasonOf(record, phase);
	const createdAt = time('SUBMIT_TIME');
	const startedAt = time('START_TIME');
	const endedAt = time('FINISH_TIME');
	const limitMs = readLimit(textOf(record, 'RUNTIMELIMIT') ?? '');
	const own = parseId(id);
	const array = own?.element === undefined ? undefined : String(own.job);
	return {
		ref: refOf(viewer.profile, id),
		profile: viewer.profile,
		backend: 'lsf',
		id,
		name: nameOf(textOf(record, 'JOB_NAME'), own?.element) ?? program ?? id,
		...(program !== undefined && {kind: program}),
		...(owner !== undefined && {owner}),
		mine: owner !== undefined && viewer.isMine(owner),
		phase,
		status: term === undefined ? stat : `${stat}, ${term}`,
		terminal,
		...(phase === 'cancelled' && isForced(term) && {unproven: 'may-run' as const}),
		...(endedBy && {endedBy}),
		...(queue !== undefined && {queue}),
		...(labels && {labels}),
		...(reason !== undefined && {reason}),
		...(createdAt !== undefined && {createdAt}),
		...(startedAt !== undefined && {startedAt}),
		...(terminal && endedAt !== undefined && {endedAt}),
		...(limitMs !== undefined && limitMs > 0 && {limitMs}),
		...(array !== undefined && {parent: refOf(viewer.profile, array)}),
	};
};

/** The name of a job: that of an element has its index behind it, which its id has, too. */
export const nameOf = (name: string | undefined, element: number | undefined): string | undefined => {
	const index = `[${element}]`;
	return name?.endsWith(index) && name !== index ? name.slice(0, -index.length) : name;
};

const reasonOf = (record: LsfRecord, phase: Phase): string | undefined =>
	phase === 'queued' || phase === 'held'
		? textOf(record, 'PEND_REASON')?.replace(/\s*;\s*$/, '') || undefined
		: undefined;

const labelsOf = (record: LsfRecord): Job['labels'] => {
	const project = textOf(record, 'PROJ_NAME');
	const node = hostsOf(textOf(record, 'EXEC_HOST'));
	if (project === undefined && node === undefined) return undefined;
	return {...(node !== undefined && {node}), ...(project !== undefined && {project})};
};

/** `n1,n2` of `4*n1:n2:n2` */
const hostsOf = (text: string | undefined): string | undefined =>
	text === undefined
		? undefined
		: [...new Set(text.split(':').map(host => host.replace(/^\d+\*/, '')))].join(',');

/** The name of the program in a command; undefined for what is no plain name. */
const programOf = (command: string | undefined): string | undefined => {
	const [word = ''] = (command ?? '').split(/[\s;]/, 1);
	return word.slice(word.lastIndexOf('/') + 1) || undefined;
};
