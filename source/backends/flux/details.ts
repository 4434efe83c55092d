/* What Flux shows of one job, in the order in which it is worth reading. */

import {cleanText} from '../../job/clean-text.ts';
import type {Job, JobDetail, JobMoment} from '../../job/job.ts';
import {byUser} from './ended-by.ts';
import type {FluxEvent} from './events.ts';
import {type FluxRecord, numberOf, recordOf, textOf} from './record.ts';

const texts = [
	['Queue', 'queue'],
	['Bank', 'bank'],
	['Project', 'project'],
	['Nodes', 'nodelist'],
	['Ranks', 'ranks'],
] as const;

const numbers = [
	['Tasks', 'ntasks'],
	['Cores', 'ncores'],
	['Number of nodes', 'nnodes'],
	['Urgency', 'urgency'],
	['Priority', 'priority'],
] as const;

export const shownDetails = (
	job: Job,
	record: FluxRecord,
	events: readonly FluxEvent[],
): Omit<JobDetail, 'raw'> => {
	const fields: [string, string][] = [['State', job.status]];
	const add = (label: string, value: string | number | undefined) => {
		if (value !== undefined) fields.push([label, String(value)]);
	};
	const exception = recordOf(record, 'exception');
	if (exception.occurred === true) add('Exception', textOf(exception, 'type'));
	add('Reason', job.reason);
	add('User', job.owner);
	const code = numberOf(record, 'returncode');
	// A job that never ran has -128.
	if (job.terminal && code !== -128) add('Return code', code);
	for (const [label, name] of texts) add(label, textOf(record, name));
	for (const [label, name] of numbers) add(label, numberOf(record, name));
	add('Flux id', textOf(record, 'jobid'));
	add('Work dir', textOf(record, 'cwd'));
	add('Instance', textOf(recordOf(recordOf(record, 'annotations'), 'user'), 'uri'));
	return {job: withCanceller(job, record, events), fields, timeline: timelineOf(job, record, events)};
};

/** The job with who cancelled it, which only its events say. */
const withCanceller = (job: Job, record: FluxRecord, events: readonly FluxEvent[]): Job => {
	if (job.endedBy?.kind !== 'cancelled') return job;
	const raised = events.find(
		({name, context}) => name === 'exception' && context.type === 'cancel' && context.severity === 0,
	);
	const userid = raised && numberOf(raised.context, 'userid');
	return userid === undefined ? job : {...job, endedBy: {...job.endedBy, by: byUser(userid, record)}};
};

/** The events in words; an event without one keeps its name. */
const words: ReadonlyMap<string, string> = new Map([
	['submit', 'Submitted'],
	['dependency-add', 'Dependency added'],
	['dependency-remove', 'Dependency removed'],
	['urgency', 'Urgency'],
	['alloc', 'Resources allocated'],
	['start', 'Started'],
	['exception', 'Exception'],
	['finish', 'Program ended'],
	['release', 'Resources released'],
	['clean', 'Ended'],
]);

/** Steps that each job takes within a moment. */
const silent: ReadonlySet<string> = new Set([
	'validate',
	'depend',
	'priority',
	'free',
	'annotations',
	'memo',
]);

const timelineOf = (job: Job, record: FluxRecord, events: readonly FluxEvent[]): JobMoment[] => {
	if (events.length === 0) return timesOf(job);
	return events.flatMap(({at, name, context}) => {
		if (silent.has(name)) return [];
		const detail = detailOf(name, context, record);
		return [{at, what: words.get(name) ?? cleanText(name, 60), ...(detail !== undefined && {detail})}];
	});
};

const detailOf = (name: string, context: FluxRecord, record: FluxRecord): string | undefined => {
	if (name === 'exception') {
		const userid = numberOf(context, 'userid');
		const parts = [
			textOf(context, 'type'),
			userid === undefined ? undefined : `by ${byUser(userid, record)}`,
			textOf(context, 'note'),
		];
		return parts.filter(part => part !== undefined).join(', ') || undefined;
	}
	if (name === 'urgency') return numberOf(context, 'urgency')?.toString();
	return textOf(context, 'description');
};

const timesOf = (job: Job): JobMoment[] => {
	const moments: JobMoment[] = [];
	const add = (what: string, at: number | undefined, detail?: string) => {
		if (at !== undefined) moments.push({at, what, ...(detail !== undefined && {detail})});
	};
	add('Submitted', job.createdAt);
	add('Started', job.startedAt);
	add('Ended', job.endedAt, job.status);
	return moments;
};
