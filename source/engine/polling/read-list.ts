import type {Connection} from '../../backends/backend.ts';
import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import type {Scope} from '../protocol.ts';

/** What is known of a list at its end. */
export type ListEnd = {
	/** Its jobs, each counted once. */
	readonly size: number;
	readonly unreadable: number;
	/** `part`: a missing job may merely be unlisted. `everything`: it is not among the requested jobs. */
	readonly covers: 'everything' | 'part';
	/** The list did not end and was cut: this is its beginning. */
	readonly endless?: true;
};

export type WholeList = ListEnd & {readonly jobs: ReadonlyMap<Ref, Job>};

/** Limits of an endless list: jobs, pages, and pages in a row without a new job. */
export const listBounds = {jobs: 1_500_000, pages: 3000, idlePages: 20};

export type ReadListOptions = {
	/** Stop after this many jobs. */
	readonly maxJobs?: number;
};

export type TakeListOptions = ReadListOptions & {
	/** Takes the jobs of a page; returns how many of them are new to this list. */
	readonly take: (jobs: readonly Job[]) => number;
};

/** Reads a whole list. If it moved meanwhile, a job may be on two pages: the last one wins. Rejects like the backend. */
export const readList = async (
	connection: Connection,
	scope: Scope,
	signal: AbortSignal,
	options: ReadListOptions = {},
): Promise<WholeList> => {
	const jobs = new Map<Ref, Job>();
	const take = (page: readonly Job[]) => {
		const before = jobs.size;
		for (const job of page) jobs.set(job.ref, job);
		return jobs.size - before;
	};
	return {...(await takeList(connection, scope, signal, {...options, take})), jobs};
};

/**
Takes a list page by page, and cuts an endless one. A record that contradicts another one on its page counts as unreadable. Rejects like the backend.
*/
export const takeList = async (
	{backend}: Connection,
	scope: Scope,
	signal: AbortSignal,
	{maxJobs = Number.POSITIVE_INFINITY, take}: TakeListOptions,
): Promise<ListEnd> => {
	const cursors = new Set<string>();
	let size = 0;
	let unreadable = 0;
	let covers: ListEnd['covers'] = 'everything';
	let cursor: string | undefined;
	let idlePages = 0;
	do {
		const page = await backend.listPage({...scope, signal, ...(cursor !== undefined && {cursor})});
		const added = take(page.jobs);
		size += added;
		idlePages = page.jobs.length > 0 && added === 0 ? idlePages + 1 : 0;
		// Where each of the page is a new one, no two of it are the same.
		unreadable += page.unreadable + (added === page.jobs.length ? 0 : contradictions(page.jobs));
		if (page.covers === 'part') covers = 'part';
		cursor = page.cursor;
		if (cursor !== undefined) {
			// A repeated cursor would loop for ever.
			if (cursors.has(cursor) || size >= maxJobs) return {size, unreadable, covers: 'part'};
			cursors.add(cursor);
			const {pages, idlePages: maxIdle, jobs: endlessJobs} = listBounds;
			if (cursors.size >= pages || idlePages >= maxIdle || size >= endlessJobs) {
				return {size, unreadable, covers: 'part', endless: true};
			}
		}
	} while (cursor !== undefined);
	return {size, unreadable, covers};
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
