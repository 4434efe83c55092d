/*
How many jobs something is about, in words. What is counted is jobs, not rows: one id may stand for thousands of them.
*/

import type {Job, JobSet} from '../job/job.ts';
import {countLive, type JobCount, jobsOfRow} from '../job/set.ts';
import {count} from '../text/format.ts';
import {rememberedBy} from '../text/remembered.ts';

/** How many jobs end with these. A box freezes its targets and is drawn again with every key: they are counted once. */
export const liveJobs: (jobs: readonly Pick<Job, 'ref' | 'set'>[]) => JobCount = rememberedBy(countLive);

/** `12 jobs`; `12 jobs or more` where it is not known how many one of them stands for. */
export const jobCountWords = ({jobs, unknown}: JobCount): string =>
	`${count(jobs, 'job')}${unknown > 0 ? ' or more' : ''}`;

/** How many jobs end with these, in words. */
export const liveJobsWords = (those: readonly Pick<Job, 'ref' | 'set'>[]): string =>
	jobCountWords(liveJobs(those));

/** How many jobs an id stands for beside its own, in a few words; undefined where it is one job. */
export const setWords = ({set}: Pick<Job, 'set'>): string | undefined => {
	if (!set) return undefined;
	if (!set.counts) return 'an unknown number of jobs may end with it';
	const {live} = set.counts;
	if (live === 1 && !set.apart) return undefined;
	if (!set.apart) return count(live, 'job');
	const others = set.apart.length > 0 ? set.apart.length : live;
	return `${count(others, 'job')} ${endWord(set, others)} with it`;
};

/** Whether they surely end, as a verb for so many. */
export const endWord = ({together}: JobSet, number: number): string =>
	together ? (number === 1 ? 'ends' : 'end') : 'may end';

/** The others that a request for it ends, by their refs. */
export const othersOf = ({ref, set}: Pick<Job, 'ref' | 'set'>): readonly string[] =>
	(set?.apart ?? []).filter(each => each !== ref);

/** How many jobs these rows stand for. */
export const jobsOfRows = (rows: Iterable<Pick<Job, 'set'>>): number => {
	let jobs = 0;
	for (const row of rows) jobs += jobsOfRow(row);
	return jobs;
};

/** How many jobs these cancellations are about. */
export const jobsOfReports = (reports: Iterable<{readonly jobs?: number}>): number => {
	let all = 0;
	for (const {jobs = 1} of reports) all += jobs;
	return all;
};
