/*
Pauses that a server asks for: which answers ask for one, and how long it becomes.
*/
import type {ManyLooks} from '../../backends/backend.ts';
import {boundedWish, type Failure, wishOf} from '../../job/failure.ts';
import type {Urgency} from './urgency.ts';

/** Milliseconds to pause after a rate limit without a given time. */
const defaultPauseMs = 5000;
/** The pause that a failure asks for, in milliseconds; undefined for none. */
export const pauseAfter = (failure: Failure): number | undefined =>
	wishOf(failure) ?? (failure.kind === 'rate-limited' ? defaultPauseMs : undefined);

/** The rate limit in an answer about many jobs, or undefined. */
export const wishIn = (result: unknown): Failure | undefined => {
	const answers: unknown = result instanceof Map ? result : (result as Partial<ManyLooks>)?.failures;
	if (!(answers instanceof Map)) return undefined;
	for (const answer of answers.values() as Iterable<Failure>) {
		if (answer.kind === 'rate-limited') return answer;
	}
	return undefined;
};

/**
The growth of pauses: each is twice as long as the one before, while requests of one sort are only answered with rate limits. Requests that were under way together count as one.
*/
export const createGrowth = () => {
	let pauses = 0;
	const streaks = new Map<Urgency, {readonly count: number; readonly pause: number}>();
	return {
		/** The number of the last pause. */
		last: () => pauses,
		/** The pause of `ms`, made longer. `since`: the number of the last pause when the request left. */
		longer(sort: Urgency, ms: number, since: number): number {
			const before = streaks.get(sort) ?? {count: 0, pause: 0};
			const another = since >= before.pause;
			const count = another ? before.count + 1 : before.count;
			if (another) pauses++;
			streaks.set(sort, {count, pause: another ? pauses : before.pause});
			return boundedWish(ms * 2 ** Math.min(Math.max(count, 1) - 1, 20));
		},
		/** A request of this sort was answered. */
		over: (sort: Urgency) => void streaks.delete(sort),
	};
};
