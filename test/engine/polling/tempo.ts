/*
How often profiles are polled: the rule by itself, and the loop that follows it.
*/

import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import type {Connection} from '../../../source/backends/backend.ts';
import {weaver} from '../../../source/backends/weaver/index.ts';
import type {Watched} from '../../../source/engine/polling/circumstances.ts';
import {answered, asking, failed, paced, turned, unasked} from '../../../source/engine/polling/health.ts';
import {createPoller, largeList} from '../../../source/engine/polling/poller.ts';
import {
	type Circumstances,
	jittered,
	maxSlowdown,
	relieved,
	strained,
	tempo,
} from '../../../source/engine/polling/tempo.ts';
import type {ProfileHealth} from '../../../source/engine/protocol.ts';
import {BackendError, type Failure} from '../../../source/job/failure.ts';
import type {Job} from '../../../source/job/job.ts';
import {targetOf} from '../../../source/job/target.ts';
import {openEngine, openWeaverServer, temporaryDirectory} from '../../helpers/engine.ts';
import {fc} from '../../helpers/fast-check.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';

// ---- the rule ----------------------------------------------------------------------------------------

const plain: Circumstances = {
	intervalMs: 5000,
	quietMs: 0,
	away: false,
	tookMs: 0,
	strain: 1,
	urgent: false,
	workMs: 0,
};

const anything: fc.Arbitrary<Circumstances> = fc.record({
	intervalMs: fc.integer({min: 1000, max: 86_400_000}),
	quietMs: fc.integer({min: -1000, max: 10_000_000}),
	away: fc.boolean(),
	tookMs: fc.integer({min: 0, max: 1_000_000}),
	strain: fc.double({min: 1, max: maxSlowdown, noNaN: true}),
	urgent: fc.boolean(),
	workMs: fc.constant(0),
});

test('no pace is quicker than the reader wants it, nor slower than four times that', () => {
	fc.assert(
		fc.property(anything, circumstances => {
			const {everyMs, slowedBy} = tempo(circumstances);
			assert.ok(everyMs >= circumstances.intervalMs);
			assert.ok(everyMs <= maxSlowdown * circumstances.intervalMs + 1);
			assert.equal(slowedBy === undefined, everyMs === circumstances.intervalMs);
		}),
	);
});

test('more quiet, slower answers, more strain and looking elsewhere never make it quicker', () => {
	fc.assert(
		fc.property(anything, anything, (one, other) => {
			const worse: Circumstances = {
				intervalMs: one.intervalMs,
				quietMs: Math.max(one.quietMs, other.quietMs),
				away: one.away || other.away,
				tookMs: Math.max(one.tookMs, other.tookMs),
				strain: Math.max(one.strain, other.strain),
				urgent: one.urgent && other.urgent,
				workMs: Math.max(one.workMs, other.workMs),
			};
			assert.ok(tempo(worse).everyMs >= tempo(one).everyMs);
		}),
	);
});

test('while it is urgent nothing slows it but a server that has asked for patience', () => {
	fc.assert(
		fc.property(anything, circumstances => {
			const calm = {...circumstances, urgent: true, strain: 1};
			assert.deepEqual(tempo(calm), {everyMs: circumstances.intervalMs});
		}),
	);
});

test('the pace in figures', () => {
	const minute = 60_000;
	const cases: readonly (readonly [Partial<Circumstances>, number, string | undefined])[] = [
		[{}, 5000, undefined],
		[{quietMs: 2 * minute - 1}, 5000, undefined],
		[{quietMs: 2 * minute}, 10_000, 'quiet'],
		[{quietMs: 10 * minute}, 20_000, 'quiet'],
		// A long interval has not been asked often enough in two minutes.
		[{intervalMs: minute, quietMs: 5 * minute}, minute, undefined],
		[{away: true}, 10_000, 'away'],
		[{away: true, quietMs: 2 * minute}, 20_000, 'away'],
		[{tookMs: 1000}, 5000, undefined],
		[{tookMs: 2000}, 10_000, 'slow'],
		[{tookMs: 90_000}, 20_000, 'slow'],
		[{strain: 2}, 10_000, 'strained'],
		[{workMs: 2500}, 5000, undefined],
		[{workMs: 12_000}, 24_000, 'large'],
		[{workMs: 12_000, urgent: true, tookMs: 90_000}, 24_000, 'large'],
		[{workMs: 1_000_000}, 5 * minute, 'large'],
		[{strain: 2, urgent: true}, 10_000, 'strained'],
		// Nobody wants to wait for longer than five minutes because nothing happens.
		[{intervalMs: 2 * minute, quietMs: 1000 * minute}, 5 * minute, 'quiet'],
		[{intervalMs: 10 * minute, quietMs: 1000 * minute}, 10 * minute, undefined],
	];
	for (const [changes, everyMs, slowedBy] of cases) {
		const told = tempo({...plain, ...changes});
		assert.deepEqual([told.everyMs, told.slowedBy], [everyMs, slowedBy], JSON.stringify(changes));
	}
});

