/*
The reported state of a cancellation before it has settled, and its outcome if the user leaves.
*/
import type {Outcome} from '../outcomes.ts';
import type {CancelPolicy} from './effects.ts';
import type {CancelState, In} from './state.ts';

/** After this many failed looks in a row, it is unknown whether the job is alive. */
const maxBlind = 3;

/** The outcome of a settled cancellation. Beyond the backend's patience: `overdue` if the request was accepted and a look shows the job alive, `unknown` if the answer was lost or looks fail. Else undefined. */
export const standing = (state: CancelState): Outcome | undefined => {
	if (state.step === 'settled') return state.outcome;
	if (!state.overdue || endsMaybe(state)) return undefined;
	if (livesOn(state)) return {kind: 'overdue', ...whyIn(state)};
	const isFollowed = state.accepted || (state.step === 'following' && state.mayHaveWorked);
	const isOpen = !state.accepted || state.blind >= maxBlind;
	return isFollowed && isOpen ? {kind: 'unknown', ...whyIn(state)} : undefined;
};

/** Whether the user may ask again: beyond the backend's patience, or if the job came back. On a guarded backend, nothing more is sent once a look has shown an end. */
export const mayRepeat = (state: CancelState, {resend}: Pick<CancelPolicy, 'resend'>): boolean =>
	state.step === 'following' &&
	state.mayHaveWorked &&
	(state.overdue || state.cameBack) &&
	!endsMaybe(state) &&
	state.doubt === undefined &&
	!(resend === 'guarded' && state.endSeen);

/** The outcome when jobtop stops waiting. `not-sent` only if no request left, `overdue` only if a look shows the job alive. */
export const leave = (state: CancelState): Outcome => {
	const now = standing(state);
	if (now) return now;
	const why = whyIn(state);
	if (state.step === 'following' && !state.mayHaveWorked) return {kind: 'unknown', ...doubtIn(state), ...why};
	if (livesOn(state)) return {kind: 'overdue', ...why};
	if (state.mayHaveWorked || state.step === 'sending') return {kind: 'unknown', ...openIn(state), ...why};
	return asLeft(state, {kind: 'not-sent', ...why});
};

/** Why a cancellation waits, in one line: the failure of the last look, the reason of a wait, how the answer was lost. */
export const whyOf = (state: CancelState): string | undefined =>
	('why' in state ? state.why : undefined) ??
	(state.step === 'following' && !state.accepted ? state.lost : undefined);

/** `whyOf`, as the detail of an outcome. */
export const whyIn = (state: CancelState): Pick<Outcome, 'detail'> => {
	const why = whyOf(state);
	return why === undefined ? {} : {detail: why};
};

/** Replaces `not-sent` if a request was sent but not accepted. */
export const asLeft = ({left, blind}: CancelState, outcome: Outcome): Outcome => {
	if (outcome.kind !== 'not-sent' || left === 0) return outcome;
	const sent =
		left === 1 ? 'one request was sent but not accepted' : `${left} requests were sent but not accepted`;
	const detail = outcome.detail === undefined ? sent : `${sent}; last: ${outcome.detail}`;
	const {recalled: _recalled, ...rest} = outcome;
	return {...rest, kind: blind === 0 ? 'refused' : 'unknown', detail};
};

/** A look showed an end that is not confirmed or not proven yet. */
const endsMaybe = (state: CancelState): boolean =>
	('ending' in state && state.ending !== undefined) ||
	(state.step === 'following' && state.unproven !== undefined);

/** The request was accepted, and the latest look shows the job alive since then. */
const livesOn = (state: CancelState): boolean =>
	state.accepted && state.stillAlive && state.blind < maxBlind && !endsMaybe(state);

/** What is still open: an unconfirmed end, or an acceptance without a look since. */
const openIn = (state: CancelState): Pick<Outcome, 'detail'> => {
	const {kind} = ('ending' in state ? state.ending : undefined) ?? {};
	if (kind === 'cancelled')
		return {detail: 'it was seen cancelled once, but its server may still change the record'};
	if (kind === 'gone') return {detail: 'its server does not find it at the moment'};
	return state.accepted && !state.stillAlive
		? {detail: 'the request was accepted, but no look has shown the result yet'}
		: {};
};

/** The backend's answer to a request that it did not accept, until a look shows what it means. */
const doubtIn = ({doubt}: In<'following'>): Pick<Outcome, 'detail'> =>
	doubt?.detail === undefined ? {} : {detail: doubt.detail};
