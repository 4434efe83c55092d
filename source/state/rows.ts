/*
The rows of the table.
*/
import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';

export type Order = {
	/** Every job, sorted. */
	readonly all: readonly Job[];
	/** Jobs with a row, sorted. */
	readonly shown: readonly Job[];
	/** The current rows: `shown` without removed jobs, and with unsorted newcomers at the end. */
	readonly inView: readonly Job[];
	/** Changed jobs that are not in their sorted place yet. */
	readonly waiting: Touched;
	/** New rows at the end that wait for their sorted place, in sort order. */
	readonly newcomers: readonly Job[];
	/** Only newcomers wait. */
	readonly aside: boolean;
	/** Epoch milliseconds of the last comparison of all jobs with the filter. */
	readonly viewedAt: number;
};

/** Added, changed and removed jobs, each as it is in the lists; undefined if it is not in them. */
export type Touched = ReadonlyMap<Ref, Job | undefined>;

/** A row that several jobs share. */
export type Fold = {
	readonly ref: Ref;
	/** The job that contains them. It may have its own row. */
	readonly parent: Ref;
	/** Each as it was when it got its sorted place. */
	readonly members: readonly Job[];
	/** The row is unfolded: each member has a row below it. */
	readonly open: boolean;
	/** Epoch milliseconds when jobs were last added without a key. */
	readonly grownAt?: number;
};

export type TableRow = Job | Fold;