test('chance moves a time by a tenth at most, to both sides, and never below the least', () => {
	const roll = fc.double({min: 0, max: 1, noNaN: true});
	fc.assert(
		fc.property(fc.integer({min: 10, max: 10_000_000}), roll, (ms, roll) => {
			const moved = jittered(ms, roll);
			assert.ok(moved >= Math.floor(ms * 0.9) && moved <= Math.ceil(ms * 1.1));
			assert.ok(jittered(ms, roll, ms) >= ms && jittered(ms, roll, ms) <= Math.ceil(ms * 1.1) + 1);
		}),
	);
	assert.deepEqual([jittered(5000, 0), jittered(5000, 0.5), jittered(5000, 1)], [4500, 5000, 5500]);
	// Those who have to wait for the same least time do not meet there.
	assert.deepEqual([jittered(5000, 0, 5000), jittered(5000, 0.25, 5000)], [5500, 5250]);
});

test('strain comes at once, and goes step by step', () => {
	let strain = strained(strained(strained(1)));
	assert.equal(strain, maxSlowdown);
	const steps: number[] = [];
	for (; strain > 1; strain = relieved(strain)) steps.push(strain);
	assert.equal(steps.length, 12);
	assert.equal(relieved(1), 1);
});

// ---- the loop ----------------------------------------------------------------------------------------

const busy: Failure = {kind: 'rate-limited', detail: 'slow down', retryAfterMs: 30_000};

/** A poller of a list that answers as it is told, and the moments in which it asked. */
const jobsOf = (count: number): readonly Job[] =>
	Array.from({length: count}, (_, index) => ({
		ref: `a/${index}` as const,
		profile: 'a',
		backend: 'weaver',
		id: String(index),
		name: 'sleeper',
		mine: true,
		phase: 'running',
		status: 'running',
		terminal: false,
	}));

const openPoller = (
	context: TestContext,
	{roll = 0.5, minMs = 0}: {readonly roll?: number; readonly minMs?: number} = {},
) => {
	const {clock, advance} = createManualClock();
	const start = clock.now();
	const polls: number[] = [];
	const healths: ProfileHealth[] = [];
	let watched: Watched = {since: start, away: false, urgent: false};
	let failure: Failure | undefined;
	let takesMs = 0;
	let jobs: readonly Job[] = [];
	let busyMs = 0;
	let busyPerPoll = 0;
	const connection: Connection = {
		profile: 'a',
		traits: weaver.traits,
		backend: {
			system: async () => ({kind: 'weaver', address: 'http://127.0.0.1:1'}),
			async listPage() {
				polls.push(clock.now() - start);
				if (takesMs > 0) await new Promise<void>(resolve => clock.after(takesMs, resolve));
				if (failure) throw new BackendError(failure);
				busyMs += busyPerPoll;
				return {jobs, unreadable: 0, covers: 'everything'};
			},
		},
	};
	let moments = 0;
	const poller = createPoller({
		connection,
		clock,
		intervalMs: 10_000,
		minMs,
		random: () => roll,
		busyMs: () => busyMs,
		watched: () => watched,
		scope: () => ({everyone: false, ended: false}),
		moment: () => ++moments,
		onPage: page => page.length,
		onList: () => undefined,
		onHealth: health => healths.push(health),
	});
	context.after(() => poller.stop());
	poller.now();
	return {
		poller,
		polls,
		advance,
		clock,
		told: () => healths.at(-1) as ProfileHealth,
		/** Milliseconds until the next poll, as it is told. */
		nextIn: () => (healths.at(-1)?.nextAt ?? 0) - clock.now(),
		watch(changes: Partial<Watched>) {
			watched = {...watched, ...changes};
		},
		answer(next: {
			readonly failure?: Failure;
			readonly takesMs?: number;
			readonly jobs?: number;
			readonly busyMs?: number;
		}) {
			failure = next.failure;
			takesMs = next.takesMs ?? 0;
			jobs = jobsOf(next.jobs ?? 0);
			busyPerPoll = next.busyMs ?? 0;
		},
	};
};

type Open = ReturnType<typeof openPoller>;

/** Every poll came when the one before had said that it would. */
const asTold = async ({told, polls, advance, clock}: Open, turns: number) => {
	for (let turn = 0; turn < turns; turn++) {
		const {nextAt} = told();
		assert.ok(nextAt !== undefined);
		const before = polls.length;
		await advance(nextAt - clock.now() - 1);
		assert.equal(polls.length, before, 'not earlier');
		await advance(1);
		assert.equal(polls.length, before + 1, 'nor later');
	}
};

