import type {Clock} from '../process/clock.ts';

/** Ticks at full steps, only while there are listeners. */
export type Ticker = {
	readonly subscribe: (listener: () => void) => () => void;
	/** Epoch milliseconds of the last tick: the same for all parts of one frame. */
	readonly now: () => number;
};

/** How far apart the ticks are. */
export type Pace = {
	/** Milliseconds between two ticks now. */
	readonly step: () => number;
	/** Calls the listener when the step may have become shorter. */
	readonly subscribe: (listener: () => void) => () => void;
};

export const createTicker = (clock: Clock, pace: Pace): Ticker => {
	const listeners = new Set<() => void>();
	let now = clock.now();
	let step = pace.step();
	let stop: (() => void) | undefined;

	const schedule = () => {
		stop?.();
		// On the full step, so that clocks and ages change together.
		stop = clock.after(step - (clock.now() % step), tick);
	};
	const tick = () => {
		now = clock.now();
		step = pace.step();
		schedule();
		for (const listener of listeners) listener();
	};
	const follow = () => {
		const before = step;
		step = pace.step();
		// An age is never older than its step.
		if (step < before) tick();
		else if (step > before) schedule();
	};
	let unfollow = () => {};

	return {
		subscribe(listener) {
			listeners.add(listener);
			if (!stop) {
				step = pace.step();
				schedule();
				unfollow = pace.subscribe(follow);
			}
			return () => {
				listeners.delete(listener);
				if (listeners.size > 0) return;
				stop?.();
				stop = undefined;
				unfollow();
			};
		},
		now: () => now,
	};
};
