import type {Connection} from '../../backends/backend.ts';
import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import type {Scope} from '../protocol.ts';

export type WholeList = {
	readonly jobs: ReadonlyMap<Ref, Job>;
	readonly unreadable: number;
	/** Whether a job that is missing is not among those asked for, or may merely not have been listed. */
	readonly covers: 'everything' | 'part';
	/** It has no end that could be reached, and what is here is its beginning. */
	readonly endless?: true;
};

/** Where a list is cut that does not end by itself: so many jobs, so many pages, so many pages in a row on which no job is new. */
export const listBounds = {jobs: 200_000, pages: 1000, idlePages: 20};

export type ReadListOptions = {
	/** Stop reading once so many jobs are there. */
	readonly maxJobs?: number;
	/** Called with the jobs of each page as it comes; gives those to keep in their place. */
	readonly onPage?: (jobs: readonly Job[]) => readonly Job[];
};

/**
Reads a list page by page, and cuts one that does not end. A job that stands on two pages, because the list moved while it was read, is kept once, as it was read last; a record that says otherwise of a job than another on its own page counts as unreadable. Rejects as the backend does.
*/
export const readList = async (
	{backend}: Connection,
	scope: Scope,
	signal: AbortSignal,
	{maxJobs = Number.POSITIVE_INFINITY, onPage}: ReadListOptions = {},
): Promise<WholeList> => {
	const jobs = new Map<Ref, Job>();
	const cursors = new Set<string>();
	let unreadable = 0;
	let covers: WholeList['covers'] = 'everything';
	let cursor: string | undefined;
	let idlePages = 0;
	do {
		const page = await backend.listPage({...scope, signal, ...(cursor !== undefined && {cursor})});
		const before = jobs.size;
		for (const job of onPage?.(page.jobs) ?? page.jobs) jobs.set(job.ref, job);
		idlePages = page.jobs.length > 0 && jobs.size === before ? idlePages + 1 : 0;
		unreadable += page.unreadable + contradictions(page.jobs);
		if (page.covers === 'part') covers = 'part';
		cursor = page.cursor;
		if (cursor !== undefined) {
			// A server that hands out the same cursor again would be read for ever.
			if (cursors.has(cursor) || jobs.size >= maxJobs) return {jobs, unreadable, covers: 'part'};
			cursors.add(cursor);
			const {pages, idlePages: maxIdle, jobs: endlessJobs} = listBounds;
			if (cursors.size >= pages || idlePages >= maxIdle || jobs.size >= endlessJobs) {
				return {jobs, unreadable, covers: 'part', endless: true};
			}
		}
	} while (cursor !== undefined);
	return {jobs, unreadable, covers};
};

/** Records that say otherwise of a job than an earlier one on the same page. */
const contradictions = (jobs: readonly Job[]): number => {
	const earlier = new Map<Ref, Job>();
	let count = 0;
	for (const job of jobs) {
		const other = earlier.get(job.ref);
		if (other !== undefined && (other.status !== job.status || other.name !== job.name)) count++;
		earlier.set(job.ref, job);
	}
	return count;
};
