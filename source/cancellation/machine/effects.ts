/*
The result of an event: the next state, and what the runner must do.
*/
import type {BackendTraits, Patience} from '../../backends/backend.ts';
import type {Operation} from '../../job/operation.ts';
import type {LookSource, Timer} from './events.ts';
import type {CancelState} from './state.ts';

export type CancelEffect =
	/** Look at the job now; the answer comes back as `looked`, `missing` or `look-failed`. `source`: the weakest sufficient source. */
	| {readonly type: 'look'; readonly source: LookSource}
	/** Send the request with this number, once; `force` sends a force-cancel. */
	| {readonly type: 'send'; readonly attempt: number; readonly force: boolean}
	/** Start the timer and replace one of the same name; a running `overdue` or `reissue` timer continues instead. */
	| {readonly type: 'wait'; readonly timer: Timer; readonly ms: number};

export type CancelPolicy = Pick<BackendTraits, 'resend' | 'gone' | 'removedDetail' | 'deletionSignals'> & {
	/** What is requested. */
	readonly operation: Operation;
	readonly patience: Patience;
	/** Milliseconds in which the batch can be recalled; 0 for none. */
	readonly stageMs: number;
	/** Wait for a new credential (the screen), or settle at once (the command line). */
	readonly park: boolean;
};

export type Transition = readonly [state: CancelState, effects: readonly CancelEffect[]];

/** The state without effects. */
export const stay = (state: CancelState): Transition => [state, []];
