import type {Millis} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import {relieved, strained, type Tempo, tempo} from './tempo.ts';

/** What the pace depends on outside of the profile. */
export type Watched = {
	/** Epoch milliseconds in which somebody did something here. */
	readonly since: Millis;
	/** Nobody looks. */
	readonly away: boolean;
	/** A cancellation is followed there, or somebody asked a moment ago. */
	readonly urgent: boolean;
};

/** Watches what the pace of one profile depends on: changes there, how long answers take, wishes for patience. */
export const createCircumstances = (clock: Pick<Clock, 'now'>, watched: () => Watched) => {
	/** Epoch milliseconds. */
	let changedAt = clock.now();
	let tookMs = 0;
	let strain = 1;
	let strainedAt = Number.NEGATIVE_INFINITY;
	return {
		/** Something has changed there. */
		changed() {
			changedAt = clock.now();
		},
		/** A poll that was asked at this time, in epoch milliseconds, was answered. */
		answered(askedAt: number) {
			tookMs = Math.max(0, clock.now() - askedAt);
			strain = relieved(strain);
		},
		/** The server has asked for patience. Many requests that were refused within one interval say it once. */
		askedForPatience(intervalMs: number) {
			const now = clock.now();
			if (Math.abs(now - strainedAt) < intervalMs) return;
			strainedAt = now;
			strain = strained(strain);
		},
		/** The pace now, where the reader wants a poll every `intervalMs`. */
		tempo(intervalMs: number): Tempo {
			const {since, away, urgent} = watched();
			const quietMs = clock.now() - Math.max(changedAt, since);
			return tempo({intervalMs, quietMs, away, tookMs, strain, urgent});
		},
	};
};
