import {type Failure, isParking, wishOf} from '../../job/failure.ts';

const slowest = 60_000;

/**
Milliseconds until the next poll, or undefined if the profile is parked until a request by hand.

A failing profile is polled less and less often, down to once a minute, and never given up.
*/
export const pace = (intervalMs: number, failures: number, failure?: Failure): number | undefined => {
	if (!failure) return intervalMs;
	const later = Math.min(Math.max(slowest, intervalMs), intervalMs * 2 ** Math.min(failures - 1, 20));
	if (isParking(failure)) return undefined;
	return Math.max(later, wishOf(failure) ?? 0);
};

/** The intervals between polls that `+` and `-` choose from, in milliseconds. */
export const intervals = [1, 2, 5, 10, 15, 30, 60, 120, 300].map(seconds => seconds * 1000);

/** The next longer or shorter interval. */
export const intervalBeside = (intervalMs: number, to: 'longer' | 'shorter'): number =>
	(to === 'longer'
		? intervals.find(each => each > intervalMs)
		: intervals.findLast(each => each < intervalMs)) ?? intervalMs;
