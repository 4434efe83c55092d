import assert from 'node:assert/strict';
import {test} from 'node:test';
import {isDeepStrictEqual} from 'node:util';
import type {CancelEffect, CancelPolicy} from '../../source/cancellation/machine/effects.ts';
import type {CancelEvent, Timer} from '../../source/cancellation/machine/events.ts';
import {transition} from '../../source/cancellation/machine/machine.ts';
import {leave, mayRepeat, standing} from '../../source/cancellation/machine/standing.ts';
import {ask, type CancelState} from '../../source/cancellation/machine/state.ts';
import {isReached, outcomes, reachedKinds} from '../../source/cancellation/outcomes.ts';
import type {Failure} from '../../source/job/failure.ts';
import type {Approach} from '../../source/job/operation.ts';
import {isEnd, type Phase, phases} from '../../source/job/phase.ts';
import {unprovenWords} from '../../source/job/unproven.ts';
import {fc} from '../helpers/fast-check.ts';

const patience = {
	firstPollMs: 1000,
	slowestPollMs: 10_000,
	overdueAfterMs: 60_000,
	confirmGoneAfterMs: 3000,
} as const;

const policies = {
	safe: {
		operation: 'cancel',
		resend: 'safe',
		gone: 'unknown',
		patience: {...patience, reissueAfterMs: 30_000},
		stageMs: 0,
		park: true,
	},
	guarded: {
		operation: 'cancel',
		resend: 'guarded',
		gone: 'removed',
		patience: {...patience, confirmAfterMs: 1500, proofAfterMs: 60_000},
		stageMs: 0,
		park: true,
	},
	conditional: {
		operation: 'cancel',
		resend: 'conditional',
		gone: 'removed',
		patience,
		stageMs: 0,
		park: true,
	},
	late: {
		operation: 'cancel',
		resend: 'safe',
		gone: 'unknown',
		patience: {...patience, outcomeAfterMs: 3000},
		deletionSignals: [9],
		stageMs: 0,
		park: true,
	},
	script: {
		operation: 'cancel',
		resend: 'safe',
		gone: 'removed',
		patience,
		stageMs: 0,
		park: false,
	},
} as const satisfies Record<string, CancelPolicy>;

/** Of operations that leave their jobs alive. */
const reversible = {
	suspend: {
		operation: 'suspend',
		resend: 'conditional',
		gone: 'unknown',
		patience,
		stageMs: 0,
		park: true,
	},
	unsuspend: {
		operation: 'unsuspend',
		resend: 'safe',
		gone: 'unknown',
		patience: {...patience, reissueAfterMs: 30_000},
		stageMs: 0,
		park: false,
	},
} as const satisfies Record<string, CancelPolicy>;

// ---- stories -----------------------------------------------------------------------------------

type Step = CancelEvent extends infer Event ? (Event extends unknown ? Omit<Event, 'at'> : never) : never;
const confirmed: Step = {type: 'confirmed'};
const seen = (phase: Phase): Step =>
	({
		type: 'looked',
		askedMoment: Number.POSITIVE_INFINITY,
		source: 'alone',
		phase,
		status: phase,
		terminal: isEnd(phase),
	}) as Step;
const missing: Step = {type: 'missing', askedMoment: Number.POSITIVE_INFINITY, doubted: false};
const lookFailed = (failure: Failure): Step => ({
	type: 'look-failed',
	askedMoment: Number.POSITIVE_INFINITY,
	failure,
});
const answered = (attempt: number, kind: 'done' | 'accepted' | 'already' | 'too-late'): Step => ({
	type: 'answered',
	attempt,
	receipt: {kind},
});
const failed = (attempt: number, kind: Failure['kind']): Step => ({
	type: 'failed',
	attempt,
	failure: {kind, detail: kind},
});
const timer = (name: Timer): Step => ({
	type: 'timer',
	timer: name,
});

const play = (policy: CancelPolicy, steps: readonly Step[], seenAlive = true) => {
	let state = ask(seenAlive);
	const effects: CancelEffect[] = [];
	steps.forEach((step, index) => {
		const [next, more] = transition(state, {...step, at: index + 1} as CancelEvent, policy);
		state = next;
		effects.push(...more);
	});
	return {
		state,
		effects,
		outcome: standing(state)?.kind,
		sent: effects.filter(({type}) => type === 'send').length,
	};
};

test('a running job is looked at, asked to stop, followed, and called cancelled when it is seen so', () => {
	const {outcome, sent} = play(policies.safe, [
		confirmed,
		seen('running'),
		answered(1, 'accepted'),
		seen('stopping'),
		seen('cancelled'),
	]);
	assert.equal(outcome, 'cancelled');
	assert.equal(sent, 1);
});

test('an accepted request alone is no cancellation', () => {
	const {outcome, state} = play(policies.safe, [confirmed, seen('running'), answered(1, 'accepted')]);
	assert.equal(outcome, undefined);
	// Nobody has looked since: that it is still there is not known.
	assert.equal(leave(state).kind, 'unknown');
	const seenSince = play(policies.safe, [
		confirmed,
		seen('running'),
		answered(1, 'accepted'),
		seen('running'),
	]);
	assert.equal(leave(seenSince.state).kind, 'overdue');
});

test('a job that has ended before the request is left alone', () => {
	assert.deepEqual(play(policies.guarded, [confirmed, seen('succeeded')]).outcome, 'finished-first');
	assert.equal(play(policies.guarded, [confirmed, seen('succeeded')]).sent, 0);
	const cancelled = [confirmed, seen('cancelled'), timer('poll'), seen('cancelled')];
	assert.equal(play(policies.guarded, cancelled).outcome, 'already-cancelled');
	assert.equal(play(policies.guarded, cancelled).sent, 0);
});

test('a job nobody knows is not found, unless it was seen alive', () => {
	const twice = [confirmed, missing, timer('retry'), missing];
	assert.equal(play(policies.safe, [confirmed, missing], false).outcome, undefined);
	assert.equal(play(policies.safe, twice, false).outcome, 'not-found');
	const {outcome, state} = play(policies.safe, twice, true);
	assert.equal(outcome, 'finished-first');
	assert.equal(state.step === 'settled' && state.outcome.phase, 'unknown');
});

test('a job that is gone after our request was removed, where cancelling does that', () => {
	const steps = [confirmed, seen('running'), answered(1, 'accepted'), missing, timer('poll'), missing];
	assert.equal(play(policies.guarded, steps).outcome, 'removed');
	assert.equal(play(policies.safe, steps).outcome, 'unknown');
	// What is there again after that was not gone.
	const back = [...steps, seen('running')];
	assert.equal(play(policies.safe, back).state.step, 'following');
	assert.equal(play(policies.safe, back).state.cameBack, true);
});

const lateRecord: CancelPolicy = {
	...policies.safe,
	patience: {...policies.safe.patience, outcomeAfterMs: 20_000},
	deletionSignals: [9, 15],
};
const killed = (signal: number): Step =>
	({...seen('failed'), endedBy: {kind: 'signal', signal}}) as unknown as Step;
const removedReceipt: Step = {type: 'answered', attempt: 1, receipt: {kind: 'done', removed: true}};

test('where a record comes late, a job without one is looked for until then', () => {
	const asked = [confirmed, seen('running'), answered(1, 'accepted')];
	const again = [timer('poll'), missing];
	const looks = (count: number) => [missing, ...Array.from({length: count - 1}, () => again).flat()];
	const fourth = play(lateRecord, [...asked, ...looks(4)]);
	assert.equal(fourth.outcome, undefined);
	assert.deepEqual(
		fourth.effects.flatMap(effect => (effect.type === 'wait' && effect.timer === 'poll' ? [effect.ms] : [])),
		[1000, 3000, 6000, 10_000, 10_000],
	);
	assert.equal(play(lateRecord, [...asked, ...looks(5)]).outcome, 'unknown');
	assert.equal(
		play(lateRecord, [...asked, ...looks(3), timer('poll'), seen('succeeded')]).outcome,
		'finished-first',
	);
	// A job that vanished before the request may have a record, one that nobody has seen has none.
	assert.equal(
		play(lateRecord, [confirmed, seen('running'), failed(1, 'not-found'), ...looks(4)]).outcome,
		undefined,
	);
	const unseen = [confirmed, missing, timer('retry'), missing];
	assert.equal(play(lateRecord, unseen, false).outcome, 'not-found');
	assert.equal(play(lateRecord, unseen, true).outcome, undefined);
});

