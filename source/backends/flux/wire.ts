/*
The records of `flux jobs`, read as jobs.
*/

import {cleanText} from '../../job/clean-text.ts';
import type {Job} from '../../job/job.ts';
import {isEnd, type Phase, phaseOf} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import {createKnownRecords, type KnownRecords} from '../known-records.ts';
import {endedByOf} from './ended-by.ts';
import {statuses} from './facts.ts';
import {readId} from './ids.ts';
import {type FluxRecord, isRecord, millisOf, numberOf, recordOf, textOf} from './record.ts';

/** The fields of a record that a list needs. Others change while the job runs, such as its run time. */
export const fields = [
	'annotations',
	'bank',
	'dependencies',
	'duration',
	'exception',
	'id',
	'jobid',
	'name',
	'nnodes',
	'nodelist',
	'project',
	'queue',
	'result',
	'returncode',
	'status',
	't_inactive',
	't_run',
	't_submit',
	'urgency',
	'userid',
	'username',
] as const;

/** Whose jobs are mine, and the profile that they belong to. */
export type Viewer = {readonly profile: string; readonly isMine: (userid: number) => boolean};

/** Reads the records of one list after the other. */
export const createListReading = (viewer: Viewer): KnownRecords<Job> =>
	createKnownRecords({fields, idFields: ['jobid', 'id'], read: record => toJob(record, viewer)});

/** The id of a record. Its number is read only where there is no text: after six days of an instance, it is larger than JavaScript can hold. */
const idOf = (record: FluxRecord): string | undefined => {
	const {jobid, id} = record;
	if (typeof jobid === 'string') return readId(jobid);
	return typeof id === 'number' && Number.isSafeInteger(id) ? readId(String(id)) : undefined;
};

/** Undefined if the record has no id or no status. */
export const toJob = (record: unknown, viewer: Viewer): Job | undefined => {
	if (!isRecord(record)) return undefined;
	const id = idOf(record);
	const word = textOf(record, 'status');
	if (id === undefined || word === undefined) return undefined;
	const isHeld = numberOf(record, 'urgency') === 0;
	const known = phaseOf(statuses, word);
	const phase = known === 'queued' && isHeld ? 'held' : known;
	const terminal = isEnd(phase);
	const owner = textOf(record, 'username');
	const userid = numberOf(record, 'userid');
	const queue = textOf(record, 'queue');
	const endedBy = terminal ? endedByOf(record) : undefined;
	const labels = labelsOf(record, phase);
	const reason = reasonOf(record, phase, word);
	const createdAt = millisOf(record, 't_submit');
	const startedAt = millisOf(record, 't_run');
	const endedAt = millisOf(record, 't_inactive');
	const limitMs = millisOf(record, 'duration');
	return {
		ref: refOf(viewer.profile, id),
		profile: viewer.profile,
		backend: 'flux',
		id,
		name: textOf(record, 'name') ?? id,
		...(owner !== undefined && {owner}),
		mine: userid !== undefined && viewer.isMine(userid),
		phase,
		status: phase === 'held' ? `${word}, urgency 0` : word,
		terminal,
		...(endedBy && {endedBy}),
		...(queue !== undefined && {queue}),
		...(labels && {labels}),
		...(reason !== undefined && {reason}),
		...(createdAt !== undefined && {createdAt}),
		...(startedAt !== undefined && {startedAt}),
		...(terminal && endedAt !== undefined && {endedAt}),
		...(limitMs !== undefined && {limitMs}),
		...(!terminal && isInstance(record) && {caution: instanceCaution}),
	};
};

const instanceCaution = 'it is a Flux instance: the jobs inside it end with it';

/** Whether the job is an instance of its own, as those of `flux batch` and `flux alloc`. */
const isInstance = (record: FluxRecord): boolean =>
	typeof recordOf(recordOf(record, 'annotations'), 'user').uri === 'string';

const reasonOf = (record: FluxRecord, phase: Phase, word: string): string | undefined => {
	if (isEnd(phase)) {
		const exception = recordOf(record, 'exception');
		return exception.occurred === true ? textOf(exception, 'note') : undefined;
	}
	if (word === 'DEPEND') return dependenciesOf(record);
	if (phase !== 'queued') return undefined;
	const sched = recordOf(recordOf(record, 'annotations'), 'sched');
	return textOf(sched, 'reason_pending') ?? aheadOf(numberOf(sched, 'jobs_ahead'));
};

const dependenciesOf = ({dependencies}: FluxRecord): string | undefined => {
	if (!Array.isArray(dependencies)) return undefined;
	const texts = dependencies.filter(each => typeof each === 'string');
	return texts.length === 0 ? undefined : cleanText(`depends:${texts.join(',')}`, 400);
};

const aheadOf = (count: number | undefined): string | undefined => {
	if (count === undefined || !Number.isInteger(count) || count < 0) return undefined;
	return `${count} ${count === 1 ? 'job' : 'jobs'} ahead`;
};

const labelsOf = (record: FluxRecord, phase: Phase): Job['labels'] => {
	const account = textOf(record, 'bank');
	const node = textOf(record, 'nodelist');
	const count = phase === 'queued' || phase === 'held' ? numberOf(record, 'nnodes') : undefined;
	const project = textOf(record, 'project');
	const labels = {
		...(account !== undefined && {account}),
		...(node !== undefined && {node}),
		...(count !== undefined && {nodes: String(count)}),
		...(project !== undefined && {project}),
	};
	return Object.keys(labels).length === 0 ? undefined : labels;
};
