/*
The life of one cancellation, as a pure table: (state, event) → [state, effects]. The runner performs the effects.

Four rules stand above the rest. A job is called cancelled only on evidence that came after the request. A request that may have arrived is never called failed. No answer and no list settles anything: the job's own record does. One look is never enough to believe that a job is gone, nor that it is cancelled where its backend may still write otherwise.
*/
import type {BackendTraits, CancelReceipt, Patience} from '../../backends/backend.ts';
import {type Failure, failurePolicies, wishOf} from '../../job/failure.ts';
import type {MemberCounts} from '../../job/job.ts';
import type {Phase} from '../../job/phase.ts';
import {type Unproven, unprovenWords} from '../../job/unproven.ts';
import {type Outcome, type OutcomeKind, outcomes} from '../outcomes.ts';
import {outcomeOfSet} from '../set-outcome.ts';

/**
What happened. `at` is the number of the moment: a counter that never goes back, shared by questions and answers. `askedMoment` is the moment in which the look was asked for: an answer to an older question than the last request is no evidence about it.
*/
export type CancelEvent = {readonly at: number} & (
	| {readonly type: 'confirmed'}
	/** Somebody takes it back, or, as the detail says, nobody waits any longer. */
	| {readonly type: 'recalled'; readonly detail?: string}
	| {readonly type: 'timer'; readonly timer: Timer}
	| {
			readonly type: 'looked';
			readonly askedMoment: number;
			readonly source: LookSource;
			readonly phase: Phase;
			readonly status: string;
			/** Of a set: none of its members lives. */
			readonly terminal: boolean;
			readonly unproven?: Unproven;
			readonly members?: MemberCounts;
			/** A request of ours for a set that it belongs to may have ended it. */
			readonly ours?: true;
	  }
	/** The backend does not know the job; `doubted` where all jobs of its batch have vanished with it. */
	| {readonly type: 'missing'; readonly askedMoment: number; readonly doubted: boolean}
	/** A look shows that the id belongs to another job by now. */
	| {readonly type: 'replaced'; readonly askedMoment: number; readonly detail: string}
	| {readonly type: 'look-failed'; readonly askedMoment: number; readonly failure: Failure}
	| {readonly type: 'answered'; readonly attempt: number; readonly receipt: CancelReceipt}
	| {readonly type: 'failed'; readonly attempt: number; readonly failure: Failure}
	/** The request has not left: its turn came too late after the look that it follows, or after an end was seen. */
	| {readonly type: 'held'; readonly attempt: number}
	/** There is a new credential. */
	| {readonly type: 'renewed'}
	/** Somebody wants the stronger means that the backend has. */
	| {readonly type: 'forced'}
	/** Nobody wants to know any more. */
	| {readonly type: 'unfollowed'}
	/** An earlier process began it; its journal tells how far it came. */
	| ({readonly type: 'resumed'; readonly attempt: number} & Pick<
			Known,
			'left' | 'accepted' | 'mayHaveWorked' | 'endSeen'
	  >)
);

/** Where a job was seen, the weakest first: on a list, which may lag or be wrong; in its own record, asked for together with others; in its own record, asked for it alone and just now, as a guarded backend needs it before each request. */
export type LookSource = 'list' | 'record' | 'alone';

export type Timer = 'stage' | 'retry' | 'poll' | 'overdue' | 'reissue' | 'proof';

export type CancelEffect =
	/** Look at the job now; the answer comes back as `looked`, `missing` or `look-failed`. `source` is the weakest that will do. */
	| {readonly type: 'look'; readonly source: LookSource}
	/** Send the request with this number, once; with `force` by the stronger means that the backend has. */
	| {readonly type: 'send'; readonly attempt: number; readonly force: boolean}
	/** Start the timer, in place of one of the same name; `overdue` and `reissue` run on where they have begun. */
	| {readonly type: 'wait'; readonly timer: Timer; readonly ms: number};

export type CancelPolicy = Pick<BackendTraits, 'resend' | 'gone' | 'removedDetail'> & {
	readonly patience: Patience;
	/** Milliseconds in which the whole can still be recalled; 0 for none. */
	readonly stageMs: number;
	/** Wait for a new credential (the screen), or settle at once (the command line). */
	readonly park: boolean;
};

