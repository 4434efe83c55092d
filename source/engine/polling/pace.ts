import {type Failure, failurePolicies, wishOf} from '../../job/failure.ts';

const slowest = 60_000;

/**
How long until the next poll, in milliseconds, or undefined where the profile is parked until somebody asks.

A profile that fails is asked later and later, a minute at most, and never given up.
*/
export const pace = (intervalMs: number, failures: number, failure?: Failure): number | undefined => {
	if (!failure) return intervalMs;
	const later = Math.min(Math.max(slowest, intervalMs), intervalMs * 2 ** Math.min(failures - 1, 20));
	if (failurePolicies[failure.kind].poll === 'park') return undefined;
	return Math.max(later, wishOf(failure) ?? 0);
};

/** Milliseconds between two polls, among which the reader goes up and down. */
export const intervals = [1, 2, 5, 10, 15, 30, 60, 120, 300].map(seconds => seconds * 1000);

/** The interval beside this one. */
export const intervalBeside = (intervalMs: number, to: 'longer' | 'shorter'): number =>
	(to === 'longer'
		? intervals.find(each => each > intervalMs)
		: intervals.findLast(each => each < intervalMs)) ?? intervalMs;
