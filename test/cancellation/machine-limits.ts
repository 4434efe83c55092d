/*
Limits and exceptions of the life of a cancellation: how often it looks, asks again and waits for a credential.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {CancelEffect, CancelPolicy} from '../../source/cancellation/machine/effects.ts';
import type {CancelEvent} from '../../source/cancellation/machine/events.ts';
import {transition} from '../../source/cancellation/machine/machine.ts';
import {whyOf} from '../../source/cancellation/machine/standing.ts';
import {ask} from '../../source/cancellation/machine/state.ts';
import {isEnd, type Phase} from '../../source/job/phase.ts';
import {type Unproven, unprovenWords} from '../../source/job/unproven.ts';

const policy: CancelPolicy = {
	resend: 'safe',
	gone: 'unknown',
	patience: {
		firstPollMs: 1000,
		slowestPollMs: 10_000,
		overdueAfterMs: 60_000,
		confirmGoneAfterMs: 3000,
		proofAfterMs: 60_000,
	},
	stageMs: 0,
	park: true,
};

type Step = CancelEvent extends infer Event ? (Event extends unknown ? Omit<Event, 'at'> : never) : never;
const askedMoment = Number.POSITIVE_INFINITY;
const confirmed: Step = {type: 'confirmed'};
const retry: Step = {type: 'timer', timer: 'retry'};
const seen = (phase: Phase, unproven?: Unproven): Step => ({
	type: 'looked',
	askedMoment,
	source: 'alone',
	phase,
	status: phase,
	terminal: isEnd(phase),
	...(unproven && {unproven}),
});
const lookFailed = (kind: 'broken' | 'unauthorized'): Step => ({
	type: 'look-failed',
	askedMoment,
	failure: {kind, detail: kind},
});
const failed = (attempt: number, kind: 'timeout' | 'unauthorized'): Step => ({
	type: 'failed',
	attempt,
	failure: {kind, detail: kind},
});
const accepted: Step = {type: 'answered', attempt: 1, receipt: {kind: 'accepted'}};

const play = (steps: readonly Step[], changes: Partial<CancelPolicy> = {}) => {
	let state = ask(true);
	let last: readonly CancelEffect[] = [];
	let sent = 0;
	steps.forEach((step, index) => {
		[state, last] = transition(state, {...step, at: index + 1} as CancelEvent, {...policy, ...changes});
		sent += last.filter(({type}) => type === 'send').length;
	});
	return {state, last, sent};
};

test('the third look that fails before the request gives up, and no earlier one', () => {
	const steps = [confirmed, lookFailed('broken'), retry, lookFailed('broken')];
	const twice = play(steps);
	assert.equal(twice.state.step, 'checking');
	assert.deepEqual(twice.last, [{type: 'wait', timer: 'retry', ms: 2000}]);
	const {state, sent} = play([...steps, retry, lookFailed('broken')]);
	assert.equal(state.step === 'settled' && state.outcome.kind, 'not-sent');
	assert.equal(sent, 0);
});

test('a look follows the first 401 of a request, since looks renew credentials', () => {
	const {state, last} = play([confirmed, seen('running'), failed(1, 'unauthorized')]);
	assert.equal(state.step, 'checking');
	assert.deepEqual(last, [{type: 'look', source: 'list'}]);
});

test('the second 401 in a row ends the requests', () => {
	const steps = [confirmed, seen('running'), failed(1, 'unauthorized'), seen('running')];
	const parked = play([...steps, failed(2, 'unauthorized')]);
	assert.deepEqual([parked.state.step, parked.sent], ['parked', 2]);
	const {state} = play([...steps, failed(2, 'unauthorized')], {park: false});
	assert.equal(state.step === 'settled' && state.outcome.kind, 'denied');
});

test('after lost answers two more requests are sent, and no third', () => {
	const lost = [1, 2, 3].flatMap(attempt => [failed(attempt, 'timeout'), seen('running')]);
	const {state, sent} = play([confirmed, seen('running'), ...lost]);
	assert.equal(sent, 3);
	assert.equal(state.step, 'following');
});

test('a request that was accepted is followed after a new credential, not reconciled', () => {
	const {state} = play([confirmed, seen('running'), accepted, lookFailed('unauthorized'), {type: 'renewed'}]);
	assert.equal(state.accepted, true);
	assert.equal(state.step, 'following');
});

test('a later unknown status does not change "cancelled"', () => {
	const steps = [confirmed, seen('running'), accepted, seen('cancelled')];
	const odd = {...seen('unknown'), terminal: true} as Step;
	const {state} = play([...steps, odd]);
	assert.equal(state.step === 'settled' && state.outcome.kind, 'cancelled');
	const {state: corrected} = play([...steps, seen('succeeded')]);
	assert.equal(corrected.step === 'settled' && corrected.outcome.kind, 'finished-first');
});

test('what keeps a cancellation from its end is said while it is followed', () => {
	const {state} = play([confirmed, seen('running'), accepted, seen('cancelled', 'may-run')]);
	assert.equal(state.step, 'following');
	assert.equal(whyOf(state), unprovenWords['may-run']);
	// The follow-up of an accepted request alone has nothing to say.
	assert.equal(whyOf(play([confirmed, seen('running'), accepted]).state), undefined);
});
