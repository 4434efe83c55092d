/*
How an end of the job settles its cancellation, and how many looks must confirm the end.
*/
import {endedByWords} from '../../job/ended-by.ts';
import type {Moment} from '../../job/time.ts';
import {type Unproven, unprovenWords} from '../../job/unproven.ts';
import {outcomeOfSet} from '../set-outcome.ts';
import {type CancelPolicy, stay, type Transition} from './effects.ts';
import type {EventOf} from './events.ts';
import {settle} from './settle.ts';
import {type CancelState, type In, looksLate, seenAlive} from './state.ts';
import {follow, nextPoll} from './steps.ts';

/** Looks that must agree that a job is gone: more if all jobs of its batch vanished at once. Each waits twice as long as the one before. */
const goneLooks = {normal: 2, doubted: 4};

/** How a job, or a whole set, ended. */
type End = Pick<EventOf<'looked'>, 'phase' | 'status' | 'unproven' | 'endedBy' | 'members'>;

/** Settles the cancellation after the job's own record shows an end. */
export const settleEnd = (state: CancelState, at: Moment, policy: CancelPolicy, end: End): Transition => {
	const {phase, status} = end;
	const ended = {...state, endSeen: true};
	if (phase === 'cancelled') return settleCancelled(ended, at, policy, end);
	if (end.members && state.mayHaveWorked) return settleSet(ended, at, policy, end);
	const detail = phase === 'unknown' ? status : endedByWords(end);
	return settle(ended, at, policy, {
		kind: 'finished-first',
		phase,
		...(detail !== undefined && {detail}),
	});
};

const settleCancelled = (state: CancelState, at: Moment, policy: CancelPolicy, end: End): Transition => {
	const {unproven} = end;
	const {confirmAfterMs, proofAfterMs} = policy.patience;
	const kind = state.mayHaveWorked ? 'cancelled' : 'already-cancelled';
	const isProofDue = state.step === 'following' && state.unprovable;
	if (unproven && kind === 'cancelled' && proofAfterMs !== undefined && !isProofDue) {
		return awaitProof(state, at, policy, {unproven, proofAfterMs});
	}
	const ending = 'ending' in state ? state.ending : undefined;
	const isConfirmed = isProofDue || (ending?.kind === 'cancelled' && ending.due);
	if (confirmAfterMs !== undefined && !isConfirmed) return confirmLater(state, at, policy, confirmAfterMs);
	if (end.members && kind === 'cancelled') return settleSet(state, at, policy, end);
	const detail = unproven && unprovenWords[unproven];
	const [next, effects] = settle(state, at, policy, {kind, ...(detail !== undefined && {detail})});
	return [unproven && next.step === 'settled' ? {...next, unproven} : next, effects];
};

/** Settles a set whose members have all ended, after a request that may have ended some of them. */
const settleSet = (
	state: CancelState,
	at: Moment,
	policy: CancelPolicy,
	{phase, members}: End,
): Transition => {
	if (!members) return stay(state);
	const set = {before: state.members, now: members, phase, removed: policy.gone === 'removed'};
	return settle(state, at, policy, outcomeOfSet(set));
};

/** A look showed it cancelled. Looks again after the time in which its server may still change the record. */
const confirmLater = (
	state: CancelState,
	at: Moment,
	policy: CancelPolicy,
	confirmAfterMs: number,
): Transition => {
	const ending = {kind: 'cancelled', looks: 1, due: false} as const;
	if (state.step === 'following') {
		if (state.ending?.kind === 'cancelled' && !state.ending.due) return stay(state);
		const {why: _why, unproven: _unproven, ...rest} = state;
		return [
			{...rest, ending, since: at, stillAlive: false, blind: 0},
			[{type: 'wait', timer: 'poll', ms: confirmAfterMs}],
		];
	}
	const before = {...state, since: at, stillAlive: false};
	const [next, effects] = follow(before, policy, undefined, confirmAfterMs);
	return [{...next, ending}, effects];
};

/** The record says cancelled but does not prove that the work has ended. Follows it until there is a proof, or until `proofAfterMs` have passed. */
const awaitProof = (
	state: CancelState,
	at: Moment,
	policy: CancelPolicy,
	{unproven, proofAfterMs}: {readonly unproven: Unproven; readonly proofAfterMs: number},
): Transition => {
	const why = unprovenWords[unproven];
	if (state.step === 'following' && state.unproven) {
		const next = {...state, since: at, polls: state.polls + 1, unproven, why, blind: 0, stillAlive: false};
		return [next, [{type: 'wait', timer: 'poll', ms: nextPoll(next, policy)}]];
	}
	const [next, effects] = follow({...state, since: at, stillAlive: false, blind: 0}, policy, why);
	return [{...next, unproven}, [...effects, {type: 'wait', timer: 'proof', ms: proofAfterMs}]];
};

/** The backend did not find the job. Looks again after some time, because a restarting server or a lagging replica does not find it either. */
export const goneWhile = (
	state: In<'checking' | 'reconciling' | 'following'>,
	{at, doubted}: EventOf<'missing'>,
	policy: CancelPolicy,
): Transition => {
	const before = state.ending?.kind === 'gone' ? state.ending : undefined;
	if (before && !before.due) return stay(state);
	const looks = (before?.looks ?? 0) + 1;
	if (looks >= (doubted ? goneLooks.doubted : goneLooks.normal))
		return settleGone(state, at, policy, doubted);
	const next = {...state, since: at, stillAlive: false, ending: {kind: 'gone', looks, due: false}} as const;
	const ms = policy.patience.confirmGoneAfterMs * 2 ** (looks - 1);
	return [next, [{type: 'wait', timer: state.step === 'following' ? 'poll' : 'retry', ms}]];
};

/** Settles the cancellation after several looks did not find the job. */
const settleGone = (state: CancelState, at: Moment, policy: CancelPolicy, doubted: boolean): Transition => {
	const ended = {...state, endSeen: true};
	const together = doubted ? 'all jobs of its batch vanished at once' : undefined;
	const because = (...words: readonly (string | undefined)[]) => {
		const detail = [...words, together].filter(word => word !== undefined).join('; ');
		return detail === '' ? {} : {detail};
	};
	if (state.mayHaveWorked) {
		const detail =
			policy.gone === 'removed' ? policy.removedDetail : 'its record is gone, so how it ended is unknown';
		return settle(ended, at, policy, {kind: policy.gone, ...because(detail)});
	}
	if (state.seenAlive) {
		return settle(ended, at, policy, {
			kind: 'finished-first',
			phase: 'unknown',
			...because('it disappeared before a request could take effect'),
		});
	}
	return settle(ended, at, policy, {kind: 'not-found', ...because()});
};

/** While no request is under way, an end in the job's own record settles the cancellation. */
export const endWhileWaiting = (
	state: CancelState,
	event: EventOf<'looked'>,
	policy: CancelPolicy,
): Transition =>
	looksLate(state, event)
		? stay(state)
		: !event.terminal
			? stay(seenAlive(state))
			: event.source === 'list'
				? stay(state)
				: settleEnd(state, event.at, policy, event);

export const cameBackWords = 'it was seen ended and is alive again; check it before you retry';
