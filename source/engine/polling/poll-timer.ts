import type {Clock} from '../../process/clock.ts';
import {jittered} from './tempo.ts';

/** When the polls of one profile are due. All durations are in milliseconds. */
export type PollTimer = {
	/** A poll has ended: the next interval begins. */
	readonly ended: () => void;
	/** The interval with the jitter of this turn, never less than `minMs`. */
	readonly jittered: (ms: number, minMs: number) => number;
	/** The time at which an interval of `ms`, counted from the end of the last poll, is over. */
	readonly dueAt: (ms: number) => number;
	/** Polls after `ms`, in place of the time that was set before. */
	readonly set: (ms: number) => void;
	readonly cancel: () => void;
};

/** `random` gives a number from 0 to 1. */
export const createPollTimer = (clock: Clock, random: () => number, poll: () => void): PollTimer => {
	let endedAt = clock.now();
	/** The chance of this interval. It is rolled once: a new roll for each key press would make polls come earlier. */
	let roll = 0.5;
	let takeBack: (() => void) | undefined;
	return {
		ended() {
			endedAt = clock.now();
			roll = random();
		},
		jittered: (ms, minMs) => jittered(ms, roll, minMs),
		dueAt(ms) {
			const now = clock.now();
			// The clock may have been set back since the last poll.
			return Math.min(now + ms, Math.max(now, endedAt + ms));
		},
		set(ms) {
			takeBack?.();
			takeBack = clock.after(ms, poll);
		},
		cancel: () => takeBack?.(),
	};
};
