/*
What can happen to a cancellation.
*/

import type {CancelReceipt} from '../../backends/backend.ts';
import type {Failure} from '../../job/failure.ts';
import type {MemberCounts} from '../../job/job.ts';
import type {Phase} from '../../job/phase.ts';
import type {Moment} from '../../job/time.ts';
import type {Unproven} from '../../job/unproven.ts';
import type {Known} from './state.ts';

/**
What happened. `at` is the number of the moment: a counter that never goes back, shared by questions and answers. `askedMoment` is the moment in which the look was asked for: an answer to an older question than the last request is no evidence about it.
*/
export type CancelEvent = {readonly at: Moment} & (
	| {readonly type: 'confirmed'}
	/** Somebody takes it back, or, as the detail says, nobody waits any longer. */
	| {readonly type: 'recalled'; readonly detail?: string}
	| {readonly type: 'timer'; readonly timer: Timer}
	| {
			readonly type: 'looked';
			readonly askedMoment: Moment;
			readonly source: LookSource;
			readonly phase: Phase;
			readonly status: string;
			/** Of a set: none of its members lives. */
			readonly terminal: boolean;
			readonly unproven?: Unproven;
			readonly members?: MemberCounts;
			/** A request of ours for a set that it belongs to may have ended it. */
			readonly ours?: true;
	  }
	/** The backend does not know the job; `doubted` where all jobs of its batch have vanished with it. */
	| {readonly type: 'missing'; readonly askedMoment: Moment; readonly doubted: boolean}
	/** A look shows that the id belongs to another job by now. */
	| {readonly type: 'replaced'; readonly askedMoment: Moment; readonly detail: string}
	| {readonly type: 'look-failed'; readonly askedMoment: Moment; readonly failure: Failure}
	| {readonly type: 'answered'; readonly attempt: number; readonly receipt: CancelReceipt}
	/** `recalled`: the request was taken back while it waited for its turn. */
	| {
			readonly type: 'failed';
			readonly attempt: number;
			readonly failure: Failure;
			readonly recalled?: true;
	  }
	/** The request has not left: its turn came too late after the look that it follows, or after an end was seen. */
	| {readonly type: 'held'; readonly attempt: number}
	/** There is a new credential. */
	| {readonly type: 'renewed'}
	/** Somebody wants the stronger means that the backend has. */
	| {readonly type: 'forced'}
	/** Nobody wants to know any more. */
	| {readonly type: 'unfollowed'}
	/** An earlier process began it; its journal tells how far it came. */
	| ({readonly type: 'resumed'; readonly attempt: number} & Pick<
			Known,
			'left' | 'accepted' | 'mayHaveWorked' | 'endSeen'
	  >)
);

/** Where a job was seen, the weakest first: on a list, which may lag or be wrong; in its own record, asked for together with others; in its own record, asked for it alone and just now, as a guarded backend needs it before each request. */
export type LookSource = 'list' | 'record' | 'alone';

export type Timer = 'stage' | 'retry' | 'poll' | 'overdue' | 'reissue' | 'proof';

/** The event of this type. */
export type EventOf<Type extends CancelEvent['type']> = Extract<CancelEvent, {type: Type}>;
