/*
How a cancellation settles without an end of its job: what was refused, taken back, given up or no longer followed.
*/

import type {Failure} from '../../job/failure.ts';
import type {Moment} from '../../job/time.ts';
import type {Unproven} from '../../job/unproven.ts';
import type {Outcome, OutcomeKind} from '../outcomes.ts';
import {type CancelPolicy, stay, type Transition} from './effects.ts';
import type {EventOf} from './events.ts';
import {asLeft, leave, whyIn} from './standing.ts';
import {type CancelState, known, looksLate} from './state.ts';
import {follow, park} from './steps.ts';

/** Outcomes that say that nothing was done. They are never said of a request that may have worked. */
const saysNothingDone: ReadonlySet<OutcomeKind> = new Set([
	'not-sent',
	'denied',
	'refused',
	'not-found',
	'replaced',
]);

export const settle = (
	state: CancelState,
	at: Moment,
	policy: CancelPolicy,
	outcome: Outcome,
	unproven?: Unproven,
): Transition => {
	if (state.mayHaveWorked && saysNothingDone.has(outcome.kind)) return follow(state, policy, outcome.detail);
	const settled = {...known(state), step: 'settled', since: at, force: false} as const;
	return [{...settled, outcome: asLeft(state, outcome), ...(unproven && {unproven})}, []];
};

export const credentialRefused = (
	state: CancelState,
	at: Moment,
	policy: CancelPolicy,
	failure: Failure,
): Transition => {
	if (policy.park) return park(state, failure.detail);
	const neverLeft = failure.kind === 'unauthorized' && failure.sent === false;
	const kind = state.mayHaveWorked ? 'unknown' : neverLeft ? 'not-sent' : 'denied';
	return settle(state, at, policy, {kind, detail: failure.detail, credential: true});
};

/** What a refusal, of the look or of the request, makes of a cancellation that has not begun to work. */
export const giveUp = (state: CancelState, at: Moment, policy: CancelPolicy, failure: Failure): Transition =>
	settle(state, at, policy, {
		kind: failure.kind === 'forbidden' ? 'denied' : 'not-sent',
		detail: failure.detail,
	});

/** What is there now was never meant: nothing is sent to it. What became of the other one, nobody can tell once something was sent. */
export function replacedBy(state: CancelState, event: EventOf<'replaced'>, policy: CancelPolicy): Transition {
	if (looksLate(state, event)) return stay(state);
	const {at, detail} = event;
	const kind = state.mayHaveWorked ? 'unknown' : 'replaced';
	return settle({...state, endSeen: true}, at, policy, {kind, detail});
}

/** A person took it back, and nothing had left. */
export const takenBack: Outcome = {kind: 'not-sent', detail: 'recalled', recalled: true};

/** Taken back while nothing of it is under way. */
export function takeBack(
	state: CancelState,
	{at, detail}: EventOf<'recalled'>,
	policy: CancelPolicy,
): Transition {
	if (detail === undefined) return settle(state, at, policy, takenBack);
	const {detail: why} = whyIn(state);
	return settle(state, at, policy, {kind: 'not-sent', detail: [detail, why].filter(Boolean).join('; last ')});
}

/** What may have worked is not taken back by words. */
export function recallUnsent(
	state: CancelState,
	event: EventOf<'recalled'>,
	policy: CancelPolicy,
): Transition {
	return state.mayHaveWorked ? stay(state) : takeBack(state, event, policy);
}

/** Nobody wants to know any more: it is said as it stands. A request that is under way may work. */
export function unfollow(state: CancelState, {at}: EventOf<'unfollowed'>): Transition {
	const mayHaveWorked = state.mayHaveWorked || state.step === 'sending';
	const {kind, detail} = leave(state);
	const words = kind === 'not-sent' || detail === undefined ? notFollowed : `${notFollowed}; ${detail}`;
	const outcome: Outcome = {kind, detail: words};
	return [{...known(state), step: 'settled', since: at, force: false, mayHaveWorked, outcome}, []];
}

const notFollowed = 'no longer followed';
