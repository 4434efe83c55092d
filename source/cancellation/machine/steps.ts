/*
How each step is entered, and when failed looks and requests are tried again.
*/

import {type Failure, wishOf} from '../../job/failure.ts';
import type {Moment} from '../../job/time.ts';
import {type CancelEffect, type CancelPolicy, stay, type Transition} from './effects.ts';
import type {EventOf, Timer} from './events.ts';
import {type CancelState, type Doubt, due, type Ending, type In, known} from './state.ts';

type Following = readonly [state: In<'following'>, effects: readonly CancelEffect[]];

/** Milliseconds to pause after a rate limit without a given time. */
const defaultPauseMs = 5000;

/** Whether only a look at the job alone allows a request: on a guarded backend, and where what an earlier look showed was out of date. */
export const needsLookAlone = (
	{conflicts}: Pick<CancelState, 'conflicts'>,
	{resend}: Pick<CancelPolicy, 'resend'>,
): boolean => resend === 'guarded' || conflicts > 0;

/** The look before a request. */
const lookToSend = (state: CancelState, policy: CancelPolicy, ending?: Ending): CancelEffect => ({
	type: 'look',
	source: needsLookAlone(state, policy) ? 'alone' : ending ? 'record' : 'list',
});

/** A list shows an end: look at the job's own record. */
export const askRecord = <State extends CancelState>(state: State, policy: CancelPolicy): Transition => [
	state,
	// A look at the job alone is already under way.
	needsLookAlone(state, policy) ? [] : [{type: 'look', source: 'record'}],
];

export const check = (state: CancelState, at: Moment, policy: CancelPolicy): Transition => [
	{...known(state), step: 'checking', since: at, tries: 0},
	[lookToSend(state, policy)],
];

/** The record has changed since the look that allowed the request: look again, at once at first, and give up after `maxConflicts` in a row. */
export const checkAgain = (state: CancelState, at: Moment, policy: CancelPolicy): Transition => {
	if (state.conflicts <= promptConflicts) return check(state, at, policy);
	const ms = backOff(state.conflicts - promptConflicts - 1);
	return [{...known(state), step: 'checking', since: at, tries: 0}, [{type: 'wait', timer: 'retry', ms}]];
};

/** After this many refusals in a row, the next look waits longer each time: something changes the record all the time. */
const promptConflicts = 3;
export const maxConflicts = 8;

export const send = (state: CancelState, at: Moment): Transition => {
	const attempt = state.attempt + 1;
	const {force} = state;
	return [{...known(state), step: 'sending', since: at, attempt}, [{type: 'send', attempt, force}]];
};

export const reconcile = (state: CancelState, at: Moment, policy: CancelPolicy, why: string): Transition => [
	{...known(state), step: 'reconciling', since: at, mayHaveWorked: true, lost: why, tries: 0, why},
	[lookToSend(state, policy)],
];

export const park = (state: CancelState, why: string): Transition => [
	{...known(state), step: 'parked', why},
	[],
];

/** Waits longer each time, even if the backend asks for the same short time again. */
export const throttle = (state: CancelState, failure: Failure): Transition => [
	{...known(state), step: 'throttled', throttles: state.throttles + 1, why: failure.detail},
	[{type: 'wait', timer: 'retry', ms: pauseAfter(failure, state.throttles)}],
];

/** Follows a request that was sent, or may have been. `firstPollMs`: milliseconds until the first look. */
export const follow = (
	state: CancelState,
	policy: CancelPolicy,
	why?: string,
	firstPollMs: number = policy.patience.firstPollMs,
): Following => {
	const {overdueAfterMs, reissueAfterMs} = policy.patience;
	return [
		{...known(state), step: 'following', force: false, polls: 0, ...(why !== undefined && {why})},
		[
			{type: 'wait', timer: 'poll', ms: firstPollMs},
			...(state.overdue ? [] : [{type: 'wait', timer: 'overdue', ms: overdueAfterMs} as const]),
			...(reissueAfterMs === undefined || state.reissued || policy.resend === 'guarded'
				? []
				: [{type: 'wait', timer: 'reissue', ms: reissueAfterMs} as const]),
		],
	];
};

/** Follows, and looks at once. */
export const followNow = (state: CancelState, at: Moment, policy: CancelPolicy): Following => {
	const [next, effects] = follow({...state, since: at}, policy);
	const others = effects.filter(effect => effect.type !== 'wait' || effect.timer !== 'poll');
	return [next, [{type: 'look', source: 'record'}, ...others]];
};

/** The answer needs a look to be understood. */
export const followInDoubt = (
	state: CancelState,
	at: Moment,
	policy: CancelPolicy,
	doubt: Doubt,
): Transition => {
	const [next, effects] = followNow(state, at, policy);
	return [{...next, doubt}, effects];
};

/** Continues after a wait, where the cancellation was before. */
export const goOn = (state: CancelState, at: Moment, policy: CancelPolicy): Transition =>
	state.force
		? check(state, at, policy)
		: state.accepted
			? followNow(state, at, policy)
			: state.mayHaveWorked
				? reconcile(state, at, policy, 'the answer was lost')
				: check(state, at, policy);

/** Milliseconds until the retry after failure number `tries`. */
export const pauseAfter = (failure: Failure, tries: number): number =>
	Math.max(wishOf(failure) ?? (failure.kind === 'rate-limited' ? defaultPauseMs : 0), backOff(tries));

/** 1, 2, 4 … seconds, up to a minute. */
const backOff = (tries: number): number => Math.min(60_000, 1000 * 2 ** Math.min(tries, 10));

export const nextPoll = ({polls}: In<'following'>, {patience}: CancelPolicy): number =>
	Math.min(patience.slowestPollMs, Math.round(patience.firstPollMs * 1.5 ** Math.min(polls, 40)));

/** The retry timer: looks again, and marks an unconfirmed end as due. */
export function lookAgain(
	state: In<'checking' | 'reconciling'>,
	{at, timer}: EventOf<'timer'>,
	policy: CancelPolicy,
): Transition {
	return timer === 'retry'
		? [due(state, at), [lookToSend(state, policy, state.ending)]]
		: overdueToo(state, timer);
}

export function overdueToo(state: CancelState, timer: Timer): Transition {
	return stay(timer === 'overdue' ? {...state, overdue: true} : state);
}
