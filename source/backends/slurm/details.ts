/* What `scontrol show job` says. It is shown and never judged by: a name in it may forge any line. */

import {cleanLines, cleanText} from '../../job/clean-text.ts';
import type {Job, JobMoment} from '../../job/job.ts';
import {type AccountField, readTime} from './wire.ts';

/** Keys whose value is the rest of their line, whatever stands in it. */
const wholeLines =
	/^\s+(Command|WorkDir|StdErr|StdIn|StdOut|Comment|AdminComment|SystemComment|Extra|Reservation|SubmitLine|MailUser)=(.*)$/;

/** What scontrol printed of jobs, without what a site's wrapper prints before and behind it: every line of a record but the first is set in. */
export const ownText = (text: string): string => {
	const lines = text.slice(Math.max(0, text.search(/^JobId=/m))).split('\n');
	const last = lines.findLastIndex(line => /^ {3}\S/.test(line));
	return last === -1 ? text : lines.slice(0, last + 1).join('\n');
};

/** The first record of the text, by key. */
export const readShown = (text: string): ReadonlyMap<string, string> => {
	const values = new Map<string, string>();
	const [record = ''] = text.split(/\n\s*\n(?=JobId=)/, 1);
	const body = record.lastIndexOf('\n   UserId=');
	const head = record.slice(0, body === -1 ? undefined : body);
	const [, beforeName = head, name, afterName = ''] =
		/^([\s\S]*?\s)JobName=([\s\S]*?)((?:\n {3}(?:HetJobIdSet|SLUID)=.*)*)$/.exec(head) ?? [];
	if (name !== undefined) values.set('JobName', name);
	const rest = body === -1 ? afterName : afterName + record.slice(body);
	for (const line of [beforeName, ...rest.split('\n')]) {
		const whole = wholeLines.exec(line);
		if (whole !== null) values.set(whole[1] as string, (whole[2] as string).trimEnd());
		else for (const pair of line.trim().split(/\s+(?=[A-Z][\w:/]*=)/)) addPair(values, pair);
	}
	return values;
};

/** How often the job was put back into the queue, which gives it a new time of submission. */
export const restartsIn = (text: string): number => Number(readShown(text).get('Restarts')) || 0;

/** What cancelling the job does beside: 24.11 disables the line of the crontab that a job of scrontab comes from. https://slurm.schedmd.com/scrontab.html */
export const cautionIn = (text: string): string | undefined =>
	readShown(text).get('CronJob') === 'Yes' ? cronCaution : undefined;

export const cronCaution = 'it is a job of scrontab: cancelling it disables its line in the crontab';

const addPair = (values: Map<string, string>, pair: string) => {
	const equals = pair.indexOf('=');
	if (equals > 0) values.set(pair.slice(0, equals), pair.slice(equals + 1));
};

// In the order in which they are worth reading.
const shownFields = [
	['Partition', 'Partition'],
	['Account', 'Account'],
	['QOS', 'QOS'],
	['Nodes', 'NodeList'],
	['Node count', 'NumNodes'],
	['CPUs', 'NumCPUs'],
	['Time limit', 'TimeLimit'],
	['Depends on', 'Dependency'],
	['Priority', 'Priority'],
	['Restarts', 'Restarts'],
	['Tasks at once', 'ArrayTaskThrottle'],
	['Het job', 'HetJobIdSet'],
	['Features', 'Features'],
	['Resources', 'TRES'],
	['Resources', 'AllocTRES'],
	['Comment', 'Comment'],
	['Command', 'Command'],
	['Work dir', 'WorkDir'],
	['Output', 'StdOut'],
] as const;

const accountShown = [
	['Partition', 'Partition'],
	['Account', 'Account'],
	['Nodes', 'NodeList'],
	['Time limit', 'Timelimit'],
	['Exit code', 'ExitCode'],
	['Work dir', 'WorkDir'],
] as const satisfies readonly (readonly [string, AccountField])[];

const empty: ReadonlySet<string> = new Set(['', '0', '(null)', 'N/A', 'None', 'Unknown', 'None assigned']);

type Details = {
	readonly fields: readonly (readonly [label: string, value: string])[];
	readonly timeline: readonly JobMoment[];
	readonly raw: string;
};

export const shownDetails = (job: Job, text: string): Details => {
	const values = readShown(text);
	const fields = [...ownFields(job)];
	if (job.endedAt !== undefined) addField(fields, 'Exit code', values.get('ExitCode'));
	for (const [label, key] of shownFields) addField(fields, label, values.get(key));
	if (values.get('StdErr') !== values.get('StdOut')) addField(fields, 'Errors', values.get('StdErr'));
	if (job.startedAt === undefined && !job.terminal)
		addForecast(fields, 'Expected start', values.get('StartTime'));
	if (job.phase === 'running') addForecast(fields, 'Ends at the latest', values.get('EndTime'));
	return {
		fields,
		timeline: timelineOf(job, values.get('EligibleTime'), values.get('LastSchedEval')),
		raw: cleanLines(text),
	};
};

export const accountDetails = (job: Job, said: Readonly<Record<AccountField, string>>): Details => {
	const fields = [...ownFields(job)];
	for (const [label, key] of accountShown) addField(fields, label, said[key]);
	const raw = Object.entries(said).map(([key, value]) => `${key}=${value}`);
	return {fields, timeline: timelineOf(job, said.Eligible), raw: raw.join('\n')};
};

const ownFields = (job: Job): [string, string][] => [
	['State', job.status],
	...(job.reason === undefined ? [] : ([['Reason', job.reason]] as [string, string][])),
	...[...job.id.matchAll(/_\[(.+)\]$/g)].map(([, tasks = '']): [string, string] => ['Array tasks', tasks]),
	...(job.owner === undefined ? [] : ([['User', job.owner]] as [string, string][])),
];

const addField = (fields: [string, string][], label: string, value: string | undefined) => {
	if (value !== undefined && !empty.has(value)) fields.push([label, cleanText(value)]);
};

const addForecast = (fields: [string, string][], label: string, value: string | undefined) => {
	if (readTime(value) !== undefined) addField(fields, label, value?.replace('T', ' '));
};

const timelineOf = (job: Job, eligibleTime?: string, lookedTime?: string): JobMoment[] => {
	const eligible = readTime(eligibleTime);
	// A moment that is still to come has not happened: a job may wait for the day from which it may run.
	const known = job.endedAt ?? job.startedAt ?? readTime(lookedTime) ?? 0;
	const moments: JobMoment[] = [];
	const add = (what: string, at: number | undefined, detail?: string) => {
		if (at !== undefined) moments.push({at, what, ...(detail !== undefined && {detail})});
	};
	add('Submitted', job.createdAt);
	add('Eligible', eligible !== undefined && eligible <= known ? eligible : undefined);
	add('Started', job.startedAt);
	add(job.terminal ? 'Ended' : 'Ending', job.endedAt, job.status);
	return moments;
};

/** Where the job's output goes, as the last line says that names it: one that a name forges stands before it. And the nodes on which it may be written. */
export const outputOf = (text: string): {readonly path?: string; readonly nodes?: string} => {
	const path = [...text.matchAll(/^\s+StdOut=(.*)$/gm)].at(-1)?.[1];
	const nodes = readShown(text).get('NodeList');
	return {
		...(path !== undefined && {path}),
		...(nodes !== undefined && !empty.has(nodes) && {nodes}),
	};
};
