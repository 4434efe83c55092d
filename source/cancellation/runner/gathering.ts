import type {Clock} from '../../process/clock.ts';
import type {BatchJournal} from '../journal/write-batch.ts';

/** With more than so many jobs, reports and journal lines are gathered for so many milliseconds. */
export const gathering = {aboveJobs: 100, everyMs: 50} as const;

/** Writes a journal's lines soon. */
export type CommitSoon = (journal: BatchJournal) => void;

/** Commits what nothing waits for. A full disk is reported when the next request is held back by it. */
export const createCommitSoon = (clock: Clock, jobCount: () => number): CommitSoon => {
	const waiting = new Set<BatchJournal>();
	return journal => {
		if (jobCount() <= gathering.aboveJobs) return void journal.commit().catch(() => undefined);
		// The next request takes it along: a sync for each answer would hold the requests up.
		if (waiting.has(journal)) return;
		waiting.add(journal);
		clock.after(gathering.everyMs, () => {
			waiting.delete(journal);
			void journal.commit().catch(() => undefined);
		});
	};
};