test('a job that its system says it has removed leaves no record, and nobody waits for one', () => {
	const steps = [confirmed, seen('queued'), removedReceipt, missing, timer('poll'), missing];
	assert.equal(play(lateRecord, steps).outcome, 'removed');
	assert.equal(play(lateRecord, steps.slice(0, -2)).outcome, undefined);
	// After a restart, the journal says so.
	const resumed = {attempt: 1, left: 1, accepted: true, removed: true, mayHaveWorked: true, endSeen: false};
	const later = [{type: 'resumed', ...resumed} as Step, missing, timer('poll'), missing];
	assert.equal(play(lateRecord, later).outcome, 'removed');
});

test('the signal of a deletion is evidence after an accepted request, and nothing without one', () => {
	const before = [confirmed, seen('running')];
	assert.equal(play(lateRecord, [...before, answered(1, 'accepted'), killed(9)]).outcome, 'cancelled');
	assert.equal(play(lateRecord, [...before, answered(1, 'accepted'), killed(11)]).outcome, 'finished-first');
	assert.equal(
		play(policies.safe, [...before, answered(1, 'accepted'), killed(9)]).outcome,
		'finished-first',
	);
	assert.equal(play(lateRecord, [confirmed, killed(9)]).outcome, 'finished-first');
	assert.equal(play(lateRecord, [...before, failed(1, 'timeout'), killed(9)]).outcome, 'finished-first');
	assert.equal(play(lateRecord, [...before, answered(1, 'too-late'), killed(9)]).outcome, 'finished-first');
	// It stays so when the same end is seen again.
	assert.equal(
		play(lateRecord, [...before, answered(1, 'accepted'), killed(9), killed(9)]).outcome,
		'cancelled',
	);
});

test('the members of a set are cancelled by the signal of a deletion, or removed without a record', () => {
	const set = (phase: Phase, members: Record<string, number>): Step =>
		({...seen(phase), members: {live: 0, cancelled: 0, ended: 0, lost: 0, ...members}}) as unknown as Step;
	const before = [confirmed, set('running', {live: 4, ended: 2, signalled: 1})];
	const accepted: Step = {type: 'answered', attempt: 1, receipt: {kind: 'accepted', removed: true}};
	const ended = set('failed', {ended: 4, signalled: 3, lost: 2});
	const again = [timer('poll'), ended];
	const waiting = play(lateRecord, [...before, accepted, ended, ...again, ...again, ...again]);
	assert.equal(waiting.outcome, undefined);
	const {state} = play(lateRecord, [...before, accepted, ended, ...again, ...again, ...again, ...again]);
	assert.deepEqual(state.step === 'settled' && state.outcome, {
		kind: 'cancelled',
		counts: {cancelled: 4, all: 6},
	});
	// A system that does not say how many there were shows no more than those that have a record.
	const fewer = set('failed', {ended: 4, signalled: 3});
	const looks = [timer('poll'), fewer];
	assert.equal(play(lateRecord, [...before, accepted, fewer]).outcome, undefined);
	const known = play(lateRecord, [...before, accepted, fewer, ...looks, ...looks, ...looks, ...looks]).state;
	assert.deepEqual(known.step === 'settled' && known.outcome, {
		kind: 'cancelled',
		counts: {cancelled: 4, all: 6},
	});
	const other = play(lateRecord, [...before, accepted, set('partial', {ended: 6, signalled: 4})]).state;
	assert.deepEqual(other.step === 'settled' && other.outcome, {
		kind: 'finished-first',
		phase: 'partial',
		counts: {cancelled: 3, all: 6},
	});
});

test('a job that is not known for a moment is not gone', () => {
	for (const policy of Object.values(policies)) {
		const once: readonly Step[] = [confirmed, seen('running'), answered(1, 'accepted'), missing];
		assert.equal(play(policy, once).outcome, undefined);
		// Somebody else does not find it either, before the time has passed.
		assert.equal(play(policy, [...once, missing, missing]).outcome, undefined);
		const back = play(policy, [...once, timer('poll'), seen('running'), missing]);
		assert.equal(back.outcome, undefined);
		assert.equal(back.state.step, 'following');
		// Before the request: it goes out when the job is there again.
		assert.equal(play(policy, [confirmed, missing, timer('retry'), seen('running')]).sent, 1);
		// After a lost answer, and after a refusal.
		const lost: readonly Step[] = [confirmed, seen('running'), failed(1, 'timeout'), missing];
		assert.equal(play(policy, [...lost, timer('retry'), seen('running')]).outcome, undefined);
		const refused: readonly Step[] = [confirmed, seen('running'), failed(1, 'not-found'), missing];
		assert.equal(play(policy, refused).outcome, undefined);
		assert.equal(play(policy, [...refused, timer('poll'), seen('running')]).outcome, 'refused');
		assert.equal(play(policy, [...refused, timer('poll'), missing]).outcome, 'finished-first');
	}
});

test('where all jobs of a batch vanish at once, more looks have to agree, each after twice the time', () => {
	const vanished = {...missing, doubted: true} as Step;
	const start = [confirmed, seen('running'), answered(1, 'accepted')];
	const again = [timer('poll'), vanished];
	const waits = (steps: readonly Step[]) => play(policies.guarded, steps).effects.at(-1);
	assert.deepEqual(waits([...start, vanished]), {type: 'wait', timer: 'poll', ms: 3000});
	assert.equal(play(policies.guarded, [...start, vanished, ...again]).outcome, undefined);
	assert.deepEqual(waits([...start, vanished, ...again]), {type: 'wait', timer: 'poll', ms: 6000});
	assert.deepEqual(waits([...start, vanished, ...again, ...again]), {
		type: 'wait',
		timer: 'poll',
		ms: 12_000,
	});
	const {state} = play(policies.guarded, [...start, vanished, ...again, ...again, ...again]);
	assert.deepEqual(standing(state), {kind: 'removed', detail: 'all jobs of its batch vanished at once'});
});

test('an answer that it had been cancelled before is followed by a look, as every answer', () => {
	for (const policy of Object.values(policies)) {
		const told: readonly Step[] = [confirmed, seen('running'), answered(1, 'already')];
		assert.equal(play(policy, told).outcome, undefined);
		assert.deepEqual(
			play(policy, told)
				.effects.filter(({type}) => type === 'look')
				.at(-1),
			{
				type: 'look',
				source: 'record',
			},
		);
		assert.equal(play(policy, [...told, seen('running')]).outcome, 'refused');
		assert.equal(play(policy, [...told, seen('succeeded')]).outcome, 'finished-first');
		const cancelled = [...told, seen('cancelled'), timer('poll'), seen('cancelled')];
		assert.equal(play(policy, cancelled).outcome, 'already-cancelled');
	}
});

test('a list neither settles a cancellation nor is believed against the job', () => {
	const listed = (phase: Phase) => ({...seen(phase), source: 'list'}) as Step;
	const record = {type: 'look', source: 'record'};
	for (const policy of Object.values(policies)) {
		const followed: readonly Step[] = [confirmed, seen('running'), answered(1, 'accepted')];
		const ended = play(policy, [...followed, listed('cancelled')]);
		assert.equal(ended.outcome, undefined);
		assert.deepEqual(ended.effects.at(-2), record);
		const before = play(policy, [confirmed, listed('succeeded')]);
		assert.equal(before.outcome, undefined);
		assert.equal(play(policy, [confirmed, listed('succeeded'), seen('running')]).sent, 1);
		// While an end is being confirmed, or a refusal understood, it says nothing.
		const once: readonly Step[] = [
			...followed,
			seen('cancelled'),
			listed('running'),
			timer('poll'),
			seen('cancelled'),
		];
		assert.equal(play(policy, once).outcome, 'cancelled');
		assert.equal(play(policy, once).state.cameBack, false);
		const refused: readonly Step[] = [confirmed, seen('running'), failed(1, 'rejected'), listed('running')];
		assert.equal(play(policy, refused).outcome, undefined);
		// What was settled is not opened by it; it is looked at.
		const settled: readonly Step[] = [...followed, seen('failed'), listed('running')];
		assert.equal(play(policy, settled).outcome, 'finished-first');
		assert.deepEqual(play(policy, settled).effects.at(-1), record);
	}
});

