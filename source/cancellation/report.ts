import type {Phase} from '../job/phase.ts';
import type {Ref} from '../job/ref.ts';
import type {Millis} from '../job/time.ts';
import type {Unproven} from '../job/unproven.ts';
import type {CancelStep} from './machine/state.ts';
import type {Outcome, OutcomeKind} from './outcomes.ts';

/** One thing that happened in a cancellation. */
export type CancellationMoment = {
	/** Epoch milliseconds. */
	readonly at: Millis;
	readonly step: MomentStep;
	readonly detail?: string;
};

export type MomentStep =
	| CancelStep
	| 'sent'
	| 'accepted'
	| 'answered'
	| 'seen'
	| 'overdue'
	| 'came-back'
	| 'resumed';

/** How one cancellation stands. */
export type CancellationReport = {
	readonly ref: Ref;
	readonly batch: number;
	readonly name: string;
	/** Epoch milliseconds, as its system gave it: of which of the jobs with this id it is. */
	readonly submittedAt?: Millis;
	/** How many jobs ended with it when it was asked, where its id stood for another number than one. */
	readonly jobs?: number;
	readonly step: CancelStep;
	/** Its outcome, or `overdue` while it is followed beyond the backend's patience. Absent while it is on its way. */
	readonly outcome?: Outcome;
	/** Requests sent. */
	readonly attempts: number;
	/** What keeps it, in one line: the failure of the last look, the reason of a wait. */
	readonly why?: string;
	/** It was seen ended and then alive again. */
	readonly cameBack: boolean;
	/** The last that was seen of the job. */
	readonly seen?: {
		readonly phase: Phase;
		readonly status: string;
		readonly unproven?: Unproven;
		readonly at: Millis;
	};
	/** Epoch milliseconds, all three. */
	readonly askedAt: Millis;
	readonly acceptedAt?: Millis;
	readonly settledAt?: Millis;
	/** The latest, oldest first; the journal has them all. */
	readonly moments: readonly CancellationMoment[];
};

/** What one confirmation started. */
export type Batch = {
	readonly number: number;
	/** Epoch milliseconds. */
	readonly askedAt: Millis;
	/** `user@host`. */
	readonly by: string;
	readonly reason?: string;
	readonly refs: readonly Ref[];
};

/** A batch that is over, in numbers. */
export type BatchSummary = {
	readonly number: number;
	/** Epoch milliseconds, both; it ended when its last cancellation was settled. */
	readonly askedAt: Millis;
	readonly endedAt: Millis;
	readonly by: string;
	readonly reason?: string;
	readonly jobs: number;
	readonly counts: Readonly<Partial<Record<OutcomeKind, number>>>;
};

/** An unfinished batch that was not taken up. */
export type WaitingBatch = {
	readonly number: number;
	/** A person here can go on with it. */
	readonly needsYou: boolean;
	/** Why it waits, and what to do, in one clean line. */
	readonly text: string;
};
