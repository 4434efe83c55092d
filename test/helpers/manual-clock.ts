import type {Clock} from '../../source/clock.ts';

/** A clock that stands still until it is moved. */
export const createManualClock = (start = Date.UTC(2026, 10, 23, 12)) => {
	let now = start;
	let waiting: {readonly at: number; readonly callback: () => void}[] = [];
	const clock: Clock = {
		now: () => now,
		after(ms, callback) {
			const entry = {at: now + Math.max(0, ms), callback};
			waiting.push(entry);
			return () => {
				waiting = waiting.filter(other => other !== entry);
			};
		},
	};

	/** Lets time pass: what falls due is called in its order, and what that starts too. */
	const advance = async (ms: number) => {
		const end = now + ms;
		for (;;) {
			await settle();
			const due = waiting.filter(({at}) => at <= end).sort((a, b) => a.at - b.at)[0];
			if (!due) break;
			waiting = waiting.filter(other => other !== due);
			now = Math.max(now, due.at);
			due.callback();
		}
		now = end;
		await settle();
	};

	return {clock, advance};
};

/** Lets everything run that is ready to run. */
const settle = () => new Promise<void>(resolve => setImmediate(resolve));