test('a dismissal without a proof is followed for its own time, and the outcome says what may still happen', () => {
	const dismissed = {...seen('cancelled'), unproven: 'may-run'} as Step;
	const waiting = {...seen('cancelled'), unproven: 'may-start'} as Step;
	const start = [confirmed, seen('running'), answered(1, 'done')];
	const followed = play(policies.guarded, [...start, dismissed]);
	assert.equal(followed.outcome, undefined);
	assert.equal(followed.state.step, 'following');
	assert.deepEqual(followed.effects.at(-1), {type: 'wait', timer: 'proof', ms: 60_000});
	assert.deepEqual(leave(followed.state), {kind: 'unknown', detail: 'the process may still run'});
	const polled = [...start, dismissed, timer('poll'), dismissed, timer('poll'), dismissed];
	assert.equal(play(policies.guarded, polled).outcome, undefined);
	// Plain where its record proves the end, by two looks.
	const proven = [...polled, timer('poll'), seen('cancelled'), timer('poll'), seen('cancelled')];
	assert.deepEqual(standing(play(policies.guarded, proven).state), {kind: 'cancelled'});
	// After the patience with the words.
	const late = [...polled, timer('proof')];
	assert.equal(play(policies.guarded, late).outcome, undefined);
	assert.deepEqual(standing(play(policies.guarded, [...late, dismissed]).state), {
		kind: 'cancelled',
		detail: 'the process may still run',
	});
	const queued = [...start, waiting, timer('proof'), waiting];
	assert.deepEqual(standing(play(policies.guarded, queued).state), {
		kind: 'cancelled',
		detail: 'it may still start',
	});
	// It does, before or after that is said.
	for (const steps of [[...start, waiting], queued]) {
		const started = play(policies.guarded, [...steps, seen('running')]);
		assert.equal(started.state.step, 'following');
		assert.equal(started.state.cameBack, true);
		const ended = play(policies.guarded, [...steps, seen('running'), seen('succeeded')]);
		assert.equal(ended.outcome, 'finished-first');
		assert.equal(play(policies.guarded, [...steps, seen('succeeded')]).outcome, 'finished-first');
	}
	// A proof that comes later takes the words away.
	const later = [...queued, seen('cancelled'), timer('poll'), seen('cancelled')];
	assert.deepEqual(standing(play(policies.guarded, later).state), {kind: 'cancelled'});
	// What had been cancelled by somebody else is told so at once.
	const before = [confirmed, dismissed, timer('poll'), dismissed];
	assert.deepEqual(standing(play(policies.guarded, before).state), {
		kind: 'already-cancelled',
		detail: 'the process may still run',
	});
});

test('only what was accepted and is seen alive is overdue; what nobody accepted, or nobody can look at, is unknown', () => {
	const broken = (attempt: number): Step => ({
		type: 'failed',
		attempt,
		failure: {kind: 'broken', detail: `500 of request ${attempt}`},
	});
	const alive = seen('running');
	const lost = [confirmed, alive, broken(1), alive, broken(2), alive, broken(3), alive];
	const followed = play(policies.safe, [...lost, timer('poll'), alive]);
	assert.equal(followed.outcome, undefined);
	assert.deepEqual(leave(followed.state), {kind: 'unknown', detail: '500 of request 3'});
	const late = play(policies.safe, [...lost, timer('overdue'), timer('poll'), alive]);
	assert.deepEqual(standing(late.state), {kind: 'unknown', detail: '500 of request 3'});
	assert.equal(late.state.step, 'following');
	const denied = lookFailed({kind: 'forbidden', detail: 'accounting is denied'});
	const accepted = [confirmed, alive, answered(1, 'accepted'), alive, timer('overdue')];
	assert.equal(play(policies.safe, accepted).outcome, 'overdue');
	assert.equal(play(policies.safe, [...accepted, denied]).outcome, 'overdue');
	const blind = play(policies.safe, [...accepted, denied, denied, denied]);
	assert.deepEqual(standing(blind.state), {kind: 'unknown', detail: 'accounting is denied'});
	assert.equal(play(policies.safe, [...accepted, denied, denied, denied, alive]).outcome, 'overdue');
});

test('what was sent and never taken is not called unsent, and is asked again later and later', () => {
	const limited = (attempt: number, retryAfterMs?: number): Step => ({
		type: 'failed',
		attempt,
		failure: {
			kind: 'rate-limited',
			detail: '429 slow down',
			...(retryAfterMs !== undefined && {retryAfterMs}),
		},
	});
	const alive = seen('running');
	const turns = (wish: number | undefined, count: number) =>
		Array.from({length: count}, (_, index) => [alive, limited(index + 1, wish), timer('retry')]).flat();
	const {state, effects} = play(policies.script, [confirmed, ...turns(1000, 9)]);
	assert.deepEqual(leave(state), {
		kind: 'refused',
		detail: '9 requests were sent but not accepted',
	});
	const waits = effects.flatMap(effect => (effect.type === 'wait' ? [effect.ms] : []));
	assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
	const throttled = play(policies.script, [confirmed, alive, limited(1, 1000)]);
	assert.deepEqual(leave(throttled.state), {
		kind: 'refused',
		detail: 'one request was sent but not accepted; last: 429 slow down',
	});
	// No wish is obeyed beyond its bounds.
	for (const [wish, ms] of [
		[0, 1000],
		[-5000, 1000],
		[1e15, 300_000],
		[undefined, 5000],
	] as const) {
		const look = lookFailed({
			kind: 'rate-limited',
			detail: '429',
			...(wish !== undefined && {retryAfterMs: wish}),
		});
		const asked: readonly (readonly Step[])[] = [
			[confirmed, look],
			[confirmed, alive, limited(1, wish)],
			[confirmed, alive, failed(1, 'timeout'), look],
			[confirmed, alive, answered(1, 'accepted'), look],
		];
		for (const steps of asked) {
			const wait = play(policies.safe, steps).effects.at(-1);
			// A follower has its own pace beside that.
			const least: number = wait?.type === 'wait' && wait.timer === 'poll' ? Math.max(ms, 1500) : ms;
			assert.equal(wait?.type === 'wait' && wait.ms, least);
		}
	}
});

test('what a removed record leaves open is said with it', () => {
	const steps = [confirmed, seen('running'), answered(1, 'done'), missing, timer('poll'), missing];
	const policy = {...policies.guarded, removedDetail: 'the process may still run'};
	const outcome = standing(play(policy, steps).state);
	assert.deepEqual(outcome, {kind: 'removed', detail: 'the process may still run'});
	assert.equal(
		outcomes.removed.sentence('echo', outcome),
		'echo was removed from its system after the request: the process may still run',
	);
	// A record that stays and says so is another matter.
	const done = [confirmed, seen('running'), answered(1, 'done')];
	const kept = play(policy, [...done, seen('cancelled'), timer('poll'), seen('cancelled')]);
	assert.deepEqual(standing(kept.state), {kind: 'cancelled'});
});

test('a record that is gone after a lost answer may have been removed by something else', () => {
	const gone = [missing, timer('retry'), missing, timer('poll'), missing];
	const lost = play(policies.conditional, [confirmed, seen('running'), failed(1, 'timeout'), ...gone]);
	assert.deepEqual(standing(lost.state), {kind: 'removed', detail: 'no answer to the request arrived'});
	const answeredOne = play(policies.conditional, [
		confirmed,
		seen('running'),
		answered(1, 'accepted'),
		...gone,
	]);
	assert.deepEqual(standing(answeredOne.state), {kind: 'removed'});
});

