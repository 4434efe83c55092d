/*
What lasts too long: a job that never stops, a network that never comes back, a laptop that slept. Nothing is claimed, and nothing spins.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {weaver} from '../../source/backends/weaver/index.ts';
import {readBatch} from '../../source/cancellation/journal/read-batch.ts';
import {json, send} from '../../source/demo/faults.ts';
import {targetOf} from '../../source/job/target.ts';
import type {Clock} from '../../source/process/clock.ts';
import {openEngine, openWeaverServer, temporaryDirectory} from '../helpers/engine.ts';

const hour = 3_600_000;

test('a job that never stops is overdue, is never called cancelled, and is asked for slower and slower', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {name: 'a', process: 'sleeper', quirk: 'never-stops'});
	const state = temporaryDirectory(context);
	const {engine, listed, until, refTo, known} = openEngine(context, far, state);
	engine.start();
	await engine.cancel([targetOf(await listed(id))]);
	const report = () => known().cancellations.get(refTo(id));
	await until('it is overdue', () => report()?.outcome?.kind === 'overdue');
	const looks = () =>
		far.server.requests().filter(({method, path}) => method === 'GET' && path.startsWith(`/jobs/${id}`))
			.length;
	const before = looks();
	for (let minutes = 0; minutes < 60; minutes++) await far.time.advance(60_000);
	assert.notEqual(report()?.step, 'settled');
	assert.equal(report()?.outcome?.kind, 'overdue');
	// At most four a minute: a look every fifteen seconds is the slowest that Weaver's patience allows.
	// Its record said cancelled for a moment: another request could destroy results, so nobody is called.
	assert.equal(report()?.cannotRepeat, true);
	assert.ok(looks() - before <= 4 * 60 + 4, `${looks() - before} looks in an hour`);
	assert.ok(
		!far.server.history(id).some(({effect}) => effect === 'destroyed'),
		'nothing was sent to an ended job',
	);
	await engine.stop();
	assert.equal(readBatch(state, 1)?.finished, false, 'the journal keeps it');
});

test('an overdue job is asked again when a person asks for it, after a look at it alone', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {name: 'a', process: 'sleeper'});
	const calls: string[] = [];
	const backend = weaver.connect('w', {url: far.server.url, pageSize: 3});
	const connection = {
		profile: 'w',
		traits: weaver.traits,
		backend: {
			...backend,
			get(...parameters: Parameters<NonNullable<typeof backend.get>>) {
				calls.push('look');
				return (backend.get as NonNullable<typeof backend.get>)(...parameters);
			},
			// It is accepted, and never happens.
			async cancel() {
				calls.push('cancel');
				return {kind: 'accepted'} as const;
			},
		},
	};
	const {engine, listed, until, refTo, known} = openEngine(context, far, temporaryDirectory(context), {
		connection,
	});
	engine.start();
	const target = targetOf(await listed(id));
	await engine.cancel([target]);
	const report = () => known().cancellations.get(refTo(id));
	const sent = () => calls.filter(call => call === 'cancel').length;
	// Within its patience, nothing more is sent.
	engine.handle({type: 'cancel', targets: [target]});
	await until('it is overdue', () => report()?.outcome?.kind === 'overdue');
	assert.equal(sent(), 1);
	assert.equal(report()?.cannotRepeat, undefined);
	// Another submission is another job.
	engine.handle({type: 'cancel', targets: [{...target, submittedAt: (target.submittedAt ?? 0) + 1000}]});
	await far.time.advance(60_000);
	assert.equal(sent(), 1);
	engine.handle({type: 'cancel', targets: [target]});
	await until('it is asked again', () => sent() === 2 && report()?.step === 'following');
	assert.equal(calls[calls.lastIndexOf('cancel') - 1], 'look');
	assert.equal(report()?.outcome, undefined);
	assert.equal(report()?.batch, 1);
	await until('it is overdue again', () => report()?.outcome?.kind === 'overdue');
	assert.equal(sent(), 2);
});

test('a network that never comes back is asked for at most once a minute, and nothing is claimed', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {name: 'a', process: 'sleeper'});
	const state = temporaryDirectory(context);
	const {engine, listed, until, refTo, known} = openEngine(context, far, state);
	engine.start();
	const target = targetOf(await listed(id));
	// The request arrives, and its answer is lost with the line.
	far.server.setFaults(() => {
		const asked = far.server.requests();
		if (asked.at(-1)?.method === 'DELETE') return 'lost-answer';
		return asked.some(({method}) => method === 'DELETE') ? 'reset' : undefined;
	});
	await engine.cancel([target]);
	const report = () => known().cancellations.get(refTo(id));
	await until('the answer is lost', () => report()?.step === 'reconciling');
	await far.server.leave();
	for (let minutes = 0; minutes < 60; minutes++) {
		await far.time.advance(60_000);
		// A refused connection takes its time on the real network.
		await new Promise(resolve => setImmediate(resolve));
	}
	assert.equal(report()?.step, 'reconciling');
	assert.equal(report()?.outcome, undefined, 'nothing is said before something is known');
	assert.ok((known().health.get('w')?.failures ?? 0) <= 70, `${known().health.get('w')?.failures} polls`);
	assert.equal(known().health.get('w')?.state, 'unreachable');

	far.server.setFault();
	await far.server.comeBack();
	await until('it is settled', () => report()?.step === 'settled');
	assert.equal(report()?.outcome?.kind, 'cancelled');
	assert.equal(far.server.history(id).length, 1, 'it was asked for once');
});

test('a laptop that slept an hour wakes up to one look, and to the truth', async context => {
	const far = await openWeaverServer(context);
	const id = far.server.add('running', {name: 'a', process: 'sleeper', quirk: 'stubborn'});
	let sleeping = false;
	const due: (() => void)[] = [];
	// While it sleeps no timer fires; what fell due fires when it wakes.
	const clock: Clock = {
		now: far.time.clock.now,
		after: (ms, callback) =>
			far.time.clock.after(ms, () => (sleeping ? void due.push(callback) : callback())),
	};
	const {engine, listed, until, refTo, known} = openEngine(
		context,
		{...far, time: {...far.time, clock}},
		temporaryDirectory(context),
	);
	engine.start();
	await engine.cancel([targetOf(await listed(id))]);
	const report = () => known().cancellations.get(refTo(id));
	// The look that follows the answer has landed, too.
	await until('it is accepted and seen', () => {
		const {seen, acceptedAt} = report() ?? {};
		return seen !== undefined && acceptedAt !== undefined && seen.at >= acceptedAt;
	});
	sleeping = true;
	const asked = far.server.count();
	await far.time.advance(hour);
	assert.equal(far.server.count(), asked, 'nobody asks in his sleep');
	sleeping = false;
	for (const callback of due.splice(0)) callback();
	await until('it is settled', () => report()?.step === 'settled');
	assert.equal(report()?.outcome?.kind, 'cancelled');
	// Its list, the look, and the one that makes sure.
	assert.ok(far.server.count() - asked <= 6, `${far.server.count() - asked} requests after an hour`);
	assert.equal(far.server.history(id).filter(({what}) => what === 'dismiss').length, 1);
});

test('a request whose look has grown old while its server wanted patience is looked at once more', async context => {
	const far = await openWeaverServer(context);
	const {server} = far;
	const ids = Array.from({length: 12}, () => server.add('running', {name: 'a', process: 'sleeper'}));
	const deletes = () => server.requests().filter(({method}) => method === 'DELETE').length;
	// The first request is told to come back later; the others wait for that with their looks behind them.
	let busy = true;
	server.setFault(async (response, work) => {
		if (server.requests().at(-1)?.method !== 'DELETE' || !busy) return send(response, await work());
		busy = false;
		send(response, json(429, {detail: 'slow down'}, {'retry-after': '40'}));
	});
	const {engine, until, settled, refTo} = openEngine(context, far, temporaryDirectory(context));
	await engine.cancel(ids.map(id => ({ref: refTo(id), name: 'a', phase: 'running', status: 'running'})));
	await until('one was told to wait', () => !busy);
	await far.time.advance(1000);
	const alive = () => ids.filter(id => server.history(id).length === 0);
	const atOnce = weaver.traits.concurrency;
	await until('the others that left with it did something', () => alive().length === 13 - atOnce);
	// All others end by themselves meanwhile, and what they made must last.
	const live = alive();
	assert.ok(live.length > 4, `${live.length} are left`);
	for (const id of live) server.distort(id, record => ({...record, status: 'succeeded'}));
	const before = deletes();
	for (const id of live) assert.equal((await settled(id))?.kind, 'finished-first');
	assert.equal(deletes(), before);
});

test('a server that answers one request in a minute is still asked, after looks that have grown old', async context => {
	const far = await openWeaverServer(context);
	const {server, time} = far;
	const ids = Array.from({length: 3}, () => server.add('running', {name: 'a', process: 'sleeper'}));
	const connection = {
		profile: 'w',
		traits: {...weaver.traits, concurrency: 3, rate: 1 / 60},
		backend: weaver.connect('w', {url: server.url}),
	};
	const {engine, settled, refTo} = openEngine(context, far, temporaryDirectory(context), {connection});
	await engine.cancel(ids.map(id => ({ref: refTo(id), name: 'a', phase: 'running', status: 'running'})));
	for (let minutes = 0; minutes < 60; minutes++) await time.advance(60_000);
	for (const id of ids) assert.equal((await settled(id))?.kind, 'cancelled');
});
