/* What LSF shows of one job, in the order in which it is worth reading. */

import type {Job, JobDetail, JobMoment} from '../../job/job.ts';
import {cancellerIn, type History} from './history.ts';
import {type LsfRecord, textOf} from './record.ts';

/** The fields that only the details need. */
export const detailFields = [
	'app',
	'dependency',
	'error_file',
	'exec_cwd',
	'exec_home',
	'from_host',
	'job_description',
	'job_group',
	'job_priority',
	'max_mem',
	'mem',
	'output_file',
	'slots',
	'sub_cwd',
	'user_group',
] as const;

const labels = [
	['Description', 'JOB_DESCRIPTION'],
	['Queue', 'QUEUE'],
	['Project', 'PROJ_NAME'],
	['Application', 'APP'],
	['Job group', 'JOB_GROUP'],
	['User group', 'USER_GROUP'],
	['Hosts', 'EXEC_HOST'],
	['Submitted on', 'FROM_HOST'],
	['Slots', 'SLOTS'],
	['Priority', 'JOB_PRIORITY'],
	['Depends on', 'DEPENDENCY'],
	['Memory', 'MEM'],
	['Memory, at most', 'MAX_MEM'],
	['Command', 'COMMAND'],
	['Work dir', 'SUB_CWD'],
	['Output', 'OUTPUT_FILE'],
	['Errors', 'ERROR_FILE'],
] as const;

export const shownDetails = (
	job: Job,
	record: LsfRecord,
	history: History | undefined,
): Omit<JobDetail, 'raw'> => {
	const fields: [string, string][] = [['State', job.status]];
	const add = (label: string, value: string | undefined) => {
		if (value !== undefined) fields.push([label, value]);
	};
	add('Reason', job.reason);
	add('User', job.owner);
	if (job.terminal) add('Exit code', textOf(record, 'EXIT_CODE'));
	for (const [label, name] of labels) add(label, textOf(record, name));
	return {job: withCanceller(job, history), fields, timeline: history?.moments ?? timesOf(job)};
};

/** The job with who cancelled it, which only its history names. */
const withCanceller = (job: Job, history: History | undefined): Job => {
	const by = history && cancellerIn(history);
	return job.endedBy?.kind === 'cancelled' && by !== undefined
		? {...job, endedBy: {...job.endedBy, by}}
		: job;
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

/** Where the output of the job goes, as an absolute path; undefined if LSF does not say, or mails it. */
export const outputOf = (record: LsfRecord, id: string): string | undefined => {
	const path = pathOf(record, 'OUTPUT_FILE');
	if (path === undefined || path === '/dev/null') return undefined;
	const [, job = '', element = '0'] = /^(\d+)(?:\[(\d+)\])?$/.exec(id) ?? [];
	const expanded = path.replaceAll('%J', job).replaceAll('%I', element);
	// A folder holds a file for each job.
	const file = expanded.endsWith('/') ? `${expanded}${job}.out` : expanded;
	if (file.startsWith('/')) return file;
	const home = pathOf(record, 'EXEC_HOME');
	const folder = [pathOf(record, 'SUB_CWD'), pathOf(record, 'EXEC_CWD')]
		.map(each => (home === undefined ? each : each?.replace(/^\$HOME(?=\/|$)/, () => home)))
		.find(each => each?.startsWith('/'));
	return folder === undefined ? undefined : `${folder.replace(/\/$/, '')}/${file}`;
};

/** A path as it is: what is cleaned is another file. */
const pathOf = (record: LsfRecord, name: string): string | undefined => {
	const value = record[name];
	return typeof value === 'string' && value !== '' && value !== '-' && !value.includes('\0')
		? value
		: undefined;
};