test('a lost answer is reconciled by a look, and the request sent again only on a live job', () => {
	const lost = [confirmed, seen('running'), failed(1, 'timeout')];
	assert.equal(play(policies.safe, [...lost, seen('cancelled')]).outcome, 'cancelled');
	// Its server may still write otherwise, whichever way the job was seen cancelled.
	const once = [...lost, seen('cancelled'), seen('cancelled')];
	assert.equal(play(policies.guarded, once).outcome, undefined);
	assert.equal(play(policies.guarded, [...once, timer('poll'), seen('cancelled')]).outcome, 'cancelled');
	assert.equal(play(policies.guarded, [...once, timer('poll'), seen('succeeded')]).outcome, 'finished-first');
	assert.equal(play(policies.guarded, [...once, timer('poll'), seen('cancelled')]).sent, 1);
	assert.equal(play(policies.guarded, [...lost, seen('succeeded')]).outcome, 'finished-first');
	assert.equal(play(policies.guarded, [...lost, seen('succeeded')]).sent, 1);
	assert.equal(play(policies.guarded, [...lost, missing, timer('retry'), missing]).outcome, 'removed');
	assert.equal(play(policies.guarded, [...lost, seen('running')]).sent, 2);
});

test('a list is not enough for a guarded request: each needs a look of its own', () => {
	const listed = {...seen('running'), source: 'list'} as Step;
	assert.equal(play(policies.guarded, [confirmed, listed]).sent, 0);
	assert.equal(play(policies.guarded, [confirmed, listed, seen('running')]).sent, 1);
	assert.equal(play(policies.safe, [confirmed, listed]).sent, 1);
});

test('a guarded backend is sent nothing more once a look showed an end, even if the job is alive again', () => {
	const sending = [confirmed, seen('running'), {...seen('succeeded'), source: 'record'} as Step];
	assert.equal(play(policies.guarded, [...sending, failed(1, 'timeout'), seen('running')]).sent, 1);
	const throttled = [...sending, failed(1, 'rate-limited'), timer('retry'), seen('running')];
	assert.equal(play(policies.guarded, throttled).sent, 1);
	assert.equal(play(policies.guarded, throttled).outcome, 'refused');
});

test('a request that was held back goes out after another look, with a number of its own', () => {
	const held = [confirmed, seen('running'), {type: 'held', attempt: 1} as Step];
	assert.equal(play(policies.guarded, [...held, seen('running')]).sent, 2);
	assert.equal(play(policies.guarded, [...held, seen('succeeded')]).sent, 1);
	assert.equal(play(policies.guarded, [...held, seen('succeeded')]).outcome, 'finished-first');
});

test('a guarded backend is believed after a second look only', () => {
	const once = [confirmed, seen('running'), answered(1, 'accepted'), seen('cancelled')];
	assert.equal(play(policies.guarded, once).outcome, undefined);
	assert.equal(play(policies.guarded, [...once, timer('poll'), seen('cancelled')]).outcome, 'cancelled');
	// A look by somebody else, before its time, makes nothing sure.
	const early = play(policies.guarded, [...once, seen('cancelled'), seen('cancelled')]);
	assert.equal(early.outcome, undefined);
	assert.equal(play(policies.guarded, [...once, timer('poll'), seen('succeeded')]).outcome, 'finished-first');
});

test('a job that comes back after its end is followed again', () => {
	const {outcome, state, sent} = play(policies.guarded, [
		confirmed,
		seen('running'),
		answered(1, 'done'),
		seen('cancelled'),
		seen('running'),
	]);
	assert.equal(outcome, undefined);
	assert.equal(state.step, 'following');
	assert.equal(state.cameBack, true);
	assert.equal(sent, 1);
});

test('too late is decided by how the job ended', () => {
	const late = [confirmed, seen('running'), answered(1, 'too-late')];
	assert.equal(play(policies.safe, [...late, seen('succeeded')]).outcome, 'finished-first');
	assert.equal(play(policies.safe, [...late, seen('cancelled')]).outcome, 'already-cancelled');
	assert.equal(play(policies.safe, [...late, seen('stopping')]).outcome, undefined);
	assert.equal(play(policies.safe, [...late, seen('stopping'), seen('failed')]).outcome, 'finished-first');
	assert.equal(play(policies.safe, [...late, seen('running')]).outcome, 'refused');
});

test('a refusal stands once a look shows the job alive', () => {
	const refused = [confirmed, seen('running'), failed(1, 'rejected')];
	assert.equal(play(policies.safe, refused).outcome, undefined);
	assert.equal(play(policies.safe, [...refused, seen('running')]).outcome, 'refused');
	assert.equal(play(policies.safe, [...refused, seen('succeeded')]).outcome, 'finished-first');
});

test('a denied job of another person is named as theirs, before and after a request; a refused credential is not', () => {
	const standingFor = (owner: string, ...steps: readonly Step[]) => {
		let state = ask(true, {owner});
		for (const [index, step] of steps.entries())
			[state] = transition(state, {...step, at: index + 1} as CancelEvent, policies.script);
		return standing(state);
	};
	const theirs = {kind: 'denied', notYours: true} as const;
	const request = [confirmed, seen('running')];
	assert.deepEqual(standingFor('bob', ...request, failed(1, 'forbidden')), {
		...theirs,
		detail: "it is bob's job; forbidden",
	});
	assert.deepEqual(standingFor('', confirmed, lookFailed({kind: 'forbidden', detail: 'secret'})), {
		...theirs,
		detail: "it is somebody else's job; secret",
	});
	const expired = [...request, failed(1, 'unauthorized'), seen('running'), failed(2, 'unauthorized')];
	assert.deepEqual(standingFor('bob', ...expired), {
		kind: 'denied',
		detail: 'unauthorized',
		credential: true,
	});
	// A request may have worked: its denial is no proof that nothing was done.
	const lost = [...request, failed(1, 'timeout'), seen('running'), failed(2, 'forbidden')];
	assert.notEqual(standingFor('bob', ...lost)?.kind, 'denied');
});

test('what is not ours is denied, and an unreachable server was sent nothing', () => {
	assert.equal(play(policies.safe, [confirmed, seen('running'), failed(1, 'forbidden')]).outcome, 'denied');
	assert.equal(
		play(policies.safe, [confirmed, seen('running'), failed(1, 'unreachable')]).outcome,
		'not-sent',
	);
	const down = lookFailed({kind: 'unreachable', detail: 'down'});
	const tried = [confirmed, down, timer('retry'), down, timer('retry'), down];
	assert.equal(play(policies.safe, tried).outcome, 'not-sent');
});

test('an expired credential parks on the screen and settles in a script', () => {
	const expired = [confirmed, lookFailed({kind: 'unauthorized', detail: 'expired'})];
	assert.equal(play(policies.safe, expired).state.step, 'parked');
	assert.equal(play(policies.safe, [...expired, {type: 'renewed'}, seen('running')]).sent, 1);
	assert.equal(play(policies.script, expired).outcome, 'denied');
	const none = lookFailed({kind: 'unauthorized', detail: 'no token', sent: false});
	assert.equal(play(policies.script, [confirmed, none]).outcome, 'not-sent');
});

test('a server that asks for patience is asked again after it', () => {
	const {state, effects} = play(policies.safe, [
		confirmed,
		seen('running'),
		{type: 'failed', attempt: 1, failure: {kind: 'rate-limited', detail: 'slow', retryAfterMs: 7000}},
	]);
	assert.equal(state.step, 'throttled');
	assert.deepEqual(effects.at(-1), {type: 'wait', timer: 'retry', ms: 7000});
});

test('an accepted cancellation beyond patience is overdue and still followed', () => {
	const accepted = [confirmed, seen('running'), answered(1, 'accepted')];
	const late = [...accepted, seen('running'), timer('overdue')];
	assert.equal(play(policies.safe, [...accepted, timer('overdue')]).outcome, undefined);
	assert.equal(play(policies.safe, late).outcome, 'overdue');
	assert.equal(play(policies.safe, [...late, seen('cancelled')]).outcome, 'cancelled');
});

test('a request is sent once more where its backend may forget one', () => {
	const slow = [confirmed, seen('running'), answered(1, 'accepted'), timer('reissue'), seen('running')];
	assert.equal(play(policies.safe, slow).sent, 2);
	assert.equal(
		play(policies.safe, [...slow, answered(2, 'accepted'), timer('reissue'), seen('running')]).sent,
		2,
	);
	assert.equal(play(policies.guarded, slow).sent, 1);
});

