/*
Many jobs in one request, at the pace that the far side allows. What a request has not come to was not asked for: it is asked again, and nothing of it counts as sent.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Backend, CancelAnswer, Connection} from '../../source/backends/backend.ts';
import {slurm} from '../../source/backends/slurm/index.ts';
import {readBatch} from '../../source/cancellation/journal/read-batch.ts';
import {createChunkSize} from '../../source/cancellation/runner/chunk-size.ts';
import {createRequests} from '../../source/cancellation/runner/requests.ts';
import {createTurns} from '../../source/cancellation/runner/turns.ts';
import {targetOf} from '../../source/job/target.ts';
import {systemClock, wait} from '../../source/process/clock.ts';
import {openFakeSlurm} from '../fakes/slurm.ts';
import {openEngine, temporaryDirectory} from '../helpers/engine.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

type Wanting = {readonly id: string; readonly batch: number};

/** A far side that takes a few at once and then one after the other, and is stopped when its time is over, as scancel is. */
const openPaced = ({
	burst = 30,
	eachMs = 500,
	limitMs = 120_000,
	partOf = undefined as Backend['partOf'],
}) => {
	const time = createManualClock();
	const {clock} = time;
	let tokens = burst;
	let filledAt = clock.now();
	let reachable = true;
	const calls: {readonly ids: readonly string[]; readonly at: number}[] = [];
	const asked: string[] = [];
	const cancelMany: Backend['cancelMany'] = async (ids, {leaving}) => {
		calls.push({ids, at: clock.now()});
		leaving?.();
		if (!reachable) {
			return new Map(ids.map(id => [id, {kind: 'unreachable', detail: 'nobody there'} as const]));
		}
		const stopAt = clock.now() + limitMs;
		const answers = new Map<string, CancelAnswer>();
		for (const id of ids) {
			tokens = Math.min(burst, tokens + (clock.now() - filledAt) / eachMs);
			filledAt = clock.now();
			if (tokens < 1 && clock.now() + eachMs <= stopAt) await wait(clock, eachMs);
			else if (tokens < 1) {
				answers.set(id, {kind: 'not-asked', detail: 'it had not reached this job'});
				continue;
			}
			tokens = Math.max(0, tokens - 1);
			asked.push(id);
			answers.set(id, {kind: 'accepted'});
		}
		return answers;
	};
	const connection: Connection = {
		profile: 'far',
		traits: slurm.traits,
		backend: {
			system: async () => ({kind: 'slurm'}),
			listPage: async () => ({jobs: [], unreadable: 0, covers: 'everything'}),
			cancel: async (id, request) => {
				const answer = (await cancelMany([id], request)).get(id);
				assert.equal(answer?.kind, 'accepted');
				return {kind: 'accepted'};
			},
			cancelMany,
			...(partOf && {partOf}),
		},
	};
	const answered = new Map<string, CancelAnswer>();
	const written: string[] = [];
	const held: string[] = [];
	const requests = createRequests<Wanting>({
		connection,
		clock,
		signal: new AbortController().signal,
		idOf: ({id}) => id,
		methodFor: ({force}) => (force ? 'forceCancel' : 'cancel'),
		seenOf: () => ({}),
		batchOf: ({batch}) => batch,
		write: async sendings => {
			written.push(...sendings.map(({wanting}) => wanting.id));
			return sendings;
		},
		mayLeave: () => true,
		looking: () => 0,
		onHeld(sending) {
			held.push(sending.wanting.id);
			requests.send(sending);
		},
		onUnreachable(failure, concerns) {
			for (const {wanting} of requests.withdraw(concerns)) answered.set(wanting.id, failure);
		},
		onLeaving() {},
		onRoom() {},
		onAnswer: ({wanting}, answer) => void answered.set(wanting.id, answer),
	});
	const want = (ids: readonly string[], batch = 1) => {
		for (const id of ids) requests.send({wanting: {id, batch}, attempt: 1, force: false});
	};
	const until = async (what: string, holds: () => boolean) => {
		for (let step = 0; step < 20_000 && !holds(); step++) await time.advance(250);
		assert.ok(holds(), what);
	};
	const cut = () => {
		reachable = false;
	};
	return {time, want, until, calls, asked, answered, written, held, cut};
};

const numbered = (count: number, from = 1) => Array.from({length: count}, (_, n) => String(from + n));

test('eight hundred jobs at two per second are each requested once, and results are reported soon', async () => {
	const {time, want, until, calls, asked, answered, held} = openPaced({});
	want(numbered(800));
	await until('the first are answered', () => answered.size > 0);
	await until('all are answered', () => answered.size === 800);
	assert.deepEqual(held, []);
	assert.deepEqual([...asked].sort(), numbered(800).sort());
	assert.ok([...answered.values()].every(({kind}) => kind === 'accepted'));
	const ends = [...calls.slice(1).map(({at}) => at), time.clock.now()];
	const took = calls.map(({at}, index) => (ends[index] as number) - at);
	assert.ok(
		took.slice(1).every(ms => ms <= 10_000),
		`${took}`,
	);
});

