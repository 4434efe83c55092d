/*
Suspending a Job of Kubernetes and starting it again, against an API server of its own: the condition of the request, pods that still end, and who may not.
*/
import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import {kubernetes} from '../../../source/backends/kubernetes/index.ts';
import {readWire} from '../../../source/backends/kubernetes/record.ts';
import {toJob} from '../../../source/backends/kubernetes/wire.ts';
import {startKubernetesServer} from '../../../source/demo/kubernetes-server.ts';
import type {Quirk} from '../../../source/demo/scenario.ts';
import {type Failure, failureOf} from '../../../source/job/failure.ts';
import type {Job} from '../../../source/job/job.ts';
import {isOpenTo, type ReversibleOperation} from '../../../source/job/operation.ts';
import {targetOf} from '../../../source/job/target.ts';
import {createEmptyWorld} from '../../helpers/empty-world.ts';
import {openEngine, temporaryDirectory} from '../../helpers/engine.ts';

const {signal} = new AbortController();
const token = 'key-for-these-tests';
const id = 'lab/train';

const openFar = async (t: TestContext) => {
	const {time, world} = createEmptyWorld();
	const server = await startKubernetesServer({
		world,
		clock: time.clock,
		seed: 'test',
		token,
		namespaces: ['lab'],
	});
	t.after(() => server.close());
	const reached = {
		namespace: 'lab',
		http: {url: server.url, headers: () => ({authorization: `Bearer ${token}`})},
	};
	const backend = kubernetes.connect('k', {access: {known: reached, reach: async () => reached}});
	t.after(() => backend.close?.());
	return {
		time,
		world,
		server,
		backend,
		connection: {profile: 'k', traits: kubernetes.traits, backend},
		add: (phase: 'held' | 'queued' | 'running' | 'succeeded' = 'running', quirk?: Quirk) =>
			server.add(phase, {name: id, process: 'train', ...(quirk && {quirk})}, id),
		look: async (): Promise<Job> => (await backend.look?.(id, {signal})) ?? assert.fail(),
		request: async (operation: ReversibleOperation, seen?: Job) =>
			(await backend[operation]?.(id, {signal, ...(seen && {seen})})) ?? assert.fail(),
		patches: () => server.requests().filter(({method}) => method === 'PATCH').length,
		/** What was done to the job. */
		effects: () => server.history(id).map(({effect}) => effect),
	};
};

type Far = Awaited<ReturnType<typeof openFar>>;

const failureIn = (promise: Promise<unknown>): Promise<Failure> =>
	promise.then(() => assert.fail('it was not refused'), failureOf);

const open = (t: TestContext, far: Far, state = temporaryDirectory(t)) =>
	openEngine(t, far, state, {connection: far.connection});

/** An engine on it, and the outcome of an operation on the listed job. */
const pursue = async (t: TestContext, far: Far, operation: ReversibleOperation, meanwhile = () => {}) => {
	const opened = open(t, far);
	opened.engine.start();
	const target = targetOf(await opened.listed(id));
	meanwhile();
	await opened.engine.cancel([target], {operation});
	const reportOf = () => opened.known().reports.byBatch.get(1)?.get(opened.refTo(id));
	await opened.until('it is settled', () => reportOf()?.step === 'settled');
	return {...opened, outcome: reportOf()?.outcome, report: reportOf()};
};

