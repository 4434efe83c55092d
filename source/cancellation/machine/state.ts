/*
The state of a cancellation: the fields of every step, and those of each step.
*/

import type {MemberCounts} from '../../job/job.ts';
import type {JobTarget} from '../../job/target.ts';
import type {Moment} from '../../job/time.ts';
import type {Unproven} from '../../job/unproven.ts';
import type {Outcome} from '../outcomes.ts';

export type Known = {
	/** Requests sent so far. It never decreases, so an answer always identifies its request. */
	readonly attempt: number;
	/** Requests that a server has answered, so they have left. */
	readonly left: number;
	/** Looks requested before this moment are no evidence. */
	readonly since: Moment;
	/** A request may have taken effect: it was accepted, or its answer was lost. */
	readonly mayHaveWorked: boolean;
	readonly accepted: boolean;
	/** An answer said that the job, or members of the set, are removed and leave no record. */
	readonly removed?: true;
	/** A look after the confirmation showed an end: nothing more is sent to a guarded backend. */
	readonly endSeen: boolean;
	/** A look showed the job alive. */
	readonly seenAlive: boolean;
	/** The latest look since the request was accepted showed it alive. */
	readonly stillAlive: boolean;
	/** Failed looks in a row. */
	readonly blind: number;
	/** How often in a row the backend limited the rate. */
	readonly throttles: number;
	/** How the latest answer was lost. */
	readonly lost?: string;
	readonly overdue: boolean;
	readonly reissued: boolean;
	/** The next request is a force-cancel. */
	readonly force: boolean;
	/** Requests resent after a lost answer. */
	readonly resends: number;
	/** Requests in a row that were refused because the record had changed since the look that allowed them. */
	readonly conflicts: number;
	/** The credential of a request was refused; the next look checks whether there is a new one. */
	readonly doubted: boolean;
	/** Looks showed it ended and then alive again. */
	readonly cameBack: boolean;
	/** For a set: its members before a request could take effect. */
	readonly members?: MemberCounts;
	/** Whose job it is, if not the user's; empty if its system does not say. */
	readonly owner?: string;
};

export type CancelState = Known &
	(
		| {readonly step: 'asked'}
		| {readonly step: 'staged'}
		/** The look before the request. */
		| {readonly step: 'checking'; readonly tries: number; readonly ending?: Ending}
		| {readonly step: 'sending'}
		/** The backend limited the rate; after a pause, the job is checked again. */
		| {readonly step: 'throttled'; readonly why: string}
		/** Waiting for a new credential. */
		| {readonly step: 'parked'; readonly why: string}
		/** The answer was lost: a look decides. */
		| {
				readonly step: 'reconciling';
				readonly tries: number;
				readonly why: string;
				readonly ending?: Ending;
		  }
		| {
				readonly step: 'following';
				readonly polls: number;
				/** The backend did not accept the request: the next look decides what that means. */
				readonly doubt?: Doubt;
				readonly ending?: Ending;
				/** The record says cancelled, without a proof. */
				readonly unproven?: Unproven;
				/** The wait for a proof is over: the next look settles. */
				readonly unprovable?: true;
				/** The failure of the last look. */
				readonly why?: string;
		  }
		| {
				readonly step: 'settled';
				readonly outcome: Outcome;
				/** Settled as cancelled without a proof. */
				readonly unproven?: Unproven;
		  }
	);

/** An end that is not confirmed yet: another look follows after some time. */
export type Ending = {
	readonly kind: 'cancelled' | 'gone';
	/** Looks that showed it, some time apart. */
	readonly looks: number;
	/** The time has passed: the next look decides. Earlier looks do not count. */
	readonly due: boolean;
};

export type CancelStep = CancelState['step'];

export type Doubt = {
	readonly kind: 'already' | 'too-late' | 'refused' | 'not-found';
	readonly detail?: string;
};

/** A cancellation in this step. */
export type In<Step extends CancelStep> = Extract<CancelState, {step: Step}>;

/** What is known about a job before its cancellation begins. */
type Asked = Pick<Known, 'members' | 'owner'> & {
	/** The first request is a force-cancel. */
	readonly force?: boolean;
};

/** What a target says about its job. */
export const askedOf = ({set, owner}: Pick<JobTarget, 'set' | 'owner'>): Omit<Asked, 'force'> => ({
	...(set?.counts && {members: set.counts}),
	...(owner !== undefined && {owner}),
});

/** A new, unconfirmed cancellation. `seenAlive`: jobtop has seen the job alive. */
export const ask = (seenAlive: boolean, {force = false, members, owner}: Asked = {}): CancelState => ({
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
	conflicts: 0,
	doubted: false,
	cameBack: false,
	...(members && {members}),
	...(owner !== undefined && {owner}),
});

const knownFields = Object.keys({
	attempt: true,
	left: true,
	since: true,
	mayHaveWorked: true,
	accepted: true,
	removed: true,
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
	conflicts: true,
	doubted: true,
	cameBack: true,
	members: true,
	owner: true,
} satisfies Record<keyof Known, true>) as readonly (keyof Known)[];

/** The fields of every step, without those of the current step. */
export const known = (state: CancelState): Known => {
	const fields: Partial<Record<keyof Known, unknown>> = {};
	for (const field of knownFields) {
		const value = state[field];
		if (value !== undefined) fields[field] = value;
	}
	return fields as Known;
};

/** Marks the job as seen alive. */
export const seenAlive = <State extends CancelState>(state: State): State =>
	state.seenAlive && state.blind === 0 ? state : {...state, seenAlive: true, blind: 0};

/** Marks an end as due: only a look after `at` confirms it. */
export const due = <State extends {readonly ending?: Ending; readonly since: Moment}>(
	state: State,
	at: Moment,
): State => (state.ending ? {...state, since: at, ending: {...state.ending, due: true}} : state);

/** Removes an unconfirmed end, because the job is alive. */
export const withoutEnding = <State extends CancelState>(state: State): State => {
	if (!('ending' in state)) return state;
	const {ending: _ending, ...rest} = state as State & {readonly ending?: Ending};
	return rest as State;
};

export const looksLate = (state: CancelState, event: {readonly askedMoment: Moment}): boolean =>
	event.askedMoment < state.since;