type Known = {
	/** Requests sent so far. It never goes back, so an answer always names the request that it answers. */
	readonly attempt: number;
	/** Those of them that a server has answered: they have left. */
	readonly left: number;
	/** Looks asked for before this moment are no evidence. */
	readonly since: number;
	/** A request may have taken effect: it was accepted, or its answer was lost. */
	readonly mayHaveWorked: boolean;
	readonly accepted: boolean;
	/** A look after the confirmation showed an end: nothing more is sent to a guarded backend. */
	readonly endSeen: boolean;
	/** jobtop saw the job alive. */
	readonly seenAlive: boolean;
	/** The latest look since the request was accepted showed it alive. */
	readonly stillAlive: boolean;
	/** Looks in a row that failed. */
	readonly blind: number;
	/** Times in a row that the backend asked for patience. */
	readonly throttles: number;
	/** How the latest answer was lost, in words. */
	readonly lost?: string;
	readonly overdue: boolean;
	readonly reissued: boolean;
	/** The next request goes by the stronger means. */
	readonly force: boolean;
	/** Requests sent again after a lost answer. */
	readonly resends: number;
	/** The credential of a request was refused, and the look after that shall tell whether there is a new one. */
	readonly doubted: boolean;
	/** It was seen ended and then alive again. */
	readonly cameBack: boolean;
	/** Of a set: where its members were before a request could take effect. */
	readonly members?: MemberCounts;
};

export type CancelState = Known &
	(
		| {readonly step: 'asked'}
		| {readonly step: 'staged'}
		/** The look before the request. */
		| {readonly step: 'checking'; readonly tries: number; readonly ending?: Ending}
		| {readonly step: 'sending'}
		/** The backend asked for patience; then it is checked again. */
		| {readonly step: 'throttled'; readonly why: string}
		/** Waiting for a new credential. */
		| {readonly step: 'parked'; readonly why: string}
		/** The answer was lost: only a look can tell. */
		| {
				readonly step: 'reconciling';
				readonly tries: number;
				readonly why: string;
				readonly ending?: Ending;
		  }
		| {
				readonly step: 'following';
				readonly polls: number;
				/** The backend did not take the request: the next look decides what that means. */
				readonly doubt?: Doubt;
				readonly ending?: Ending;
				/** Its record says that it was cancelled, and does not prove it. */
				readonly unproven?: Unproven;
				/** A proof has been waited for long enough: what the next look shows is said as it stands. */
				readonly unprovable?: true;
				/** The last look that failed, in words. */
				readonly why?: string;
		  }
		| {
				readonly step: 'settled';
				readonly outcome: Outcome;
				/** It was called cancelled without a proof. */
				readonly unproven?: Unproven;
		  }
	);

/** An end that was seen and is not believed yet: it is looked at once more when some time has passed. */
type Ending = {
	readonly kind: 'cancelled' | 'gone';
	/** Looks that showed it, some time apart. */
	readonly looks: number;
	/** The time has passed: the next look decides. Whoever else looks before says nothing about that. */
	readonly due: boolean;
};

export type CancelStep = CancelState['step'];

type Doubt = {readonly kind: 'already' | 'too-late' | 'refused' | 'not-found'; readonly detail?: string};

export type Transition = readonly [state: CancelState, effects: readonly CancelEffect[]];

type In<Step extends CancelStep> = Extract<CancelState, {step: Step}>;
type Of<Type extends CancelEvent['type']> = Extract<CancelEvent, {type: Type}>;
type Transitions = {
	readonly [Step in CancelStep]: {
		readonly [Type in CancelEvent['type']]?: (
			state: In<Step>,
			event: Of<Type>,
			policy: CancelPolicy,
		) => Transition;
	};
};

/** Failed looks before the first request, after which it is given up and nothing was sent. */
const checkTries = 3;
/** Requests that are sent again by themselves after a lost answer. */
const mostResends = 2;
/** Failed looks in a row, after which nobody can tell whether the job is still alive. */
const mostBlind = 3;
/** Looks that have to agree that a job is gone; where all of its batch have vanished at once, some more, each after twice the time. */
const goneLooks = {usual: 2, doubted: 4};
/** Milliseconds for which a backend is left alone that asks for patience without saying how long. */
const usualPauseMs = 5000;

/** A cancellation that nobody has confirmed yet. `seenAlive`: jobtop has seen the job alive. `force`: its first request goes by the stronger means that the backend has. */
export const ask = (seenAlive: boolean, force = false, members?: MemberCounts): CancelState => ({
	step: 'asked',
	attempt: 0,
	left: 0,
	since: 0,
	mayHaveWorked: false,
	accepted: false,
	endSeen: false,
	seenAlive,
	stillAlive: false,
	blind: 0,
	throttles: 0,
	overdue: false,
	reissued: false,
	force,
	resends: 0,
	doubted: false,
	cameBack: false,
	...(members && {members}),
});

