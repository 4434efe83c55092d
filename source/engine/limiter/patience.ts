/*
What a server's wish to be left alone means: in which answers it stands, and how long the pauses become.
*/
import type {ManyLooks} from '../../backends/backend.ts';
import {boundedWish, type Failure, wishOf} from '../../job/failure.ts';
import type {Urgency} from './urgency.ts';

/** Milliseconds for which a profile is left alone when it asks for patience without saying how long. */
const usualPause = 5000;
/** How long a failure says that its server wants to be left alone, in milliseconds; undefined for not at all. */
export const pauseAfter = (failure: Failure): number | undefined =>
	wishOf(failure) ?? (failure.kind === 'rate-limited' ? usualPause : undefined);

/** The wish for patience in an answer about many; undefined where there is none. */
export const wishIn = (result: unknown): Failure | undefined => {
	const answers: unknown = result instanceof Map ? result : (result as Partial<ManyLooks>)?.failures;
	if (!(answers instanceof Map)) return undefined;
	for (const answer of answers.values() as Iterable<Failure>) {
		if (answer.kind === 'rate-limited') return answer;
	}
	return undefined;
};

/**
How long the pauses become: each is twice as long as the one before, as long as requests of one sort are only answered with a wish for patience. Those that were under way together count as one.
*/
export const createGrowth = () => {
	let pauses = 0;
	const sorts = new Map<Urgency, {readonly times: number; readonly pause: number}>();
	return {
		/** The number of the last pause. */
		last: () => pauses,
		/** The wish, made longer; `since` is the number of the last pause when the request left. */
		longer(sort: Urgency, wanted: number, since: number): number {
			const before = sorts.get(sort) ?? {times: 0, pause: 0};
			const another = since >= before.pause;
			const times = another ? before.times + 1 : before.times;
			if (another) pauses++;
			sorts.set(sort, {times, pause: another ? pauses : before.pause});
			return boundedWish(wanted * 2 ** Math.min(Math.max(times, 1) - 1, 20));
		},
		/** A request of this sort was answered. */
		over: (sort: Urgency) => void sorts.delete(sort),
	};
};
