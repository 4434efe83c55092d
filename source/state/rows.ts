/*
The rows of the table as the state keeps them.
*/
import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';

export type Order = {
	/** Every job, sorted. */
	readonly all: readonly Job[];
	/** Those that have a row, sorted. */
	readonly shown: readonly Job[];
	/** The rows as they stand: `shown`, but for those that went, and with newcomers that wait at the end. */
	readonly inView: readonly Job[];
	/** What changed and is not in its place. */
	readonly waiting: Touched;
	/** Those of the rows that wait at the end for their places, sorted among themselves. */
	readonly newcomers: readonly Job[];
	/** Nothing but newcomers waits. */
	readonly aside: boolean;
	/** Epoch milliseconds in which every job was last compared with the filter. */
	readonly viewedAt: number;
};

/** Jobs that came, changed or went, each as it stands in the lists; undefined for one that does not. */
export type Touched = ReadonlyMap<Ref, Job | undefined>;

/** A row that several jobs share. */
export type Fold = {
	readonly ref: Ref;
	/** The job that they are parts of; it has a row of its own, where it has one. */
	readonly parent: Ref;
	/** Each as it was when it got its place. */
	readonly members: readonly Job[];
	/** Each of them has a row too, below this one. */
	readonly open: boolean;
	/** Epoch milliseconds in which jobs came to it by themselves. */
	readonly grownAt?: number;
};

export type TableRow = Job | Fold;
