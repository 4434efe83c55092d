/*
The records of condor_q and condor_history, read as jobs.
*/

import type {Job} from '../../job/job.ts';
import {isEnd, type Phase, phaseOf} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import {createKnownRecords, type KnownRecords} from '../known-records.ts';
import {type Ad, isAd, numberOf, textOf, timeOf} from './ad.ts';
import {endedByOf, isForced, isRemovedByPolicy} from './ended-by.ts';
import {statuses} from './facts.ts';

// https://htcondor.readthedocs.io/en/latest/classad-attributes/job-classad-attributes.html#JobStatus
const words: Readonly<Record<number, string>> = {
	1: 'Idle',
	2: 'Running',
	// In the queue; in the history it is `Removed`.
	3: 'Removing',
	4: 'Completed',
	5: 'Held',
	6: 'Transferring Output',
	7: 'Suspended',
};

/** The attributes of a job that a list needs. */
export const attributes = [
	'AcctGroup',
	'AllowedExecuteDuration',
	'AllowedJobDuration',
	'ClusterId',
	'Cmd',
	'CompletionDate',
	'DAGManJobId',
	'DAGNodeName',
	'EnteredCurrentStatus',
	'ExitBySignal',
	'ExitCode',
	'ExitSignal',
	'GlobalJobId',
	'HoldReason',
	'JobBatchName',
	'JobCurrentStartDate',
	'JobMaterializeLimit',
	'JobStartDate',
	'JobStatus',
	'JobUniverse',
	'LastRejMatchReason',
	'LastRemoteHost',
	'Owner',
	'ProcId',
	'ProjectName',
	'QDate',
	'RemoteHost',
	'RemoveReason',
	'RequestCpus',
	'TotalSubmitProcs',
] as const;

/** Where a record comes from: in the queue, `JobStatus` 3 is a job that is being removed; in the history, one that was. */
export type Source = 'queue' | 'history';

/** Whose jobs are mine, and the profile that they belong to. */
export type Viewer = {readonly profile: string; readonly isMine: (owner: string) => boolean};

/** Reads the records of one list after the other. */
export const createListReading = (source: Source, viewer: Viewer): KnownRecords<Job> =>
	createKnownRecords({
		fields: attributes,
		idFields: ['GlobalJobId'],
		read: ad => toJob(ad, source, viewer),
	});

/** Undefined if the record has no id or no status. */
export const toJob = (ad: unknown, source: Source, viewer: Viewer): Job | undefined => {
	if (!isAd(ad)) return undefined;
	const cluster = numberOf(ad, 'ClusterId');
	const proc = numberOf(ad, 'ProcId');
	const code = numberOf(ad, 'JobStatus');
	if (cluster === undefined || proc === undefined || code === undefined) return undefined;
	if (!Number.isInteger(cluster) || !Number.isInteger(proc) || cluster < 1 || proc < 0) return undefined;
	const id = `${cluster}.${proc}`;
	const status = source === 'history' && code === 3 ? 'Removed' : (words[code] ?? `JobStatus ${code}`);
	const phase = phaseOfAd(ad, status);
	const terminal = isEnd(phase);
	const owner = textOf(ad, 'Owner');
	const program = baseName(textOf(ad, 'Cmd'));
	const parent = parentOf(ad, cluster);
	const reason = reasonOf(ad, phase, code);
	const endedBy = terminal ? endedByOf(ad, code) : undefined;
	const labels = labelsOf(ad, terminal);
	const createdAt = timeOf(ad, 'QDate');
	const startedAt = startOf(ad, phase);
	const endedAt = timeOf(ad, 'CompletionDate') ?? timeOf(ad, 'EnteredCurrentStatus');
	const limit = numberOf(ad, 'AllowedExecuteDuration') ?? numberOf(ad, 'AllowedJobDuration');
	return {
		ref: refOf(viewer.profile, id),
		profile: viewer.profile,
		backend: 'htcondor',
		id,
		name: textOf(ad, 'DAGNodeName') ?? textOf(ad, 'JobBatchName') ?? program ?? id,
		...(program !== undefined && {kind: program}),
		...(owner !== undefined && {owner}),
		mine: owner !== undefined && viewer.isMine(owner),
		phase,
		status,
		terminal,
		...(phase === 'cancelled' && isForced(reason) && {unproven: 'may-run' as const}),
		...(endedBy && {endedBy}),
		...(labels && {labels}),
		...(reason !== undefined && {reason}),
		...(createdAt !== undefined && {createdAt}),
		...(startedAt !== undefined && {startedAt}),
		...(terminal && endedAt !== undefined && {endedAt}),
		...(limit !== undefined && limit > 0 && {limitMs: limit * 1000}),
		...(parent !== undefined && {parent: refOf(viewer.profile, parent)}),
		...(!terminal && numberOf(ad, 'JobMaterializeLimit') !== undefined && {caution: factoryCaution}),
	};
};

/** https://htcondor.readthedocs.io/en/latest/users-manual/submitting-a-job.html#submitting-lots-of-jobs */
const factoryCaution =
	'its cluster makes its jobs one after the other (max_materialize): the next one takes its place';

const phaseOfAd = (ad: Ad, status: string): Phase => {
	const phase = phaseOf(statuses, status);
	if (phase === 'succeeded') {
		return ad.ExitBySignal === true || (numberOf(ad, 'ExitCode') ?? 0) !== 0 ? 'failed' : phase;
	}
	// Nobody cancelled it: an expression of the job or of the pool removed it.
	return phase === 'cancelled' && isRemovedByPolicy(textOf(ad, 'RemoveReason')) ? 'failed' : phase;
};

/** A node belongs to its DAG, another job to its cluster if that has more of them. */
const parentOf = (ad: Ad, cluster: number): string | undefined => {
	const dag = numberOf(ad, 'DAGManJobId');
	if (dag !== undefined) return `${dag}.0`;
	return (numberOf(ad, 'TotalSubmitProcs') ?? 1) > 1 ? String(cluster) : undefined;
};

const reasonOf = (ad: Ad, phase: Phase, code: number): string | undefined => {
	if (phase === 'held') return textOf(ad, 'HoldReason');
	// Of an ended or dying job its record keeps older reasons.
	if (code === 3) return textOf(ad, 'RemoveReason');
	return phase === 'queued' ? textOf(ad, 'LastRejMatchReason') : undefined;
};

const startOf = (ad: Ad, phase: Phase): number | undefined => {
	// A job that is back in the queue has the times of its last run.
	if (phase === 'queued' || phase === 'held') return undefined;
	return timeOf(ad, 'JobCurrentStartDate') ?? timeOf(ad, 'JobStartDate');
};

const labelsOf = (ad: Ad, terminal: boolean): Job['labels'] => {
	const host = textOf(ad, 'RemoteHost') ?? (terminal ? textOf(ad, 'LastRemoteHost') : undefined);
	const account = textOf(ad, 'AcctGroup');
	const project = textOf(ad, 'ProjectName');
	if (host === undefined && account === undefined && project === undefined) return undefined;
	return {
		...(account !== undefined && {account}),
		// `slot1_2@node`
		...(host !== undefined && {node: host.slice(host.indexOf('@') + 1)}),
		...(project !== undefined && {project}),
	};
};

const baseName = (path: string | undefined): string | undefined =>
	path === undefined ? undefined : path.slice(path.lastIndexOf('/') + 1) || undefined;
