import type {Batch, CancellationReport} from '../engine/protocol.ts';

/** One batch, and how each of its cancellations stands. */
export type Run = {
	readonly number: number;
	/** Its place among those that can be shown, from 1, and how many these are. */
	readonly place: number;
	readonly of: number;
	/** Absent where nothing but its reports is known. */
	readonly batch?: Batch;
	/** All of it, those that need the reader first. */
	readonly reports: readonly CancellationReport[];
	/** Those in the list. */
	readonly listed: readonly CancellationReport[];
};
