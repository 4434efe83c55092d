/*
The jobs of the embedded PBS: what its server knows of each, with arrays put together from the jobs that are their tasks.
*/
import type {Deed, WorldJob} from '../lives.ts';
import {pbsServer} from './lost.ts';
import type {Site} from './site.ts';
import {isStopping, lastStop, stopMsOf} from './stopping.ts';
import {type ProgramUser, userOf} from './users.ts';

/** The machine on which people submit. */
export const submitHost = 'login1';

/** What the server remembers beside its jobs. Times are epoch milliseconds. */
export type ServerMemory = {
	/** When it died. */
	readonly crashes: number[];
	/** The jobs that it dropped without their nodes (`qdel -W force`), by their number in the world, and when. */
	readonly forced: Map<number, number>;
	/** The arrays that were deleted as a whole, by their number. */
	readonly deletedArrays: Set<number>;
};

/** How a job stands, in the words of PBS. */
export type Standing = {
	/** `R` */
	readonly state: string;
	readonly substate: number;
	/** What the comment says of its end, behind the rest: ` and finished`. */
	readonly ending?: string;
	readonly exit?: number;
	/** When the server wrote down that it has ended. */
	readonly endedAt?: number;
	/** Its node has reported the end. */
	readonly reported?: true;
};

export type PbsJob = Standing & {
	/** `4100.demo`, `4110[].demo`, `4110[3].demo` */
	readonly id: string;
	readonly base: number;
	/** Its numbers in the world: one, or those of the tasks. */
	readonly members: readonly number[];
	/** The first of these jobs. */
	readonly job: WorldJob;
	readonly user: ProgramUser;
	/** The number of the task that it is. */
	readonly task?: number;
	/** The tasks of the array that it is. */
	readonly tasks?: readonly PbsJob[];
};

// https://github.com/openpbs/openpbs/blob/master/src/include/job.h (JOB_SUBSTATE_…)
const standings: Readonly<Record<WorldJob['phase'], Standing>> = {
	held: {state: 'H', substate: 20},
	queued: {state: 'Q', substate: 10},
	running: {state: 'R', substate: 42},
	succeeded: {state: 'F', substate: 92, ending: ' and finished', exit: 0},
	failed: {state: 'F', substate: 93, ending: ' and failed', exit: 1},
	cancelled: {state: 'F', substate: 91},
};

const exiting: Standing = {state: 'E', substate: 50};

/** 256 and SIGTERM. */
const terminatedExit = 271;

/** A job that is being deleted stays R until its processes are dead, and is exiting for the last part of the time. */
const exitingShare = 1 / 4;

const standingOf = (site: Site, memory: ServerMemory, job: WorldJob, index: number): Standing => {
	const by = ` and terminated by ${site.me.name}@${submitHost}`;
	const forcedAt = memory.forced.get(index);
	if (forcedAt !== undefined) return {...standings.cancelled, ending: by, endedAt: forcedAt};
	const stop = lastStop(site, index);
	if (isStopping(site, index)) {
		return {...(isExiting(site, job, stop) ? exiting : standings.running), ending: by};
	}
	const standing = standings[job.phase];
	if (standing.state !== 'F') return standing;
	const endedAt = job.endedAt ?? job.updatedAt;
	if (stop === undefined || stop.at > endedAt) return {...standing, endedAt, reported: true};
	// It waited: nothing was killed, and nobody is named.
	if (job.startedAt === undefined) {
		return {...standing, endedAt, ...(stop.before === 'queued' && {ending: ' and terminated'})};
	}
	const killed = job.phase === 'cancelled';
	const end = {...standing, ...(killed && {exit: terminatedExit}), endedAt, reported: true} as const;
	// A restart forgets what was deleted.
	const isForgotten = memory.crashes.some(at => at >= stop.at && at <= endedAt);
	if (isForgotten) return killed ? {...end, substate: standings.failed.substate} : end;
	// PBS writes down that it was to be deleted, whatever its program did.
	return {...end, substate: standings.cancelled.substate, ending: by};
};

