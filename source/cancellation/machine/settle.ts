/*
How a cancellation settles without an end of its job: refused, recalled, given up or no longer followed.
*/

import type {Failure} from '../../job/failure.ts';
import type {Moment} from '../../job/time.ts';
import type {Outcome, OutcomeKind} from '../outcomes.ts';
import {type CancelPolicy, stay, type Transition} from './effects.ts';
import type {EventOf} from './events.ts';
import {asLeft, leave, whyIn} from './standing.ts';
import {type CancelState, known, looksLate} from './state.ts';
import {follow, park} from './steps.ts';

/** Outcomes that claim that nothing was done: never used for a request that may have worked. */
const claimNothingDone: ReadonlySet<OutcomeKind> = new Set([
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
): Transition => {
	if (state.mayHaveWorked && claimNothingDone.has(outcome.kind)) return follow(state, policy, outcome.detail);
	const settled = {...known(state), step: 'settled', since: at, force: false} as const;
	return [{...settled, outcome: asLeft(state, outcome)}, []];
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

/** Settles a cancellation whose look or request was refused before it could work. */
export const giveUp = (state: CancelState, at: Moment, policy: CancelPolicy, failure: Failure): Transition =>
	settle(state, at, policy, failure.kind === 'forbidden' ? denied(state, failure) : notSent(failure));

const notSent = ({detail}: Failure): Outcome => ({kind: 'not-sent', detail});

/** Another credential may help for a job of the user; nothing does for the job of another person. */
const denied = ({owner}: CancelState, {detail}: Failure): Outcome =>
	owner === undefined
		? {kind: 'denied', detail}
		: {kind: 'denied', detail: `it is ${owner || 'somebody else'}'s job; ${detail}`, notYours: true};

/** The id now belongs to another job: send it nothing. If a request may have worked, the outcome of the first job is unknown, unless its record is gone where cancelling does that. */
export function replacedBy(state: CancelState, event: EventOf<'replaced'>, policy: CancelPolicy): Transition {
	if (looksLate(state, event)) return stay(state);
	const {at, detail, proven} = event;
	const isRemoved = proven === true && policy.gone === 'removed';
	const kind = state.mayHaveWorked ? (isRemoved ? 'removed' : 'unknown') : 'replaced';
	return settle({...state, endSeen: true}, at, policy, {kind, detail});
}

/** The user recalled it before a request had left. */
export const takenBack: Outcome = {kind: 'not-sent', detail: 'recalled', recalled: true};

/** Settles a recall while no request is under way. */
export function takeBack(
	state: CancelState,
	{at, detail}: EventOf<'recalled'>,
	policy: CancelPolicy,
): Transition {
	if (detail === undefined) return settle(state, at, policy, takenBack);
	const {detail: why} = whyIn(state);
	return settle(state, at, policy, {kind: 'not-sent', detail: [detail, why].filter(Boolean).join('; last ')});
}

/** A request that may have worked cannot be recalled. */
export function recallUnsent(
	state: CancelState,
	event: EventOf<'recalled'>,
	policy: CancelPolicy,
): Transition {
	return state.mayHaveWorked ? stay(state) : takeBack(state, event, policy);
}

/** The user stopped following: settles with the current state. A request that is under way may work. */
export function unfollow(state: CancelState, {at}: EventOf<'unfollowed'>): Transition {
	const mayHaveWorked = state.mayHaveWorked || state.step === 'sending';
	const {kind, detail} = leave(state);
	const words = kind === 'not-sent' || detail === undefined ? notFollowed : `${notFollowed}; ${detail}`;
	const outcome: Outcome = {kind, detail: words};
	return [{...known(state), step: 'settled', since: at, force: false, mayHaveWorked, outcome}, []];
}

const notFollowed = 'no longer followed';
