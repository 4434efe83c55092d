import type {Clock} from '../../process/clock.ts';

/** Requests that follow looks wait up to this many milliseconds for others, while the looks keep the limiter busy. */
const gatherMs = 25;

/** Starts at the end of this turn, with everything that was added in it: one sync of the journal serves all. Where `mayWait`, more are about to join, and the start waits for them. */
export const createStartSoon = (clock: Clock, mayWait: () => boolean, start: () => void) => {
	let starting = false;
	let stopWaiting: (() => void) | undefined;
	const startNow = () => {
		stopWaiting?.();
		stopWaiting = undefined;
		start();
	};
	return () => {
		if (starting) return;
		starting = true;
		queueMicrotask(() => {
			starting = false;
			if (mayWait()) stopWaiting ??= clock.after(gatherMs, startNow);
			else startNow();
		});
	};
};
