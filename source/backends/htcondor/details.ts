/* What HTCondor shows of one job, in the order in which it is worth reading. */

import type {Job, JobMoment} from '../../job/job.ts';
import {type Ad, numberOf, textOf, timeOf} from './ad.ts';

type Details = {
	readonly fields: readonly (readonly [label: string, value: string])[];
	readonly timeline: readonly JobMoment[];
};

const texts = [
	['Batch', 'JobBatchName'],
	['DAG node', 'DAGNodeName'],
	['Accounting group', 'AcctGroup'],
	['Project', 'ProjectName'],
	['Slot', 'RemoteHost'],
	['Last slot', 'LastRemoteHost'],
] as const;

const numbers = [
	['CPUs', 'RequestCpus'],
	['GPUs', 'RequestGPUs'],
	['Priority', 'JobPrio'],
	['Starts', 'NumJobStarts'],
	['Holds', 'NumHolds'],
	['Jobs of its cluster', 'TotalSubmitProcs'],
] as const;

const places = [
	['Command', 'Cmd'],
	['Arguments', 'Args'],
	['Arguments', 'Arguments'],
	['Work dir', 'Iwd'],
	['Errors', 'Err'],
	['Event log', 'UserLog'],
] as const;

export const shownDetails = (job: Job, ad: Ad): Details => {
	const fields: [string, string][] = [['State', job.status]];
	const add = (label: string, value: string | number | undefined) => {
		if (value !== undefined) fields.push([label, String(value)]);
	};
	add('Reason', job.reason);
	add('User', job.owner);
	if (job.terminal) {
		if (ad.ExitBySignal === true) add('Signal', numberOf(ad, 'ExitSignal'));
		else add('Exit code', numberOf(ad, 'ExitCode'));
	}
	for (const [label, name] of texts) add(label, textOf(ad, name));
	for (const [label, name] of numbers) add(label, numberOf(ad, name));
	add('Memory', megabytes(numberOf(ad, 'RequestMemory')));
	add('Memory used', megabytes(kibibytes(numberOf(ad, 'ResidentSetSize'))));
	for (const [label, name] of places) add(label, textOf(ad, name));
	add('Output', outputOf(ad));
	return {fields: fields.filter(([, value]) => value !== '/dev/null'), timeline: timelineOf(job, ad)};
};

const kibibytes = (value: number | undefined) => (value === undefined ? undefined : Math.round(value / 1024));
const megabytes = (value: number | undefined) => (value === undefined ? undefined : `${value} MB`);

const timelineOf = (job: Job, ad: Ad): JobMoment[] => {
	const moments: JobMoment[] = [];
	const add = (what: string, at: number | undefined, detail?: string) => {
		if (at !== undefined) moments.push({at, what, ...(detail !== undefined && {detail})});
	};
	add('Submitted', job.createdAt);
	const first = timeOf(ad, 'JobStartDate');
	const current = timeOf(ad, 'JobCurrentStartDate');
	add('Started', first);
	if (current !== first) add('Started again', current);
	const entered = timeOf(ad, 'EnteredCurrentStatus');
	if (job.phase === 'held') add('Held', entered, job.reason);
	if (job.phase === 'stopping') add('Removing', entered, job.reason);
	add('Ended', job.endedAt, job.status);
	return moments;
};

/** Where the output of the job goes, as an absolute path; undefined if it goes nowhere. */
export const outputOf = (ad: Ad): string | undefined => {
	const out = pathOf(ad, 'Out');
	if (out === undefined || out === '/dev/null') return undefined;
	if (out.startsWith('/')) return out;
	const folder = pathOf(ad, 'Iwd');
	return folder?.startsWith('/') ? `${folder.replace(/\/$/, '')}/${out}` : undefined;
};

/** A path as it is: what is cleaned is another file. */
const pathOf = (ad: Ad, name: string): string | undefined => {
	const value = ad[name];
	return typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined;
};
