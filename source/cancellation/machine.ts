/*
The life of one cancellation, as a pure table: (state, event) → [state, effects]. The runner performs the effects.

Two rules stand above the rest. A job is called cancelled only on evidence that came after the request. A request that may have arrived is never called failed.
*/
import type {BackendTraits, CancelReceipt, Patience} from '../backends/backend.ts';
import {type Failure, failurePolicies} from '../job/failure.ts';
import type {Phase} from '../job/phase.ts';
import type {MemberCounts} from '../job/set.ts';
import {type Outcome, type OutcomeKind, outcomes} from './outcomes.ts';
import {outcomeOfSet} from './set-outcome.ts';

/**
What happened. `at` is the number of the moment: a counter that never goes back, shared by questions and answers. `asked` is the moment in which the look was asked for: an answer to an older question than the last request is no evidence about it.
*/
export type CancelEvent = {readonly at: number} & (
	| {readonly type: 'confirmed'}
	/** Somebody takes it back, or, as the detail says, nobody waits any longer. */
	| {readonly type: 'recalled'; readonly detail?: string}
	| {readonly type: 'timer'; readonly timer: Timer}
	| {
			readonly type: 'looked';
			readonly asked: number;
			/** Asked for this job alone and just now, not read off a list: what a guarded backend needs before each request. */
			readonly own: boolean;
			readonly phase: Phase;
			readonly status: string;
			/** Of a set: none of its members lives. */
			readonly terminal: boolean;
			readonly members?: MemberCounts;
			/** A request of ours for a set that it belongs to may have ended it. */
			readonly ours?: true;
	  }
	/** The backend does not know the job. */
	| {readonly type: 'missing'; readonly asked: number}
	/** A look shows that the id belongs to another job by now. */
	| {readonly type: 'replaced'; readonly asked: number; readonly detail: string}
	| {readonly type: 'look-failed'; readonly asked: number; readonly failure: Failure}
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
			'accepted' | 'mayHaveWorked' | 'endSeen'
	  >)
);

export type Timer = 'stage' | 'retry' | 'poll' | 'overdue' | 'reissue';

export type CancelEffect =
	/** Look at the job now; the answer comes back as `looked`, `missing` or `look-failed`. With `own` only a look at this job alone will do. */
	| {readonly type: 'look'; readonly own: boolean}
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
	/** Looks asked for before this moment are no evidence. */
	readonly since: number;
	/** A request may have taken effect: it was accepted, or its answer was lost. */
	readonly mayHaveWorked: boolean;
	readonly accepted: boolean;
	/** A look after the confirmation showed an end: nothing more is sent to a guarded backend. */
	readonly endSeen: boolean;
	/** jobtop saw the job alive. */
	readonly seenAlive: boolean;
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
		| {readonly step: 'checking'; readonly tries: number}
		| {readonly step: 'sending'}
		/** The backend asked for patience; then it is checked again. */
		| {readonly step: 'throttled'; readonly why: string}
		/** Waiting for a new credential. */
		| {readonly step: 'parked'; readonly why: string}
		/** The answer was lost: only a look can tell. */
		| {readonly step: 'reconciling'; readonly tries: number; readonly why: string}
		| {
				readonly step: 'following';
				readonly polls: number;
				/** The backend said no, or too late: the next look decides what that means. */
				readonly doubt?: Doubt;
				/** It was seen cancelled, and is looked at once more before that is believed. */
				readonly cancelledAt?: number;
				/** The time after which it is believed has passed: the next look decides. */
				readonly confirming?: true;
				/** The last look that failed, in words. */
				readonly why?: string;
		  }
		| {readonly step: 'settled'; readonly outcome: Outcome}
	);

export type CancelStep = CancelState['step'];

type Doubt = {readonly kind: 'too-late' | 'refused' | 'not-found'; readonly detail?: string};

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