const known = (state: CancelState): Known => ({
	attempt: state.attempt,
	left: state.left,
	since: state.since,
	mayHaveWorked: state.mayHaveWorked,
	accepted: state.accepted,
	endSeen: state.endSeen,
	seenAlive: state.seenAlive,
	stillAlive: state.stillAlive,
	blind: state.blind,
	throttles: state.throttles,
	...(state.lost !== undefined && {lost: state.lost}),
	overdue: state.overdue,
	reissued: state.reissued,
	force: state.force,
	resends: state.resends,
	doubted: state.doubted,
	cameBack: state.cameBack,
	...(state.members && {members: state.members}),
});

const stay = (state: CancelState): Transition => [state, []];

/** Seen alive, by whomever. */
const seenAlive = <State extends CancelState>(state: State): State =>
	state.seenAlive && state.blind === 0 ? state : {...state, seenAlive: true, blind: 0};

/** Outcomes that say that nothing was done. They are never said of a request that may have worked. */
const saysNothingDone: ReadonlySet<OutcomeKind> = new Set([
	'not-sent',
	'denied',
	'refused',
	'not-found',
	'replaced',
]);

const settle = (
	state: CancelState,
	at: number,
	policy: CancelPolicy,
	outcome: Outcome,
	unproven?: Unproven,
): Transition => {
	if (state.mayHaveWorked && saysNothingDone.has(outcome.kind)) return follow(state, policy, outcome.detail);
	const settled = {...known(state), step: 'settled', since: at, force: false} as const;
	return [{...settled, outcome: asLeft(state, outcome), ...(unproven && {unproven})}, []];
};

/** What was sent and not taken is not called unsent. */
const asLeft = ({left, blind}: CancelState, outcome: Outcome): Outcome => {
	if (outcome.kind !== 'not-sent' || left === 0) return outcome;
	const sent =
		left === 1 ? 'one request was sent, and was not taken' : `${left} requests were sent, and none was taken`;
	const detail = outcome.detail === undefined ? sent : `${sent}; last: ${outcome.detail}`;
	return {...outcome, kind: blind === 0 ? 'refused' : 'unknown', detail};
};

/** It was seen cancelled, and is looked at once more when the time has passed in which its server may still write otherwise. */
const confirmLater = (
	state: CancelState,
	at: number,
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
	const patience = {...policy.patience, firstPollMs: confirmAfterMs};
	const [next, effects] = follow({...state, since: at, stillAlive: false}, {...policy, patience});
	return [{...(next as In<'following'>), ending}, effects];
};

/** Its record says that it was cancelled, and something else in it says that the work may not have ended: it is followed until there is a proof, or for the patience that its backend has for that. */
const awaitProof = (
	state: CancelState,
	at: number,
	policy: CancelPolicy,
	unproven: Unproven,
	proofAfterMs: number,
): Transition => {
	const why = unprovenWords[unproven];
	if (state.step === 'following' && state.unproven) {
		const next = {...state, since: at, polls: state.polls + 1, unproven, why, blind: 0, stillAlive: false};
		return [next, [{type: 'wait', timer: 'poll', ms: nextPoll(next, policy)}]];
	}
	const [next, effects] = follow({...state, since: at, stillAlive: false, blind: 0}, policy, why);
	return [
		{...(next as In<'following'>), unproven},
		[...effects, {type: 'wait', timer: 'proof', ms: proofAfterMs}],
	];
};

/** How a job, or all of a set, has ended. */
type End = Pick<Of<'looked'>, 'phase' | 'status' | 'unproven' | 'members'>;

/** The job's own record says that it has ended: what does that make of the cancellation? */
const settleEnd = (state: CancelState, at: number, policy: CancelPolicy, end: End): Transition => {
	const {phase, status} = end;
	const ended = {...state, endSeen: true};
	if (phase === 'cancelled') return settleCancelled(ended, at, policy, end);
	if (end.members && state.mayHaveWorked) return settleSet(ended, at, policy, end);
	return settle(ended, at, policy, {
		kind: 'finished-first',
		phase,
		...(phase === 'unknown' && {detail: status}),
	});
};

