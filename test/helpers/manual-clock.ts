import './time-zone.ts';
import type {Clock} from '../../source/process/clock.ts';

/** A clock that stands still until it is moved. */
export const createManualClock = (start = Date.UTC(2026, 10, 23, 12)) => {
	let now = start;
	const waiting = new Set<{readonly at: number; readonly callback: () => void}>();
	const clock: Clock = {
		now: () => now,
		after(ms, callback) {
			const entry = {at: now + Math.max(0, ms), callback};
			waiting.add(entry);
			return () => void waiting.delete(entry);
		},
	};

	/** The earliest that is due by then; of several the one that was there first. */
	const dueBy = (end: number) => {
		let due: {readonly at: number; readonly callback: () => void} | undefined;
		for (const entry of waiting) if (entry.at <= end && (!due || entry.at < due.at)) due = entry;
		return due;
	};

	/** Lets time pass: what falls due is called in its order, and what that starts too. */
	const advance = async (ms: number) => {
		const end = now + ms;
		for (;;) {
			await settle();
			const due = dueBy(end);
			if (!due) break;
			waiting.delete(due);
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
