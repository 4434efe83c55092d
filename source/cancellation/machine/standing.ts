/*
How a cancellation stands before it has settled: what is reported of it, and the outcome of a user who leaves.
*/
import type {Outcome} from '../outcomes.ts';
import type {CancelState, In} from './state.ts';

/** Failed looks in a row, after which nobody can tell whether the job is still alive. */
const maxBlind = 3;

/** How a cancellation stands: its outcome; or, while it is followed beyond the backend's patience, `overdue` where its request was accepted and it is seen alive, `unknown` where the answer was lost or nobody can look at it. */
export const standing = (state: CancelState): Outcome | undefined => {
	if (state.step === 'settled') return state.outcome;
	if (!state.overdue || endsMaybe(state)) return undefined;
	if (livesOn(state)) return {kind: 'overdue', ...whyIn(state)};
	const isFollowed = state.accepted || (state.step === 'following' && state.mayHaveWorked);
	const isOpen = !state.accepted || state.blind >= maxBlind;
	return isFollowed && isOpen ? {kind: 'unknown', ...whyIn(state)} : undefined;
};

/** What is to be said of a cancellation when nobody waits any longer. Only one of which nothing left can be `not-sent`, and only one that is seen alive is `overdue`. */
export const leave = (state: CancelState): Outcome => {
	const now = standing(state);
	if (now) return now;
	const why = whyIn(state);
	if (state.step === 'following' && !state.mayHaveWorked) return {kind: 'unknown', ...doubtIn(state), ...why};
	if (livesOn(state)) return {kind: 'overdue', ...why};
	if (state.mayHaveWorked || state.step === 'sending') return {kind: 'unknown', ...openIn(state), ...why};
	return asLeft(state, {kind: 'not-sent', ...why});
};

/** What keeps a cancellation, in one line: the failure of the last look, the reason of a wait, how the answer was lost. */
export const whyOf = (state: CancelState): string | undefined =>
	('why' in state ? state.why : undefined) ??
	(state.step === 'following' && !state.accepted ? state.lost : undefined);

/** What keeps it, in words. */
export const whyIn = (state: CancelState): Pick<Outcome, 'detail'> => {
	const why = whyOf(state);
	return why === undefined ? {} : {detail: why};
};

/** What was sent and not taken is not called unsent. */
export const asLeft = ({left, blind}: CancelState, outcome: Outcome): Outcome => {
	if (outcome.kind !== 'not-sent' || left === 0) return outcome;
	const sent =
		left === 1 ? 'one request was sent but not accepted' : `${left} requests were sent but not accepted`;
	const detail = outcome.detail === undefined ? sent : `${sent}; last: ${outcome.detail}`;
	const {recalled: _recalled, ...rest} = outcome;
	return {...rest, kind: blind === 0 ? 'refused' : 'unknown', detail};
};

/** An end was seen, or is told without a proof, and is not believed yet. */
const endsMaybe = (state: CancelState): boolean =>
	('ending' in state && state.ending !== undefined) ||
	(state.step === 'following' && state.unproven !== undefined);

/** It was accepted, and the latest look has shown it alive since. */
const livesOn = (state: CancelState): boolean =>
	state.accepted && state.stillAlive && state.blind < maxBlind && !endsMaybe(state);

/** What an end that is not believed yet, or an acceptance that no look has followed, leaves open. */
const openIn = (state: CancelState): Pick<Outcome, 'detail'> => {
	const {kind} = ('ending' in state ? state.ending : undefined) ?? {};
	if (kind === 'cancelled')
		return {detail: 'it was seen cancelled once, but its server may still change the record'};
	if (kind === 'gone') return {detail: 'its server does not find it at the moment'};
	return state.accepted && !state.stillAlive
		? {detail: 'the request was accepted, but no look has shown the result yet'}
		: {};
};

/** What the backend said to a request that was not taken, as long as no look has told what it means. */
const doubtIn = ({doubt}: In<'following'>): Pick<Outcome, 'detail'> =>
	doubt?.detail === undefined ? {} : {detail: doubt.detail};