test('an overdue job is asked again after a look, and overdue again only after the same patience', () => {
	const repeated: Step = {type: 'repeated'};
	const late = [confirmed, seen('running'), answered(1, 'accepted'), seen('running'), timer('overdue')];
	for (const policy of [policies.safe, policies.guarded]) {
		const {state, effects, outcome} = play(policy, [...late, repeated]);
		assert.equal(state.step, 'checking');
		assert.equal(outcome, undefined);
		assert.deepEqual(effects.slice(-2), [
			{type: 'look', source: policy.resend === 'guarded' ? 'alone' : 'list'},
			{type: 'wait', timer: 'overdue', ms: 60_000},
		]);
		assert.equal(play(policy, [...late, repeated, seen('running')]).sent, 2);
		assert.equal(play(policy, [...late, repeated, seen('succeeded')]).sent, 1);
		assert.equal(play(policy, [...late, repeated, repeated, seen('running')]).sent, 2);
		const again: readonly Step[] = [
			...late,
			repeated,
			seen('running'),
			answered(2, 'accepted'),
			seen('running'),
		];
		assert.equal(play(policy, again).outcome, undefined);
		assert.equal(play(policy, [...again, timer('overdue')]).outcome, 'overdue');
	}
	// Within its patience, nobody asks twice.
	assert.equal(play(policies.safe, [...late.slice(0, -1), repeated]).state.step, 'following');
	// A look has shown an end: a request could destroy its results.
	const back = [...late, seen('cancelled'), seen('running'), repeated];
	assert.equal(play(policies.guarded, back).sent, 1);
	assert.equal(play(policies.guarded, back).state.step, 'following');
});

test('a batch can be recalled while it is staged, and not a moment later', () => {
	const staged = {...policies.safe, stageMs: 1500};
	assert.equal(play(staged, [confirmed, {type: 'recalled'}]).outcome, 'not-sent');
	const gone = [confirmed, timer('stage'), seen('running'), {type: 'recalled'} as Step];
	assert.equal(play(staged, gone).outcome, undefined);
});

test('a stronger request goes out only when somebody asks for it, after a look, with a number of its own', () => {
	const late = [confirmed, seen('running'), answered(1, 'accepted'), timer('overdue')];
	const forced = [...late, {type: 'forced'} as Step];
	assert.equal(play(policies.safe, forced).state.step, 'checking');
	const {effects, state} = play(policies.safe, [...forced, seen('stopping')]);
	assert.deepEqual(effects.at(-1), {type: 'send', attempt: 2, force: true});
	assert.equal(state.step, 'sending');
	assert.equal(play(policies.safe, [...forced, seen('cancelled')]).sent, 1);
	assert.equal(play(policies.safe, [...forced, seen('cancelled')]).outcome, 'cancelled');
	const taken = [...forced, seen('stopping'), answered(2, 'accepted'), seen('stopping')];
	assert.equal(play(policies.safe, taken).outcome, 'overdue');
	assert.equal(play(policies.safe, [...taken, seen('cancelled')]).outcome, 'cancelled');
	// A refused one takes nothing away from the first.
	const refused = [...forced, seen('stopping'), failed(2, 'rejected'), seen('running')];
	assert.equal(play(policies.safe, refused).outcome, 'overdue');
});

test('a stronger request that had to wait goes out as such', () => {
	const forced = [confirmed, seen('running'), answered(1, 'accepted'), {type: 'forced'} as Step];
	const throttled = [...forced, seen('running'), failed(2, 'rate-limited'), timer('retry'), seen('running')];
	assert.deepEqual(play(policies.safe, throttled).effects.at(-1), {type: 'send', attempt: 3, force: true});
	const lost = [...forced, seen('running'), failed(2, 'timeout'), seen('running')];
	assert.deepEqual(play(policies.safe, lost).effects.at(-1), {type: 'send', attempt: 3, force: true});
});

test('what nobody wants to follow any more is said as it stands, and later evidence still counts', () => {
	const unfollowed: Step = {type: 'unfollowed'};
	const sent = [confirmed, seen('running')];
	assert.equal(play(policies.safe, [confirmed, unfollowed]).outcome, 'not-sent');
	assert.equal(play(policies.safe, [...sent, unfollowed]).outcome, 'unknown');
	assert.equal(play(policies.safe, [...sent, failed(1, 'timeout'), unfollowed]).outcome, 'unknown');
	assert.equal(play(policies.safe, [...sent, failed(1, 'rejected'), unfollowed]).outcome, 'unknown');
	assert.equal(play(policies.safe, [...sent, unfollowed, seen('cancelled')]).outcome, 'cancelled');
	const accepted = [...sent, answered(1, 'accepted'), unfollowed];
	assert.equal(play(policies.safe, accepted).outcome, 'unknown');
	assert.equal(play(policies.safe, accepted).state.step, 'settled');
	const seenSince = [...sent, answered(1, 'accepted'), seen('running'), unfollowed];
	assert.equal(play(policies.safe, seenSince).outcome, 'overdue');
	assert.equal(play(policies.safe, [...accepted, seen('running')]).state.step, 'settled');
	assert.equal(play(policies.safe, [...accepted, seen('cancelled')]).outcome, 'cancelled');
	// That nobody finds it is evidence only by two looks, and nobody makes the second.
	assert.equal(play(policies.guarded, [...accepted, missing]).outcome, 'unknown');
});

test('after a crash what may have been sent is looked for, and what was not is begun', () => {
	const nothing: Step = {
		type: 'resumed',
		attempt: 0,
		left: 0,
		accepted: false,
		mayHaveWorked: false,
		endSeen: false,
	};
	const lost: Step = {...nothing, attempt: 1, mayHaveWorked: true};
	const sent = play(policies.guarded, [lost]);
	assert.equal(sent.state.step, 'reconciling');
	assert.equal(sent.sent, 0);
	assert.equal(play(policies.guarded, [lost, seen('succeeded')]).sent, 0);
	assert.equal(play(policies.guarded, [nothing]).state.step, 'checking');
	const accepted: Step = {...lost, accepted: true};
	assert.equal(play(policies.guarded, [accepted]).state.step, 'following');
	// A request that was surely refused has removed nothing.
	const refused: Step = {...nothing, attempt: 1};
	assert.equal(play(policies.guarded, [refused, missing, timer('retry'), missing]).outcome, 'finished-first');
	assert.deepEqual(play(policies.guarded, [refused, seen('running')]).effects.at(-1), {
		type: 'send',
		attempt: 2,
		force: false,
	});
	// An end that was seen before the crash counts after it.
	const ended: Step = {...lost, endSeen: true};
	assert.equal(play(policies.guarded, [ended, seen('running')]).sent, 0);
	assert.equal(play(policies.guarded, [ended, seen('running')]).state.cameBack, false);
	assert.equal(play(policies.safe, [ended, seen('running')]).sent, 1);
});

test('an already cancelled job gets a new outcome when its server changes the record', () => {
	const before = [confirmed, seen('cancelled'), timer('poll'), seen('cancelled')];
	assert.equal(play(policies.guarded, before).outcome, 'already-cancelled');
	assert.equal(play(policies.guarded, [...before, seen('succeeded')]).outcome, 'finished-first');
	assert.equal(play(policies.guarded, [...before, seen('cancelled')]).outcome, 'already-cancelled');
});

test('a refused condition means another look, at once at first, and is no outcome before the eighth', () => {
	const conflict = (attempt: number): Step => ({
		type: 'failed',
		attempt,
		failure: {kind: 'conflict', detail: 'the record has changed'},
	});
	const alive = seen('running');
	const first = play(policies.conditional, [confirmed, alive, conflict(1)]);
	assert.equal(first.state.step, 'checking');
	assert.deepEqual(first.effects.at(-1), {type: 'look', source: 'alone'});
	// The list that allowed the first request is no longer enough.
	const listed: Step = {...(alive as object), source: 'list'} as Step;
	assert.equal(play(policies.conditional, [confirmed, listed]).sent, 1);
	assert.equal(play(policies.conditional, [confirmed, listed, conflict(1), listed]).sent, 1);
	assert.equal(play(policies.conditional, [confirmed, listed, conflict(1), alive]).sent, 2);
	const rounds = (count: number) => Array.from({length: count}, (_, n) => [alive, conflict(n + 1)]).flat();
	const fourth = play(policies.conditional, [confirmed, ...rounds(4)]);
	assert.deepEqual(fourth.effects.at(-1), {type: 'wait', timer: 'retry', ms: 1000});
	assert.equal(fourth.outcome, undefined);
	assert.equal(play(policies.conditional, [confirmed, ...rounds(7)]).outcome, undefined);
	assert.equal(play(policies.conditional, [confirmed, ...rounds(8)]).outcome, 'refused');
	// It ended in between: nothing was destroyed, and nothing more is sent.
	const ended = play(policies.conditional, [confirmed, alive, conflict(1), seen('succeeded')]);
	assert.equal(ended.outcome, 'finished-first');
	// Elsewhere it is a refusal like any other.
	assert.equal(play(policies.safe, [confirmed, alive, conflict(1)]).state.step, 'following');
});

