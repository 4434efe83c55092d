import type {Clock} from '../process/clock.ts';

/** A sign that somebody looks at the screen, or not. */
export type Attending = 'key' | 'focus' | 'blur';

/** Milliseconds of polling at full pace after a request of the user. */
const requestMs = 60_000;

/** Whether somebody looks at the screen: yes, until the terminal reports otherwise. */
export const createAttention = (clock: Clock) => {
	let since = clock.now();
	let away = false;
	let requestedAt = Number.NEGATIVE_INFINITY;
	return {
		note(what: Attending) {
			if (what !== 'blur') since = clock.now();
			away = what === 'blur';
		},
		/** The user requested something. */
		request() {
			since = clock.now();
			requestedAt = since;
		},
		/** Epoch milliseconds of the last activity. */
		since: () => since,
		away: () => away,
		/** Whether the user requested something recently. A clock that was set back ends this. */
		hasRequested: () => Math.abs(clock.now() - requestedAt) < requestMs,
	};
};

export type Attention = ReturnType<typeof createAttention>;
