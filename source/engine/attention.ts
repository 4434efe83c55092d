import type {Clock} from '../process/clock.ts';

/** What tells that somebody looks at the screen, or not. */
export type Attending = 'key' | 'focus' | 'blur';

/** How long a question of the reader lets everything go at its full pace, in milliseconds. */
const askedMs = 60_000;

/** Whether somebody looks at the screen. Until a terminal tells otherwise, somebody does. */
export const createAttention = (clock: Clock) => {
	let since = clock.now();
	let away = false;
	let asked = Number.NEGATIVE_INFINITY;
	return {
		tell(what: Attending) {
			if (what !== 'blur') since = clock.now();
			away = what === 'blur';
		},
		/** The reader asked for something. */
		ask() {
			since = clock.now();
			asked = since;
		},
		/** Epoch milliseconds in which somebody did something. */
		since: () => since,
		away: () => away,
		/** Whether that was a question a moment ago; a clock that was set back makes it one that is over. */
		hasAsked: () => Math.abs(clock.now() - asked) < askedMs,
	};
};

export type Attention = ReturnType<typeof createAttention>;
