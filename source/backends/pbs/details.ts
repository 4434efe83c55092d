/* What PBS shows of one job, in the order in which it is worth reading. */

import type {Job, JobMoment} from '../../job/job.ts';
import {numberOf, resourceOf, textOf, timeOf} from './attributes.ts';
import type {JobRecord} from './records.ts';

type Details = {
	readonly fields: readonly (readonly [label: string, value: string])[];
	readonly timeline: readonly JobMoment[];
};

const requested = [
	['Nodes', 'nodect'],
	['CPUs', 'ncpus'],
	['GPUs', 'ngpus'],
	['Memory', 'mem'],
	['Time limit', 'walltime'],
	['Select', 'select'],
	['Place', 'place'],
] as const;

const used = [
	['Time used', 'walltime'],
	['CPU time', 'cput'],
	['Memory used', 'mem'],
] as const;

const texts = [
	['Comment', 'comment'],
	['Tasks', 'array_indices_submitted'],
	['Task states', 'array_state_count'],
	['Priority', 'Priority'],
	['Starts', 'run_count'],
	['Waits for', 'depend'],
	['Work dir', 'jobdir'],
	['Arguments', 'Submit_arguments'],
	['Output', 'Output_Path'],
	['Errors', 'Error_Path'],
] as const;

export const shownDetails = (job: Job, record: JobRecord): Details => {
	const fields: [string, string][] = [['State', job.status]];
	const add = (label: string, value: string | undefined) => {
		if (value !== undefined) fields.push([label, value]);
	};
	add('Reason', job.reason);
	add('User', job.owner);
	add('Queue', job.queue);
	add('Account', job.labels?.account);
	add('Project', job.labels?.project);
	add('Node', job.labels?.node);
	if (job.terminal) add('Exit code', textOf(record, 'Exit_status'));
	for (const [label, name] of requested) add(label, resourceOf(record, 'Resource_List', name));
	for (const [label, name] of used) add(label, resourceOf(record, 'resources_used', name));
	for (const [label, name] of texts) add(label, textOf(record, name));
	return {fields, timeline: timelineOf(job, record)};
};

const timelineOf = (job: Job, record: JobRecord): JobMoment[] => {
	const moments: JobMoment[] = [];
	const add = (what: string, at: number | undefined, detail?: string) => {
		if (at !== undefined) moments.push({at, what, ...(detail !== undefined && {detail})});
	};
	add('Submitted', job.createdAt);
	const eligible = timeOf(record, 'etime');
	if (eligible !== job.createdAt) add('Eligible', eligible);
	const starts = numberOf(record, 'run_count') ?? 1;
	add('Started', job.startedAt, starts > 1 ? `${starts} starts` : undefined);
	add('Ended', job.endedAt, job.status);
	return moments;
};
