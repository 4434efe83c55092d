import type {Clock} from '../process/clock.ts';

/** Ticks once a second, only while there are listeners. */
export type Ticker = {
	readonly subscribe: (listener: () => void) => () => void;
	/** Epoch milliseconds of the last tick: the same for all parts of one frame. */
	readonly now: () => number;
};

export const createTicker = (clock: Clock): Ticker => {
	const listeners = new Set<() => void>();
	let now = clock.now();
	let stop: (() => void) | undefined;

	const tick = () => {
		now = clock.now();
		// On the full second, so that clocks and ages change together.
		stop = clock.after(1000 - (now % 1000), tick);
		for (const listener of listeners) listener();
	};

	return {
		subscribe(listener) {
			listeners.add(listener);
			if (!stop) stop = clock.after(1000 - (clock.now() % 1000), tick);
			return () => {
				listeners.delete(listener);
				if (listeners.size > 0) return;
				stop?.();
				stop = undefined;
			};
		},
		now: () => now,
	};
};
