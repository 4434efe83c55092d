/*
How many jobs ended in each way, for JSON and in words.
*/
import {isUnproven, type Outcome, type OutcomeKind, outcomes} from './outcomes.ts';

export type OutcomeCounts = {
	/** Jobs by outcome. */
	readonly counts: Readonly<Partial<Record<OutcomeKind, number>>>;
	/** How many of these are cancelled by their record only. Absent without any. */
	readonly unproven?: number;
};

/** Counts jobs; a set counts as many as it has live members. What has no outcome yet is left out. */
export const countOutcomes = (
	cancellations: Iterable<{readonly outcome?: Outcome | undefined; readonly jobs?: number}>,
): OutcomeCounts => {
	const counts: Partial<Record<OutcomeKind, number>> = {};
	let unproven = 0;
	for (const {outcome, jobs = 1} of cancellations) {
		if (outcome === undefined) continue;
		counts[outcome.kind] = (counts[outcome.kind] ?? 0) + jobs;
		if (isUnproven(outcome)) unproven += jobs;
	}
	return {counts, ...(unproven > 0 && {unproven})};
};

/** `156 cancelled`, `36 of them unproven`, `7 finished first`. */
export const countWords = ({counts, unproven}: OutcomeCounts): readonly string[] => {
	const words = {cancelled: [] as string[], others: [] as string[]};
	for (const kind of Object.keys(counts) as OutcomeKind[]) {
		const {label, saysCancelled} = outcomes[kind];
		words[saysCancelled ? 'cancelled' : 'others'].push(`${counts[kind]} ${label}`);
	}
	return [
		...words.cancelled,
		...(unproven === undefined ? [] : [`${unproven} of them unproven`]),
		...words.others,
	];
};
