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

/**
Reads a list page by page. A job that stands on two pages, because the list moved while it was read, is kept once, as it was read last. Rejects as the backend does.
*/
export const readList = async (
	{backend}: Connection,
	scope: Scope,
	signal: AbortSignal,
	most = Number.POSITIVE_INFINITY,
): Promise<WholeList> => {
	const jobs = new Map<Ref, Job>();
	let unreadable = 0;
	let covers: WholeList['covers'] = 'everything';
	let cursor: string | undefined;
	const seen = new Set<string>();
	do {
		const page = await backend.listPage({...scope, signal, ...(cursor !== undefined && {cursor})});
		for (const job of page.jobs) jobs.set(job.ref, job);
		unreadable += page.unreadable;
		if (page.covers === 'part') covers = 'part';
		cursor = page.cursor;
		// A server that hands out the same cursor again would be read for ever.
		if (cursor !== undefined && (seen.has(cursor) || jobs.size >= most)) {
			return {jobs, unreadable, covers: 'part'};
		}
		if (cursor !== undefined) seen.add(cursor);
	} while (cursor !== undefined);
	return {jobs, unreadable, covers};
};
