import type {Connection} from '../backends/backend.ts';
import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {Scope} from './protocol.ts';

export type WholeList = {
	readonly jobs: ReadonlyMap<Ref, Job>;
	readonly unreadable: number;
	/** Whether a job that is missing is not among those asked for, or may merely not have been listed. */
	readonly covers: 'everything' | 'part';
};

export type ReadListOptions = {
	/** Stop reading once so many jobs are there. */
	readonly most?: number;
	/** Called with the jobs of each page as it comes; gives those to keep in their place. */
	readonly onPage?: (jobs: readonly Job[]) => readonly Job[];
};

/**
Reads a list page by page. A job that stands on two pages, because the list moved while it was read, is kept once, as it was read last. Rejects as the backend does.
*/
export const readList = async (
	{backend}: Connection,
	scope: Scope,
	signal: AbortSignal,
	{most = Number.POSITIVE_INFINITY, onPage}: ReadListOptions = {},
): Promise<WholeList> => {
	const jobs = new Map<Ref, Job>();
	const cursors = new Set<string>();
	let unreadable = 0;
	let covers: WholeList['covers'] = 'everything';
	let cursor: string | undefined;
	do {
		const page = await backend.listPage({...scope, signal, ...(cursor !== undefined && {cursor})});
		for (const job of onPage?.(page.jobs) ?? page.jobs) jobs.set(job.ref, job);
		unreadable += page.unreadable;
		if (page.covers === 'part') covers = 'part';
		cursor = page.cursor;
		if (cursor !== undefined) {
			// A server that hands out the same cursor again would be read for ever.
			if (cursors.has(cursor) || jobs.size >= most) return {jobs, unreadable, covers: 'part'};
			cursors.add(cursor);
		}
	} while (cursor !== undefined);
	return {jobs, unreadable, covers};
};
