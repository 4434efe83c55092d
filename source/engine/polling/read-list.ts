import type {Connection} from '../../backends/backend.ts';
import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import type {Scope} from '../protocol.ts';

export type WholeList = {
	readonly jobs: ReadonlyMap<Ref, Job>;
	readonly unreadable: number;
	/** `part`: a missing job may merely be unlisted. `everything`: it is not among the requested jobs. */
	readonly covers: 'everything' | 'part';
	/** The list did not end and was cut: this is its beginning. */
	readonly endless?: true;
};

/** Limits of an endless list: jobs, pages, and pages in a row without a new job. */
export const listBounds = {jobs: 1_500_000, pages: 3000, idlePages: 20};

export type ReadListOptions = {
	/** Stop after this many jobs. */
	readonly maxJobs?: number;
	/** Called with the jobs of each page; returns the jobs to keep instead. */
	readonly onPage?: (jobs: readonly Job[]) => readonly Job[];
};

/**
Reads a list page by page, and cuts an endless one. If the list moved meanwhile, a job may be on two pages: the last one wins. A record that contradicts another one on its page counts as unreadable. Rejects like the backend.
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
		// Where each of the page is a new one, no two of it are the same.
		const distinct = jobs.size - before === page.jobs.length;
		unreadable += page.unreadable + (distinct ? 0 : contradictions(page.jobs));
		if (page.covers === 'part') covers = 'part';
		cursor = page.cursor;
		if (cursor !== undefined) {
			// A repeated cursor would loop for ever.
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

/** Counts the records that contradict an earlier one on the same page. */
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
