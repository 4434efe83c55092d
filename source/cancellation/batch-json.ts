/*
A batch as JSON for other programs. Unknown values are left out.
*/

import type {Phase} from '../job/phase.ts';
import type {Ref} from '../job/ref.ts';
import {jobsOfTargets, shareOf} from '../job/target.ts';
import type {Holder} from './journal/batch-lock.ts';
import type {JournalLine} from './journal/lines.ts';
import {countsOf, type JournalledBatch, type JournalledCancellation} from './journal/read-batch.ts';
import {isReached, isUnproven, outcomes} from './outcomes.ts';

/** ISO 8601 in UTC. */
const iso = (at: number): string => new Date(at).toISOString();

/** The batch in numbers, and the process that drives it. */
export const batchJson = (batch: JournalledBatch, holder?: Holder) => ({
	batch: batch.number,
	askedAt: iso(batch.askedAt),
	by: batch.by,
	operation: batch.operation,
	reason: batch.reason,
	jobs: jobsOfTargets(batch.cancellations),
	finished: batch.finished,
	systems: batch.systems,
	damage: batch.damage,
	driver: holder && {host: holder.host, pid: holder.pid},
	open: jobsOfTargets(batch.cancellations.filter(({outcome}) => outcome === undefined)),
	...countsOf(batch),
});

/** Where a job is according to the journal. The phase at the confirmation does not describe a job that has ended since. */
export const standingOf = ({
	outcome,
	phase,
	status,
}: JournalledCancellation): {readonly phase?: Phase; readonly status?: string} => {
	if (outcome?.phase !== undefined) return {phase: outcome.phase};
	if (outcome === undefined) return {phase, status};
	if (outcome.kind === 'removed' || outcome.kind === 'unknown') return {};
	if (outcomes[outcome.kind].saysCancelled) return {phase: 'cancelled'};
	return isReached(outcome.kind) ? {} : {phase, status};
};

/** Milliseconds from the confirmation to the acceptance and to the outcome, where they exist. */
export const timesOf = ({acceptedAt, settledAt}: JournalledCancellation, askedAt: number) => ({
	...(acceptedAt !== undefined && {acceptedMs: acceptedAt - askedAt}),
	...(settledAt !== undefined && {settledMs: settledAt - askedAt}),
});

/** The state of one cancellation, in the shape of the results of `jobtop cancel`. */
export const cancellationJson = (cancellation: JournalledCancellation, askedAt: number) => {
	const {ref, outcome, attempts} = cancellation;
	return {
		ref,
		jobs: shareOf(cancellation),
		outcome: outcome?.kind,
		...(outcome && isUnproven(outcome) && {unproven: true as const}),
		cancelled: outcome?.counts,
		...standingOf(cancellation),
		attempts,
		...timesOf(cancellation, askedAt),
		detail: outcome?.detail,
	};
};

export const stepJson = ({at, type, operation: _operation, ...rest}: JournalLine) => ({
	at: iso(at),
	step: type,
	...rest,
});

/** A line of the journal that is about one job. */
export type Step = Exclude<JournalLine, {type: 'batch' | 'resumed'}>;

export const stepsOf = (lines: readonly JournalLine[]): ReadonlyMap<Ref, readonly Step[]> =>
	Map.groupBy(
		lines.filter((line): line is Step => 'ref' in line),
		({ref}) => ref,
	);

/** The whole batch as one JSON document. `lines` adds every step of each job. */
export const batchDocument = (
	batch: JournalledBatch,
	{holder, lines}: {readonly holder?: Holder | undefined; readonly lines?: readonly JournalLine[]} = {},
): string => {
	const steps = lines && stepsOf(lines);
	return `${JSON.stringify({
		version: 1,
		...batchJson(batch, holder),
		results: batch.cancellations.map(each => ({
			...cancellationJson(each, batch.askedAt),
			...(steps && {name: each.name, steps: (steps.get(each.ref) ?? []).map(stepJson)}),
		})),
	})}\n`;
};
