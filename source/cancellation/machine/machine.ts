/*
The life of one cancellation, as a pure table: (state, event) → [state, effects]. The runner performs the effects.

Four rules stand above the rest. A job is called cancelled only on evidence that came after the request. A request that may have arrived is never called failed. No answer and no list settles anything: the job's own record does. One look is never enough to believe that a job is gone, nor that it is cancelled where its backend may still write otherwise.
*/
import {asked, checking, parked, staged, throttled} from './beginning.ts';
import {type CancelPolicy, stay, type Transition} from './effects.ts';
import type {CancelEvent} from './events.ts';
import {following} from './following.ts';
import type {Row} from './rows.ts';
import {reconciling, sending} from './sending.ts';
import {settled} from './settled.ts';
import {type CancelState, type CancelStep, looksLate} from './state.ts';

const transitions: {readonly [Step in CancelStep]: Row<Step>} = {
	asked,
	staged,
	checking,
	sending,
	throttled,
	parked,
	reconciling,
	following,
	settled,
};

/** The next state and what has to be done. Pure: the same state and event always give the same. */
export const transition = (before: CancelState, event: CancelEvent, policy: CancelPolicy): Transition => {
	if (needsMembers(before, event)) return [before, [{type: 'look', source: 'alone'}]];
	const state = takeMembers(before, event);
	const handle = transitions[state.step][event.type] as
		| ((state: CancelState, event: CancelEvent, policy: CancelPolicy) => Transition)
		| undefined;
	return handle ? handle(state, event, policy) : stay(state);
};

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
