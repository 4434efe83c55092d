/*
The jobs of the embedded Grid Engine: what is in its queue, and what its accounts know.
*/
import {join} from 'node:path';
import {isEnd} from '../../job/phase.ts';
import type {WorldJob} from '../lives.ts';
import type {Site} from './site.ts';
import {earlierEnds, isStopping} from './stopping.ts';
import {type ProgramUser, userOf} from './users.ts';

/** A job, or a task of an array. */
export type GridJob = {
	/** Its number in the world. */
	readonly index: number;
	readonly number: number;
	/** Undefined for a job that is no array. */
	readonly task: number | undefined;
	readonly job: WorldJob;
	readonly user: ProgramUser;
	/** The letters of qstat; undefined of a job that has left the queue. */
	readonly state: string | undefined;
	/** Its working directory, where its output goes to. */
	readonly folder: string;
};

/** A job in the queue. */
export type QueuedJob = GridJob & {readonly state: string};

/** https://manpages.debian.org/bookworm/gridengine-common/sge_status.5.en.html */
const letters = {
	held: 'hqw',
	queued: 'qw',
	running: 'r',
	succeeded: undefined,
	failed: undefined,
	cancelled: undefined,
} as const;

const jobOf = (site: Site, index: number): GridJob | undefined => {
	const {world, numberOf, me, folder} = site;
	const job = world.job(index);
	if (job === undefined) return undefined;
	const {base, task} = numberOf(index);
	return {
		index,
		number: base,
		task,
		job,
		user: userOf(job.plan.owner, me),
		state: isStopping(site, index) ? 'dr' : letters[job.phase],
		folder: join(folder, 'output'),
	};
};

/** All jobs that are known, in the queue or not. */
const allJobs = (site: Site): readonly GridJob[] =>
	site.jobs.controls.ids().flatMap((_, index) => jobOf(site, index) ?? []);

/** The job of this number, or the tasks of an array, in the queue or not. */
export const jobsOf = (site: Site, number: number): readonly GridJob[] =>
	site.membersOf(number).flatMap(index => jobOf(site, index) ?? []);

export const isQueued = (one: GridJob): one is QueuedJob => one.state !== undefined;

export const queuedJobs = (site: Site): readonly QueuedJob[] => allJobs(site).filter(isQueued);

export const isWaiting = ({state}: QueuedJob): boolean => state.includes('w');

export const nodeOf = ({index}: GridJob): string => `n${1 + (index % 12)}`;

/** The end of a run, in the accounts. */
export type RunEnd = {
	readonly one: GridJob;
	readonly startedAt: number;
	readonly endedAt: number;
	readonly as: 'succeeded' | 'failed' | 'killed';
};

/** The accounts are written so often, in milliseconds: `accounting_flush_time` of https://manpages.debian.org/bookworm/gridengine-common/sge_conf.5.en.html */
const flushMs = 15_000;

/** The ends of the runs that the accounts know by now, oldest first. A job that was deleted before it ran has none. */
export const accountedEnds = (site: Site): readonly RunEnd[] => {
	const writtenUntil = site.clock.now() - flushMs / site.speed;
	const ends = allJobs(site).flatMap(one => endsOf(site, one));
	return ends.filter(({endedAt}) => endedAt <= writtenUntil).sort((a, b) => a.endedAt - b.endedAt);
};

/** What is written stays, also of a job that went on after it was killed. */
const endsOf = (site: Site, one: GridJob): readonly RunEnd[] => {
	const {phase, startedAt, endedAt} = one.job;
	if (startedAt === undefined) return [];
	const ends = new Map<number, RunEnd>();
	for (const at of earlierEnds(site, one.index)) {
		ends.set(at, {one, startedAt, endedAt: at, as: 'killed'});
	}
	if (isEnd(phase) && endedAt !== undefined) {
		const as = phase === 'succeeded' || phase === 'failed' ? phase : 'killed';
		ends.set(endedAt, {one, startedAt, endedAt, as});
	}
	return [...ends.values()];
};
