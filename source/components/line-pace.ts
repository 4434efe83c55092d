/*
How far the terminal is behind. Between jobtop and a terminal on a slow line lie buffers that a program cannot see: ssh takes hundreds of kilobytes at once. So jobtop asks the terminal itself, which answers a status report (`CSI 5 n`, ECMA-48, DSR) once it has drawn everything before it.

A multiplexer answers for its terminal, at once: then nothing is held back.
*/
import type {Clock} from '../process/clock.ts';

export type LinePace = {
	/** What to write after a frame of so many bytes: the question, or nothing where it does not pay. */
	readonly questionAfter: (bytes: number) => string;
	/** Whether the terminal is so far behind that the next frame has to wait. */
	readonly isBehind: () => boolean;
	/** Calls back once, when the terminal is no longer behind. A later call replaces an earlier one. */
	readonly whenFree: (callback: () => void) => void;
	/** The terminal has answered a question. */
	readonly answered: () => void;
	/** Whether an answer is under way from a terminal that gives answers. */
	readonly awaitsAnswer: () => boolean;
	/** Asks nothing more. Resolves when no answer is under way: it would be typed into the next program. */
	readonly close: () => Promise<void>;
	/** Asks again. */
	readonly open: () => void;
};

const question = '\u001b[5n';

/** A frame that follows the one before sooner than this is worth a question, in milliseconds. */
const burstMs = 500;
/** So is a frame of more bytes. */
const largeFrame = 500;
/** How much later than on an idle line an answer may come before frames wait, in milliseconds. */
const toleratedMs = 100;
/** After so long without an answer, none is expected, in milliseconds. */
const patienceMs = 5000;
/** How long to wait for the last answers before another program has the terminal, in milliseconds. */
const closingMs = {answers: 1000, unknown: 200};
/** A terminal that leaves this many questions unanswered in a row is not asked again. */
const maxUnanswered = 3;

/** The pace of one terminal. */
export const createLinePace = (clock: Clock): LinePace => {
	/** When the questions without an answer were written, the oldest first. */
	let pending: number[] = [];
	/** Milliseconds of the quickest answer: what the way there and back takes. */
	let quickest: number | undefined;
	let unanswered = 0;
	let writtenAt = Number.NEGATIVE_INFINITY;
	/** The next frame has had to wait. */
	let isSlow = false;
	let isOpen = true;
	let waiting: (() => void) | undefined;
	let stopWaiting = () => {};
	let drained: (() => void) | undefined;

	/** Gives up on answers that are overdue. */
	const expire = () => {
		const [oldest] = pending;
		if (oldest === undefined || clock.now() - oldest < patienceMs) return;
		pending = [];
		unanswered++;
	};
	const isBehind = () => {
		expire();
		const [oldest] = pending;
		return oldest !== undefined && quickest !== undefined && clock.now() - oldest > quickest + toleratedMs;
	};
	const look = () => {
		if (pending.length === 0) drained?.();
		stopWaiting();
		stopWaiting = () => {};
		const callback = waiting;
		if (!callback) return;
		if (isBehind()) {
			isSlow = true;
			const [oldest = 0] = pending;
			stopWaiting = clock.after(oldest + patienceMs - clock.now(), look);
			return;
		}
		waiting = undefined;
		callback();
	};

	return {
		questionAfter(bytes) {
			const now = clock.now();
			const pays = isSlow || now - writtenAt < burstMs || bytes > largeFrame;
			isSlow = false;
			writtenAt = now;
			expire();
			// One question is enough to learn whether a terminal answers.
			const isUnknown = quickest === undefined && pending.length > 0;
			if (!isOpen || !pays || isUnknown || unanswered >= maxUnanswered) return '';
			pending.push(now);
			return question;
		},
		isBehind,
		whenFree(callback) {
			waiting = callback;
			look();
		},
		answered() {
			const askedAt = pending.shift();
			if (askedAt === undefined) return;
			unanswered = 0;
			quickest = Math.min(quickest ?? Number.POSITIVE_INFINITY, clock.now() - askedAt);
			look();
		},
		awaitsAnswer: () => quickest !== undefined && pending.length > 0,
		async close() {
			isOpen = false;
			expire();
			if (pending.length > 0) {
				await new Promise<void>(resolve => {
					drained = resolve;
					clock.after(quickest === undefined ? closingMs.unknown : closingMs.answers, resolve);
				});
			}
			drained = undefined;
			pending = [];
			look();
		},
		open() {
			isOpen = true;
		},
	};
};
