/*
Ids that stand for several jobs: a cluster with more than one job, and the job of DAGMan, with which its nodes end.
*/
import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import {countMembers, summarizeSet} from '../set-summary.ts';

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
		const counts = countMembers(all.map(each => ({job: each, count: 1})));
		return {...job, set: {counts, apart, together: true}};
	});
};

/** The cluster as one job, made of its jobs: at least one. `whole`: how many it was submitted with. */
export const summarize = (cluster: string, jobs: readonly Job[], whole: number): Job => {
	const members = jobs.map(job => ({job, count: 1}));
	return summarizeSet(cluster, members, countMembers(members, whole));
};
