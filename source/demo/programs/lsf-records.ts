/*
The jobs of the embedded LSF, as LSF 10.1 prints them.
*/
import {isEnd} from '../../job/phase.ts';
import type {Deed, WorldJob} from '../lives.ts';
import {eventTime, listTime, type TimeStyle} from './lsf-times.ts';
import type {ProgramUser} from './users.ts';

/** A job as LSF sees it. */
export type LsfJob = {
	/** Its number in the world. */
	readonly index: number;
	readonly base: number;
	/** The element of an array that it is; undefined of any other job. */
	readonly element: number | undefined;
	/** `4110` or `4110[3]` */
	readonly id: string;
	readonly job: WorldJob;
	/** When `bkill -r` removed it, if its host had not ended it by then. */
	readonly removedAt: number | undefined;
	readonly user: ProgramUser;
	/** The requests that killed it. */
	readonly kills: readonly Deed[];
	readonly killedBy: string;
	/** The file of its output. */
	readonly output: string;
};

const states = {
	held: 'PSUSP',
	queued: 'PEND',
	running: 'RUN',
	succeeded: 'DONE',
	failed: 'EXIT',
	cancelled: 'EXIT',
} as const;

/** While a job is being killed, it is RUN. */
export const statOf = ({job, removedAt}: LsfJob): string =>
	removedAt === undefined ? states[job.phase] : 'EXIT';

export const hasEnded = (one: LsfJob): boolean => one.removedAt !== undefined || isEnd(one.job.phase);

export const endOf = (one: LsfJob): number | undefined =>
	hasEnded(one) ? (one.removedAt ?? one.job.endedAt ?? one.job.updatedAt) : undefined;

/** https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=reasons-termination-displayed-by-bacct-bhist-bjobs */
const reasonOf = ({job, removedAt}: LsfJob): string | undefined => {
	if (removedAt !== undefined) return 'TERM_FORCE_OWNER: job killed by owner without time for cleanup';
	return job.phase === 'cancelled' ? 'TERM_OWNER: job killed by owner' : undefined;
};

const queues = ['normal', 'night', 'gpu'] as const;
const limitMs = 4 * 3600 * 1000;

const hostOf = ({job, index}: LsfJob): string => (job.startedAt === undefined ? '' : `n${1 + (index % 12)}`);

const pendReasonOf = ({job, index}: LsfJob): string => {
	if (job.phase === 'held') return 'The job was suspended by the user while pending;';
	if (job.phase !== 'queued') return '';
	return index % 3 === 0 ? 'Job slot limit reached;' : 'New job is waiting for scheduling;';
};

const exitCodeOf = (one: LsfJob): string => {
	if (one.job.startedAt === undefined || statOf(one) !== 'EXIT') return '';
	return one.job.phase === 'failed' ? '1' : '130';
};

/** Of a job that runs, the end is an estimate. */
const finishOf = (one: LsfJob, style: TimeStyle): string => {
	const end = endOf(one);
	if (end !== undefined) return listTime(end, style);
	const {startedAt} = one.job;
	return startedAt === undefined ? '' : `${listTime(startedAt + limitMs, style)} L`;
};

/** A field of `bjobs -o`, by its name; empty where there is no value. https://www.ibm.com/docs/en/spectrum-lsf/10.1.0?topic=options-o */
export const fieldOf = (one: LsfJob, name: string, style: TimeStyle): string => {
	const {job, base, element, user, index} = one;
	const values: Readonly<Record<string, string>> = {
		jobid: String(base),
		jobindex: String(element ?? 0),
		stat: statOf(one),
		user: user.name,
		queue: queues[index % queues.length] as string,
		job_name: element === undefined ? job.plan.name : `${job.plan.name}[${element}]`,
		proj_name: 'imagery',
		from_host: 'login1',
		exec_host: hostOf(one),
		submit_time: listTime(job.createdAt, style),
		start_time: job.startedAt === undefined ? '' : listTime(job.startedAt, style),
		finish_time: finishOf(one, style),
		exit_code: exitCodeOf(one),
		exit_reason: reasonOf(one) ?? '',
		pend_reason: pendReasonOf(one),
		runtimelimit: '240.0',
		command: job.plan.process,
		slots: '4',
		sub_cwd: '/nowhere',
		output_file: one.output,
	};
	return values[name] ?? '';
};

