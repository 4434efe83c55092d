/*
The records of qstat, read as jobs.
*/

import type {Job, MemberCounts} from '../../job/job.ts';
import {isEnd, type Phase, phaseOf} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import {createKnownRecords, type KnownRecords} from '../known-records.ts';
import {countTasks, parseTaskSet} from '../task-set.ts';
import {durationOf, isBorrowed, numberOf, ownerOf, resourceOf, textOf, timeOf} from './attributes.ts';
import {endedByOf, endStatus, isBeingTerminated, isForced} from './ended-by.ts';
import {statuses} from './facts.ts';
import {arrayOf, isArray, parseId} from './ids.ts';
import {isRecord, type JobRecord} from './records.ts';

// https://help.altair.com/2024.1.0/PBS%20Professional/PBSReferenceGuide2024.1.pdf (States, Job States)
const words: ReadonlyMap<string, string> = new Map([
	['B', 'Begun'],
	['E', 'Exiting'],
	['H', 'Held'],
	['M', 'Moved'],
	['Q', 'Queued'],
	['R', 'Running'],
	['S', 'Suspended'],
	['T', 'Transiting'],
	['U', 'Suspended (workstation busy)'],
	['W', 'Waiting'],
]);

/** The attributes of a job that a list needs. */
export const attributes = [
	'Account_Name',
	'Exit_status',
	'Hold_Types',
	'Job_Id',
	'Job_Name',
	'Job_Owner',
	'Resource_List',
	'array_id',
	'array_index',
	'array_indices_submitted',
	'array_state_count',
	'comment',
	'ctime',
	'exec_host',
	'history_timestamp',
	'job_state',
	'obittime',
	'project',
	'queue',
	'stime',
	'substate',
] as const;

/** Whose jobs are mine, and the profile that they belong to. */
export type Viewer = {readonly profile: string; readonly isMine: (owner: string) => boolean};

/** Reads the records of one list after the other. */
export const createListReading = (viewer: Viewer): KnownRecords<Job> =>
	createKnownRecords({
		fields: attributes,
		idFields: ['Job_Id'],
		read: record => toJob(record, viewer),
	});

/** Undefined if the record has no id or no state. */
export const toJob = (record: unknown, viewer: Viewer): Job | undefined => {
	if (!isJobRecord(record)) return undefined;
	const {Job_Id: id} = record;
	const state = textOf(record, 'job_state');
	if (state === undefined) return undefined;
	const borrowed = isBorrowed(record);
	const isOver = state === 'F' || state === 'X';
	const ended = isOver || hasEndedElsewhere(record, state);
	const status = isOver ? endStatus(record, borrowed) : statusOf(record, state, borrowed);
	const tasks = isArray(id) ? tasksOf(record) : undefined;
	const phase = phaseOfJob(status, tasks);
	const owner = ownerOf(record);
	const endedBy = ended ? endedByOf(record, status, borrowed) : undefined;
	const labels = labelsOf(record, phase, borrowed);
	const reason = ended ? undefined : reasonOf(record, phase, borrowed);
	const array = arrayOf(id);
	const limitMs = durationOf(resourceOf(record, 'Resource_List', 'walltime'));
	const queue = textOf(record, 'queue');
	return {
		ref: refOf(viewer.profile, id),
		profile: viewer.profile,
		backend: 'pbs',
		id,
		name: textOf(record, 'Job_Name') ?? id,
		...(owner !== undefined && {owner}),
		mine: owner !== undefined && viewer.isMine(owner),
		phase,
		status,
		terminal: ended || isEnd(phase),
		...(ended && isForced(record, status, borrowed) && {unproven: 'may-run' as const}),
		...(endedBy && {endedBy}),
		...(queue !== undefined && {queue}),
		...(labels && {labels}),
		...(reason !== undefined && {reason}),
		...timesOf(record, {waits: phase === 'queued' || state === 'H', ended, borrowed}),
		...(limitMs !== undefined && limitMs > 0 && {limitMs}),
		...(array !== undefined && {parent: refOf(viewer.profile, array)}),
		...(isArray(id) && {
			set: {...(tasks && {counts: countsOf(tasks, ended)}), together: true as const},
		}),
	};
};

const isJobRecord = (value: unknown): value is JobRecord =>
	isRecord(value) && typeof value.Job_Id === 'string' && parseId(value.Job_Id) !== undefined;

/** A job that moved gets this substate when it has ended on the other server, which alone knows how. */
const hasEndedElsewhere = (record: JobRecord, state: string): boolean =>
	state === 'M' && numberOf(record, 'substate') === 92;