/** A cancellation that nobody has confirmed yet. `seenAlive`: jobtop has seen the job alive. `force`: its first request goes by the stronger means that the backend has. */
export const ask = (seenAlive: boolean, force = false, members?: MemberCounts): CancelState => ({
	step: 'asked',
	attempt: 0,
	since: 0,
	mayHaveWorked: false,
	accepted: false,
	endSeen: false,
	seenAlive,
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
	since: state.since,
	mayHaveWorked: state.mayHaveWorked,
	accepted: state.accepted,
	endSeen: state.endSeen,
	seenAlive: state.seenAlive,
	overdue: state.overdue,
	reissued: state.reissued,
	force: state.force,
	resends: state.resends,
	doubted: state.doubted,
	cameBack: state.cameBack,
	...(state.members && {members: state.members}),
});

const stay = (state: CancelState): Transition => [state, []];

const seenAlive = <State extends CancelState>(state: State): State =>
	state.seenAlive ? state : {...state, seenAlive: true};

/** Outcomes that say that nothing was done. They are never said of a request that may have worked. */
const saysNothingDone: ReadonlySet<OutcomeKind> = new Set([
	'not-sent',
	'denied',
	'refused',
	'not-found',
	'replaced',
]);

const settle = (state: CancelState, at: number, policy: CancelPolicy, outcome: Outcome): Transition =>
	state.mayHaveWorked && saysNothingDone.has(outcome.kind)
		? follow(state, policy, outcome.detail)
		: [{...known(state), step: 'settled', since: at, force: false, outcome}, []];

/** It was seen cancelled, and is looked at once more when the time has passed in which its server may still write otherwise. Whoever else looks before says nothing about that. */
const confirmLater = (
	state: CancelState,
	at: number,
	policy: CancelPolicy,
	confirmAfterMs: number,
): Transition => {
	if (state.step === 'following') {
		if (state.cancelledAt !== undefined) return stay(state);
		return [{...state, cancelledAt: at, since: at}, [{type: 'wait', timer: 'poll', ms: confirmAfterMs}]];
	}
	const patience = {...policy.patience, firstPollMs: confirmAfterMs};
	const [next, effects] = follow({...state, since: at}, {...policy, patience});
	return [{...(next as In<'following'>), cancelledAt: at}, effects];
};

/** How a job, or all of a set, has ended. */
type End = Pick<Of<'looked'>, 'phase' | 'status' | 'members'>;

/** The job has ended: what does that make of the cancellation? */
const settleEnd = (
	state: CancelState,
	at: number,
	policy: CancelPolicy,
	{phase, status, members}: End,
): Transition => {
	const ended = {...state, endSeen: true};
	if (phase === 'cancelled') {
		const {confirmAfterMs} = policy.patience;
		const sure = state.step === 'settled' || (state.step === 'following' && state.confirming);
		if (state.mayHaveWorked && confirmAfterMs !== undefined && !sure) {
			return confirmLater(ended, at, policy, confirmAfterMs);
		}
		if (!state.mayHaveWorked) return settle(ended, at, policy, {kind: 'already-cancelled'});
		if (!members) return settle(ended, at, policy, {kind: 'cancelled'});
	}
	if (members && state.mayHaveWorked) {
		const set = {before: state.members, now: members, phase, removed: policy.gone === 'removed'};
		return settle(ended, at, policy, outcomeOfSet(set));
	}
	return settle(ended, at, policy, {
		kind: 'finished-first',
		phase,
		...(phase === 'unknown' && {detail: status}),
	});
};

/** The backend does not know the job: what does that make of the cancellation? */
const settleGone = (state: CancelState, at: number, policy: CancelPolicy): Transition => {
	const ended = {...state, endSeen: true};
	if (state.mayHaveWorked) {
		const detail =
			policy.gone === 'removed' ? policy.removedDetail : 'its record is gone, and nothing tells how it ended';
		return settle(ended, at, policy, {kind: policy.gone, ...(detail !== undefined && {detail})});
	}
	if (state.seenAlive) {
		return settle(ended, at, policy, {
			kind: 'finished-first',
			phase: 'unknown',
			detail: 'it was gone before a request could take effect',
		});
	}
	return settle(ended, at, policy, {kind: 'not-found'});
};

