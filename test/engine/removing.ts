/*
Hiding, restoring and deleting ended jobs: what the engine asks of real servers on loopback, and what it says of their answers.
*/

import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {tapis} from '../../source/backends/tapis/index.ts';
import {tensorpool} from '../../source/backends/tensorpool/index.ts';
import {faultHandler, json, send} from '../../source/demo/faults.ts';
import type {WorldPhase} from '../../source/demo/lives.ts';
import {startTapisServer} from '../../source/demo/tapis-server.ts';
import {startTensorpoolServer} from '../../source/demo/tensorpool-server.ts';
import {createWorld} from '../../source/demo/world.ts';
import {targetOf} from '../../source/job/target.ts';
import type {Known} from '../../source/state/known.ts';
import {openEngine, openWeaverServer, temporaryDirectory} from '../helpers/engine.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

const emptyWorld = () => {
	const time = createManualClock();
	return {time, world: createWorld({scenario: {initial: [], arrival: () => undefined}, clock: time.clock})};
};

const plan = (name: string) => ({name, process: 'sleeper'});

/** An engine that is asked for ended jobs too. */
const openWeaver = async (context: TestContext) => {
	const far = await openWeaverServer(context);
	const opened = openEngine(context, far, temporaryDirectory(context));
	opened.engine.start();
	opened.engine.handle({type: 'scope', scope: {everyone: false, ended: true}});
	const add = async (phase: WorldPhase) => {
		const id = far.server.add(phase, plan('a'));
		return {id, job: await opened.listed(id)};
	};
	return {...far, ...opened, add};
};

const openTapis = async (context: TestContext, readOnly = false) => {
	const {time, world} = emptyWorld();
	const server = await startTapisServer({world, clock: time.clock, seed: 'test', token: 't'});
	context.after(() => server.close());
	const backend = tapis.connect('t', {url: server.url, headers: () => ({'X-Tapis-Token': 't'})});
	const connection = {profile: 't', traits: tapis.traits, backend};
	const opened = openEngine(context, {server, time}, temporaryDirectory(context), {connection, readOnly});
	opened.engine.start();
	opened.engine.handle({type: 'scope', scope: {everyone: false, ended: true}});
	return {server, ...opened};
};

const openTensorpool = async (context: TestContext) => {
	const {time, world} = emptyWorld();
	const server = await startTensorpoolServer({world, clock: time.clock, seed: 'test', key: 'k'});
	context.after(() => server.close());
	const backend = tensorpool.connect('p', {url: server.url, headers: () => ({authorization: 'Bearer k'})});
	const connection = {profile: 'p', traits: tensorpool.traits, backend};
	const opened = openEngine(context, {server, time}, temporaryDirectory(context), {connection});
	opened.engine.start();
	opened.engine.handle({type: 'scope', scope: {everyone: false, ended: true}});
	return {server, ...opened};
};

const says = (words: RegExp) => (known: Known) => known.notices.some(({text}) => words.test(text));
const saidDeleted = ({notices}: Known) => notices.some(({text}) => /is deleted/.test(text));
const deletes = (server: {requests: () => readonly {method: string}[]}) =>
	server.requests().filter(({method}) => method === 'DELETE').length;

test('a dismissed job of Tapis is hidden there too, and comes back there too', async context => {
	const {server, engine, listed, until, refTo, known} = await openTapis(context);
	const id = server.add('failed', plan('a'));
	await listed(id);
	engine.handle({type: 'dismiss', refs: [refTo(id)]});
	assert.ok(known().dismissed.has(refTo(id)), 'at once here');
	await until('that is said', says(/hidden on its server too/));
	assert.ok(server.isHidden(id));
	await until('its list does not hold it', ({jobs}) => !jobs.byRef.has(refTo(id)));
	engine.handle({type: 'restore', refs: [refTo(id)]});
	await until('that is said', says(/shown on its server again/));
	assert.ok(!server.isHidden(id));
	await listed(id);
	assert.equal(known().dismissed.size, 0);
});

test('a hiding and its undoing never overtake each other', async context => {
	const {server, engine, listed, until, refTo} = await openTapis(context);
	const id = server.add('failed', plan('a'));
	await listed(id);
	for (let times = 0; times < 3; times++) {
		engine.handle({type: 'dismiss', refs: [refTo(id)]});
		engine.handle({type: 'restore', refs: [refTo(id)]});
	}
	await until(
		'all is said',
		({notices}) => notices.filter(({text}) => /server again/.test(text)).length === 3,
	);
	assert.ok(!server.isHidden(id));
	const orders = server.requests().flatMap(({path}) => /\/(hide|unhide)$/.exec(path)?.[1] ?? []);
	assert.deepEqual(orders, ['hide', 'unhide', 'hide', 'unhide', 'hide', 'unhide']);
});

for (const [fault, words] of [
	['forbidden', /is hidden here, but its server has not hidden it: .*Forbidden/],
	['lost-answer', /is hidden here; it is unknown whether its server has hidden it/],
] as const) {
	test(`a hiding that ends in ${fault} is hidden here, and no more is claimed`, async context => {
		const {server, engine, listed, until, refTo, known} = await openTapis(context);
		const id = server.add('failed', plan('a'));
		await listed(id);
		server.setFault(async (response, work) => {
			const isHide = server.requests().at(-1)?.path.endsWith('/hide');
			if (isHide) return faultHandler(fault)(response, work);
			send(response, await work());
		});
		engine.handle({type: 'dismiss', refs: [refTo(id)]});
		await until('that is said', says(words));
		assert.ok(known().dismissed.has(refTo(id)));
		assert.ok(!says(/server too/)(known()));
	});
}