describe('how far a suspension is', () => {
	const counts = {active: 1, ready: 1, terminating: 0};
	const stopped = {type: 'Suspended', status: 'True'};
	const suspensionOf = (parts: {metadata?: object; spec?: object; status?: object}) => {
		const {metadata = {}, spec = {}, status = counts} = parts;
		const named = {name: 'train', namespace: 'lab', uid: 'u1', resourceVersion: '7', ...metadata};
		return toJob(readWire({metadata: named, spec, status}) ?? assert.fail(), 'k').suspension;
	};
	const suspended = (status: object) =>
		suspensionOf({spec: {suspend: true}, status: {terminating: 0, ...status}});

	test('follows from the wish, the condition and the pods', () => {
		assert.equal(suspensionOf({}), 'none');
		// The controller has not seen the wish yet.
		assert.equal(suspended({active: 1}), 'beginning');
		assert.equal(suspended({terminating: 1, conditions: [stopped]}), 'beginning');
		assert.equal(suspended({active: 1, conditions: [stopped]}), 'beginning');
		assert.equal(suspended({conditions: [stopped]}), 'complete');
		assert.equal(suspensionOf({status: {...counts, conditions: [stopped]}}), 'ending');
		const resumed = {...stopped, status: 'False'};
		assert.equal(suspensionOf({status: {...counts, conditions: [resumed]}}), 'none');
	});

	test('is nothing where a controller such as Kueue decides when the job runs', () => {
		const queued = {labels: {'kueue.x-k8s.io/queue-name': 'users'}};
		assert.equal(suspensionOf({metadata: queued}), undefined);
		const waiting = {terminating: 0, conditions: [stopped]};
		assert.equal(suspensionOf({metadata: queued, spec: {suspend: true}, status: waiting}), undefined);
		assert.equal(suspensionOf({spec: {managedBy: 'kueue.x-k8s.io/multikueue'}}), undefined);
	});

	test('is nothing of a job that ends or has ended, nor where nobody counts the pods that still end', () => {
		const holds = (type: string) => ({...counts, conditions: [{type, status: 'True'}]});
		assert.equal(suspensionOf({metadata: {deletionTimestamp: '2026-11-28T08:00:00Z'}}), undefined);
		for (const type of ['FailureTarget', 'SuccessCriteriaMet', 'Complete', 'Failed']) {
			assert.equal(suspensionOf({status: holds(type)}), undefined, type);
		}
		assert.equal(suspensionOf({status: {active: 1, ready: 1}}), undefined);
	});
});

test('a request names the record that was seen, and changes nothing but the wish', async t => {
	const far = await openFar(t);
	far.add();
	const seen = await far.look();
	assert.deepEqual(far.backend.describeSuspend?.([id], 'suspend'), [
		`PATCH ${far.server.url}/apis/batch/v1/namespaces/lab/jobs/train {"metadata":{"uid":"<uid>","resourceVersion":"<resourceVersion>"},"spec":{"suspend":true}}`,
	]);
	assert.deepEqual(await far.request('suspend', seen), {kind: 'accepted'});
	assert.equal((await far.look()).suspension, 'beginning');
	await far.time.advance(10_000);
	const held = await far.look();
	assert.deepEqual([held.phase, held.suspension, held.terminal], ['held', 'complete', false]);
	assert.deepEqual(await far.request('unsuspend', held), {kind: 'accepted'});
	await far.time.advance(10_000);
	assert.deepEqual([(await far.look()).phase, (await far.look()).suspension], ['running', 'none']);
	assert.deepEqual(far.effects(), ['suspended', 'unsuspended']);
});

test('a record that has changed since, and another job of that name, are a conflict', async t => {
	const far = await openFar(t);
	far.add();
	const seen = await far.look();
	far.server.touch(id);
	assert.equal((await failureIn(far.request('suspend', seen))).kind, 'conflict');
	const {version} = await far.look();
	far.server.recreate(id);
	assert.equal((await failureIn(far.request('suspend', seen))).kind, 'conflict');
	// Only the uid is another one: the server calls that a change of a fixed field.
	const {version: now = version} = await far.look();
	const sameVersion = {...seen, ...(now !== undefined && {version: now})};
	assert.equal((await failureIn(far.request('suspend', sameVersion))).kind, 'conflict');
	assert.deepEqual(far.effects(), []);
});