test('another submission under the id proves that the first one is gone, where its system says so', () => {
	const replaced = (proven?: true): Step => ({
		type: 'replaced',
		askedMoment: Number.POSITIVE_INFINITY,
		detail: 'another job',
		...(proven && {proven}),
	});
	const accepted = [confirmed, seen('running'), answered(1, 'accepted')];
	assert.equal(play(policies.conditional, [...accepted, replaced(true)]).outcome, 'removed');
	assert.equal(play(policies.conditional, [...accepted, replaced()]).outcome, 'unknown');
	assert.equal(play(policies.safe, [...accepted, replaced(true)]).outcome, 'unknown');
	assert.equal(play(policies.conditional, [confirmed, replaced(true)]).outcome, 'replaced');
});

test('a job is called suspended once its record shows that nothing of it runs', () => {
	const at = (approach?: Approach, source = 'alone'): Step =>
		({...seen('running'), source, ...(approach && {approach})}) as Step;
	const asked = [confirmed, at(), answered(1, 'accepted')];
	assert.equal(play(reversible.suspend, [...asked, at('under-way')]).outcome, undefined);
	assert.equal(leave(play(reversible.suspend, [...asked, at('under-way')]).state).kind, 'overdue');
	assert.equal(play(reversible.suspend, [...asked, at('under-way'), at('reached')]).outcome, 'suspended');
	assert.equal(play(reversible.unsuspend, [...asked, at('reached')]).outcome, 'unsuspended');
	// A list is checked by the job's own record.
	const listed = play(reversible.suspend, [...asked, at('reached', 'list')]);
	assert.equal(listed.outcome, undefined);
	assert.deepEqual(listed.effects.at(-2), {type: 'look', source: 'record'});
	// It was so before the first request.
	assert.equal(play(reversible.suspend, [confirmed, at('reached')]).outcome, 'already-suspended');
	assert.equal(play(reversible.suspend, [confirmed, at('reached')]).sent, 0);
	assert.equal(play(reversible.unsuspend, [confirmed, at('reached')]).outcome, 'already-unsuspended');
	// A lost answer is understood by a look: what takes effect is not sent again.
	const lost = [confirmed, at(), failed(1, 'timeout')];
	assert.equal(play(reversible.suspend, [...lost, at('under-way')]).sent, 1);
	assert.equal(play(reversible.suspend, [...lost, at()]).sent, 2);
	assert.equal(play(reversible.suspend, [...lost, at('reached')]).outcome, 'suspended');
	// A condition that was refused means another look.
	assert.equal(play(reversible.suspend, [confirmed, at(), failed(1, 'conflict'), at()]).sent, 2);
	// Nobody asked for an end.
	assert.equal(play(reversible.suspend, [...asked, seen('cancelled')]).outcome, 'finished-first');
	assert.equal(play(reversible.suspend, [...asked, seen('succeeded')]).outcome, 'finished-first');
	assert.equal(play(reversible.suspend, [...asked, missing, timer('poll'), missing]).outcome, 'unknown');
	// It stays so when the job is started again later.
	assert.equal(play(reversible.suspend, [...asked, at('reached'), at()]).outcome, 'suspended');
	// A request that nobody waits for any more may still take effect.
	const left = [...asked, {type: 'unfollowed'} as Step];
	assert.equal(play(reversible.suspend, left).outcome, 'unknown');
	assert.equal(play(reversible.suspend, [...left, at('reached')]).outcome, 'suspended');
	// Force is for cancelling.
	assert.equal(play(reversible.suspend, [...asked, {type: 'forced'} as Step, at()]).sent, 1);
});

// ---- laws, over random orders of events ------------------------------------------------------------

// Mostly what keeps a story going: live jobs, fresh looks, answers to the request that is under way.
const phase = fc.oneof(
	{weight: 3, arbitrary: fc.constant<Phase>('running')},
	{weight: 2, arbitrary: fc.constantFrom(...(Object.keys(phases) as Phase[]))},
);
const failureKinds: readonly Failure['kind'][] = [
	'unreachable',
	'cut-off',
	'timeout',
	'unauthorized',
	'forbidden',
	'not-found',
	'conflict',
	'rejected',
	'rate-limited',
	'broken',
	'malformed',
];
const failure = fc.constantFrom(...failureKinds).map((kind): Failure => ({kind, detail: kind}));
/** How long ago the question of an answer was asked, in moments. */
const late = fc.oneof({weight: 4, arbitrary: fc.constant(0)}, {weight: 1, arbitrary: fc.nat(4)});
/** How many requests ago the one was sent that is answered. */
const ago = fc.oneof(
	{weight: 5, arbitrary: fc.constant(0)},
	{weight: 1, arbitrary: fc.integer({min: -1, max: 3})},
);

const anyStep = fc.oneof(
	{weight: 2, arbitrary: fc.constant({type: 'confirmed'})},
	fc.constant({type: 'recalled'}),
	fc.constant({type: 'renewed'}),
	fc.constant({type: 'forced'}),
	fc.constant({type: 'repeated'}),
	fc.record({
		type: fc.constant('timer'),
		timer: fc.constantFrom('stage', 'retry', 'poll', 'overdue', 'reissue', 'proof'),
	}),
	{
		weight: 5,
		arbitrary: fc
			.record({
				type: fc.constant('looked'),
				late,
				source: fc.constantFrom('list', 'record', 'alone'),
				phase,
				flagged: fc.boolean(),
				unproven: fc.constantFrom(undefined, undefined, 'may-run', 'may-start'),
				approach: fc.constantFrom(undefined, undefined, 'under-way', 'reached'),
			})
			.map(({unproven, approach, ...look}) => ({
				...look,
				status: look.phase,
				terminal: isEnd(look.phase) || (look.phase === 'unknown' && look.flagged),
				...(look.phase === 'cancelled' && unproven && {unproven}),
				...(approach && {approach}),
			})),
	},
	fc.record({type: fc.constant('missing'), late, doubted: fc.boolean()}),
	fc
		.record({late, proven: fc.boolean()})
		.map(({late, proven}) => ({type: 'replaced', late, detail: 'another job', ...(proven && {proven})})),
	fc.record({type: fc.constant('look-failed'), late, failure}),
	{
		weight: 4,
		arbitrary: fc.record({
			type: fc.constant('answered'),
			ago,
			receipt: fc.record({kind: fc.constantFrom('done', 'accepted', 'already', 'too-late')}),
		}),
	},
	{weight: 3, arbitrary: fc.record({type: fc.constant('failed'), ago, failure})},
	fc.record({type: fc.constant('held'), ago}),
);
/** Rare, for it ends a story. */
const mostlyAnyStep = fc.oneof(
	{weight: 60, arbitrary: anyStep},
	{weight: 1, arbitrary: fc.constant({type: 'unfollowed'})},
);

type Played = {
	readonly event: CancelEvent;
	readonly before: CancelState;
	readonly after: CancelState;
	readonly effects: readonly CancelEffect[];
};

