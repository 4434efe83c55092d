/*
Sending and reconciling: a request is under way, or its answer was lost.
*/
import {failurePolicies} from '../../job/failure.ts';
import type {Moment} from '../../job/time.ts';
import {type CancelPolicy, stay, type Transition} from './effects.ts';
import {goneWhile, isSettling, isTakingEffect, settleLook} from './ends.ts';
import type {Row} from './rows.ts';
import {credentialRefused, giveUp, replacedBy, settle, takenBack, unfollow} from './settle.ts';
import {type In, looksLate, seenAlive, withoutEnding} from './state.ts';
import {
	askRecord,
	check,
	checkAgain,
	follow,
	followInDoubt,
	followNow,
	lookAgain,
	maxConflicts,
	needsLookAlone,
	overdueToo,
	pauseAfter,
	reconcile,
	send,
	throttle,
} from './steps.ts';

/** How often a request is resent automatically after a lost answer. */
const maxResends = 2;

export const sending: Row<'sending'> = {
	unfollowed: unfollow,
	timer: (state, {timer}) => overdueToo(state, timer),
	// Another look's result says nothing about this request. But remember an end in the job's own record.
	looked: (state, {terminal, source}) =>
		stay(terminal && source !== 'list' && !state.endSeen ? {...state, endSeen: true} : state),
	answered(answeredState, {attempt, at, receipt}, policy) {
		if (attempt !== answeredState.attempt) return stay(answeredState);
		const state = {
			...answeredState,
			left: answeredState.left + 1,
			doubted: false,
			throttles: 0,
			conflicts: 0,
		};
		const {kind, detail} = receipt;
		if (kind === 'already' || kind === 'too-late') {
			// The set was alive a moment ago, so this is true of one member; the request may have ended the others.
			if (state.members) return followNow({...state, mayHaveWorked: true}, at, policy);
			return followInDoubt(state, at, policy, {kind, ...(detail !== undefined && {detail})});
		}
		const removed = receipt.removed && {removed: true as const};
		const accepted = {
			...state,
			...removed,
			since: at,
			mayHaveWorked: true,
			accepted: true,
			stillAlive: false,
		};
		return kind === 'accepted' ? follow(accepted, policy) : followNow(accepted, at, policy);
	},
	failed(unanswered, {attempt, at, failure, recalled}, policy) {
		if (attempt !== unanswered.attempt) return stay(unanswered);
		const {kind, detail} = failure;
		const neverLeft = kind === 'unreachable' || (kind === 'unauthorized' && failure.sent === false);
		const state = {
			...unanswered,
			left: unanswered.left + (neverLeft ? 0 : 1),
			throttles: kind === 'rate-limited' ? unanswered.throttles : 0,
		};
		if (failurePolicies[kind].delivered === 'maybe') return reconcile(state, at, policy, detail);
		if (kind === 'unauthorized') {
			// A look renews the credential where possible; a cancel request must not be repeated automatically.
			return failure.sent === false || state.doubted
				? credentialRefused(state, at, policy, failure)
				: check({...state, doubted: true}, at, policy);
		}
		if (kind === 'rate-limited') return throttle({...state, since: at}, failure);
		if (kind === 'unreachable') {
			return state.mayHaveWorked
				? reconcile(state, at, policy, detail)
				: settle(state, at, policy, recalled ? takenBack : {kind: 'not-sent', detail});
		}
		if (kind === 'forbidden') return giveUp(state, at, policy, failure);
		if (kind === 'conflict' && policy.resend === 'conditional')
			return recordChanged(state, at, policy, detail);
		if (kind === 'not-found' && state.members) {
			return followNow({...state, mayHaveWorked: true}, at, policy);
		}
		return followInDoubt(state, at, policy, {
			kind: kind === 'not-found' ? 'not-found' : 'refused',
			detail,
		});
	},
	held: (state, {at, attempt}, policy) =>
		attempt === state.attempt ? check(state, at, policy) : stay(state),
};

/** The request counted only for the record as the last look had shown it, and that has changed: nothing was done. */
const recordChanged = (before: In<'sending'>, at: Moment, policy: CancelPolicy, why: string): Transition => {
	const state = {...before, conflicts: before.conflicts + 1};
	if (state.conflicts < maxConflicts) return checkAgain(state, at, policy);
	const detail = `its record changed before each of ${maxConflicts} requests arrived: ${why}`;
	return settle({...state, conflicts: 0}, at, policy, {kind: 'refused', detail});
};

export const reconciling: Row<'reconciling'> = {
	replaced: replacedBy,
	unfollowed: unfollow,
	looked(state, event, policy) {
		if (looksLate(state, event)) return stay(state);
		if (isSettling(event)) {
			return event.source === 'list' ? askRecord(state, policy) : settleLook(state, event, policy);
		}
		const alive = event.source === 'list' ? seenAlive(state) : withoutEnding(seenAlive(state));
		if (needsLookAlone(state, policy) && event.source !== 'alone') return stay(alive);
		const mayResend =
			!isTakingEffect(event) && state.resends < maxResends && !(policy.resend === 'guarded' && state.endSeen);
		return mayResend
			? send({...alive, resends: state.resends + 1}, event.at)
			: follow(alive, policy, state.why);
	},
	missing: (state, event, policy) =>
		looksLate(state, event) ? stay(state) : goneWhile(state, event, policy),
	'look-failed'(before, event, policy) {
		if (looksLate(before, event)) return stay(before);
		const {failure, at} = event;
		const state = {...before, blind: before.blind + 1};
		if (failure.kind === 'unauthorized') return credentialRefused(state, at, policy, failure);
		if (failure.kind === 'forbidden') {
			return settle(state, at, policy, {kind: 'unknown', detail: failure.detail});
		}
		const ms = pauseAfter(failure, state.tries);
		return [{...state, tries: state.tries + 1}, [{type: 'wait', timer: 'retry', ms}]];
	},
	timer: lookAgain,
};
