/*
Counts of jobs, as text. Counts jobs, not rows: one id may stand for thousands of jobs.
*/

import type {Job, JobSet} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import {type Counted, type CountedRow, countLive, type JobCount, jobsOfRow} from '../job/set.ts';
import {count} from '../text/format.ts';
import {rememberedBy} from '../text/remembered.ts';

/** The number of jobs that end with these, computed once per list: an open confirmation is redrawn with every key. */
export const liveJobs: (jobs: readonly Counted[]) => JobCount = rememberedBy(countLive);

/** `12 jobs`; `12 jobs or more` with a set of unknown size. */
export const jobCountWords = ({jobs, unknown}: JobCount): string =>
	`${count(jobs, 'job')}${unknown > 0 ? ' or more' : ''}`;

/** The number of jobs that end with these, as text. */
export const liveJobsWords = (jobs: readonly Counted[]): string => jobCountWords(liveJobs(jobs));

/** The jobs that an id stands for, or that end with it, as text; undefined for one job. Those that are asked for themselves are left out. */
export const setWords = (job: Pick<Job, 'ref' | 'set'>, asked?: AskedRefs): string | undefined => {
	const {set} = job;
	if (!set) return undefined;
	if (!set.counts) return 'an unknown number of jobs may end with it';
	const {live} = set.counts;
	if (!set.apart) return live === 1 ? undefined : count(live, 'job');
	const others = set.apart.length > 0 ? othersOf(job, asked).length : live;
	return others === 0 ? undefined : `${count(others, 'job')} ${endWord(set, others)} with it`;
};

/** The verb for whether the members certainly end. */
export const endWord = ({together}: JobSet, number: number): string =>
	together ? (number === 1 ? 'ends' : 'end') : 'may end';

/** The refs of all jobs of a confirmation. */
export type AskedRefs = Pick<ReadonlySet<Ref>, 'has'>;

/** The refs of the other jobs that a request for this one ends, without those that are asked for themselves. */
export const othersOf = ({ref, set}: Pick<Job, 'ref' | 'set'>, asked?: AskedRefs): readonly Ref[] =>
	(set?.apart ?? []).filter(each => each !== ref && !asked?.has(each));

/** The number of jobs that these rows stand for, each in its state. */
export const jobsOfRows = (rows: Iterable<CountedRow>): number => {
	let jobs = 0;
	for (const row of rows) jobs += jobsOfRow(row);
	return jobs;
};

/** The number of jobs in these cancellations. */
export const jobsOfReports = (reports: Iterable<{readonly jobs?: number}>): number => {
	let all = 0;
	for (const {jobs = 1} of reports) all += jobs;
	return all;
};
