import type {Clock} from '../../process/clock.ts';

/** Requests in the largest slice: one sync of the journal costs about as much for these as for one. */
const maxSize = 256;
/** A slice grows while half of it is answered within this time, in milliseconds, and shrinks where that takes twice as long: a later batch does not wait long for it, and little is in doubt after a crash. */
const fastMs = 1000;
const slowMs = 2 * fastMs;

/** How many requests to write and hand to the limiter at a time. */
export const createSliceSize = (clock: Clock, first: number) => {
	let size = first;
	let from = clock.now();
	let answered = 0;

	const measure = () => {
		answered = 0;
		from = clock.now();
	};

	return {
		size: () => size,
		/** Requests go to a server that had none: the time before is no measure. */
		begin: measure,
		/** A request was answered. */
		answered() {
			answered++;
			if (answered < size / 2) return;
			const tookMs = clock.now() - from;
			if (tookMs <= fastMs) size = Math.min(size * 2, Math.max(first, maxSize));
			else if (tookMs > slowMs) size = Math.max(Math.floor(size / 2), first);
			measure();
		},
	};
};
