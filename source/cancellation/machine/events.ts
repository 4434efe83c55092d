/*
The events of a cancellation.
*/

import type {CancelReceipt} from '../../backends/backend.ts';
import type {EndedBy} from '../../job/ended-by.ts';
import type {Failure} from '../../job/failure.ts';
import type {MemberCounts} from '../../job/job.ts';
import type {Approach} from '../../job/operation.ts';
import type {Phase} from '../../job/phase.ts';
import type {Moment} from '../../job/time.ts';
import type {Unproven} from '../../job/unproven.ts';
import type {Known} from './state.ts';

/**
An event. `at` is its moment: a counter that never goes back, shared by requests and answers. `askedMoment` is the moment of the look's request: a look that was requested before the last cancel request is no evidence about it.
*/
export type CancelEvent = {readonly at: Moment} & (
	| {readonly type: 'confirmed'}
	/** The user recalls it, or jobtop stops for the reason in `detail`. */
	| {readonly type: 'recalled'; readonly detail?: string}
	| {readonly type: 'timer'; readonly timer: Timer}
	| {
			readonly type: 'looked';
			readonly askedMoment: Moment;
			readonly source: LookSource;
			readonly phase: Phase;
			readonly status: string;
			/** For a set: all members have ended. */
			readonly terminal: boolean;
			/** How far it is towards an operation that leaves it alive. */
			readonly approach?: Approach;
			readonly unproven?: Unproven;
			/** What ended it, if its system reports it: words for an outcome, never a proof. */
			readonly endedBy?: EndedBy;
			readonly members?: MemberCounts;
			/** A request of this batch for its set may have ended it. */
			readonly ours?: true;
	  }
	/** The backend did not find the job. `doubted`: all jobs of its batch vanished at once. */
	| {readonly type: 'missing'; readonly askedMoment: Moment; readonly doubted: boolean}
	/** A look shows that the id now belongs to another job. */
	| {
			readonly type: 'replaced';
			readonly askedMoment: Moment;
			readonly detail: string;
			/** Its system itself says so: the record of the confirmed job is gone. */
			readonly proven?: true;
	  }
	| {readonly type: 'look-failed'; readonly askedMoment: Moment; readonly failure: Failure}
	| {readonly type: 'answered'; readonly attempt: number; readonly receipt: CancelReceipt}
	/** `recalled`: the user recalled the request before it left. */
	| {
			readonly type: 'failed';
			readonly attempt: number;
			readonly failure: Failure;
			readonly recalled?: true;
	  }
	/** The request was not sent: its turn came too long after its look, or after a look showed an end. */
	| {readonly type: 'held'; readonly attempt: number}
	/** There is a new credential. */
	| {readonly type: 'renewed'}
	/** The user asked for a force-cancel. */
	| {readonly type: 'forced'}
	/** The user asked for another request. */
	| {readonly type: 'repeated'}
	/** The user stopped following. */
	| {readonly type: 'unfollowed'}
	/** An earlier process began the cancellation; the fields come from its journal. */
	| ({readonly type: 'resumed'; readonly attempt: number} & Pick<
			Known,
			'left' | 'accepted' | 'removed' | 'mayHaveWorked' | 'endSeen'
	  >)
);

/** Where a look saw the job, the weakest source first. `list`: on a list, which may lag or be wrong. `record`: its own record, read together with others. `alone`: its own record, read by itself just now, as a guarded backend requires before each request, and a conditional one after the record has changed. */
export type LookSource = 'list' | 'record' | 'alone';

export type Timer = 'stage' | 'retry' | 'poll' | 'overdue' | 'reissue' | 'proof';

/** The event of this type. */
export type EventOf<Type extends CancelEvent['type']> = Extract<CancelEvent, {type: Type}>;
