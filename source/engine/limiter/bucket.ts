import type {Clock} from '../../process/clock.ts';

/**
A bucket of tokens, one a request, that fills with `rate` tokens a second. It holds a quarter of a second's worth, one at least: what was not used earlier makes no burst.
*/
export const createBucket = (rate: number, clock: Pick<Clock, 'now'>) => {
	const size = Math.max(1, rate / 4);
	let tokens = size;
	let filledAt = clock.now();
	return {
		/** Takes a token, or says in how many milliseconds there is one. */
		take(): number {
			const now = clock.now();
			tokens = Math.min(size, tokens + (Math.max(0, now - filledAt) * rate) / 1000);
			filledAt = now;
			// The thousandth is for what adding up fractions loses.
			if (tokens < 0.999) return Math.ceil(((1 - tokens) * 1000) / rate);
			tokens -= 1;
			return 0;
		},
	};
};
