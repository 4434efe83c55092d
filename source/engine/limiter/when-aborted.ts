/** Ends waits when their signal is aborted, with one listener per signal: thousands share a signal, and adding a listener compares it with all others. */
export const createAbortWaits = () => {
	const waitingUnder = new WeakMap<AbortSignal, Set<() => void>>();

	const listen = (signal: AbortSignal): Set<() => void> => {
		const waiting = new Set<() => void>();
		waitingUnder.set(signal, waiting);
		signal.addEventListener(
			'abort',
			() => {
				waitingUnder.delete(signal);
				for (const giveUp of waiting) giveUp();
			},
			{once: true},
		);
		return waiting;
	};

	/** Calls `giveUp` when the signal is aborted (it must not be yet). Returns a function that ends the wait. */
	return (signal: AbortSignal, giveUp: () => void): (() => void) => {
		const waiting = waitingUnder.get(signal) ?? listen(signal);
		waiting.add(giveUp);
		return () => waiting.delete(giveUp);
	};
};
