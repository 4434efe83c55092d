/*
What follows from an event: the next state, and what the runner has to do.
*/
import type {BackendTraits, Patience} from '../../backends/backend.ts';
import type {LookSource, Timer} from './events.ts';
import type {CancelState} from './state.ts';

export type CancelEffect =
	/** Look at the job now; the answer comes back as `looked`, `missing` or `look-failed`. `source` is the weakest that will do. */
	| {readonly type: 'look'; readonly source: LookSource}
	/** Send the request with this number, once; with `force` by the stronger means that the backend has. */
	| {readonly type: 'send'; readonly attempt: number; readonly force: boolean}
	/** Start the timer, in place of one of the same name; `overdue` and `reissue` run on where they have begun. */
	| {readonly type: 'wait'; readonly timer: Timer; readonly ms: number};

export type CancelPolicy = Pick<BackendTraits, 'resend' | 'gone' | 'removedDetail'> & {
	readonly patience: Patience;
	/** Milliseconds in which the whole can still be recalled; 0 for none. */
	readonly stageMs: number;
	/** Wait for a new credential (the screen), or settle at once (the command line). */
	readonly park: boolean;
};

export type Transition = readonly [state: CancelState, effects: readonly CancelEffect[]];

/** Nothing is to be done. */
export const stay = (state: CancelState): Transition => [state, []];
