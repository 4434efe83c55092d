import type {Clock} from '../../process/clock.ts';

/** Jobs in the first request, and the limit for later requests. */
const bounds = {first: 100, max: 1000};
/** Target duration of one request, in milliseconds: results arrive that soon, and other requests wait no longer. */
const targetMs = 5000;
const growth = 4;

/**
How many jobs to put into one request. Shrinks as soon as a request takes too long, grows while full requests are fast.
*/
export const createChunkSize = (clock: Clock) => {
	let size = bounds.first;
	return {
		size: () => size,
		/** Begins a request. Call the returned function at its end, with the number of jobs that it handled. */
		begin(): (jobs: number) => void {
			const beganAt = clock.now();
			const full = size;
			return jobs => {
				const tookMs = clock.now() - beganAt;
				const fitting = tookMs > 0 ? Math.floor((jobs * targetMs) / tookMs) : bounds.max;
				if (tookMs > targetMs) size = Math.max(1, Math.min(size, fitting));
				else if (jobs >= full) size = Math.max(size, Math.min(bounds.max, size * growth, fitting));
			};
		},
	};
};
