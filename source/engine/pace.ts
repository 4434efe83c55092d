import {type Failure, failurePolicies} from '../job/failure.ts';

const slowest = 60_000;

/**
How long until the next poll, in milliseconds, or undefined where the profile is parked until somebody asks.

A profile that fails is asked later and later, a minute at most, and never given up.
*/
export const pace = (intervalMs: number, failures: number, failure?: Failure): number | undefined => {
	if (!failure) return intervalMs;
	const later = Math.min(Math.max(slowest, intervalMs), intervalMs * 2 ** Math.min(failures - 1, 20));
	if (failurePolicies[failure.kind].poll === 'park') return undefined;
	return Math.max(later, 'retryAfterMs' in failure ? (failure.retryAfterMs ?? 0) : 0);
};
