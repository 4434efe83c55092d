import type {Millis} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';

/**
A token bucket with `rate` tokens per second, one token per request. It holds the tokens of a quarter of a second, but at least one, so that unused tokens make no burst.
*/
export const createBucket = (rate: number, clock: Pick<Clock, 'now'>) => {
	const size = Math.max(1, rate / 4);
	let tokens = size;
	let filledAt: Millis = clock.now();
	return {
		/** Takes a token and returns 0, or returns the milliseconds until there is one. */
		take(): number {
			const now = clock.now();
			tokens = Math.min(size, tokens + (Math.max(0, now - filledAt) * rate) / 1000);
			filledAt = now;
			// Tolerates rounding errors of the sum.
			if (tokens < 0.999) return Math.ceil(((1 - tokens) * 1000) / rate);
			tokens -= 1;
			return 0;
		},
	};
};