const story = fc
	.record({
		policy: fc.constantFrom(...Object.values(policies), ...Object.values(reversible), {
			...policies.safe,
			stageMs: 1500,
		}),
		seenAlive: fc.boolean(),
		steps: fc.array(mostlyAnyStep, {maxLength: 40, size: 'max'}),
	})
	.map(({policy, seenAlive, steps}) => {
		let state = ask(seenAlive);
		const played = steps.map((step, index): Played => {
			const at = index + 1;
			const event = {
				...step,
				at,
				...('late' in step && {askedMoment: Math.max(0, at - (step.late as number))}),
				...('ago' in step && {attempt: state.attempt - (step.ago as number)}),
			} as CancelEvent & {approach?: Approach};
			// No record of an ended job says how far it is, and no other operation than these has a way there.
			if (policy.operation === 'cancel' || (event.type === 'looked' && event.terminal)) delete event.approach;
			const before = state;
			const [after, effects] = transition(before, event, policy as CancelPolicy);
			state = after;
			return {event, before, after, effects};
		});
		return {policy: policy as CancelPolicy, seenAlive, played};
	});

const law = (title: string, holds: (told: {policy: CancelPolicy; played: readonly Played[]}) => void) =>
	test(`law: ${title}`, () => {
		fc.assert(fc.property(story, holds), {numRuns: 15_000});
	});

law('nothing is sent that was not confirmed', ({played}) => {
	const first = played.findIndex(({effects}) => effects.some(({type}) => type === 'send'));
	if (first < 0) return;
	assert.ok(played.slice(0, first).some(({event}) => event.type === 'confirmed'));
});

law('what is sent has the identity that was shown', ({policy, played}) => {
	let replaced = false;
	for (const {event, before, after, effects} of played) {
		// Only the job itself, should it be seen again, opens that.
		if (event.type === 'looked') replaced = false;
		if (replaced) assert.ok(effects.every(({type}) => type !== 'send'));
		if (event.type !== 'replaced' || event.askedMoment < before.since) continue;
		// A request that is under way is told of by its answer, and by the look that follows.
		if (before.step === 'asked' || before.step === 'sending' || before.step === 'settled') continue;
		assert.ok(after.step === 'settled');
		const mayBeGone = event.proven && policy.gone === 'removed' ? 'removed' : 'unknown';
		assert.equal(after.outcome.kind, before.mayHaveWorked ? mayBeGone : 'replaced');
		assert.deepEqual(effects, []);
		replaced = true;
	}
});

law('nothing goes by stronger means that nobody asked for', ({played}) => {
	let wanted = false;
	for (const {event, before, effects} of played) {
		wanted ||= event.type === 'forced' && before.step === 'following';
		for (const effect of effects) assert.ok(effect.type !== 'send' || !effect.force || wanted);
		// Once it was answered the wish is fulfilled.
		if (before.step === 'sending' && event.type === 'answered' && event.attempt === before.attempt)
			wanted = false;
	}
});

law('asking again does something exactly where the user may ask again', ({policy, played}) => {
	for (const {event, before, after} of played) {
		if (event.type === 'repeated') assert.equal(after !== before, mayRepeat(before, policy));
		if (!mayRepeat(after, policy)) continue;
		const [state] = transition(after, {type: 'repeated', at: event.at + 1}, policy);
		assert.equal(state.step, 'checking');
	}
});

law(
	'an overdue cancellation on a backend that is safe to ask again may be asked again',
	({policy, played}) => {
		if (policy.resend !== 'safe') return;
		for (const {after} of played) {
			if (after.step === 'following' && standing(after)?.kind === 'overdue' && !after.doubt) {
				assert.ok(mayRepeat(after, policy));
			}
		}
	},
);

law('a guarded request follows a look that was asked for this job alone', ({policy, played}) => {
	if (policy.resend !== 'guarded') return;
	for (const {after, before, effects} of played) {
		if (after.step === before.step && after.step !== 'checking' && after.step !== 'reconciling') continue;
		if (after.step !== 'checking' && after.step !== 'reconciling') continue;
		for (const effect of effects) assert.ok(effect.type !== 'look' || effect.source === 'alone');
	}
});

law(
	'a request whose condition was refused is followed by a look at this job alone, and by no more than seven others',
	({policy, played}) => {
		if (policy.resend !== 'conditional') return;
		let refused = 0;
		for (const {event, before, effects} of played) {
			const isAnswer = before.step === 'sending' && 'attempt' in event && event.attempt === before.attempt;
			if (effects.some(({type}) => type === 'send') && refused > 0) {
				assert.ok(event.type === 'looked' && event.source === 'alone' && !event.terminal);
				assert.ok(refused < 8, String(refused));
			}
			if (event.type === 'repeated' || (isAnswer && event.type === 'answered')) refused = 0;
			if (!isAnswer || event.type !== 'failed' || event.failure.kind !== 'conflict') continue;
			refused += 1;
			if (refused === 8) refused = 0;
		}
	},
);

law('what nobody follows any more is asked for no more', ({played}) => {
	for (const {event, before, after, effects} of played) {
		if (event.type !== 'unfollowed' || before.step === 'asked') continue;
		assert.equal(after.step, 'settled');
		assert.deepEqual(effects, []);
	}
});

law('every request has its own number, one more than the last', ({played}) => {
	const numbers = played.flatMap(({effects}) =>
		effects.flatMap(effect => (effect.type === 'send' ? [effect.attempt] : [])),
	);
	assert.deepEqual(
		numbers,
		numbers.map((_, index) => index + 1),
	);
});

law('the answer to an earlier request changes nothing', ({played}) => {
	for (const {event, before, after, effects} of played) {
		if ('attempt' in event && event.attempt !== before.attempt) {
			assert.equal(after, before);
			assert.deepEqual(effects, []);
		}
	}
});

law('an answer to an older question than the last request is no evidence', ({played}) => {
	for (const {event, before, after} of played) {
		if ((event.type === 'looked' || event.type === 'missing') && event.askedMoment < before.since) {
			assert.equal(after.step, before.step);
		}
	}
});

law('a job is called cancelled only on evidence that came after the request', ({played}) => {
	for (const {event, after, before} of played) {
		if (before.step === 'settled' || after.step !== 'settled' || after.outcome.kind !== 'cancelled') continue;
		assert.ok(after.attempt > 0);
		assert.ok(after.mayHaveWorked);
		const proof = event.type === 'looked' && event.phase === 'cancelled' && event.askedMoment >= before.since;
		assert.ok(proof, `${event.type} is no proof`);
	}
});

law('removed and already-cancelled need evidence too', ({played}) => {
	for (const {event, after, before} of played) {
		if (before.step === 'settled' || after.step !== 'settled') continue;
		if (after.outcome.kind === 'removed')
			assert.ok(
				after.mayHaveWorked && (event.type === 'missing' || (event.type === 'replaced' && event.proven)),
			);
		if (after.outcome.kind === 'already-cancelled') {
			assert.ok(event.type === 'looked' && event.phase === 'cancelled');
		}
	}
});

law(
	'a job is called suspended or unsuspended only where its own record shows it, asked for since',
	({policy, played}) => {
		const kinds = policy.operation === 'cancel' ? undefined : reachedKinds[policy.operation];
		const others = new Set<string>(Object.values(reachedKinds).flatMap(each => Object.values(each)));
		for (const {event, before, after} of played) {
			if (after.step !== 'settled') continue;
			const {kind} = after.outcome;
			if (kinds) assert.equal(outcomes[kind].saysCancelled, false, 'nobody asked for its end');
			if (!others.has(kind)) continue;
			assert.equal(kind, after.mayHaveWorked ? kinds?.reached : kinds?.reachedBefore);
			if (before.step === 'settled' && before.outcome === after.outcome) continue;
			assert.ok(event.type === 'looked' && event.approach === 'reached' && event.source !== 'list');
			assert.ok(event.askedMoment >= before.since);
		}
	},
);

law('what shows that the operation is reached settles it, and nothing more is sent', ({policy, played}) => {
	if (policy.operation === 'cancel') return;
	for (const {event, before, after, effects} of played) {
		if (event.type !== 'looked' || event.source === 'list' || event.approach !== 'reached') continue;
		if (event.askedMoment < before.since || before.step === 'asked' || before.step === 'sending') continue;
		assert.equal(after.step, 'settled');
		assert.ok(effects.every(({type}) => type !== 'send'));
	}
});

const endsTheJob = new Set(['cancelled', 'already-cancelled', 'removed', 'finished-first', 'not-found']);

law('no answer settles anything, and no failed request says that the job has ended', ({played}) => {
	for (const {event, before, after} of played) {
		if (before.step === 'settled' || after.step !== 'settled') continue;
		assert.notEqual(event.type, 'answered');
		if (event.type === 'failed') assert.equal(endsTheJob.has(after.outcome.kind), false);
	}
});

