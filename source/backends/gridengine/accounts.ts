/*
The records of qacct, read as jobs that have ended.
*/
import {cleanText} from '../../job/clean-text.ts';
import type {Job} from '../../job/job.ts';
import {refOf} from '../../job/ref.ts';
import {deletionSignals, type EndFacts, endedByOf} from './ended-by.ts';
import {idOf} from './ids.ts';
import {readLocalTime} from './times.ts';
import type {Viewer} from './wire.ts';

export type AccountRecord = EndFacts & {
	readonly number: number;
	readonly task: number | undefined;
	readonly job: Job;
	/** As qacct printed it. */
	readonly text: string;
	readonly fields: Readonly<Record<string, string>>;
};

const line = /^={20,}$/m;

/** The records in an answer of qacct, as it printed them. */
export const recordsIn = (text: string): readonly string[] => {
	const [, ...records] = text.split(line);
	return records.filter(record => /^jobnumber\s/m.test(record));
};

/** What qacct keeps of a run that was not the end of its job: its system starts the job again, or holds it in error. */
const moved: ReadonlySet<number> = new Set([24, 25]);

/** Undefined if the text is no record of an end. `unreadable`: it is no record at all. */
export const readRecord = (text: string, viewer: Viewer): AccountRecord | 'unreadable' | undefined => {
	const fields = fieldsOf(text);
	const number = Number(fields.jobnumber);
	const failed = numberIn(fields.failed);
	const exit = numberIn(fields.exit_status);
	if (!Number.isSafeInteger(number) || number < 1 || failed === undefined || exit === undefined)
		return 'unreadable';
	const task = numberIn(fields.taskid);
	const started = readLocalTime(fields.start_time);
	// A run that never began left its job in the queue, and a task of a parallel job is not the job.
	if (started === undefined || moved.has(failed) || wordIn(fields.pe_taskid) !== undefined) return undefined;
	const deletedBy = wordIn(fields.deleted_by);
	const facts = {failed, exit, deletedBy};
	return {
		...facts,
		number,
		task,
		text,
		fields,
		job: jobOf({...facts, number, task, fields, started}, viewer),
	};
};

const fieldsOf = (text: string): Record<string, string> => {
	const fields: Record<string, string> = {};
	for (const row of text.split('\n')) {
		const [, name, value] = /^(\w+)\s+(\S.*?)\s*$/.exec(row) ?? [];
		if (name !== undefined && value !== undefined) fields[name] ??= value;
	}
	return fields;
};

const numberIn = (text: string | undefined): number | undefined => {
	const digits = /^\d{1,10}/.exec(text ?? '')?.[0];
	return digits === undefined ? undefined : Number(digits);
};

const wordIn = (text: string | undefined): string | undefined => {
	const value = cleanText(text ?? '').trim();
	return value === '' || value === 'NONE' || value === 'undefined' || value === 'none' ? undefined : value;
};

type Facts = EndFacts & Pick<AccountRecord, 'number' | 'task' | 'fields'> & {readonly started: number};

const jobOf = ({number, task, fields, started, ...facts}: Facts, {profile, isMine}: Viewer): Job => {
	const id = idOf(number, task === undefined ? undefined : [{from: task, to: task, step: 1}]);
	const {failed, exit} = facts;
	const endedBy = endedByOf(facts);
	const owner = wordIn(fields.owner);
	const queue = wordIn(fields.qname);
	const node = wordIn(fields.hostname);
	const createdAt = readLocalTime(fields.qsub_time);
	const endedAt = readLocalTime(fields.end_time);
	// `37  : qmaster enforced h_rt limit`
	const reason =
		failed === 0 || failed === 100 ? undefined : wordIn(fields.failed?.replace(/^\d+\s*:\s*/, ''));
	const phase =
		endedBy?.kind === 'cancelled' ? 'cancelled' : failed === 0 && exit === 0 ? 'succeeded' : 'failed';
	return {
		ref: refOf(profile, id),
		profile,
		backend: 'gridengine',
		id,
		name: wordIn(fields.jobname) ?? id,
		...(owner !== undefined && {owner}),
		mine: owner !== undefined && isMine(owner),
		phase,
		status: phase === 'cancelled' ? 'deleted' : phase === 'succeeded' ? 'done' : 'failed',
		terminal: true,
		...(endedBy && {endedBy}),
		...(queue !== undefined && {queue}),
		...(node !== undefined && {labels: {node}}),
		...(reason !== undefined && {reason}),
		...(createdAt !== undefined && {createdAt}),
		startedAt: started,
		...(endedAt !== undefined && {endedAt}),
		...(task !== undefined && {parent: refOf(profile, String(number))}),
	};
};

/** Of several records of one task the last: a job that was started again has one for each run, and a number is used again after years. */
export const latestOf = (records: readonly AccountRecord[]): readonly AccountRecord[] => {
	const latest = new Map<string, AccountRecord>();
	for (const record of records) {
		const before = latest.get(record.job.id);
		const isLater = (before?.job.endedAt ?? 0) <= (record.job.endedAt ?? 0);
		if (before === undefined || isLater) {
			latest.delete(record.job.id);
			latest.set(record.job.id, record);
		}
	}
	return [...latest.values()];
};

/** Whether a signal ended it with which Grid Engine ends deleted jobs. */
export const isSignalled = ({endedBy}: Job): boolean =>
	endedBy?.kind === 'signal' && deletionSignals.includes(endedBy.signal ?? 0);