test('where nothing is slow, the requests grow, and a thousand jobs take few', async () => {
	const {want, until, calls, answered} = openPaced({burst: 10_000});
	want(numbered(2000));
	await until('all are answered', () => answered.size === 2000);
	assert.deepEqual(
		calls.map(({ids}) => ids.length),
		[100, 400, 1000, 500],
	);
});

test('what a request had not come to is asked again until it is, and nothing is asked twice', async () => {
	const {want, until, asked, answered, held} = openPaced({burst: 5, limitMs: 10_000});
	want(numbered(100));
	await until('all are answered', () => answered.size === 100);
	assert.ok(held.length > 0);
	assert.deepEqual([...asked].sort(), numbered(100).sort());
});

test('what waits is not written as sent, and what another batch wants does not wait for all of it', async () => {
	const {want, until, asked, answered, written} = openPaced({});
	want(numbered(800));
	await until('the first are asked for', () => asked.length > 10);
	assert.equal(written.length, 100);
	want(['9001'], 2);
	await until('it is answered', () => answered.has('9001'));
	assert.ok(answered.size < 200, `${answered.size} before it`);
});

test('an unreachable part fails its waiting requests at once, but not those of another part', async () => {
	const far = openPaced({partOf: id => (id.length > 4 ? 'west' : 'east')});
	far.cut();
	far.want(numbered(500));
	far.want(numbered(10, 10_000));
	await far.until('all of the first are answered', () => far.answered.size >= 500);
	assert.ok(far.calls.length <= 3, `${far.calls.length} requests`);
	assert.ok([...far.answered.values()].every(({kind}) => kind === 'unreachable'));
	await far.until('the others are asked for', () => far.calls.some(({ids}) => ids.includes('10000')));
});

test('the size of a request follows how long the last one took', () => {
	const {clock, advance: _} = createManualClock();
	let now = 0;
	const size = createChunkSize({...clock, now: () => now});
	const request = (asked: number, ms: number) => {
		const ended = size.begin();
		now += ms;
		ended(asked);
		return size.size();
	};
	assert.equal(size.size(), 100);
	assert.equal(request(100, 35_000), 14);
	assert.equal(request(14, 7000), 10);
	// One that was not full proves nothing of more.
	assert.equal(request(3, 10), 10);
	assert.equal(request(10, 100), 40);
	assert.equal(request(0, 120_000), 1);
	assert.equal(request(1, 0), 4);
});

test('waiting groups take turns, each in its own order', () => {
	const turns = createTurns<string>(item => item[0]);
	for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) turns.add(item);
	assert.equal(turns.remove('a2'), true);
	assert.equal(turns.remove('a2'), false);
	assert.equal(turns.size(), 5);
	assert.deepEqual([...turns.all()].sort(), ['a1', 'a3', 'b1', 'b2', 'c1']);
	assert.deepEqual(
		Array.from({length: 6}, () => turns.take()),
		['a1', 'b1', 'c1', 'a3', 'b2', undefined],
	);
});

test('a job that a request had not come to is no lost answer: it is looked at, asked for and cancelled', async t => {
	const far = await openFakeSlurm();
	t.after(far.close);
	const ids = numbered(6);
	for (const id of ids) await far.put({id, state: 'PENDING'});
	const {backend} = far.connection;
	let first = true;
	const cancelMany: Backend['cancelMany'] = async (wanted, request) => {
		const most = first ? 2 : wanted.length;
		first = false;
		const answers = await backend.cancelMany?.(wanted.slice(0, most), request);
		const late = {kind: 'not-asked', detail: 'scancel did not end within 120 s'} as const;
		return new Map([...(answers ?? []), ...wanted.slice(most).map(id => [id, late] as const)]);
	};
	const state = temporaryDirectory(t);
	const connection = {...far.connection, backend: {...backend, cancelMany}};
	const real = {clock: systemClock, advance: (ms: number) => wait(systemClock, ms)};
	const {engine, until, known} = openEngine(t, {server: {url: ''}, time: real}, state, {connection});
	engine.start();
	await until('they are listed', ({jobs}) => jobs.byRef.size === ids.length);
	await engine.cancel([...known().jobs.byRef.values()].map(targetOf));
	const settled = () => [...known().cancellations.values()].filter(({step}) => step === 'settled');
	await until('all are settled', () => settled().length === ids.length);
	assert.deepEqual(new Set(settled().map(({outcome}) => outcome?.kind)), new Set(['cancelled']));
	assert.deepEqual(new Set(settled().map(({attempts}) => attempts <= 2)), new Set([true]));
	const cancelled = (await far.calls()).filter(([program]) => program === 'scancel');
	assert.deepEqual(cancelled.flatMap(call => call.slice(2)).sort(), ids);
	await engine.stop();
	assert.equal(readBatch(state, 1)?.finished, true);
});