test('read-only hides here, and asks no server', async context => {
	const {server, engine, listed, until, refTo, known} = await openTapis(context, true);
	const id = server.add('failed', plan('a'));
	const job = await listed(id);
	engine.handle({type: 'dismiss', refs: [refTo(id)]});
	assert.ok(known().dismissed.has(refTo(id)));
	engine.handle({type: 'delete', targets: [targetOf(job)]});
	await until('that is said', says(/read-only here: nothing was deleted/));
	assert.deepEqual(
		server.requests().filter(({method}) => method !== 'GET'),
		[],
	);
});

test('an ended job is deleted on its server, after a look, and its row goes', async context => {
	const {server, engine, until, add, refTo, known} = await openWeaver(context);
	const [{id, job}, other] = [await add('succeeded'), await add('succeeded')];
	engine.handle({type: 'delete', targets: [targetOf(job)]});
	await until('that is said', saidDeleted);
	assert.match(known().notices.at(-1)?.text ?? '', /is deleted on its server: its record remains, CANCELLED/);
	assert.equal(server.job(id)?.kept, false);
	assert.equal(server.job(other.id)?.kept, true);
	const about = server.requests().filter(({path}) => path === `/jobs/${id}`);
	assert.deepEqual(
		about.map(({method}) => method),
		// The backend looks too, right before its request.
		['GET', 'GET', 'DELETE', 'GET'],
	);
	// The record that the server keeps is no row.
	assert.ok(known().dismissed.has(refTo(id)));
});

test('where no record is left, none is', async context => {
	const {server, engine, listed, until, refTo, known} = await openTensorpool(context);
	const id = server.add('failed', plan('a'));
	engine.handle({type: 'delete', targets: [targetOf(await listed(id))]});
	await until('that is said', saidDeleted);
	assert.equal(known().notices.at(-1)?.text, `p/${id} is deleted on its server`);
	assert.ok(!known().jobs.byRef.has(refTo(id)));
	assert.equal(known().dismissed.size, 0);
});

test('a job that lives is never deleted, whatever its row said', async context => {
	const {server, engine, until, add, known} = await openWeaver(context);
	const {id, job} = await add('running');
	engine.handle({type: 'delete', targets: [{...targetOf(job), phase: 'failed', status: 'failed'}]});
	await until('that is said', says(/nothing was sent: still running: cancel it first/));
	assert.equal(deletes(server), 0);
	assert.equal(server.job(id)?.phase, 'running');
	assert.ok(!saidDeleted(known()));
});

test('what was shown as another than it is now is not deleted', async context => {
	const {server, engine, until, add} = await openWeaver(context);
	const {id, job} = await add('failed');
	server.distort(id, record => ({...record, status: 'successful'}));
	engine.handle({type: 'delete', targets: [targetOf(job)]});
	await until('that is said', says(/it is now SUCCEEDED.*, but was shown as FAILED; look again/));
	assert.equal(deletes(server), 0);
});

test('a lost answer is reconciled by a look: what is gone was deleted', async context => {
	for (const [open, words] of [
		[openWeaver, /is deleted on its server: its record remains/],
		[openTensorpool, /is deleted on its server$/],
	] as const) {
		const {server, engine, listed, until} = await open(context);
		const id = server.add('failed', plan('a'));
		const target = targetOf(await listed(id));
		server.setFault(async (response, work) => {
			if (server.requests().at(-1)?.method === 'DELETE') return faultHandler('lost-answer')(response, work);
			send(response, await work());
		});
		engine.handle({type: 'delete', targets: [target]});
		await until('that is said', says(words));
		assert.equal(deletes(server), 1);
	}
});

test('a lost answer of what is still there is unknown, and never repeated', async context => {
	const {server, engine, until, add, known, refTo} = await openWeaver(context);
	const {id, job} = await add('failed');
	server.setFault(async (response, work) => {
		if (server.requests().at(-1)?.method === 'DELETE') return faultHandler('reset')(response, work);
		send(response, await work());
	});
	engine.handle({type: 'delete', targets: [targetOf(job)]});
	await until('that is said', says(/^unknown: w\/.* may have been deleted: .*it is still there, FAILED/));
	assert.equal(known().notices.at(-1)?.profile, undefined, 'it is about a job, not about how its profile is');
	assert.equal(deletes(server), 1);
	assert.ok(!saidDeleted(known()));
	assert.ok(known().jobs.byRef.has(refTo(id)), 'its row stays');
});

for (const [status, words] of [
	[403, /this credential is not allowed to delete/],
	[409, /its system refused to delete/],
	[404, /was not found on its system/],
] as const) {
	test(`a ${status} to a deletion is reported as what it is`, async context => {
		const {server, engine, until, add, known} = await openWeaver(context);
		const {id, job} = await add('failed');
		server.setFault(async (response, work) => {
			const isDelete = server.requests().at(-1)?.method === 'DELETE';
			send(response, isDelete ? json(status, {title: 'No', status, detail: 'Not today'}) : await work());
		});
		engine.handle({type: 'delete', targets: [targetOf(job)]});
		await until('that is said', says(words));
		assert.ok(!saidDeleted(known()));
		assert.equal(server.job(id)?.kept, true);
	});
}
