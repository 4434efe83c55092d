/*
Following: a request was accepted, or may have been.
*/
import type {Outcome} from '../outcomes.ts';
import {type CancelPolicy, stay, type Transition} from './effects.ts';
import {cameBackWords, goneWhile, isSettling, isTakingEffect, settleLook} from './ends.ts';
import type {EventOf} from './events.ts';
import type {Row} from './rows.ts';
import {credentialRefused, replacedBy, settle, unfollow} from './settle.ts';
import {mayRepeat} from './standing.ts';
import {type Doubt, due, type In, looksLate} from './state.ts';
import {check, nextPoll, pauseAfter} from './steps.ts';

export const following: Row<'following'> = {
	replaced: replacedBy,
	unfollowed: unfollow,
	// A force-cancel only follows a request that may have worked.
	forced: (state, {at}, policy) =>
		state.mayHaveWorked && policy.operation === 'cancel'
			? check({...state, force: true}, at, policy)
			: stay(state),
	// As before the first request, a look comes first; the patience starts again.
	repeated(state, {at}, policy) {
		if (!mayRepeat(state, policy)) return stay(state);
		const [next, effects] = check({...state, overdue: false, conflicts: 0}, at, policy);
		return [next, [...effects, {type: 'wait', timer: 'overdue', ms: policy.patience.overdueAfterMs}]];
	},
	looked(state, event, policy) {
		if (looksLate(state, event)) return stay(state);
		if (event.source === 'list') return listedWhileFollowed(state, event, policy);
		if (isSettling(event)) return settleLook(state, event, policy);
		return aliveWhileFollowed(state, event, policy);
	},
	missing: (state, event, policy) =>
		looksLate(state, event) ? stay(state) : goneWhile(state, event, policy),
	'look-failed'(state, event, policy) {
		if (looksLate(state, event)) return stay(state);
		const {failure, at} = event;
		const blind = state.blind + 1;
		if (failure.kind === 'unauthorized') {
			return credentialRefused({...state, blind}, at, policy, failure);
		}
		const next = {...state, blind, polls: state.polls + 1, why: failure.detail};
		const ms = Math.max(pauseAfter(failure, 0), nextPoll(next, policy));
		return [next, [{type: 'wait', timer: 'poll', ms}]];
	},
	timer(state, {at, timer}, policy) {
		switch (timer) {
			case 'poll': {
				const needsRecord = state.ending ?? state.doubt ?? state.unprovable;
				return [due(state, at), [{type: 'look', source: needsRecord ? 'record' : 'list'}]];
			}
			case 'overdue':
				return stay({...state, overdue: true});
			case 'proof':
				return state.unproven
					? [{...state, since: at, unprovable: true}, [{type: 'look', source: 'record'}]]
					: stay(state);
			case 'reissue':
				return policy.resend !== 'guarded' && !state.reissued
					? check({...state, reissued: true}, at, policy)
					: stay(state);
			default:
				return stay(state);
		}
	},
};

/** A list shows the job: postpone the next look, or look at the job's own record. While an end or a doubt waits for that look, a list changes nothing. */
function listedWhileFollowed(
	state: In<'following'>,
	event: EventOf<'looked'>,
	policy: CancelPolicy,
): Transition {
	if (state.ending || state.doubt) return stay(state);
	const alive = event.terminal ? {} : {seenAlive: true, stillAlive: !state.unproven, blind: 0};
	const next = {...state, ...alive, polls: state.polls + 1};
	const needsRecord = isSettling(event)
		? !(state.unproven && event.unproven && event.phase === 'cancelled')
		: state.unproven !== undefined;
	const look = needsRecord ? [{type: 'look', source: 'record'} as const] : [];
	return [next, [...look, {type: 'wait', timer: 'poll', ms: nextPoll(next, policy)}]];
}

/** The job's own record shows it alive. */
function aliveWhileFollowed(
	state: In<'following'>,
	event: EventOf<'looked'>,
	policy: CancelPolicy,
): Transition {
	const {doubt, ending, unproven: _unproven, unprovable: _unprovable, why: _why, ...rest} = state;
	const alive = {...rest, seenAlive: true, stillAlive: true, blind: 0};
	if (doubt && !isTakingEffect(event)) {
		return settle(alive, event.at, policy, {kind: 'refused', ...doubtDetail(doubt)});
	}
	// Nothing was sent, and a look showed an end before: a request could destroy its results.
	if (!state.mayHaveWorked && ending?.kind === 'cancelled') {
		return settle(alive, event.at, policy, {kind: 'refused', detail: cameBackWords});
	}
	const next: In<'following'> = {
		...alive,
		...(doubt && {doubt}),
		polls: state.polls + 1,
		cameBack: state.cameBack || state.endSeen,
	};
	return [next, [{type: 'wait', timer: 'poll', ms: nextPoll(next, policy)}]];
}

/** The job is alive: the answer to the request becomes the detail, and nothing else. */
const doubtDetail = ({kind, detail}: Doubt): Pick<Outcome, 'detail'> => {
	if (kind === 'already' || kind === 'not-found') {
		const words = detail ?? (kind === 'already' ? 'this was done before' : 'it was not found');
		return {detail: `it is alive, but its system answered: ${words}`};
	}
	return detail === undefined ? {} : {detail};
};