const settleCancelled = (state: CancelState, at: number, policy: CancelPolicy, end: End): Transition => {
	const {unproven} = end;
	const {confirmAfterMs, proofAfterMs} = policy.patience;
	const kind = state.mayHaveWorked ? 'cancelled' : 'already-cancelled';
	const isProofDue = state.step === 'following' && state.unprovable;
	if (unproven && kind === 'cancelled' && proofAfterMs !== undefined && !isProofDue) {
		return awaitProof(state, at, policy, unproven, proofAfterMs);
	}
	const ending = 'ending' in state ? state.ending : undefined;
	const isConfirmed = isProofDue || (ending?.kind === 'cancelled' && ending.due);
	if (confirmAfterMs !== undefined && !isConfirmed) return confirmLater(state, at, policy, confirmAfterMs);
	if (end.members && kind === 'cancelled') return settleSet(state, at, policy, end);
	const detail = unproven && unprovenWords[unproven];
	return settle(state, at, policy, {kind, ...(detail !== undefined && {detail})}, unproven);
};

/** All members of a set have ended, some of them by a request of ours. */
const settleSet = (
	state: CancelState,
	at: number,
	policy: CancelPolicy,
	{phase, members}: End,
): Transition => {
	if (!members) return stay(state);
	const set = {before: state.members, now: members, phase, removed: policy.gone === 'removed'};
	return settle(state, at, policy, outcomeOfSet(set));
};

/** The backend does not know the job, once: it is looked for again after some time, for a server that restarts or a copy that lags does not know it either. */
const goneWhile = (
	state: In<'checking' | 'reconciling' | 'following'>,
	{at, doubted}: Of<'missing'>,
	policy: CancelPolicy,
): Transition => {
	const before = state.ending?.kind === 'gone' ? state.ending : undefined;
	if (before && !before.due) return stay(state);
	const looks = (before?.looks ?? 0) + 1;
	if (looks >= (doubted ? goneLooks.doubted : goneLooks.usual)) return settleGone(state, at, policy, doubted);
	const next = {...state, since: at, stillAlive: false, ending: {kind: 'gone', looks, due: false}} as const;
	const ms = policy.patience.confirmGoneAfterMs * 2 ** (looks - 1);
	return [next, [{type: 'wait', timer: state.step === 'following' ? 'poll' : 'retry', ms}]];
};

/** Several looks did not find the job: what does that make of the cancellation? */
const settleGone = (state: CancelState, at: number, policy: CancelPolicy, doubted: boolean): Transition => {
	const ended = {...state, endSeen: true};
	const together = doubted ? 'all jobs of its batch vanished at once' : undefined;
	const because = (...words: readonly (string | undefined)[]) => {
		const detail = [...words, together].filter(word => word !== undefined).join('; ');
		return detail === '' ? {} : {detail};
	};
	if (state.mayHaveWorked) {
		const detail =
			policy.gone === 'removed' ? policy.removedDetail : 'its record is gone, and nothing tells how it ended';
		return settle(ended, at, policy, {kind: policy.gone, ...because(detail)});
	}
	if (state.seenAlive) {
		return settle(ended, at, policy, {
			kind: 'finished-first',
			phase: 'unknown',
			...because('it was gone before a request could take effect'),
		});
	}
	return settle(ended, at, policy, {kind: 'not-found', ...because()});
};

/** The time has passed after which an end is believed: an older look is no confirmation. */
const due = <State extends {readonly ending?: Ending; readonly since: number}>(
	state: State,
	at: number,
): State => (state.ending ? {...state, since: at, ending: {...state.ending, due: true}} : state);

/** Without the end that was seen: the job is alive. */
const withoutEnding = <State extends CancelState>(state: State): State => {
	if (!('ending' in state)) return state;
	const {ending: _ending, ...rest} = state as State & {readonly ending?: Ending};
	return rest as State;
};

/** The look after which a request may go out: on a guarded backend at this job alone. */
const lookToSend = ({resend}: CancelPolicy, ending?: Ending): CancelEffect => ({
	type: 'look',
	source: resend === 'guarded' ? 'alone' : ending ? 'record' : 'list',
});

const check = (state: CancelState, at: number, policy: CancelPolicy): Transition => [
	{...known(state), step: 'checking', since: at, tries: 0},
	[lookToSend(policy)],
];

const send = (state: CancelState, at: number): Transition => {
	const attempt = state.attempt + 1;
	const {force} = state;
	return [{...known(state), step: 'sending', since: at, attempt}, [{type: 'send', attempt, force}]];
};

const reconcile = (state: CancelState, at: number, policy: CancelPolicy, why: string): Transition => [
	{...known(state), step: 'reconciling', since: at, mayHaveWorked: true, lost: why, tries: 0, why},
	[lookToSend(policy)],
];

const park = (state: CancelState, why: string): Transition => [{...known(state), step: 'parked', why}, []];

