/*
The jobs of the embedded Flux, as Flux 0.88 prints them.
*/
import {isEnd} from '../../job/phase.ts';
import type {Deed, WorldJob} from '../lives.ts';
import {outputText} from './output.ts';
import type {ProgramUser} from './users.ts';

/** A job as Flux sees it. */
export type FluxJob = {
	/** Its number in the world. */
	readonly index: number;
	readonly number: bigint;
	/** `ƒ2Tv1sAX` */
	readonly id: string;
	readonly job: WorldJob;
	/** Its processes are being ended. */
	readonly isStopping: boolean;
	readonly user: ProgramUser;
	/** The requests that cancelled it. */
	readonly cancels: readonly Deed[];
	/** The number of the user who cancelled it. */
	readonly cancelledBy: number;
};

const results = {succeeded: 'COMPLETED', failed: 'FAILED', cancelled: 'CANCELED'} as const;
const codes = {succeeded: 0, failed: 1, cancelled: 143} as const;
/** The return code of a job that never ran. */
const neverRan = -128;

/** One of `SCHED`, `RUN`, `CLEANUP` and `INACTIVE`. */
export const stateOf = ({job, isStopping}: FluxJob): string => {
	if (isStopping) return 'CLEANUP';
	if (isEnd(job.phase)) return 'INACTIVE';
	return job.phase === 'running' ? 'RUN' : 'SCHED';
};

/** The state, and the result once it has ended. */
export const statusOf = (one: FluxJob): string =>
	isEnd(one.job.phase) ? results[one.job.phase] : stateOf(one);

const seconds = (at: number): number => at / 1000;
const limitSeconds = 4 * 3600;
const nodeOf = (index: number): string => `fluke${1 + (index % 12)}`;

/** When the end of its processes began: by its cancel, or by itself. */
const cleanupOf = ({job, cancels}: FluxJob): number | undefined => cancels[0]?.at ?? job.endedAt;

const endOf = ({job}: FluxJob) => {
	if (!isEnd(job.phase)) return {};
	const code = job.startedAt === undefined ? neverRan : codes[job.phase];
	return {
		t_inactive: seconds(job.endedAt ?? job.updatedAt),
		success: job.phase === 'succeeded',
		result: results[job.phase],
		...(code >= 0 && {waitstatus: code * 256}),
		returncode: code,
	};
};

/** A record of `flux jobs --json`: what has not come is left out. */
export const recordOf = (one: FluxJob): Readonly<Record<string, unknown>> => {
	const {job, index, number, id, user, isStopping} = one;
	const {startedAt} = job;
	const submitted = seconds(job.createdAt);
	const isHeld = job.phase === 'held';
	const began = isEnd(job.phase) || isStopping ? cleanupOf(one) : undefined;
	return {
		t_depend: submitted + 0.014,
		t_priority: submitted + 0.027,
		t_sched: submitted + 0.028,
		...(startedAt !== undefined && {
			t_run: seconds(startedAt),
			expiration: seconds(startedAt) + limitSeconds,
		}),
		...(began !== undefined && {t_cleanup: seconds(began)}),
		duration: limitSeconds,
		name: job.plan.name,
		cwd: '/nowhere',
		ntasks: 1,
		ncores: 4,
		...(startedAt !== undefined && {nnodes: 1}),
		priority: isHeld ? 0 : 16,
		...(startedAt !== undefined && {ranks: `${index % 12}`, nodelist: nodeOf(index)}),
		...endOf(one),
		id: Number(number),
		t_submit: submitted,
		state: stateOf(one),
		username: user.name,
		userid: user.uid,
		urgency: isHeld ? 0 : 16,
		status: statusOf(one),
		dependencies: [],
		jobid: id,
		annotations: startedAt === undefined ? {} : {sched: {resource_summary: `rank${index % 12}/core[0-3]`}},
		// While the job is in CLEANUP, its record does not say why.
		exception:
			job.phase === 'cancelled' ? {occurred: true, severity: 0, type: 'cancel', note: ''} : {occurred: false},
	};
};

export type FluxEvent = {readonly timestamp: number; readonly name: string; readonly context?: object};

