/*
The state machine of one cancellation, as a pure table: (state, event) → [state, effects]. The runner performs the effects.

Four rules come first. A job is called cancelled only on evidence from after the request. A request that may have arrived is never called failed. Answers and lists settle nothing: only the job's own record does. One look never proves that a job is gone, nor that it is cancelled if its backend may still change the record.
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

/** The next state and its effects. Pure. */
export const transition = (before: CancelState, event: CancelEvent, policy: CancelPolicy): Transition => {
	if (needsMembers(before, event)) return [before, [{type: 'look', source: 'alone'}]];
	const state = takeMembers(before, event);
	const handle = transitions[state.step][event.type] as
		| ((state: CancelState, event: CancelEvent, policy: CancelPolicy) => Transition)
		| undefined;
	return handle ? handle(state, event, policy) : stay(state);
};

/** Updates what is known of a set, before the table handles the event. */
const takeMembers = (state: CancelState, event: CancelEvent): CancelState => {
	if (event.type !== 'looked' || looksLate(state, event) || state.mayHaveWorked) return state;
	// A look during a request may already show its effect.
	if (state.step === 'settled' || state.step === 'sending') return state;
	if (event.terminal) return event.ours ? {...state, mayHaveWorked: true} : state;
	return event.members ? {...state, members: event.members} : state;
};

/** A look at a set without its members says nothing about them: look at the set alone. */
const needsMembers = (state: CancelState, event: CancelEvent): boolean =>
	event.type === 'looked' &&
	event.terminal &&
	event.source !== 'alone' &&
	state.members !== undefined &&
	event.members === undefined &&
	state.step !== 'settled' &&
	!looksLate(state, event);
