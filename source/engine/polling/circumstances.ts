import type {Millis} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import {relieved, strained, type Tempo, tempo} from './tempo.ts';

/** The circumstances outside of the profile that affect its pace. */
export type Watched = {
	/** Epoch milliseconds of the last activity of the user. */
	readonly since: Millis;
	/** The terminal has no focus. */
	readonly away: boolean;
	/** jobtop follows a cancellation there, or the user made a request recently. */
	readonly urgent: boolean;
};

/** Tracks what affects the pace of one profile: its changes, the duration of its answers and its rate limits. */
export const createCircumstances = (clock: Pick<Clock, 'now'>, watched: () => Watched) => {
	/** The last change there. */
	let changedAt: Millis = clock.now();
	let tookMs = 0;
	let workMs = 0;
	let strain = 1;
	let strainedAt: Millis = Number.NEGATIVE_INFINITY;
	return {
		/** Something changed there. */
		changed() {
			changedAt = clock.now();
		},
		/** A poll that was sent at this time succeeded, and kept the engine busy for `busyMs`. */
		answered(askedAt: Millis, busyMs = 0) {
			tookMs = Math.max(0, clock.now() - askedAt);
			workMs = busyMs;
			strain = relieved(strain);
		},
		/** The server limited a request. Several limits within one interval count once. */
		rateLimited(intervalMs: number) {
			const now = clock.now();
			if (Math.abs(now - strainedAt) < intervalMs) return;
			strainedAt = now;
			strain = strained(strain);
		},
		/** The current pace, if the user wants a poll every `intervalMs`. */
		tempo(intervalMs: number): Tempo {
			const {since, away, urgent} = watched();
			const quietMs = clock.now() - Math.max(changedAt, since);
			return tempo({intervalMs, quietMs, away, tookMs, strain, urgent, workMs});
		},
	};
};
