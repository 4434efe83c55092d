/*
The formats of a command's cancellations: sentences, one document, or a line for each step.
*/

import {standingOf, timesOf} from '../../cancellation/batch-json.ts';
import type {JournalledCancellation} from '../../cancellation/journal/read-batch.ts';
import {countOutcomes} from '../../cancellation/outcome-counts.ts';
import {isUnproven, type Outcome, outcomes, reachedKinds} from '../../cancellation/outcomes.ts';
import type {CancellationReport, MomentStep} from '../../engine/protocol.ts';
import {endedByWords} from '../../job/ended-by.ts';
import type {Failure} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import {isoTime} from '../../job/job-json.ts';
import {approachOf, type Operation, type ReversibleOperation, whyClosed} from '../../job/operation.ts';
import type {Phase} from '../../job/phase.ts';
import {type Ref, shownRef} from '../../job/ref.ts';
import {shareOf} from '../../job/target.ts';
import {unprovenWords} from '../../job/unproven.ts';

/** The state of one target when the command ends. Without an outcome, it is in progress. */
export type CancelResult = {
	readonly ref: Ref | string;
	/** The number of its jobs, if not one. */
	readonly jobs?: number;
	readonly outcome?: Outcome;
	readonly phase?: Phase;
	readonly status?: string;
	readonly attempts: number;
	readonly acceptedMs?: number;
	readonly settledMs?: number;
	readonly why?: string;
};

/** A job that had ended at the look: nothing is sent for it. */
export const resultOfEnded = (job: Job, operation: Operation): CancelResult => {
	const {ref, phase, status, unproven} = job;
	const detail = phase === 'unknown' ? status : endedByWords(job);
	return {
		ref,
		outcome:
			phase === 'cancelled' && operation === 'cancel'
				? {kind: 'already-cancelled', ...(unproven && {detail: unprovenWords[unproven]})}
				: {kind: 'finished-first', phase, ...(detail !== undefined && {detail})},
		phase,
		status,
		attempts: 0,
	};
};

/** A job for which nothing can be requested as its record stands: that is reached before, or its system leaves it to others. */
export const resultOfClosed = (job: Job, operation: ReversibleOperation): CancelResult => {
	const {ref, phase, status} = job;
	const kind = reachedKinds[operation].reachedBefore;
	if (approachOf(operation, job) === 'reached') return {ref, outcome: {kind}, phase, status, attempts: 0};
	return resultNotSent(ref, whyClosed(operation, job));
};

/** A job that could not even be looked at; undefined if that may be temporary, so that cancelling is still worth trying. */
export const resultOfFailure = (ref: Ref, failure: Failure): CancelResult | undefined => {
	const {kind, detail} = failure;
	const result = (outcome: Outcome): CancelResult => ({ref, outcome, attempts: 0});
	switch (kind) {
		case 'unauthorized':
			return result({kind: failure.sent === false ? 'not-sent' : 'denied', detail, credential: true});
		case 'forbidden':
			return result({kind: 'denied', detail});
		case 'rejected':
		case 'malformed':
			return result({kind: 'not-sent', detail});
		case 'not-found':
			return result({kind: 'not-found', detail});
		default:
			return undefined;
	}
};

/** A target for which nothing is sent. */
export const resultNotSent = (ref: Ref | string, detail: string): CancelResult => ({
	ref,
	outcome: {kind: 'not-sent', detail},
	attempts: 0,
});

/** A target whose id or profile name now leads to something else: nothing is sent. */
export const resultReplaced = (ref: Ref | string, detail: string): CancelResult => ({
	ref,
	outcome: {kind: 'replaced', detail},
	attempts: 0,
});

/** A target of another system than its profile now leads to. A request may have been sent there. */
export const resultOfAnotherSystem = (
	{ref, attempts, mayHaveWorked}: JournalledCancellation,
	detail: string,
): CancelResult => ({ref, outcome: {kind: mayHaveWorked ? 'unknown' : 'replaced', detail}, attempts});

