/*
The steps before a request leaves: asked, staged, checking; and the waits, throttled and parked.
*/
import {stay} from './effects.ts';
import {cameBackWords, endWhileWaiting, goneWhile, isSettling, settleLook} from './ends.ts';
import type {Row} from './rows.ts';
import {credentialRefused, giveUp, recallUnsent, replacedBy, settle, takeBack, unfollow} from './settle.ts';
import {known, looksLate, seenAlive, withoutEnding} from './state.ts';
import {
	askRecord,
	check,
	goOn,
	lookAgain,
	needsLookAlone,
	overdueToo,
	pauseAfter,
	send,
	throttle,
} from './steps.ts';

/** Give up after this many failed looks before the first request; nothing was sent. */
const checkTries = 3;

export const asked: Row<'asked'> = {
	confirmed: (state, {at}, policy) =>
		policy.stageMs > 0
			? [{...known(state), step: 'staged'}, [{type: 'wait', timer: 'stage', ms: policy.stageMs}]]
			: check(state, at, policy),
	resumed(state, {at, type: _type, ...before}, policy) {
		return goOn({...state, ...before}, at, policy);
	},
};

export const staged: Row<'staged'> = {
	replaced: replacedBy,
	recalled: takeBack,
	unfollowed: unfollow,
	timer: (state, {at, timer}, policy) => (timer === 'stage' ? check(state, at, policy) : stay(state)),
	looked: endWhileWaiting,
};

export const checking: Row<'checking'> = {
	replaced: replacedBy,
	recalled: takeBack,
	unfollowed: unfollow,
	looked(state, event, policy) {
		if (looksLate(state, event)) return stay(state);
		if (isSettling(event)) {
			return event.source === 'list' ? askRecord(state, policy) : settleLook(state, event, policy);
		}
		const alive = event.source === 'list' ? seenAlive(state) : withoutEnding(seenAlive(state));
		if (needsLookAlone(state, policy) && event.source !== 'alone') return stay(alive);
		// A look showed it ended before: on a guarded backend, a request could destroy its results.
		if (policy.resend === 'guarded' && state.endSeen) {
			return settle(alive, event.at, policy, {kind: 'refused', detail: cameBackWords});
		}
		return send(alive, event.at);
	},
	missing: (state, event, policy) =>
		looksLate(state, event) ? stay(state) : goneWhile(state, event, policy),
	'look-failed'(before, event, policy) {
		if (looksLate(before, event)) return stay(before);
		const {failure, at} = event;
		const state = {...before, blind: before.blind + 1};
		if (failure.kind === 'unauthorized') return credentialRefused(state, at, policy, failure);
		if (failure.kind === 'rate-limited') return throttle(state, failure);
		const tries = state.tries + 1;
		if (failure.kind === 'forbidden' || tries >= checkTries) return giveUp(state, at, policy, failure);
		return [{...state, tries}, [{type: 'wait', timer: 'retry', ms: pauseAfter(failure, tries - 1)}]];
	},
	timer: lookAgain,
};

export const throttled: Row<'throttled'> = {
	replaced: replacedBy,
	timer: (state, {at, timer}, policy) =>
		timer === 'retry' ? goOn(state, at, policy) : overdueToo(state, timer),
	recalled: recallUnsent,
	unfollowed: unfollow,
	looked: endWhileWaiting,
};

export const parked: Row<'parked'> = {
	replaced: replacedBy,
	renewed: (state, {at}, policy) => goOn({...state, doubted: false}, at, policy),
	unfollowed: unfollow,
	recalled: recallUnsent,
	timer: (state, {timer}) => overdueToo(state, timer),
	looked: endWhileWaiting,
};