test('a poll is due when it is said to be, whatever chance has made of it', async context => {
	for (const roll of [0, 0.3, 1]) {
		const open = openPoller(context, {roll});
		await open.advance(0);
		assert.equal(open.nextIn(), jittered(10_000, roll));
		await asTold(open, 5);
	}
	const limited = openPoller(context, {roll: 0, minMs: 10_000});
	await limited.advance(0);
	assert.equal(limited.nextIn(), 11_000, 'a least time is never undercut by chance');
});

test('where nothing changes it is asked less often, and a key, a change or a cancellation makes it quick again', async context => {
	for (const wake of ['key', 'change', 'cancellation'] as const) {
		const open = openPoller(context);
		const {advance, told, nextIn, polls, poller, clock, watch} = open;
		await advance(115_000);
		assert.deepEqual([told().everyMs, told().slowedBy], [undefined, undefined]);
		await advance(700_000);
		assert.deepEqual([told().everyMs, told().slowedBy, told().intervalMs], [40_000, 'quiet', 10_000]);
		await asTold(open, 2);
		const before = polls.length;
		await advance(30_000);
		if (wake === 'key') watch({since: clock.now()});
		if (wake === 'cancellation') watch({urgent: true});
		if (wake === 'change') poller.changed();
		else poller.hasten();
		await advance(0);
		assert.equal(polls.length, before + 1, `${wake}: at once, since it is due`);
		assert.deepEqual([nextIn(), told().everyMs], [10_000, undefined]);
		await asTold(open, 3);
	}
});

test('a poll that is not due yet at the quicker pace comes when it is', async context => {
	const {advance, told, nextIn, polls, poller, watch} = openPoller(context);
	watch({away: true});
	await advance(0);
	assert.deepEqual([nextIn(), told().slowedBy], [20_000, 'away']);
	await advance(4000);
	watch({away: false});
	poller.hasten();
	assert.deepEqual([nextIn(), told().slowedBy], [6000, undefined]);
	// Looking away does not put off what was said.
	watch({away: true});
	poller.hasten();
	assert.equal(nextIn(), 6000);
	await advance(6000);
	assert.equal(polls.length, 2);
	assert.equal(nextIn(), 20_000);
});

test('slow answers stretch the interval, but for what is urgent', async context => {
	const {advance, nextIn, told, answer, watch} = openPoller(context);
	answer({takesMs: 6000});
	await advance(10_000);
	await advance(6000);
	assert.deepEqual([nextIn(), told().slowedBy], [30_000, 'slow']);
	watch({urgent: true});
	await advance(36_000);
	assert.deepEqual([nextIn(), told().slowedBy], [10_000, undefined]);
	watch({urgent: false});
	answer({});
	await advance(10_000);
	assert.equal(nextIn(), 10_000);
});

test('whatever is urgent, work on a long list fills at most a third of the time', () => {
	const busy = fc.integer({min: 0, max: 150_000});
	fc.assert(
		fc.property(anything, busy, (circumstances, workMs) => {
			const {everyMs, slowedBy} = tempo({...circumstances, workMs});
			const other = tempo(circumstances);
			assert.ok(everyMs >= 2 * workMs);
			assert.deepEqual(
				{everyMs, slowedBy},
				everyMs > other.everyMs ? {everyMs, slowedBy: 'large'} : {slowedBy: undefined, ...other},
			);
		}),
	);
});

test('a long list that keeps the engine busy is polled less often, and a short one is not charged for it', async context => {
	const {advance, nextIn, told, answer, watch} = openPoller(context);
	watch({urgent: true});
	answer({jobs: largeList, busyMs: 8000});
	await advance(10_000);
	assert.deepEqual([nextIn(), told().slowedBy], [16_000, 'large']);
	answer({jobs: largeList - 1, busyMs: 8000});
	await advance(16_000);
	assert.deepEqual([nextIn(), told().slowedBy], [10_000, undefined]);
});

test('a server that asks for patience is asked less often for a while, and recovers step by step', async context => {
	const open = openPoller(context);
	const {advance, nextIn, told, answer} = open;
	await advance(0);
	answer({failure: busy});
	await advance(10_000);
	assert.equal(nextIn(), 30_000, 'as long as it said');
	answer({});
	await advance(30_000);
	const paces: number[] = [];
	for (let turn = 0; turn < 5; turn++) {
		paces.push(nextIn());
		assert.equal(told().slowedBy, paces[turn] === 10_000 ? undefined : 'strained');
		await asTold(open, 1);
		await advance(0);
	}
	assert.deepEqual(paces, [17_500, 15_000, 12_500, 10_000, 10_000]);
});

