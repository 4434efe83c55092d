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
import type {MemberCounts} from '../../source/job/job.ts';
import {isEnd, type Phase} from '../../source/job/phase.ts';
import {type Unproven, unprovenWords} from '../../source/job/unproven.ts';

const policy: CancelPolicy = {
	operation: 'cancel',
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

const counts = (live: number): MemberCounts => ({live, cancelled: 0, ended: 3 - live, lost: 0});

test('what is known of a set before its request comes from looks in time, and from live ones', () => {
	const early = play([confirmed, {...seen('running'), members: counts(2)} as Step]);
	assert.deepEqual(early.state.members, counts(2));
	// In doubt about a request, a look that was asked before says nothing new.
	const before = ask(true, {members: counts(3)});
	const [known] = transition(
		{...before, since: 5 as never},
		{...seen('running'), members: counts(1), askedMoment: 4, at: 6} as CancelEvent,
		policy,
	);
	assert.deepEqual(known.members, counts(3));
	const [unasked] = transition(
		before,
		{...seen('running'), members: counts(1), at: 6} as CancelEvent,
		policy,
	);
	assert.deepEqual(unasked.members, counts(1));
	const [worked] = transition(
		{...before, mayHaveWorked: true},
		{...seen('running'), members: counts(1), at: 6} as CancelEvent,
		policy,
	);
	assert.deepEqual(worked.members, counts(3), 'after a request a look may show its effect');
});

test('a job that ended with the whole that a request of this batch cancelled was cancelled by it', () => {
	const ended = seen('cancelled');
	const own = play([confirmed, {...ended, ours: true} as Step]);
	assert.equal(own.state.step === 'settled' && own.state.outcome.kind, 'cancelled');
	const other = play([confirmed, ended]);
	assert.equal(other.state.step === 'settled' && other.state.outcome.kind, 'already-cancelled');
	assert.deepEqual([own.sent, other.sent], [0, 0]);
});
