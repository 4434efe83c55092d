import type {Batch, CancellationReport} from '../engine/protocol.ts';

/** One batch, and how each of its cancellations stands. */
export type Run = {
	readonly number: number;
	/** Its position among the batches that can be shown, from 1, and their number. */
	readonly place: number;
	readonly of: number;
	/** Absent if only its reports are known. */
	readonly batch?: Batch;
	/** All its cancellations, those that need the user first. */
	readonly reports: readonly CancellationReport[];
	/** The listed cancellations. */
	readonly listed: readonly CancellationReport[];
};
