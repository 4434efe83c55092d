/*
How an end of the job settles its cancellation, and how many looks must confirm the end.
*/
import {endedByWords} from '../../job/ended-by.ts';
import type {MemberCounts} from '../../job/job.ts';
import type {ReversibleOperation} from '../../job/operation.ts';
import {sizeOfSet} from '../../job/set.ts';
import type {Moment} from '../../job/time.ts';
import {type Unproven, unprovenWords} from '../../job/unproven.ts';
import {reachedKinds} from '../outcomes.ts';
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

/** Settles an operation that leaves its job alive, after the job's own record shows that it is reached. */
const settleReached = (state: CancelState, at: Moment, policy: CancelPolicy): Transition => {
	const {reached, reachedBefore} = reachedKinds[policy.operation as ReversibleOperation];
	return settle(state, at, policy, {kind: state.mayHaveWorked ? reached : reachedBefore});
};

/** Settles the cancellation after the job's own record shows an end. */
const settleEnd = (state: CancelState, at: Moment, policy: CancelPolicy, shown: End): Transition => {
	if (policy.operation !== 'cancel') return settleOwnEnd({...state, endSeen: true}, at, policy, shown);
	const whole = withLost(shown, state.members);
	const end = state.accepted ? endAfterRequest(whole, policy, state.members) : whole;
	const {phase} = end;
	const later = lookForMembers(state, at, policy, end);
	if (later) return later;
	const ended = {...state, endSeen: true};
	if (phase === 'cancelled') return settleCancelled(ended, at, policy, end);
	if (end.members && state.mayHaveWorked) return settleSet(ended, at, policy, end);
	return settleOwnEnd(ended, at, policy, end);
};

/** No request ended the job. */
const settleOwnEnd = (state: CancelState, at: Moment, policy: CancelPolicy, end: End): Transition => {
	const {phase, status} = end;
	const detail = phase === 'unknown' ? status : endedByWords(end);
	return settle(state, at, policy, {
		kind: 'finished-first',
		phase,
		...(detail !== undefined && {detail}),
	});
};

/** A member that was there before and is in no count now has lost its record. */
const withLost = (end: End, before: MemberCounts | undefined): End => {
	const {members} = end;
	if (members === undefined || before === undefined) return end;
	const missing = Math.max(0, sizeOfSet(before) - sizeOfSet(members));
	return {...end, members: {...members, lost: members.lost + missing}};
};

/** The end of a job whose system accepted a request before. Where the record of a cancelled job says no more than a signal, that signal is the evidence. */
const endAfterRequest = (end: End, {deletionSignals}: CancelPolicy, before?: MemberCounts): End => {
	if (deletionSignals === undefined) return end;
	const {members, endedBy} = end;
	if (members) {
		const deleted = Math.max(0, (members.signalled ?? 0) - (before?.signalled ?? 0));
		const counts = {cancelled: members.cancelled + deleted, ended: members.ended - deleted};
		return {...end, members: {...members, ...counts}};
	}
	const isDeleted = endedBy?.kind === 'signal' && deletionSignals.includes(endedBy.signal ?? 0);
	return isDeleted ? {...end, phase: 'cancelled'} : end;
};

/** Members of a set have no record. Where it may come late, looks again; undefined when that is over. */
const lookForMembers = (
	state: CancelState,
	at: Moment,
	policy: CancelPolicy,
	{members}: End,
): Transition | undefined => {
	if (state.step !== 'following' || !state.mayHaveWorked || members === undefined) return undefined;
	if (policy.patience.outcomeAfterMs === undefined) return undefined;
	if (members.lost <= (state.members?.lost ?? 0)) return undefined;
	return lookAgainForGone(state, at, policy, false);
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
	// Its system has no word for a cancel: say what the evidence is.
	const evidence = end.endedBy?.kind === 'signal' ? endedByWords(end) : undefined;
	const detail = unproven ? unprovenWords[unproven] : evidence;
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
	const removed = policy.gone === 'removed' || state.removed === true;
	const set = {before: state.members, now: members, phase, removed};
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
	return lookAgainForGone(state, at, policy, doubted) ?? settleGone(state, at, policy, doubted);
};

/** The next look at a job without a record; undefined if there were enough of them. */
const lookAgainForGone = (
	state: In<'checking' | 'reconciling' | 'following'>,
	at: Moment,
	policy: CancelPolicy,
	doubted: boolean,
): Transition | undefined => {
	const before = state.ending?.kind === 'gone' ? state.ending : undefined;
	if (before && !before.due) return stay(state);
	const looks = (before?.looks ?? 0) + 1;
	const enough = looks >= (doubted ? goneLooks.doubted : goneLooks.normal);
	// What was never there leaves no record, and neither does what its system says it has removed.
	const mayLeaveRecord = (state.mayHaveWorked || state.seenAlive) && !(state.removed && !state.members);
	const {outcomeAfterMs = 0} = policy.patience;
	if (enough && !(mayLeaveRecord && waitedMs(looks, policy) < outcomeAfterMs)) return undefined;
	const next = {...state, since: at, stillAlive: false, ending: {kind: 'gone', looks, due: false}} as const;
	const ms = pauseForGone(looks, policy);
	return [next, [{type: 'wait', timer: state.step === 'following' ? 'poll' : 'retry', ms}]];
};

/** Milliseconds between this look at a job without a record and the next. */
const pauseForGone = (looks: number, {patience}: CancelPolicy): number => {
	const {confirmGoneAfterMs, outcomeAfterMs, slowestPollMs} = patience;
	const ms = confirmGoneAfterMs * 2 ** Math.min(looks - 1, 20);
	return outcomeAfterMs === undefined ? ms : Math.min(ms, Math.max(confirmGoneAfterMs, slowestPollMs));
};

/** Milliseconds between the first of these looks and the last. */
const waitedMs = (looks: number, policy: CancelPolicy): number => {
	let ms = 0;
	for (let look = 1; look < looks; look++) ms += pauseForGone(look, policy);
	return ms;
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
		const kind = state.removed ? 'removed' : policy.gone;
		if (kind === 'unknown') {
			const detail = 'its record is gone, so how it ended is unknown';
			return settle(ended, at, policy, {kind, ...because(detail)});
		}
		// Its system, or somebody else, may have removed it after an end of its own.
		const unanswered = state.accepted ? undefined : 'no answer to the request arrived';
		return settle(ended, at, policy, {kind, ...because(policy.removedDetail, unanswered)});
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

/** Settles after the job's own record shows an end, or that the operation is reached. */
export const settleLook = (state: CancelState, event: EventOf<'looked'>, policy: CancelPolicy): Transition =>
	event.terminal ? settleEnd(state, event.at, policy, event) : settleReached(state, event.at, policy);

/** Whether a look shows what settles: an end, or that the operation is reached. */
export const isSettling = ({terminal, approach}: EventOf<'looked'>): boolean =>
	terminal || approach === 'reached';

/** Whether a look shows that a request takes effect. */
export const isTakingEffect = ({phase, approach}: EventOf<'looked'>): boolean =>
	phase === 'stopping' || approach === 'under-way';

/** While no request is under way, what the job's own record shows can settle the cancellation. */
export const endWhileWaiting = (
	state: CancelState,
	event: EventOf<'looked'>,
	policy: CancelPolicy,
): Transition =>
	looksLate(state, event)
		? stay(state)
		: event.source !== 'list' && isSettling(event)
			? settleLook(state, event, policy)
			: stay(event.terminal ? state : seenAlive(state));

export const cameBackWords = 'it was seen ended and is alive again; check it before you retry';