/** The events of a job. https://flux-framework.readthedocs.io/projects/flux-rfc/en/latest/spec_21.html */
export const eventsOf = (one: FluxJob): readonly FluxEvent[] => {
	const {job, index, user, cancels, cancelledBy} = one;
	const {startedAt, endedAt = job.updatedAt} = job;
	const events: FluxEvent[] = [];
	const add = (at: number, name: string, context?: object) =>
		events.push({timestamp: seconds(at), name, ...(context && {context})});
	const urgency = job.phase === 'held' ? 0 : 16;
	add(job.createdAt, 'submit', {userid: user.uid, urgency, flags: 0, version: 1});
	add(job.createdAt + 14, 'validate');
	add(job.createdAt + 27, 'depend');
	add(job.createdAt + 28, 'priority', {priority: urgency});
	if (startedAt !== undefined) {
		const sched = {resource_summary: `rank${index % 12}/core[0-3]`};
		add(startedAt, 'alloc', {annotations: {sched}});
		add(startedAt + 14, 'start');
	}
	for (const {at} of cancels) {
		add(at, 'exception', {type: 'cancel', severity: 0, note: '', userid: cancelledBy});
	}
	if (!isEnd(job.phase)) return events;
	if (startedAt !== undefined) {
		add(endedAt, 'finish', {status: codes[job.phase] * 256});
		add(endedAt, 'release', {ranks: 'all', final: true});
		add(endedAt, 'free');
	}
	add(endedAt, 'clean');
	return events;
};

/** What a job has printed, as Flux keeps it; undefined before its start. https://flux-framework.readthedocs.io/projects/flux-rfc/en/latest/spec_24.html */
export const outputOf = ({job}: FluxJob): readonly FluxEvent[] | undefined => {
	if (job.startedAt === undefined) return undefined;
	const timestamp = seconds(job.startedAt);
	const lines = outputText(job).split(/(?<=\n)/);
	return [
		{timestamp, name: 'header', context: {version: 1, encoding: {stdout: 'UTF-8', stderr: 'UTF-8'}}},
		...lines.map(data => ({timestamp, name: 'data', context: {stream: 'stdout', rank: '0', data}})),
		...(isEnd(job.phase)
			? [{timestamp, name: 'data', context: {stream: 'stdout', rank: '0', eof: true}}]
			: []),
	];
};

/** An event as `flux job eventlog` shows it to a person: `1795854014.595952 exception type="cancel" severity=0` */
export const eventLine = ({timestamp, name, context = {}}: FluxEvent): string => {
	const fields = Object.entries(context).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
	return `${timestamp.toFixed(6)} ${name}${fields.join('')}`;
};

/** JSON as Python writes it. */
export const pythonJson = (value: unknown): string => {
	if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
	if (typeof value === 'object' && value !== null) {
		const fields = Object.entries(value).map(([key, each]) => `${pythonJson(key)}: ${pythonJson(each)}`);
		return `{${fields.join(', ')}}`;
	}
	return JSON.stringify(value).replace(
		/[^\0-\x7f]/g,
		letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
};

const shortStatuses: Readonly<Record<string, string>> = {COMPLETED: 'CD', CANCELED: 'CA'};

/** `3.031s`, `2.5m`, `1h` */
const duration = (ms: number): string => {
	const all = ms / 1000;
	const [amount, unit] =
		all < 60
			? [all, 's']
			: all < 3600
				? [all / 60, 'm']
				: all < 86_400
					? [all / 3600, 'h']
					: [all / 86_400, 'd'];
	return `${Number(amount.toPrecision(4))}${unit}`;
};

export const heading = '       JOBID USER     NAME       ST NTASKS NNODES     TIME INFO';

/** A line of `flux jobs`. */
export const shownLine = (one: FluxJob, now: number): string => {
	const {job, index, id, user} = one;
	const {startedAt, plan} = job;
	const status = statusOf(one);
	const ran =
		startedAt === undefined ? limitSeconds * 1000 : (cleanupOf(one) ?? job.endedAt ?? now) - startedAt;
	const info = startedAt !== undefined ? nodeOf(index) : job.phase === 'held' ? 'held' : '';
	return [
		id.padStart(12),
		user.name.slice(0, 8).padEnd(8),
		(plan.name.length > 10 ? `${plan.name.slice(0, 9)}+` : plan.name).padEnd(10),
		(shortStatuses[status] ?? status.slice(0, 1)).padStart(2),
		'1'.padStart(6),
		(startedAt === undefined ? '-' : '1').padStart(6),
		duration(ran).padStart(8),
		info,
	].join(' ');
};