/** The look after which a request may go out: on a guarded backend at this job alone. */
const lookToSend = ({resend}: CancelPolicy): CancelEffect => ({type: 'look', own: resend === 'guarded'});

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
	{...known(state), step: 'reconciling', since: at, mayHaveWorked: true, tries: 0, why},
	[lookToSend(policy)],
];

const park = (state: CancelState, why: string): Transition => [{...known(state), step: 'parked', why}, []];

const throttle = (state: CancelState, failure: Failure): Transition => [
	{...known(state), step: 'throttled', why: failure.detail},
	[{type: 'wait', timer: 'retry', ms: (failure.kind === 'rate-limited' && failure.retryAfterMs) || 5000}],
];

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
	return [next as In<'following'>, [{type: 'look', own: false}, ...others]];
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

const looksLate = (state: CancelState, event: {readonly asked: number}): boolean => event.asked < state.since;

/** In a state where nothing is under way, an end that is seen is an end. */
const endWhileWaiting = (state: CancelState, event: Of<'looked'>, policy: CancelPolicy): Transition =>
	looksLate(state, event)
		? stay(state)
		: event.terminal
			? settleEnd(state, event.at, policy, event)
			: stay(seenAlive(state));

const goneWhileWaiting = (state: CancelState, event: Of<'missing'>, policy: CancelPolicy): Transition =>
	looksLate(state, event) ? stay(state) : settleGone(state, event.at, policy);

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
		resumed: (state, {at, attempt, accepted, mayHaveWorked, endSeen}, policy) =>
			goOn({...state, attempt, accepted, mayHaveWorked, endSeen}, at, policy),
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
			if (event.terminal) return settleEnd(state, event.at, policy, event);
			const alive = seenAlive(state);
			if (policy.resend === 'guarded' && !event.own) return stay(alive);
			// It was seen ended once: on a guarded backend another request could destroy what it left.
			if (policy.resend === 'guarded' && state.endSeen) {
				return settle(alive, event.at, policy, {
					kind: 'refused',
					detail: 'it was seen ended and is alive again; look at it before asking anew',
				});
			}
			return send(alive, event.at);
		},
		missing: goneWhileWaiting,
		'look-failed'(state, event, policy) {
			if (looksLate(state, event)) return stay(state);
			const {failure, at} = event;
			if (failure.kind === 'unauthorized') return credentialRefused(state, at, policy, failure);
			if (failure.kind === 'rate-limited') return throttle(state, failure);
			const tries = state.tries + 1;
			if (failure.kind === 'forbidden' || tries >= checkTries) return giveUp(state, at, policy, failure);
			return [{...state, tries}, [{type: 'wait', timer: 'retry', ms: backOff(tries - 1)}]];
		},
		timer: (state, {timer}, policy) =>
			timer === 'retry' ? [state, [lookToSend(policy)]] : overdueToo(state, timer),
	},

	sending: {
		unfollowed: unfollow,
		timer: (state, {timer}) => overdueToo(state, timer),
		// Somebody else's look: it says nothing about this request, but an end that was seen is remembered.
		looked: (state, {terminal}) => stay(terminal && !state.endSeen ? {...state, endSeen: true} : state),
		answered(answeredState, {attempt, at, receipt}, policy) {
			if (attempt !== answeredState.attempt) return stay(answeredState);
			const state = {...answeredState, doubted: false};
			// Said of a set that had lived a moment ago, it is true of one of its members; the others may have been ended.
			if (state.members && (receipt.kind === 'already' || receipt.kind === 'too-late')) {
				return followNow({...state, mayHaveWorked: true}, at, policy);
			}
			switch (receipt.kind) {
				case 'done':
				case 'accepted': {
					const accepted = {...state, since: at, mayHaveWorked: true, accepted: true};
					if (receipt.kind === 'accepted') return follow(accepted, policy);
					const firstPollMs = policy.patience.confirmAfterMs ?? 0;
					const [next, effects] = follow(accepted, {...policy, patience: {...policy.patience, firstPollMs}});
					// The answer itself is the first evidence; the look that follows is the second.
					return [{...(next as In<'following'>), cancelledAt: at}, effects];
				}
				case 'already':
					return settleEnd(state, at, policy, {phase: 'cancelled', status: ''});
				case 'too-late':
					return followInDoubt(state, at, policy, {
						kind: 'too-late',
						...(receipt.detail !== undefined && {detail: receipt.detail}),
					});
			}
		},
		failed(state, {attempt, at, failure}, policy) {
			if (attempt !== state.attempt) return stay(state);
			const {kind, detail} = failure;
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
		missing: goneWhileWaiting,
	},

	parked: {
		replaced: replacedBy,
		renewed: (state, {at}, policy) => goOn({...state, doubted: false}, at, policy),
		unfollowed: unfollow,
		recalled: recallUnsent,
		timer: (state, {timer}) => overdueToo(state, timer),
		looked: endWhileWaiting,
		missing: goneWhileWaiting,
	},

	reconciling: {
		replaced: replacedBy,
		unfollowed: unfollow,
		looked(state, event, policy) {
			if (looksLate(state, event)) return stay(state);
			if (event.terminal) return settleEnd(state, event.at, policy, event);
			const alive = seenAlive(state);
			if (policy.resend === 'guarded' && !event.own) return stay(alive);
			const again =
				event.phase !== 'stopping' &&
				state.resends < mostResends &&
				!(policy.resend === 'guarded' && state.endSeen);
			return again
				? send({...alive, resends: state.resends + 1}, event.at)
				: follow(alive, policy, state.why);
		},
		missing: goneWhileWaiting,
		'look-failed'(state, event, policy) {
			if (looksLate(state, event)) return stay(state);
			const {failure, at} = event;
			if (failure.kind === 'unauthorized') return credentialRefused(state, at, policy, failure);
			if (failure.kind === 'forbidden') {
				return settle(state, at, policy, {kind: 'unknown', detail: failure.detail});
			}
			const ms = failure.kind === 'rate-limited' ? (failure.retryAfterMs ?? 5000) : backOff(state.tries);
			return [{...state, tries: state.tries + 1}, [{type: 'wait', timer: 'retry', ms}]];
		},
		timer: (state, {timer}, policy) =>
			timer === 'retry' ? [state, [lookToSend(policy)]] : overdueToo(state, timer),
	},

	following: {
		replaced: replacedBy,
		unfollowed: unfollow,
		// Stronger than what? Something has to have been asked before.
		forced: (state, {at}, policy) =>
			state.mayHaveWorked ? check({...state, force: true}, at, policy) : stay(state),
		looked(state, event, policy) {
			if (looksLate(state, event)) return stay(state);
			const {doubt, cancelledAt: _cancelledAt, confirming: _confirming, why: _why, ...rest} = state;
			if (event.terminal) return settleEnd(state, event.at, policy, event);
			if (doubt && event.phase !== 'stopping') {
				const {kind, detail} = doubt;
				return settle({...state, seenAlive: true}, event.at, policy, {
					kind: 'refused',
					...(detail !== undefined && {detail}),
					...(kind === 'not-found' && {detail: `it is there, but the request was answered: ${detail}`}),
				});
			}
			const next: In<'following'> = {
				...rest,
				...(doubt && {doubt}),
				seenAlive: true,
				polls: state.polls + 1,
				cameBack: state.cameBack || state.endSeen,
			};
			return [next, [{type: 'wait', timer: 'poll', ms: nextPoll(next, policy)}]];
		},
		missing: goneWhileWaiting,
		'look-failed'(state, event, policy) {
			if (looksLate(state, event)) return stay(state);
			const {failure, at} = event;
			if (failure.kind === 'unauthorized') return credentialRefused(state, at, policy, failure);
			const next = {...state, polls: state.polls + 1, why: failure.detail};
			const wanted = failure.kind === 'rate-limited' ? (failure.retryAfterMs ?? 5000) : 0;
			return [next, [{type: 'wait', timer: 'poll', ms: Math.max(wanted, nextPoll(next, policy))}]];
		},
		timer(state, {at, timer}, policy) {
			if (timer === 'poll') {
				// An older look is no confirmation: it was asked before the time had passed.
				const next: CancelState =
					state.cancelledAt === undefined ? state : {...state, confirming: true, since: at};
				return [next, [{type: 'look', own: false}]];
			}
			if (timer === 'overdue') return stay({...state, overdue: true});
			if (timer === 'reissue' && policy.resend === 'safe' && !state.reissued) {
				return check({...state, reissued: true}, at, policy);
			}
			return stay(state);
		},
	},

	settled: {
		looked(state, event, policy) {
			if (looksLate(state, event)) return stay(state);
			const {kind} = state.outcome;
			if (event.terminal) {
				// Late evidence is better than none; and a server may still overwrite what it said.
				const overtakes =
					isOpen(kind) ||
					(outcomes[kind].saysCancelled && event.phase !== 'cancelled' && event.phase !== 'unknown');
				return overtakes ? settleEnd(state, event.at, policy, event) : stay(state);
			}
			if (!endsTheJob.has(kind)) return stay(state);
			const [next, effects] = follow({...state, since: event.at, cameBack: true, endSeen: true}, policy);
			return [next, effects];
		},
		missing: (state, event, policy) =>
			isOpen(state.outcome.kind) ? goneWhileWaiting(state, event, policy) : stay(state),
	},
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
	const outcome: Outcome = {kind: leave(state).kind, detail: 'not followed any more'};
	return [{...known(state), step: 'settled', since: at, force: false, mayHaveWorked, outcome}, []];
}

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
	!event.own &&
	state.members !== undefined &&
	event.members === undefined &&
	state.step !== 'settled' &&
	!looksLate(state, event);