test('nothing is sent for a job that has ended, is so already, or is not for its user to suspend', async t => {
	const far = await openFar(t);
	far.add('succeeded');
	assert.equal((await far.request('suspend')).kind, 'too-late');
	assert.equal((await far.request('unsuspend')).kind, 'too-late');
	far.server.distort(id, record => ({
		...record,
		spec: {suspend: true},
		status: {terminating: 0, conditions: [{type: 'Suspended', status: 'True'}]},
	}));
	assert.equal((await far.request('suspend')).kind, 'already');
	far.server.distort(id, record => ({
		...record,
		metadata: {...(record.metadata as object), labels: {'kueue.x-k8s.io/queue-name': 'users'}},
		spec: {suspend: true},
		status: {terminating: 0, conditions: [{type: 'Suspended', status: 'True'}]},
	}));
	for (const operation of ['suspend', 'unsuspend'] as const) {
		assert.equal(isOpenTo(operation, await far.look()), false);
		const {kind, detail} = await failureIn(far.request(operation));
		assert.equal(kind, 'rejected');
		assert.match(detail, /Kueue/);
	}
	assert.equal(far.patches(), 0);
});

test('a job is called suspended once none of its pods is left, and started again once it is', async t => {
	const far = await openFar(t);
	far.add();
	const {outcome, engine, known, until, refTo, listed} = await pursue(t, far, 'suspend');
	assert.deepEqual(outcome, {kind: 'suspended'});
	assert.equal((await far.look()).suspension, 'complete');
	const report = known().cancellations.get(refTo(id));
	assert.equal(report?.operation, 'suspend');
	// The pods took their time after the request was accepted.
	assert.ok((report?.settledAt ?? 0) - (report?.acceptedAt ?? 0) >= 3000);
	await engine.cancel([targetOf(await listed(id))], {operation: 'unsuspend'});
	await until(
		'it is unsuspended',
		({cancellations}) =>
			cancellations.get(refTo(id))?.batch === 2 && cancellations.get(refTo(id))?.step === 'settled',
	);
	assert.deepEqual(known().cancellations.get(refTo(id))?.outcome, {kind: 'unsuspended'});
	assert.deepEqual(far.effects(), ['suspended', 'unsuspended']);
});

test('an Indexed job keeps the indexes that have completed', async t => {
	const far = await openFar(t);
	far.server.add('running', {name: id, process: 'train', parts: 8, runMs: 4 * 60_000}, id);
	const progress = async () => (await far.look()).progress?.done;
	await far.time.advance(130_000);
	assert.equal(await progress(), 4);
	await far.request('suspend');
	const stopping = await far.look();
	assert.deepEqual([stopping.suspension, stopping.progress], ['beginning', {done: 4, total: 8}]);
	await far.time.advance(10_000);
	const held = await far.look();
	assert.deepEqual([held.suspension, held.progress], ['complete', {done: 4, total: 8}]);
	await far.request('unsuspend', held);
	await far.time.advance(50_000);
	assert.deepEqual([(await far.look()).phase, await progress()], ['running', 4]);
	await far.time.advance(90_000);
	assert.equal((await far.look()).phase, 'succeeded');
});

test('a job that waits has no pod to stop', async t => {
	const far = await openFar(t);
	far.add('queued');
	assert.deepEqual((await pursue(t, far, 'suspend')).outcome, {kind: 'suspended'});
});

test('a record that changes before the request arrives is looked at again', async t => {
	const far = await openFar(t);
	far.add();
	let left = 2;
	const {backend} = far;
	const suspend: typeof backend.suspend = async (...request) => {
		if (left-- > 0) far.server.touch(id);
		return (await backend.suspend?.(...request)) ?? assert.fail();
	};
	const connection = {...far.connection, backend: {...backend, suspend}};
	const {outcome, report} = await pursue(t, {...far, connection}, 'suspend');
	assert.deepEqual(outcome, {kind: 'suspended'});
	assert.equal(report?.attempts, 3);
	assert.deepEqual(far.effects(), ['suspended']);
});

