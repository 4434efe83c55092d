import type {Clock} from '../../process/clock.ts';

/** So many jobs go out in the first request for many, and so many at most in a later one. */
const bounds = {first: 100, most: 1000};
/** Milliseconds that one request for many is to take: what it tells is known that soon, and what is asked meanwhile waits no longer. */
const wantedMs = 5000;
const growth = 4;

/**
How many jobs are asked for in one request, at the pace that the far side allows: fewer as soon as one took longer than wanted, more while full ones are quick.
*/
export const createChunkSize = (clock: Clock) => {
	let size = bounds.first;
	return {
		size: () => size,
		/** Begins a request; the function that is returned takes how many it has come to, at its end. */
		begin(): (asked: number) => void {
			const beganAt = clock.now();
			const full = size;
			return asked => {
				const tookMs = clock.now() - beganAt;
				const fitting = tookMs > 0 ? Math.floor((asked * wantedMs) / tookMs) : bounds.most;
				if (tookMs > wantedMs) size = Math.max(1, Math.min(size, fitting));
				else if (asked >= full) size = Math.max(size, Math.min(bounds.most, size * growth, fitting));
			};
		},
	};
};