const statusOf = (record: JobRecord, state: string, borrowed: boolean): string => {
	if ((state === 'R' || state === 'S') && !borrowed && isBeingTerminated(textOf(record, 'comment')))
		return 'Terminating';
	return words.get(state) ?? state;
};

/** An array has begun when one of its tasks has; it runs as long as one of them does. */
const phaseOfJob = (status: string, tasks: TaskCounts | undefined): Phase => {
	const phase = phaseOf(statuses, status);
	return status === 'Begun' && tasks?.active === 0 && tasks.waiting > 0 ? 'queued' : phase;
};

type TaskCounts = {readonly waiting: number; readonly active: number; readonly whole: number};

/** `Queued:0 Running:6 Exiting:0 Expired:0` of the tasks `1-6`. */
const tasksOf = (record: JobRecord): TaskCounts | undefined => {
	const tasks = parseTaskSet(textOf(record, 'array_indices_submitted') ?? '');
	if (tasks === undefined) return undefined;
	const text = textOf(record, 'array_state_count') ?? '';
	const count = (word: string) => Number(new RegExp(`\\b${word}:(\\d{1,9})\\b`).exec(text)?.[1] ?? 0);
	return {waiting: count('Queued'), active: count('Running') + count('Exiting'), whole: countTasks(tasks)};
};

/** How the ended tasks ended does not stand in the record of their array; of an ended array nothing does. */
const countsOf = ({waiting, active, whole}: TaskCounts, ended: boolean): MemberCounts => {
	const live = ended ? 0 : waiting + active;
	const others = Math.max(0, whole - live);
	return {live, cancelled: 0, ended: ended ? 0 : others, lost: ended ? others : 0};
};

const timesOf = (
	record: JobRecord,
	{waits, ended, borrowed}: {readonly waits: boolean; readonly ended: boolean; readonly borrowed: boolean},
): Pick<Job, 'createdAt' | 'startedAt' | 'endedAt'> => {
	const createdAt = timeOf(record, 'ctime');
	if (borrowed) return {...(createdAt !== undefined && {createdAt})};
	// A job that is back in the queue has the time of its last start.
	const startedAt = waits ? undefined : timeOf(record, 'stime');
	const kept = numberOf(record, 'history_timestamp');
	const endedAt = timeOf(record, 'obittime') ?? (kept === undefined ? undefined : kept * 1000);
	return {
		...(createdAt !== undefined && {createdAt}),
		...(startedAt !== undefined && {startedAt}),
		...(ended && endedAt !== undefined && {endedAt}),
	};
};

const holders: Readonly<Record<string, string>> = {
	u: 'the user',
	o: 'an operator',
	s: 'the system',
	p: 'a bad password',
};

/** Of an array that waits again. PBS may leave the comment of an ended task in the record of its array. */
const isPast = /^(?:Job Array Began|Subjob (?:finished|failed|terminated)$)/;

/** The scheduler says why a job waits in its comment; of any other job it is about the past. */
const reasonOf = (record: JobRecord, phase: Phase, borrowed: boolean): string | undefined => {
	if (phase === 'held') {
		const by = [...(textOf(record, 'Hold_Types') ?? '')].flatMap(letter => holders[letter] ?? []);
		return by.length === 0 ? undefined : `held by ${by.join(' and ')}`;
	}
	if (phase !== 'queued' || borrowed) return undefined;
	const comment = textOf(record, 'comment');
	return isPast.test(comment ?? '') ? undefined : comment?.replace(/^Not Running: /, '');
};

/** `node1/0*4+node2/0*4` */
const nodesOf = (hosts: string | undefined): string | undefined =>
	hosts === undefined
		? undefined
		: [...new Set(hosts.split('+').map(host => host.replace(/\/.*$/, '')))].join(',');

const labelsOf = (record: JobRecord, phase: Phase, borrowed: boolean): Job['labels'] => {
	const account = textOf(record, 'Account_Name');
	const project = textOf(record, 'project');
	const waits = phase === 'queued' || phase === 'held';
	const node = waits || borrowed ? undefined : nodesOf(textOf(record, 'exec_host'));
	const count = waits ? resourceOf(record, 'Resource_List', 'nodect') : undefined;
	const labels = {
		...(account !== undefined && {account}),
		...(node !== undefined && {node}),
		...(count !== undefined && {nodes: count}),
		...(project !== undefined && project !== defaultProject && {project}),
	};
	return Object.keys(labels).length === 0 ? undefined : labels;
};

/** What PBS writes where the user named no project. */
const defaultProject = '_pbs_project_default';