test('a job that was made again under its name is left alone', async t => {
	const far = await openFar(t);
	far.add();
	const {outcome} = await pursue(t, far, 'suspend', () => far.server.recreate(id));
	assert.equal(outcome?.kind, 'replaced');
	assert.equal(far.patches(), 0);
});

test('a lost answer is understood by a look', async t => {
	const far = await openFar(t);
	far.add();
	const {backend} = far;
	let left = 1;
	const suspend: typeof backend.suspend = async (...request) => {
		if (left-- > 0) far.server.failNext('cut-off');
		return (await backend.suspend?.(...request)) ?? assert.fail();
	};
	const connection = {...far.connection, backend: {...backend, suspend}};
	const {outcome} = await pursue(t, {...far, connection}, 'suspend');
	assert.deepEqual(outcome, {kind: 'suspended'});
	assert.equal(far.patches(), 1);
});

test('a pod that never ends keeps the job from being called suspended', async t => {
	const far = await openFar(t);
	far.add('running', 'never-stops');
	const {engine, listed, until, known, refTo} = open(t, far);
	engine.start();
	await engine.cancel([targetOf(await listed(id))], {operation: 'suspend'});
	await until(
		'it is overdue',
		({cancellations}) => cancellations.get(refTo(id))?.outcome?.kind === 'overdue',
	);
	assert.equal(known().cancellations.get(refTo(id))?.step, 'following');
	// It can be started again at once: nothing more is sent for the suspension.
	await engine.cancel([targetOf(await listed(id))], {operation: 'unsuspend'});
	await until('it is unsuspended', ({reports}) => reports.byBatch.get(2)?.get(refTo(id))?.step === 'settled');
	const outcomeIn = (batch: number) => known().reports.byBatch.get(batch)?.get(refTo(id))?.outcome;
	assert.deepEqual(outcomeIn(2), {kind: 'unsuspended'});
	assert.equal(outcomeIn(1)?.kind, 'overdue');
	assert.match(outcomeIn(1)?.detail ?? '', /no longer followed/);
	assert.deepEqual(far.effects(), ['suspended', 'unsuspended']);
});

test('a cancel takes the place of a suspension, and forbids another one', async t => {
	const far = await openFar(t);
	far.add('running', 'never-stops');
	const {engine, listed, until, refTo} = open(t, far);
	engine.start();
	const target = targetOf(await listed(id));
	await engine.cancel([target], {operation: 'suspend'});
	await until('it is followed', ({cancellations}) => cancellations.get(refTo(id))?.acceptedAt !== undefined);
	await engine.cancel([target]);
	await until(
		'the suspension is given up',
		({reports}) => reports.byBatch.get(1)?.get(refTo(id))?.step === 'settled',
	);
	await assert.rejects(engine.cancel([target], {operation: 'suspend'}), /already being cancelled/);
	assert.equal(far.patches(), 1);
});

test('an end, and a record that is gone, are said as such: nobody asked for them', async t => {
	for (const [meanwhile, kind] of [
		['succeeded', 'finished-first'],
		['cancelled', 'unknown'],
	] as const) {
		const far = await openFar(t);
		far.add();
		const {engine, listed, until, refTo, known} = open(t, far);
		engine.start();
		await engine.cancel([targetOf(await listed(id))], {operation: 'suspend'});
		await until(
			'it is followed',
			({cancellations}) => cancellations.get(refTo(id))?.acceptedAt !== undefined,
		);
		if (meanwhile === 'succeeded') {
			const conditions = [{type: 'Complete', status: 'True', lastTransitionTime: '2026-11-28T08:00:00Z'}];
			far.server.distort(id, record => ({...record, status: {terminating: 0, conditions}}));
		} else far.world.stop(0, 0);
		await until('it is settled', ({cancellations}) => cancellations.get(refTo(id))?.step === 'settled');
		assert.equal(known().cancellations.get(refTo(id))?.outcome?.kind, kind, meanwhile);
	}
});