law('no list settles anything, nor opens what is settled', ({played}) => {
	for (const {event, before, after} of played) {
		if (event.type !== 'looked' || event.source !== 'list') continue;
		assert.equal(after.step === 'settled', before.step === 'settled');
	}
});

law(
	'one look is never enough for an end: gone, or cancelled where the backend needs a second one',
	({policy, played}) => {
		// Looks of the same kind without one of another between them, each after a time that was waited for.
		let kind: string | undefined;
		let looks = 0;
		let waited = false;
		for (const {event, before, after} of played) {
			if (event.type === 'timer') waited = true;
			if ((event.type === 'looked' || event.type === 'missing') && event.askedMoment >= before.since) {
				const told = event.type === 'missing' ? 'gone' : event.source === 'list' ? undefined : event.phase;
				if (told !== undefined) {
					looks = told === kind ? looks + (waited ? 1 : 0) : 1;
					kind = told;
					waited = false;
				}
			}
			if (before.step === 'settled' || after.step !== 'settled' || event.type === 'unfollowed') continue;
			const {outcome} = after;
			const isGone =
				event.type === 'missing' &&
				['removed', 'not-found', 'finished-first', 'unknown'].includes(outcome.kind);
			const needsTwo =
				isGone ||
				(policy.patience.confirmAfterMs !== undefined &&
					['cancelled', 'already-cancelled'].includes(outcome.kind));
			if (needsTwo) assert.ok(looks >= 2, `${outcome.kind} after ${looks} look`);
		}
	},
);

law('cancelled without a proof is said with what may still happen', ({played}) => {
	for (const {event, before, after} of played) {
		if (before.step === 'settled' || after.step !== 'settled' || event.type !== 'looked') continue;
		const {kind, detail} = after.outcome;
		if (kind !== 'cancelled' && kind !== 'already-cancelled') continue;
		assert.equal(detail, event.unproven && unprovenWords[event.unproven]);
	}
});

law('overdue is only what was accepted and is seen alive', ({played}) => {
	let alive = false;
	let blind = 0;
	for (const {event, before, after} of played) {
		// A second answer to a request, or a failed look that nobody waits for, tells nothing.
		const ignored = isDeepStrictEqual(before, after);
		if (event.type === 'answered' && event.attempt === before.attempt && !ignored) alive = false;
		if (event.type === 'looked' && event.askedMoment >= before.since) {
			alive = !event.terminal;
			blind = 0;
		}
		if (event.type === 'look-failed' && event.askedMoment >= before.since && !ignored) blind++;
		if (before.step === 'settled') continue;
		const said = after.step === 'settled' ? after.outcome : leave(after);
		if (said.kind !== 'overdue') continue;
		assert.ok(after.accepted);
		assert.ok(alive || blind < 3 || event.type === 'unfollowed');
	}
});

law('nothing was sent is never said of what was answered', ({played}) => {
	let answers = 0;
	for (const {event, before, after} of played) {
		const own = 'attempt' in event && event.attempt === before.attempt && before.step === 'sending';
		if (own && event.type === 'answered') answers++;
		if (own && event.type === 'failed' && !['unreachable'].includes(event.failure.kind)) answers++;
		if (answers === 0) continue;
		const said = after.step === 'settled' ? after.outcome : leave(after);
		assert.notEqual(said.kind, 'not-sent');
	}
});

law('a request that may have arrived is never called failed', ({played}) => {
	let arrived = false;
	for (const {event, before, after} of played) {
		if (before.step === 'sending' && 'attempt' in event && event.attempt === before.attempt) {
			if (event.type === 'answered')
				arrived ||= event.receipt.kind === 'accepted' || event.receipt.kind === 'done';
			if (event.type === 'failed') {
				arrived ||= ['cut-off', 'timeout', 'broken', 'malformed'].includes(event.failure.kind);
			}
		}
		if (!arrived) continue;
		assert.ok(after.mayHaveWorked);
		const said = after.step === 'settled' ? after.outcome.kind : leave(after).kind;
		assert.ok(!['not-sent', 'denied', 'refused', 'not-found', 'replaced'].includes(said), said);
	}
});

law(
	'nothing is sent to a guarded backend after a look showed an end, nor without a look of its own',
	({policy, played}) => {
		if (policy.resend !== 'guarded') return;
		let confirmedYet = false;
		let endSeen = false;
		for (const {event, before, after, effects} of played) {
			const sends = effects.some(({type}) => type === 'send');
			if (sends) {
				assert.ok(!endSeen, 'an end had been seen');
				assert.ok(
					event.type === 'looked' &&
						event.source === 'alone' &&
						!event.terminal &&
						event.askedMoment >= before.since,
				);
			}
			const own = event.type === 'looked' && event.source !== 'list';
			if (confirmedYet && own && event.terminal && event.askedMoment >= before.since) endSeen = true;
			confirmedYet ||= after.step !== 'asked';
		}
	},
);

law('the first request is sent on a look that was asked for after the confirmation', ({played}) => {
	let confirmedAt: number | undefined;
	for (const {event, before, after, effects} of played) {
		if (before.step === 'asked' && after.step !== 'asked') confirmedAt = event.at;
		if (effects.some(effect => effect.type === 'send' && effect.attempt === 1)) {
			assert.ok(event.type === 'looked' && confirmedAt !== undefined && event.askedMoment >= confirmedAt);
		}
	}
});

law('an outcome stays until later evidence overtakes it', ({played}) => {
	for (const {event, before, after} of played) {
		if (before.step !== 'settled') continue;
		if (after.step === 'settled' && after.outcome === before.outcome) continue;
		assert.ok(event.type === 'looked' || event.type === 'missing');
		assert.ok(event.askedMoment >= before.since);
	}
});

law('everything ends or is still being followed: after each event something is awaited', ({played}) => {
	// What would wake a cancellation up again: an answer that is under way, a timer, a person.
	let look = false;
	let answer = false;
	const timers = new Set<string>();
	for (const {event, before, after, effects} of played) {
		if (event.type === 'timer') timers.delete(event.timer);
		if (event.type === 'looked' || event.type === 'missing' || event.type === 'look-failed') {
			if (event.askedMoment >= before.since) look = false;
		}
		if ('attempt' in event && event.attempt === before.attempt) answer = false;
		if (after.step !== before.step) look = false;
		for (const effect of effects) {
			if (effect.type === 'look') look = true;
			if (effect.type === 'send') answer = true;
			if (effect.type === 'wait') timers.add(effect.timer);
		}
		const awaited: Record<CancelState['step'], boolean> = {
			asked: true,
			staged: timers.has('stage') || event.type === 'timer',
			checking: look || timers.has('retry') || event.type === 'looked' || event.type === 'timer',
			sending: answer || 'attempt' in event,
			throttled: timers.has('retry') || event.type === 'timer',
			parked: true,
			reconciling: look || timers.has('retry') || event.type === 'looked' || event.type === 'timer',
			following: look || timers.has('poll') || event.type === 'timer',
			settled: true,
		};
		assert.ok(awaited[after.step] || before.step === after.step, `${after.step} waits for nothing`);
	}
});

law('only what is as requested exits with 0', ({played}) => {
	for (const {after} of played) {
		const outcome = standing(after);
		if (outcome) assert.equal(isReached(outcome.kind), outcomes[outcome.kind].exitCode === 0);
	}
});

law('a step and an event always give the same', ({policy, played}) => {
	for (const {before, event, after} of played) assert.deepEqual(transition(before, event, policy)[0], after);
});

test('what is asked for by the stronger means goes by them at once, and after the look that every request has', () => {
	const policy = policies.script;
	const [checking, looks] = transition(ask(true, {force: true}), {type: 'confirmed', at: 1}, policy);
	assert.deepEqual([checking.step, looks[0]?.type], ['checking', 'look']);
	const [, sends] = transition(
		checking,
		{type: 'looked', source: 'alone', at: 3, askedMoment: 2, phase: 'running', status: 'R', terminal: false},
		policy,
	);
	assert.deepEqual(sends, [{type: 'send', attempt: 1, force: true}]);
});