export const resultOfReport = (
	{ref, jobs, outcome, attempts, askedAt, acceptedAt, settledAt, seen, why}: CancellationReport,
	target: {readonly phase: Phase; readonly status: string},
): CancelResult => ({
	ref,
	...(jobs !== undefined && {jobs}),
	...(outcome && {outcome}),
	// If its end is unknown, its earlier state says nothing about it.
	...(outcome?.kind !== 'unknown' && {
		phase: outcome?.phase ?? seen?.phase ?? target.phase,
		status: seen?.status ?? target.status,
	}),
	attempts,
	...(acceptedAt !== undefined && {acceptedMs: acceptedAt - askedAt}),
	...(settledAt !== undefined && {settledMs: settledAt - askedAt}),
	...(why !== undefined && {why}),
});

/** The result of a cancellation that is no longer followed, from the journal. */
export const resultOfJournal = (cancellation: JournalledCancellation, askedAt: number): CancelResult => {
	const {ref, outcome, attempts} = cancellation;
	const share = shareOf(cancellation);
	return {
		ref,
		...(share !== undefined && {jobs: share}),
		...(outcome && {outcome}),
		...standingOf(cancellation),
		attempts,
		...timesOf(cancellation, askedAt),
	};
};

/** One target as a sentence. */
export const sentenceOf = ({ref, outcome, acceptedMs, why}: CancelResult, operation: Operation): string => {
	if (outcome) return outcomes[outcome.kind].sentence(shownRef(ref), outcome, operation);
	const {asked, open} = openWords[operation];
	return acceptedMs === undefined
		? `${ref} was asked to ${asked}${why ? `: ${why}` : ''}`
		: `${ref} was asked to ${asked}, and its system accepted that; it ${open} yet`;
};

const openWords = {
	cancel: {asked: 'stop', open: 'has not ended'},
	suspend: {asked: 'suspend', open: 'is not suspended'},
	unsuspend: {asked: 'start again', open: 'has not started again'},
} as const satisfies Record<Operation, {asked: string; open: string}>;

/** A result for other programs. Unknown fields are left out of the output. */
const resultJson = ({
	ref,
	jobs,
	outcome,
	phase,
	status,
	attempts,
	acceptedMs,
	settledMs,
	why,
}: CancelResult) => ({
	ref,
	jobs,
	outcome: outcome?.kind,
	...(outcome && isUnproven(outcome) && {unproven: true as const}),
	cancelled: outcome?.counts,
	phase,
	status,
	attempts,
	acceptedMs,
	settledMs,
	detail: outcome ? outcome.detail : why,
});

export const resultsDocument = (
	results: readonly CancelResult[],
	{batch, operation}: {readonly batch: number | undefined; readonly operation: Operation},
): string =>
	`${JSON.stringify({version: 1, batch, operation, results: results.map(resultJson), ...countOutcomes(results)})}
`;

/** The steps that other programs may rely on. All other steps are reported as `following`. */
const steps: Readonly<Record<MomentStep, string | undefined>> = {
	asked: 'asked',
	staged: 'staged',
	checking: 'checking',
	// The request leaves at the moment `sent`.
	sending: undefined,
	sent: 'sent',
	accepted: 'accepted',
	answered: 'following',
	following: 'following',
	throttled: 'following',
	parked: 'following',
	reconciling: 'following',
	seen: 'following',
	overdue: 'following',
	'came-back': 'following',
	resumed: 'following',
	settled: 'settled',
};

/** One step of a cancellation, for other programs. */
type StepFacts = {
	/** Epoch milliseconds. */
	readonly at: number;
	readonly ref: string;
	readonly step: MomentStep;
	readonly detail: string | undefined;
	readonly outcome: Outcome | undefined;
};

/** One line of JSON for a step; undefined for a step that is not reported. */
export const stepLine = ({at, ref, step, detail, outcome}: StepFacts): string | undefined => {
	const word = steps[step];
	return word && `${JSON.stringify({at: isoTime(at), ref, step: word, detail, outcome: outcome?.kind})}\n`;
};
