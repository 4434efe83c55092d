import type {Operation} from '../job/operation.ts';
import type {Phase} from '../job/phase.ts';
import type {Ref} from '../job/ref.ts';
import type {Millis} from '../job/time.ts';
import type {Unproven} from '../job/unproven.ts';
import type {CancelStep} from './machine/state.ts';
import type {OutcomeCounts} from './outcome-counts.ts';
import type {Outcome} from './outcomes.ts';

/** One entry in the timeline of a cancellation. */
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

/** The state of one cancellation. */
export type CancellationReport = {
	readonly ref: Ref;
	readonly batch: number;
	/** What is requested. */
	readonly operation: Operation;
	readonly name: string;
	/** Epoch milliseconds from its system. Distinguishes jobs with the same id. */
	readonly submittedAt?: Millis;
	/** What its system calls this very submission, if it does. */
	readonly uid?: string;
	/** Whose job it is, if not the user's; empty if its system does not say. */
	readonly owner?: string;
	/** How many live jobs the id stood for at the confirmation, for a set of known size. */
	readonly jobs?: number;
	readonly step: CancelStep;
	/** The outcome, or `overdue` or `unknown` beyond the backend's patience. Absent while the cancellation is under way. */
	readonly outcome?: Outcome;
	/** Asking again would do nothing: the job has ended or is another one, a newer cancellation follows it, or its profile cannot cancel it. */
	readonly cannotRepeat?: true;
	/** Requests sent. */
	readonly attempts: number;
	/** Why it waits, in one line: the failure of the last look, the reason of a wait. */
	readonly why?: string;
	/** Looks showed it ended and then alive again. */
	readonly cameBack: boolean;
	/** The result of the last look at the job. */
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
	/** The latest entries, oldest first; the journal has all of them. */
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
	/** What is requested for its jobs. */
	readonly operation: Operation;
	readonly refs: readonly Ref[];
};

/** A summary of a finished batch. */
export type BatchSummary = {
	readonly number: number;
	/** Epoch milliseconds, both. A batch ends when its last cancellation settles. */
	readonly askedAt: Millis;
	readonly endedAt: Millis;
	readonly by: string;
	readonly reason?: string;
	readonly jobs: number;
} & OutcomeCounts;

/** An unfinished batch that was not resumed. */
export type WaitingBatch = {
	readonly number: number;
	/** The user can resume it here. */
	readonly needsYou: boolean;
	/** Why it waits, and what to do, in one clean line. */
	readonly text: string;
};