test('patience that was asked of another request puts the next poll off too, and says so', async context => {
	const open = openPoller(context);
	const {advance, nextIn, poller, polls} = open;
	await advance(4000);
	for (let refused = 0; refused < 20; refused++) poller.slowDown(busy);
	assert.equal(nextIn(), 30_000);
	await asTold(open, 1);
	assert.equal(polls.length, 2);
	assert.equal(nextIn(), 17_500, 'twenty refusals at the same time are one');
});

// ---- with the engine -----------------------------------------------------------------------------------

test('focus, keys and cancellations reach the pace of every profile', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {name: 'a', process: 'sleeper'});
	const {engine, until, known, listed} = openEngine(context, far, temporaryDirectory(context));
	const every = () => known().health.get('w')?.everyMs;
	engine.start();
	const job = await listed(id);
	await until('a poll is over', ({health}) => health.get('w')?.nextAt !== undefined);
	engine.handle({type: 'attention', what: 'blur'});
	await until('it is slower', () => every() === 10_000);
	engine.handle({type: 'attention', what: 'focus'});
	await until('it is quick again', () => every() === undefined);
	engine.handle({type: 'attention', what: 'blur'});
	await until('it is slower once more', () => every() === 10_000);
	engine.handle({type: 'attention', what: 'key'});
	assert.equal(known().health.get('w')?.everyMs, undefined, 'who presses keys is there');
	engine.handle({type: 'attention', what: 'blur'});
	await until('it is slower for the last time', () => every() === 10_000);
	// Its end is followed at full pace, though nobody looks.
	far.server.distort(id, record => ({...record, status: 'running', finished: null}));
	engine.handle({type: 'cancel', targets: [targetOf(job)]});
	await until('it is followed', ({cancellations}) => cancellations.get(job.ref)?.step === 'following');
	await until('it is quick for the cancellation', () => every() === undefined);
	await far.time.advance(30_000);
	assert.equal(every(), undefined);
});

test('a rate-limited look postpones the next poll, and the screen shows when that is', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {name: 'a', process: 'sleeper'});
	const weaverThere = weaver.connect('w', {url: far.server.url});
	const connection: Connection = {
		profile: 'w',
		traits: weaver.traits,
		backend: {
			...weaverThere,
			get: () => Promise.reject(new BackendError(busy)),
		},
	};
	const {engine, until, known, listed} = openEngine(context, far, temporaryDirectory(context), {connection});
	engine.start();
	const job = await listed(id);
	await until('a poll is over', ({health}) => health.get('w')?.nextAt !== undefined);
	engine.handle({type: 'inspect', ref: job.ref});
	await until('it is strained', () => known().health.get('w')?.slowedBy === 'strained');
	const {nextAt = 0, lastGoodAt = 0} = known().health.get('w') ?? {};
	assert.ok(nextAt - far.time.clock.now() > 29_000, 'as long as the server said');
	engine.handle({type: 'inspect'});
	await until('it has been asked again', ({health}) => (health.get('w')?.lastGoodAt ?? 0) > lastGoodAt);
	assert.ok((known().health.get('w')?.lastGoodAt ?? 0) >= nextAt);
});

// ---- the health of a profile ---------------------------------------------------------------------------

test('failures are counted until an answer comes, and what was known before stays meanwhile', () => {
	const failure: Failure = {kind: 'broken', detail: 'no'};
	const list = {size: 1, unreadable: 2, covers: 'everything'} as const;
	const good = answered(asking(unasked('p', 5000)), {...list, endless: true}, 7);
	assert.deepEqual(
		[good.state, good.failures, good.lastGoodAt, good.unreadable, good.endless],
		['ok', 0, 7, 2, true],
	);
	const bad = failed(failed(good, failure), failure);
	assert.deepEqual([bad.state, bad.failures, bad.failure, bad.lastGoodAt], ['broken', 2, failure, 7]);
	const again = answered(bad, list, 9);
	assert.deepEqual([again.state, again.failures, again.lastGoodAt], ['ok', 0, 9]);
	assert.ok(!('failure' in again) && !('endless' in again));
});

test('a profile that is turned off has no next poll and no failure, and starts again when it is turned on', () => {
	const failing = {...failed(unasked('p', 5000), {kind: 'broken', detail: 'no'}), nextAt: 9};
	const off = turned(failing, false);
	assert.deepEqual([off.state, off.failures], ['off', 0]);
	assert.ok(!('nextAt' in off) && !('failure' in off));
	assert.equal(turned(off, true).state, 'loading');
	assert.ok(!('nextAt' in asking(failing)));
});

test('why a profile is slow is said for as long as it is', () => {
	const slow = paced(unasked('p', 5000), {everyMs: 10_000, slowedBy: 'quiet'});
	assert.deepEqual([slow.everyMs, slow.slowedBy], [10_000, 'quiet']);
	const usual = paced(slow, {everyMs: 5000});
	assert.ok(!('everyMs' in usual) && !('slowedBy' in usual));
});