/** The next state and what has to be done. Pure: the same state and event always give the same. */
export const transition = (before: CancelState, event: CancelEvent, policy: CancelPolicy): Transition => {
	if (needsMembers(before, event)) return [before, [{type: 'look', own: true}]];
	const state = takeMembers(before, event);
	const handle = transitions[state.step][event.type] as
		| ((state: CancelState, event: CancelEvent, policy: CancelPolicy) => Transition)
		| undefined;
	return handle ? handle(state, event, policy) : stay(state);
};

/** How a cancellation stands: its outcome, or `overdue` while it is followed beyond the backend's patience. */
export const standing = (state: CancelState): Outcome | undefined => {
	if (state.step === 'settled') return state.outcome;
	// Also one of which no answer came back: what it asked for may be under way, and the job is alive.
	const pursued = state.accepted || (state.step === 'following' && state.mayHaveWorked);
	return state.overdue && pursued ? {kind: 'overdue', ...whyIn(state)} : undefined;
};

/** What keeps it, in words. */
const whyIn = (state: CancelState): Pick<Outcome, 'detail'> =>
	'why' in state && state.why !== undefined ? {detail: state.why} : {};

/** What is to be said of a cancellation when nobody waits any longer. Only one of which nothing left can be `not-sent`. */
export const leave = (state: CancelState): Outcome => {
	const now = standing(state);
	if (now) return now;
	const why = whyIn(state);
	if (state.step === 'following' && !state.mayHaveWorked) return {kind: 'unknown', ...doubtIn(state), ...why};
	if (state.accepted || state.step === 'following') return {kind: 'overdue', ...why};
	return state.mayHaveWorked || state.step === 'sending'
		? {kind: 'unknown', ...why}
		: {kind: 'not-sent', ...why};
};

/** What the backend said to a request that was not taken, as long as no look has told what it means. */
const doubtIn = ({doubt}: In<'following'>): Pick<Outcome, 'detail'> =>
	doubt?.detail === undefined ? {} : {detail: doubt.detail};
