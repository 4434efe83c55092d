/*
How the cancellations of a command are told: as sentences, as one document, or as a line for every step.
*/
import {standingOf, timesOf} from '../../cancellation/batch-json.ts';
import type {JournalledCancellation} from '../../cancellation/journal/read-batch.ts';
import {type Outcome, type OutcomeKind, outcomes} from '../../cancellation/outcomes.ts';
import type {CancellationReport, MomentStep} from '../../engine/protocol.ts';
import type {Failure} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import {isoTime} from '../../job/job-json.ts';
import type {Phase} from '../../job/phase.ts';
import {type Ref, shownRef} from '../../job/ref.ts';
import {unprovenWords} from '../../job/unproven.ts';

/** How one target stands when the command ends. Without an outcome it is on its way. */
export type CancelResult = {
	readonly ref: Ref | string;
	/** How many jobs it is about, where its id stands for another number than one. */
	readonly jobs?: number;
	readonly outcome?: Outcome;
	readonly phase?: Phase;
	readonly status?: string;
	readonly attempts: number;
	readonly acceptedMs?: number;
	readonly settledMs?: number;
	readonly why?: string;
};

/** A job that had ended when it was looked at: nothing is sent for it. */
export const resultOfEnded = ({ref, phase, status, unproven}: Job): CancelResult => ({
	ref,
	outcome:
		phase === 'cancelled'
			? {kind: 'already-cancelled', ...(unproven && {detail: unprovenWords[unproven]})}
			: {kind: 'finished-first', phase, ...(phase === 'unknown' && {detail: status})},
	phase,
	status,
	attempts: 0,
});

/** A job that could not even be looked at; undefined where that may pass, and asking for it is still worth it. */
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

/** A target for which nothing leaves. */
export const resultNotSent = (ref: Ref | string, detail: string): CancelResult => ({
	ref,
	outcome: {kind: 'not-sent', detail},
	attempts: 0,
});

/** A target whose id, or whose profile's name, leads to something else by now: nothing leaves. */
export const resultReplaced = (ref: Ref | string, detail: string): CancelResult => ({
	ref,
	outcome: {kind: 'replaced', detail},
	attempts: 0,
});

/** A target of another system than its profile leads to now. A request may have been sent there. */
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
	// Where nobody can tell what became of it, what it was before is no word about it.
	...(outcome?.kind !== 'unknown' && {
		phase: outcome?.phase ?? seen?.phase ?? target.phase,
		status: seen?.status ?? target.status,
	}),
	attempts,
	...(acceptedAt !== undefined && {acceptedMs: acceptedAt - askedAt}),
	...(settledAt !== undefined && {settledMs: settledAt - askedAt}),
	...(why !== undefined && {why}),
});

/** What the journal tells of a cancellation that nobody follows any more. */
export const resultOfJournal = (cancellation: JournalledCancellation, askedAt: number): CancelResult => {
	const {ref, set, outcome, attempts} = cancellation;
	return {
		ref,
		...(set?.counts && {jobs: set.counts.live}),
		...(outcome && {outcome}),
		...standingOf(cancellation),
		attempts,
		...timesOf(cancellation, askedAt),
	};
};

/** What is said of one target, as a sentence. */
export const sentenceOf = ({ref, outcome, acceptedMs, why}: CancelResult): string => {
	if (outcome) return outcomes[outcome.kind].sentence(shownRef(ref), outcome);
	return acceptedMs === undefined
		? `${ref} was asked to stop${why ? `: ${why}` : ''}`
		: `${ref} was asked to stop, and its system accepted that; it has not ended yet`;
};

export const countOutcomes = (results: readonly CancelResult[]): Partial<Record<OutcomeKind, number>> => {
	const counts: Partial<Record<OutcomeKind, number>> = {};
	for (const {outcome, jobs = 1} of results) {
		if (outcome) counts[outcome.kind] = (counts[outcome.kind] ?? 0) + jobs;
	}
	return counts;
};

/** A result as others read it. What is not known is left out when it is written. */
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
	cancelled: outcome?.counts,
	phase,
	status,
	attempts,
	acceptedMs,
	settledMs,
	detail: outcome ? outcome.detail : why,
});

export const resultsDocument = (results: readonly CancelResult[], batch: number | undefined): string =>
	`${JSON.stringify({version: 1, batch, results: results.map(resultJson), counts: countOutcomes(results)})}
`;

/** The steps that others may rely on. What is not among them is told as part of the following. */
const steps: Readonly<Record<MomentStep, string | undefined>> = {
	asked: 'asked',
	staged: 'staged',
	checking: 'checking',
	// The moment in which it leaves is `sent`.
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

/** What is said of one step of a cancellation. */
type StepFacts = {
	/** Epoch milliseconds. */
	readonly at: number;
	readonly ref: string;
	readonly step: MomentStep;
	readonly detail: string | undefined;
	readonly outcome: Outcome | undefined;
};

/** One line of JSON for a step; undefined for one that programs are not told. */
export const stepLine = ({at, ref, step, detail, outcome}: StepFacts): string | undefined => {
	const word = steps[step];
	return word && `${JSON.stringify({at: isoTime(at), ref, step: word, detail, outcome: outcome?.kind})}\n`;
};
