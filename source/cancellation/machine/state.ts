/*
Where a cancellation stands: what is known of it whatever the step, and the fields of the step.
*/

import type {MemberCounts} from '../../job/job.ts';
import type {Moment} from '../../job/time.ts';
import type {Unproven} from '../../job/unproven.ts';
import type {Outcome} from '../outcomes.ts';

export type Known = {
	/** Requests sent so far. It never goes back, so an answer always names the request that it answers. */
	readonly attempt: number;
	/** Those of them that a server has answered: they have left. */
	readonly left: number;
	/** Looks asked for before this moment are no evidence. */
	readonly since: Moment;
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
export type Ending = {
	readonly kind: 'cancelled' | 'gone';
	/** Looks that showed it, some time apart. */
	readonly looks: number;
	/** The time has passed: the next look decides. Whoever else looks before says nothing about that. */
	readonly due: boolean;
};

export type CancelStep = CancelState['step'];

export type Doubt = {
	readonly kind: 'already' | 'too-late' | 'refused' | 'not-found';
	readonly detail?: string;
};

/** A cancellation in this step. */
export type In<Step extends CancelStep> = Extract<CancelState, {step: Step}>;

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

const knownFields = Object.keys({
	attempt: true,
	left: true,
	since: true,
	mayHaveWorked: true,
	accepted: true,
	endSeen: true,
	seenAlive: true,
	stillAlive: true,
	blind: true,
	throttles: true,
	lost: true,
	overdue: true,
	reissued: true,
	force: true,
	resends: true,
	doubted: true,
	cameBack: true,
	members: true,
} satisfies Record<keyof Known, true>) as readonly (keyof Known)[];

/** What is known whatever the step, without the fields of the step. */
export const known = (state: CancelState): Known => {
	const fields = knownFields.flatMap(field =>
		state[field] === undefined ? [] : [[field, state[field]] as const],
	);
	return Object.fromEntries(fields) as Known;
};

/** Seen alive, by whomever. */
export const seenAlive = <State extends CancelState>(state: State): State =>
	state.seenAlive && state.blind === 0 ? state : {...state, seenAlive: true, blind: 0};

/** The time has passed after which an end is believed: an older look is no confirmation. */
export const due = <State extends {readonly ending?: Ending; readonly since: Moment}>(
	state: State,
	at: Moment,
): State => (state.ending ? {...state, since: at, ending: {...state.ending, due: true}} : state);

/** Without the end that was seen: the job is alive. */
export const withoutEnding = <State extends CancelState>(state: State): State => {
	if (!('ending' in state)) return state;
	const {ending: _ending, ...rest} = state as State & {readonly ending?: Ending};
	return rest as State;
};

export const looksLate = (state: CancelState, event: {readonly askedMoment: Moment}): boolean =>
	event.askedMoment < state.since;
