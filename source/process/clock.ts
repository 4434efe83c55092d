import type {Millis} from '../job/time.ts';

/** Time as a parameter, so that tests can control it. */
export type Clock = {
	/** Epoch milliseconds. */
	readonly now: () => Millis;
	/** Calls back once after `ms`. The returned function cancels the call. */
	readonly after: (ms: number, callback: () => void) => () => void;
};

// A longer delay overflows the timer and would fire at once.
const maxDelay = 2_147_483_647;

export const systemClock: Clock = {
	now: () => Date.now(),
	after(ms, callback) {
		const timer = setTimeout(callback, Math.min(Math.max(0, ms), maxDelay));
		return () => clearTimeout(timer);
	},
};

/** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
export const wait = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
	new Promise((resolve, reject) => {
		if (signal?.aborted) return reject(signal.reason);
		const abort = () => {
			takeBack();
			reject(signal?.reason);
		};
		const takeBack = clock.after(ms, () => {
			signal?.removeEventListener('abort', abort);
			resolve();
		});
		signal?.addEventListener('abort', abort, {once: true});
	});
