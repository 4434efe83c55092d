/*
The jobs of the embedded Slurm, as Slurm 24.11 prints them.
*/
import type {WorldJob} from '../lives.ts';
import {setOfTasks} from './arguments.ts';
import type {ProgramUser} from './users.ts';

/** A job as Slurm sees it, or the waiting tasks of an array. */
export type SlurmJob = {
	/** Its numbers in the world: one, or those of the tasks. */
	readonly members: readonly number[];
	readonly base: number;
	/** The tasks of an array that it stands for; empty of any other job. */
	readonly tasks: readonly number[];
	readonly job: WorldJob;
	readonly state: string;
	readonly reason: string;
	readonly user: ProgramUser;
	/** The number of the user whose request ended it. */
	readonly cancelledBy?: number;
	/** The file of its output. */
	readonly output: string;
};

const states = {
	held: 'PENDING',
	queued: 'PENDING',
	running: 'RUNNING',
	succeeded: 'COMPLETED',
	failed: 'FAILED',
	cancelled: 'CANCELLED',
} as const;

/** A job that was cancelled while it ran is COMPLETING until its processes are gone. */
export const stateOf = (job: WorldJob, isStopping: boolean): string =>
	isStopping ? 'COMPLETING' : states[job.phase];

/** The reason that squeue prints. */
export const reasonOf = (job: WorldJob, index: number): string => {
	if (job.phase === 'held') return 'JobHeldUser';
	if (job.phase === 'queued') return index % 3 === 0 ? 'Resources' : 'Priority';
	return job.phase === 'failed' ? 'NonZeroExitCode' : 'None';
};

const idOf = ({base, tasks, state}: SlurmJob): string => {
	if (tasks.length === 0) return `${base}`;
	return state === 'PENDING' ? `${base}_[${setOfTasks(tasks)}]` : `${base}_${tasks[0]}`;
};

const partitions = ['short', 'long', 'gpu'] as const;
const limit = '04:00:00';
const limitMs = 4 * 3600 * 1000;

/** Prints a time as the user wants it. */
export type TimeWords = (at: number | undefined) => string;

export const timeWords =
	(format: string | undefined, none = 'N/A'): TimeWords =>
	at => {
		if (at === undefined) return none;
		const seconds = Math.floor(at / 1000);
		return format === '%s' ? String(seconds) : new Date(seconds * 1000).toISOString().slice(0, 19);
	};

const hasEnded = ({phase}: WorldJob): boolean =>
	phase === 'succeeded' || phase === 'failed' || phase === 'cancelled';

/** What every program prints of a job: of one that waited until it was cancelled, the end is the start. */
const facts = (one: SlurmJob) => {
	const {job, members, state} = one;
	const [index = 0] = members;
	const end = hasEnded(job) ? (job.endedAt ?? job.updatedAt) : undefined;
	const ending = state === 'COMPLETING' ? job.updatedAt : undefined;
	const start = job.startedAt ?? end;
	const latest = job.startedAt === undefined ? undefined : job.startedAt + limitMs;
	return {
		id: idOf(one),
		partition: partitions[index % partitions.length] as string,
		node: job.startedAt === undefined ? '' : `n${1 + (index % 12)}`,
		submit: job.createdAt,
		start,
		end: end ?? ending ?? latest,
	};
};

const elapsed = (ms: number): string => {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const two = (value: number) => String(value).padStart(2, '0');
	const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
	return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
};

/** The letters of squeue's formats: https://slurm.schedmd.com/squeue.html#OPT_format */
export const queueLetters: Readonly<
	Record<
		string,
		readonly [heading: string, value: (one: SlurmJob, time: TimeWords, now: number) => string | number]
	>
> = {
	i: ['JOBID', one => idOf(one)],
	T: ['STATE', ({state}) => state],
	t: [
		'ST',
		({state}) =>
			({PENDING: 'PD', COMPLETING: 'CG', COMPLETED: 'CD', CANCELLED: 'CA'})[state] ?? state[0] ?? '',
	],
	U: ['UID', ({user}) => user.uid],
	u: ['USER', ({user}) => user.name],
	P: ['PARTITION', one => facts(one).partition],
	V: ['SUBMIT_TIME', (one, time) => time(facts(one).submit)],
	S: ['START_TIME', (one, time) => time(facts(one).start)],
	e: ['END_TIME', (one, time) => time(facts(one).end)],
	l: ['TIME_LIMIT', () => limit],
	M: [
		'TIME',
		({job}, _, now) => elapsed(job.startedAt === undefined ? 0 : (job.endedAt ?? now) - job.startedAt),
	],
	D: ['NODES', () => 1],
	N: ['NODELIST', one => facts(one).node],
	R: ['NODELIST(REASON)', one => facts(one).node || `(${one.reason})`],
	r: ['REASON', ({reason}) => reason],
	j: ['NAME', ({job}) => job.plan.name],
};

const exitOf = ({job}: SlurmJob): string => (job.phase === 'failed' ? '1:0' : '0:0');

export const shownText = (one: SlurmJob, time: TimeWords): string => {
	const {job, base, tasks, user, state, reason, members, output} = one;
	const {partition, node, submit, start, end} = facts(one);
	const array = tasks.length === 0 ? '' : ` ArrayJobId=${base} ArrayTaskId=${setOfTasks(tasks)}`;
	const raw = tasks.length > 0 && state !== 'PENDING' ? base + 100_000 + (members[0] ?? 0) : base;
	return `JobId=${raw}${array} JobName=${job.plan.name}
   UserId=${user.name}(${user.uid}) GroupId=users(100) MCS_label=N/A
   Priority=4294901${members[0] ?? 0} Nice=0 Account=imagery QOS=normal
   JobState=${state} Reason=${reason} Dependency=(null)
   Requeue=1 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=${exitOf(one)}
   RunTime=00:00:00 TimeLimit=${limit} TimeMin=N/A
   SubmitTime=${time(submit)} EligibleTime=${time(submit)}
   StartTime=${time(start)} EndTime=${time(end)} Deadline=N/A
   Partition=${partition} AllocNode:Sid=login1:17
   NodeList=${node || '(null)'}
   NumNodes=1 NumCPUs=4 NumTasks=1 CPUs/Task=4 ReqB:S:C:T=0:0:*:*
   Command=${job.plan.process}
   WorkDir=/nowhere
   StdErr=${output}
   StdIn=/dev/null
   StdOut=${output}
`;
};

/** The fields of sacct: https://slurm.schedmd.com/sacct.html */
export const accountValue = (one: SlurmJob, field: string, time: TimeWords): string => {
	const {job, user, state, reason, cancelledBy} = one;
	const {id, partition, node, submit, start, end} = facts(one);
	const values: Readonly<Record<string, string>> = {
		JobID: id,
		JobName: job.plan.name,
		State: cancelledBy === undefined || state !== 'CANCELLED' ? state : `CANCELLED by ${cancelledBy}`,
		UID: String(user.uid),
		User: user.name,
		Partition: partition,
		Account: 'imagery',
		Submit: time(submit),
		Eligible: time(submit),
		Start: time(start),
		End: time(hasEnded(job) ? end : undefined),
		Timelimit: limit,
		Reason: reason,
		ExitCode: exitOf(one),
		NodeList: node || 'None assigned',
		WorkDir: '/nowhere',
	};
	return values[field] ?? '';
};
