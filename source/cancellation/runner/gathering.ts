import type {Clock} from '../../process/clock.ts';
import type {BatchJournal} from '../journal/write-batch.ts';

/** Above this many jobs, reports and journal lines are batched for this many milliseconds. */
export const gathering = {aboveJobs: 100, everyMs: 50} as const;

/** Commits a journal soon. */
export type CommitSoon = (journal: BatchJournal) => void;

/** Commits journals that nothing waits for. A full disk is reported when it holds back the next request. */
export const createCommitSoon = (clock: Clock, jobCount: () => number): CommitSoon => {
	const waiting = new Set<BatchJournal>();
	return journal => {
		if (jobCount() <= gathering.aboveJobs) return void journal.commit().catch(() => undefined);
		// Batch the commits: a sync for each answer would delay the requests.
		if (waiting.has(journal)) return;
		waiting.add(journal);
		clock.after(gathering.everyMs, () => {
			waiting.delete(journal);
			void journal.commit().catch(() => undefined);
		});
	};
};
