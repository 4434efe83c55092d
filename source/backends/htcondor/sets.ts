/*
Ids that stand for several jobs: a cluster with more than one job, and the job of DAGMan, with which its nodes end.
*/
import type {Job, MemberCounts} from '../../job/job.ts';
import {isEnd, type Phase} from '../../job/phase.ts';
import {type Ref, refOf} from '../../job/ref.ts';

/** Gives each job of DAGMan its nodes, as far as they are among these jobs. */
export const withNodes = (jobs: readonly Job[]): readonly Job[] => {
	const nodes = new Map<Ref, Job[]>();
	for (const job of jobs) {
		// A cluster is not a job of its own.
		if (!job.parent?.endsWith('.0')) continue;
		const known = nodes.get(job.parent);
		if (known) known.push(job);
		else nodes.set(job.parent, [job]);
	}
	if (nodes.size === 0) return jobs;
	return jobs.map(job => {
		const own = nodes.get(job.ref);
		if (own === undefined) return job;
		const all = [job, ...own];
		const apart = all.filter(({terminal}) => !terminal).map(({ref}) => ref);
		return {...job, set: {counts: countsOf(all), apart, together: true}};
	});
};

const countsOf = (jobs: readonly Job[], whole = jobs.length): MemberCounts => {
	const live = jobs.filter(({terminal}) => !terminal).length;
	const cancelled = jobs.filter(({phase}) => phase === 'cancelled').length;
	return {
		live,
		cancelled,
		ended: jobs.length - live - cancelled,
		lost: Math.max(0, whole - jobs.length),
	};
};

// The first that occurs speaks for the whole: what runs matters more to who is about to cancel than what waits.
const loudness: readonly Phase[] = ['running', 'starting', 'unknown', 'stopping', 'queued', 'held'];

/** The cluster as one job, made of its jobs: at least one. `whole`: how many it was submitted with. */
export const summarize = (profile: string, cluster: string, jobs: readonly Job[], whole: number): Job => {
	const live = jobs.filter(({terminal}) => !terminal);
	const loudest = loudness.find(phase => live.some(job => job.phase === phase));
	const leading = jobs.find(({phase}) => phase === loudest) ?? (jobs[0] as Job);
	const counts = countsOf(jobs, whole);
	const endings = new Set(jobs.map(({phase}) => phase));
	// How the others ended nobody tells.
	if (counts.lost > 0) endings.add('unknown');
	const phase = loudest ?? (endings.size === 1 ? leading.phase : 'partial');
	const statuses = Map.groupBy(jobs, ({status}) => status);
	const {startedAt: _, endedAt: __, parent: ___, set: ____, endedBy: _____, ...rest} = leading;
	const startedAt = Math.min(...jobs.map(job => job.startedAt ?? Number.POSITIVE_INFINITY));
	const endedAt = Math.max(...jobs.map(job => job.endedAt ?? 0));
	return {
		...rest,
		ref: refOf(profile, cluster),
		id: cluster,
		phase,
		status:
			statuses.size === 1
				? leading.status
				: [...statuses].map(([status, {length}]) => `${status} ${length}`).join(', '),
		terminal: isEnd(phase),
		...(Number.isFinite(startedAt) && {startedAt}),
		...(isEnd(phase) && endedAt > 0 && {endedAt}),
		set: {counts, together: true},
	};
};