/** A record of `bjobs -json`. */
export const jsonRecord = (one: LsfJob, names: readonly string[], style: TimeStyle): string => {
	const lines = names.map(name => {
		const value = JSON.stringify(fieldOf(one, name, style)).replaceAll('/', '\\/');
		return `      "${name.toUpperCase()}":${value}`;
	});
	return `    {\n${lines.join(',\n')}\n    }`;
};

const columns = [
	['JOBID', 8],
	['USER', 8],
	['STAT', 6],
	['QUEUE', 11],
	['FROM_HOST', 12],
	['EXEC_HOST', 12],
	['JOB_NAME', 11],
] as const;

export const heading = `${columns.map(([name, width]) => name.padEnd(width)).join('')}SUBMIT_TIME`;

/** A line of bjobs. */
export const shownLine = (one: LsfJob, style: TimeStyle): string => {
	const cells = columns.map(([name, width]) => {
		const text = fieldOf(one, name.toLowerCase(), style);
		// Of a long name the end stands there.
		return (text.length < width ? text : `*${text.slice(2 - width)}`).padEnd(width);
	});
	return `${cells.join('')}${fieldOf(one, 'submit_time', style)}`;
};

/** The events of a job, in the words of bhist. */
const eventsOf = (one: LsfJob): readonly (readonly [at: number, what: string])[] => {
	const {job, index, kills, killedBy} = one;
	const {startedAt} = job;
	const events: [number, string][] = [
		[
			job.createdAt,
			`Submitted from host <login1>, to Queue <${queues[index % queues.length]}>, CWD </nowhere>`,
		],
	];
	if (startedAt !== undefined) {
		events.push([startedAt, `Dispatched 4 Task(s) on Host(s) <${hostOf(one)}>`]);
		events.push([startedAt, `Starting (Pid ${20_000 + index})`]);
	}
	for (const {at} of kills)
		events.push([at, `Signal <KILL> requested by user or administrator <${killedBy}>`]);
	const end = endOf(one);
	if (end === undefined) return events;
	if (statOf(one) === 'DONE') {
		events.push([end, 'Done successfully. The CPU time used is 0.1 seconds']);
		return events;
	}
	const code = exitCodeOf(one);
	const how = code === '130' ? ' by signal 2' : code === '' ? '' : ` with exit code ${code}`;
	events.push([end, `Exited${how}. The CPU time used is 0.1 seconds`]);
	const reason = reasonOf(one);
	events.push([end, reason === undefined ? 'Completed <exit>' : `Completed <exit>; ${reason}`]);
	return events;
};

const rule = '-'.repeat(78);

/** A job with its events, as bhist -l shows it, and bjobs -l with the status. */
export const longText = (one: LsfJob, style: TimeStyle, status?: string): string => {
	const {id, user, job} = one;
	const name = fieldOf(one, 'job_name', style);
	const shown = status === undefined ? '' : ` Status <${status}>,`;
	const title = `Job <${id}>, Job Name <${name}>, User <${user.name}>, Project <imagery>,${shown} Command <${job.plan.process}>`;
	const lines = eventsOf(one).map(([at, what]) => `${eventTime(at, style)}: ${what};`);
	return `\n${[title, ...lines, rule].join('\n')}\n`;
};

const summaryColumns = ['PEND', 'PSUSP', 'RUN', 'USUSP', 'SSUSP', 'UNKWN', 'TOTAL'];

export const summaryHeading = `Summary of time in seconds spent in various states:\nJOBID   USER    JOB_NAME  ${summaryColumns.map(name => name.padEnd(8)).join('')}`;

/** A line of bhist without -l: how long the job was in each state. */
export const summaryLine = (one: LsfJob, now: number): string => {
	const {id, user, job} = one;
	const end = endOf(one) ?? now;
	const seconds = (from: number, to: number) => Math.max(0, Math.round((to - from) / 1000));
	const waited = seconds(job.createdAt, Math.min(job.startedAt ?? end, end));
	const ran = job.startedAt === undefined ? 0 : seconds(job.startedAt, end);
	const [pending, held] = job.phase === 'held' ? [0, waited] : [waited, 0];
	const cells = [pending, held, ran, 0, 0, 0, waited + ran].map(value => String(value).padEnd(8));
	const names = [id.padEnd(8), user.name.slice(0, 7).padEnd(8), job.plan.name.slice(0, 9).padEnd(10)];
	return [...names, ...cells].join('');
};