const isExiting = ({clock, speed}: Site, {plan}: WorldJob, stop: Deed | undefined): boolean => {
	const takesMs = stopMsOf({speed}, plan.quirk);
	const sinceMs = stop === undefined ? 0 : clock.now() - stop.at;
	return sinceMs >= takesMs * (1 - exitingShare) && sinceMs < takesMs;
};

const jobOf = (site: Site, memory: ServerMemory, index: number): PbsJob | undefined => {
	const job = site.world.job(index);
	if (job === undefined) return undefined;
	return {
		...standingOf(site, memory, job, index),
		...site.numberOf(index),
		id: site.jobs.idOf(index),
		members: [index],
		job,
		user: userOf(job.plan.owner, site.me),
	};
};

/** An array has ended with its last task. */
const arrayOf = (tasks: readonly PbsJob[], first: PbsJob, {deletedArrays}: ServerMemory): PbsJob => {
	const {base, user} = first;
	const ends = tasks.flatMap(({endedAt}) => endedAt ?? []);
	const started = tasks.flatMap(({job}) => job.startedAt ?? []);
	const {startedAt: _, ...job} = first.job;
	const failed = tasks.some(({substate}) => substate === 93);
	const isBegun = started.length > 0 || ends.length > 0;
	const standing: Standing =
		ends.length < tasks.length
			? isBegun
				? {state: 'B', substate: 70}
				: standings.queued
			: {
					...(deletedArrays.has(base)
						? standings.cancelled
						: failed
							? standings.failed
							: standings.succeeded),
					endedAt: Math.max(...ends),
					...(started.length > 0 && {exit: failed || deletedArrays.has(base) ? 1 : 0, reported: true}),
				};
	return {
		...standing,
		id: `${base}[].${pbsServer}`,
		base,
		members: tasks.flatMap(({members}) => members),
		job: {...job, ...(started.length > 0 && {startedAt: Math.min(...started)})},
		user,
		tasks,
	};
};

/** The jobs and arrays, oldest first. */
export const allJobs = (site: Site, memory: ServerMemory): readonly PbsJob[] => {
	const jobs = site.jobs.controls.ids().flatMap((_, index) => jobOf(site, memory, index) ?? []);
	const tasks = jobs.filter(({task}) => task !== undefined);
	const firstOfArray = new Map(tasks.map(one => [one.base, one] as const).toReversed());
	return jobs.flatMap(one => {
		if (one.task === undefined) return one;
		if (firstOfArray.get(one.base) !== one) return [];
		return arrayOf(
			tasks.filter(({base}) => base === one.base),
			one,
			memory,
		);
	});
};

export const hasEnded = ({state}: Standing): boolean => state === 'F';

/** The job that a text names, the tasks that it names of an array, or an array; `ill-formed` if it is no id. The server's name may be absent. */
export const jobsNamed = (
	text: string,
	jobs: readonly PbsJob[],
): {readonly id: string; readonly named: readonly PbsJob[]} | 'ill-formed' => {
	const match = /^(\d+)(?:\[(?:(\d+)(?:-(\d+))?)?\])?(?:\.([\w.-]+))?$/.exec(text);
	if (match === null) return 'ill-formed';
	const [, number, from, to = from, server = pbsServer] = match;
	const id = `${text.replace(/\..*$/, '')}.${server}`;
	const found = jobs.find(
		({id: own, base}) => base === Number(number) && own.includes('[') === id.includes('['),
	);
	if (found === undefined || server !== pbsServer) return {id, named: []};
	if (from === undefined) return {id, named: [found]};
	const inRange = ({task = 0}: PbsJob) => task >= Number(from) && task <= Number(to);
	return {id, named: (found.tasks ?? []).filter(inRange)};
};