/** It is asked again later and later, also where the backend wishes for the same short time again and again. */
const throttle = (state: CancelState, failure: Failure): Transition => [
	{...known(state), step: 'throttled', throttles: state.throttles + 1, why: failure.detail},
	[{type: 'wait', timer: 'retry', ms: pauseAfter(failure, state.throttles)}],
];

/** Milliseconds until a question that failed for the `tries`th time is asked again. */
const pauseAfter = (failure: Failure, tries: number): number =>
	Math.max(wishOf(failure) ?? (failure.kind === 'rate-limited' ? usualPauseMs : 0), backOff(tries));

const follow = (state: CancelState, policy: CancelPolicy, why?: string): Transition => {
	const {firstPollMs, overdueAfterMs, reissueAfterMs} = policy.patience;
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
const followNow = (
	state: CancelState,
	at: number,
	policy: CancelPolicy,
): readonly [In<'following'>, readonly CancelEffect[]] => {
	const [next, effects] = follow({...state, since: at}, policy);
	const others = effects.filter(effect => effect.type !== 'wait' || effect.timer !== 'poll');
	return [next as In<'following'>, [{type: 'look', source: 'record'}, ...others]];
};

/** The answer needs a look to be understood. */
const followInDoubt = (state: CancelState, at: number, policy: CancelPolicy, doubt: Doubt): Transition => {
	const [next, effects] = followNow(state, at, policy);
	return [{...next, doubt}, effects];
};

/** 1, 2, 4 … seconds, a minute at most. */
const backOff = (tries: number): number => Math.min(60_000, 1000 * 2 ** Math.min(tries, 10));

const nextPoll = ({polls}: In<'following'>, {patience}: CancelPolicy): number =>
	Math.min(patience.slowestPollMs, Math.round(patience.firstPollMs * 1.5 ** Math.min(polls, 40)));

const credentialRefused = (
	state: CancelState,
	at: number,
	policy: CancelPolicy,
	failure: Failure,
): Transition => {
	if (policy.park) return park(state, failure.detail);
	const neverLeft = failure.kind === 'unauthorized' && failure.sent === false;
	const kind = state.mayHaveWorked ? 'unknown' : neverLeft ? 'not-sent' : 'denied';
	return settle(state, at, policy, {kind, detail: failure.detail, credential: true});
};

/** What a refusal, of the look or of the request, makes of a cancellation that has not begun to work. */
const giveUp = (state: CancelState, at: number, policy: CancelPolicy, failure: Failure): Transition =>
	settle(state, at, policy, {
		kind: failure.kind === 'forbidden' ? 'denied' : 'not-sent',
		detail: failure.detail,
	});

const looksLate = (state: CancelState, event: {readonly askedMoment: number}): boolean =>
	event.askedMoment < state.since;

/** In a state where nothing is under way, an end in the job's own record is an end. */
const endWhileWaiting = (state: CancelState, event: Of<'looked'>, policy: CancelPolicy): Transition =>
	looksLate(state, event)
		? stay(state)
		: !event.terminal
			? stay(seenAlive(state))
			: event.source === 'list'
				? stay(state)
				: settleEnd(state, event.at, policy, event);

/** A list says that it has ended: its own record is asked. */
const askRecord = <State extends CancelState>(state: State, {resend}: CancelPolicy): Transition => [
	state,
	// On a guarded backend that is under way.
	resend === 'guarded' ? [] : [{type: 'look', source: 'record'}],
];

/** Starts again where a cancellation stood when it had to wait. */
const goOn = (state: CancelState, at: number, policy: CancelPolicy): Transition =>
	state.force
		? check(state, at, policy)
		: state.accepted
			? followNow(state, at, policy)
			: state.mayHaveWorked
				? reconcile(state, at, policy, 'the answer was lost')
				: check(state, at, policy);

/** What can happen in which step; what is not listed changes nothing. */
const transitions: Transitions = {
	asked: {
		confirmed: (state, {at}, policy) =>
			policy.stageMs > 0
				? [{...known(state), step: 'staged'}, [{type: 'wait', timer: 'stage', ms: policy.stageMs}]]
				: check(state, at, policy),
		resumed: (state, {at, attempt, left, accepted, mayHaveWorked, endSeen}, policy) =>
			goOn({...state, attempt, left, accepted, mayHaveWorked, endSeen}, at, policy),
	},

	staged: {
		replaced: replacedBy,
		recalled: takeBack,
		unfollowed: unfollow,
		timer: (state, {at, timer}, policy) => (timer === 'stage' ? check(state, at, policy) : stay(state)),
		looked: endWhileWaiting,
	},

	checking: {
		replaced: replacedBy,
		recalled: takeBack,
		unfollowed: unfollow,
		looked(state, event, policy) {
			if (looksLate(state, event)) return stay(state);
			if (event.terminal) {
				return event.source === 'list' ? askRecord(state, policy) : settleEnd(state, event.at, policy, event);
			}
			const alive = event.source === 'list' ? seenAlive(state) : withoutEnding(seenAlive(state));
			if (policy.resend === 'guarded' && event.source !== 'alone') return stay(alive);
			// It was seen ended once: on a guarded backend another request could destroy what it left.
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
	},

	sending: {
		unfollowed: unfollow,
		timer: (state, {timer}) => overdueToo(state, timer),
		// Somebody else's look: it says nothing about this request, but an end in the job's own record is remembered.
		looked: (state, {terminal, source}) =>
			stay(terminal && source !== 'list' && !state.endSeen ? {...state, endSeen: true} : state),
		answered(answeredState, {attempt, at, receipt}, policy) {
			if (attempt !== answeredState.attempt) return stay(answeredState);
			const state = {...answeredState, left: answeredState.left + 1, doubted: false, throttles: 0};
			const {kind, detail} = receipt;
			if (kind === 'already' || kind === 'too-late') {
				// Said of a set that had lived a moment ago, it is true of one of its members; the others may have been ended.
				if (state.members) return followNow({...state, mayHaveWorked: true}, at, policy);
				return followInDoubt(state, at, policy, {kind, ...(detail !== undefined && {detail})});
			}
			const accepted = {...state, since: at, mayHaveWorked: true, accepted: true, stillAlive: false};
			return kind === 'accepted' ? follow(accepted, policy) : followNow(accepted, at, policy);
		},
		failed(unanswered, {attempt, at, failure}, policy) {
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
				// A question renews the credential where that can be done; a request may not be repeated by itself.
				return failure.sent === false || state.doubted
					? credentialRefused(state, at, policy, failure)
					: check({...state, doubted: true}, at, policy);
			}
			if (kind === 'rate-limited') return throttle({...state, since: at}, failure);
			if (kind === 'unreachable') {
				return state.mayHaveWorked
					? reconcile(state, at, policy, detail)
					: settle(state, at, policy, {kind: 'not-sent', detail});
			}
			if (kind === 'forbidden') return giveUp(state, at, policy, failure);
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
	},

	throttled: {
		replaced: replacedBy,
		timer: (state, {at, timer}, policy) =>
			timer === 'retry' ? goOn(state, at, policy) : overdueToo(state, timer),
		recalled: recallUnsent,
		unfollowed: unfollow,
		looked: endWhileWaiting,
	},

	parked: {
		replaced: replacedBy,
		renewed: (state, {at}, policy) => goOn({...state, doubted: false}, at, policy),
		unfollowed: unfollow,
		recalled: recallUnsent,
		timer: (state, {timer}) => overdueToo(state, timer),
		looked: endWhileWaiting,
	},

	reconciling: {
		replaced: replacedBy,
		unfollowed: unfollow,
		looked(state, event, policy) {
			if (looksLate(state, event)) return stay(state);
			if (event.terminal) {
				return event.source === 'list' ? askRecord(state, policy) : settleEnd(state, event.at, policy, event);
			}
			const alive = event.source === 'list' ? seenAlive(state) : withoutEnding(seenAlive(state));
			if (policy.resend === 'guarded' && event.source !== 'alone') return stay(alive);
			const again =
				event.phase !== 'stopping' &&
				state.resends < mostResends &&
				!(policy.resend === 'guarded' && state.endSeen);
			return again
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
	},

	following: {
		replaced: replacedBy,
		unfollowed: unfollow,
		// Stronger than what? Something has to have been asked before.
		forced: (state, {at}, policy) =>
			state.mayHaveWorked ? check({...state, force: true}, at, policy) : stay(state),
		looked(state, event, policy) {
			if (looksLate(state, event)) return stay(state);
			if (event.source === 'list') return listedWhileFollowed(state, event, policy);
			if (event.terminal) return settleEnd(state, event.at, policy, event);
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
					return policy.resend === 'safe' && !state.reissued
						? check({...state, reissued: true}, at, policy)
						: stay(state);
				default:
					return stay(state);
			}
		},
	},

	settled: {
		looked(state, event, policy) {
			if (looksLate(state, event) || !overtakes(state, event)) return stay(state);
			// A list may lag, or be wrong.
			if (event.source === 'list') return [state, [{type: 'look', source: 'record'}]];
			if (event.terminal) return settleEnd(state, event.at, policy, event);
			const alive = {stillAlive: true, blind: 0, cameBack: true, endSeen: true};
			return follow({...state, ...alive, since: event.at}, policy);
		},
	},
};

/** Late evidence is better than none; and a server may still overwrite what it said. */
function overtakes({outcome: {kind}, unproven, endSeen}: In<'settled'>, event: Of<'looked'>): boolean {
	if (!event.terminal) return endsTheJob.has(kind) || (isOpen(kind) && endSeen);
	if (isOpen(kind)) return true;
	if (event.phase === 'cancelled') return unproven !== undefined && event.unproven === undefined;
	return outcomes[kind].saysCancelled && event.phase !== 'unknown';
}

/** What a list says of a job that is followed: it puts the next look off, or asks for one at the job's own record. While an end or a doubt waits for that, it says nothing. */
function listedWhileFollowed(state: In<'following'>, event: Of<'looked'>, policy: CancelPolicy): Transition {
	if (state.ending || state.doubt) return stay(state);
	const alive = event.terminal ? {} : {seenAlive: true, stillAlive: !state.unproven, blind: 0};
	const next = {...state, ...alive, polls: state.polls + 1};
	const saysMore = event.terminal
		? !(state.unproven && event.unproven && event.phase === 'cancelled')
		: state.unproven !== undefined;
	const look = saysMore ? [{type: 'look', source: 'record'} as const] : [];
	return [next, [...look, {type: 'wait', timer: 'poll', ms: nextPoll(next, policy)}]];
}

/** The job's own record says that it is alive. */
function aliveWhileFollowed(state: In<'following'>, event: Of<'looked'>, policy: CancelPolicy): Transition {
	const {doubt, ending, unproven: _unproven, unprovable: _unprovable, why: _why, ...rest} = state;
	const alive = {...rest, seenAlive: true, stillAlive: true, blind: 0};
	if (doubt && event.phase !== 'stopping') {
		return settle(alive, event.at, policy, {kind: 'refused', ...wordsOfDoubt(doubt)});
	}
	// Nothing was sent yet, and an end was seen: another request could destroy what it left.
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

/** What is asked again, and after which time an end is believed. */
function lookAgain(
	state: In<'checking' | 'reconciling'>,
	{at, timer}: Of<'timer'>,
	policy: CancelPolicy,
): Transition {
	return timer === 'retry' ? [due(state, at), [lookToSend(policy, state.ending)]] : overdueToo(state, timer);
}

const cameBackWords = 'it was seen ended and is alive again; look at it before asking anew';

/** The job is alive: what the backend said to the request means no more than its words. */
const wordsOfDoubt = ({kind, detail}: Doubt): Pick<Outcome, 'detail'> => {
	if (kind === 'already' || kind === 'not-found') {
		const words = detail ?? (kind === 'already' ? 'it had been cancelled before' : 'it is not known');
		return {detail: `it is there, but the request was answered: ${words}`};
	}
	return detail === undefined ? {} : {detail};
};

/** Outcomes that leave open what becomes of the job: any later evidence is better. */
const isOpen = (kind: OutcomeKind): boolean => kind === 'unknown' || kind === 'overdue';

/** Outcomes that say that the job is no more. */
const endsTheJob: ReadonlySet<OutcomeKind> = new Set([
	'cancelled',
	'already-cancelled',
	'removed',
	'finished-first',
]);

function overdueToo(state: CancelState, timer: Timer): Transition {
	return stay(timer === 'overdue' ? {...state, overdue: true} : state);
}

/** What is there now was never meant: nothing is sent to it. What became of the other one, nobody can tell once something was sent. */
function replacedBy(state: CancelState, event: Of<'replaced'>, policy: CancelPolicy): Transition {
	if (looksLate(state, event)) return stay(state);
	const {at, detail} = event;
	const kind = state.mayHaveWorked ? 'unknown' : 'replaced';
	return settle({...state, endSeen: true}, at, policy, {kind, detail});
}

/** Taken back while nothing of it is under way. */
function takeBack(state: CancelState, {at, detail}: Of<'recalled'>, policy: CancelPolicy): Transition {
	const {detail: why} = whyIn(state);
	const words = detail === undefined ? 'recalled' : [detail, why].filter(Boolean).join('; last ');
	return settle(state, at, policy, {kind: 'not-sent', detail: words});
}

/** What may have worked is not taken back by words. */
function recallUnsent(state: CancelState, event: Of<'recalled'>, policy: CancelPolicy): Transition {
	return state.mayHaveWorked ? stay(state) : takeBack(state, event, policy);
}

/** Nobody wants to know any more: it is said as it stands. A request that is under way may work. */
function unfollow(state: CancelState, {at}: Of<'unfollowed'>): Transition {
	const mayHaveWorked = state.mayHaveWorked || state.step === 'sending';
	const {kind, detail} = leave(state);
	const words = kind === 'not-sent' || detail === undefined ? notFollowed : `${notFollowed}; ${detail}`;
	const outcome: Outcome = {kind, detail: words};
	return [{...known(state), step: 'settled', since: at, force: false, mayHaveWorked, outcome}, []];
}

const notFollowed = 'not followed any more';

/** What is known of a set before the table is asked. */
const takeMembers = (state: CancelState, event: CancelEvent): CancelState => {
	if (event.type !== 'looked' || looksLate(state, event) || state.mayHaveWorked) return state;
	// A look beside a request that is under way may show what that has done.
	if (state.step === 'settled' || state.step === 'sending') return state;
	if (event.terminal) return event.ours ? {...state, mayHaveWorked: true} : state;
	return event.members ? {...state, members: event.members} : state;
};

/** A look that tells of a set without its members tells of none of them: the set is looked at by itself. */
const needsMembers = (state: CancelState, event: CancelEvent): boolean =>
	event.type === 'looked' &&
	event.terminal &&
	event.source !== 'alone' &&
	state.members !== undefined &&
	event.members === undefined &&
	state.step !== 'settled' &&
	!looksLate(state, event);

/** The next state and what has to be done. Pure: the same state and event always give the same. */
export const transition = (before: CancelState, event: CancelEvent, policy: CancelPolicy): Transition => {
	if (needsMembers(before, event)) return [before, [{type: 'look', source: 'alone'}]];
	const state = takeMembers(before, event);
	const handle = transitions[state.step][event.type] as
		| ((state: CancelState, event: CancelEvent, policy: CancelPolicy) => Transition)
		| undefined;
	return handle ? handle(state, event, policy) : stay(state);
};

/** An end was seen, or is told without a proof, and is not believed yet. */
const endsMaybe = (state: CancelState): boolean =>
	('ending' in state && state.ending !== undefined) ||
	(state.step === 'following' && state.unproven !== undefined);

/** It was accepted, and the latest look has shown it alive since. */
const livesOn = (state: CancelState): boolean =>
	state.accepted && state.stillAlive && state.blind < mostBlind && !endsMaybe(state);

/** How a cancellation stands: its outcome; or, while it is followed beyond the backend's patience, `overdue` where its request was accepted and it is seen alive, `unknown` where the answer was lost or nobody can look at it. */
export const standing = (state: CancelState): Outcome | undefined => {
	if (state.step === 'settled') return state.outcome;
	if (!state.overdue || endsMaybe(state)) return undefined;
	if (livesOn(state)) return {kind: 'overdue', ...whyIn(state)};
	const isFollowed = state.accepted || (state.step === 'following' && state.mayHaveWorked);
	const isOpen = !state.accepted || state.blind >= mostBlind;
	return isFollowed && isOpen ? {kind: 'unknown', ...whyIn(state)} : undefined;
};

/** What keeps it, in words. */
const whyIn = (state: CancelState): Pick<Outcome, 'detail'> => {
	const why = whyOf(state);
	return why === undefined ? {} : {detail: why};
};

/** What keeps a cancellation, in one line: the failure of the last look, the reason of a wait, how the answer was lost. */
export const whyOf = (state: CancelState): string | undefined =>
	('why' in state ? state.why : undefined) ??
	(state.step === 'following' && !state.accepted ? state.lost : undefined);

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

/** What an end that is not believed yet, or an acceptance that no look has followed, leaves open. */
const openIn = (state: CancelState): Pick<Outcome, 'detail'> => {
	const {kind} = ('ending' in state ? state.ending : undefined) ?? {};
	if (kind === 'cancelled')
		return {detail: 'it was seen cancelled once, and its server may still write otherwise'};
	if (kind === 'gone') return {detail: 'its server does not know it at the moment'};
	return state.accepted && !state.stillAlive
		? {detail: 'the request was accepted, and no look has told since what became of it'}
		: {};
};

/** What the backend said to a request that was not taken, as long as no look has told what it means. */
const doubtIn = ({doubt}: In<'following'>): Pick<Outcome, 'detail'> =>
	doubt?.detail === undefined ? {} : {detail: doubt.detail};
