/*
What is particular about Kubernetes, against an API server of its own: conditions of a deletion, jobs that are made again, namespaces, pages, pods.
*/
import assert from 'node:assert/strict';
import {createServer, type IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, type TestContext, test} from 'node:test';
import {kubernetes} from '../../../source/backends/kubernetes/index.ts';
import {startKubernetesServer} from '../../../source/demo/kubernetes-server.ts';
import type {Quirk} from '../../../source/demo/scenario.ts';
import {type Failure, failureOf} from '../../../source/job/failure.ts';
import type {Job} from '../../../source/job/job.ts';
import {targetOf} from '../../../source/job/target.ts';
import {createEmptyWorld} from '../../helpers/empty-world.ts';
import {openEngine, temporaryDirectory} from '../../helpers/engine.ts';

const {signal} = new AbortController();
const token = 'key-for-these-tests';

const openFar = async (t: TestContext, namespaces?: readonly string[]) => {
	const {time, world} = createEmptyWorld();
	const {clock} = time;
	const server = await startKubernetesServer({
		world,
		clock,
		seed: 'test',
		token,
		namespaces: ['lab', 'prod'],
	});
	t.after(() => server.close());
	const reached = {
		namespace: 'lab',
		http: {url: server.url, headers: () => ({authorization: `Bearer ${token}`})},
	};
	const backend = kubernetes.connect('k', {
		access: {known: reached, reach: async () => reached},
		pageSize: 3,
		now: clock.now,
		...(namespaces && {namespaces}),
	});
	t.after(() => backend.close?.());
	const add = (
		id: string,
		phase: 'failed' | 'held' | 'queued' | 'running' | 'succeeded' = 'running',
		quirk?: Quirk,
	) => server.add(phase, {name: id, process: 'train', ...(quirk && {quirk})}, id);
	const look = async (id: string): Promise<Job> => (await backend.look?.(id, {signal})) ?? assert.fail();
	return {time, server, backend, add, look, connection: {profile: 'k', traits: kubernetes.traits, backend}};
};

type Far = Awaited<ReturnType<typeof openFar>>;

const cancelSeen = async ({backend}: Far, seen: Job) =>
	(await backend.cancel?.(seen.id, {signal, seen})) ?? assert.fail();

const failureIn = (promise: Promise<unknown>): Promise<Failure> =>
	promise.then(() => assert.fail('it was not refused'), failureOf);

/** The requests that change something, since the last call. */
const deletions = ({server}: Far) => server.requests().filter(({method}) => method === 'DELETE').length;

/** An engine on it, and the outcome of a cancellation of the listed job. */
const pursue = async (
	t: TestContext,
	far: Far,
	id: string,
	meanwhile: () => void | Promise<void> = () => undefined,
) => {
	const opened = openEngine(t, far, temporaryDirectory(t), {connection: far.connection});
	opened.engine.start();
	const target = targetOf(await opened.listed(id));
	await meanwhile();
	await opened.engine.cancel([target]);
	// The row of another job under the id says nothing of this one.
	const reportOf = () => opened.known().reports.byBatch.get(1)?.get(opened.refTo(id));
	await opened.until(`${id} is settled`, () => reportOf()?.step === 'settled');
	return reportOf()?.outcome;
};

test('a request to cancel names the record that was seen, waits for its pods, and has a length', async t => {
	const bodies: {readonly headers: IncomingMessage['headers']; readonly body: string}[] = [];
	const server = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => (body += chunk));
		request.on('end', () => {
			bodies.push({headers: request.headers, body});
			response.setHeader('content-type', 'application/json').end('{"kind":"Status","status":"Success"}');
		});
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const reached = {http: {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`}};
	const backend = kubernetes.connect('k', {access: {known: reached, reach: async () => reached}});
	t.after(() => backend.close?.());
	const far = await openFar(t);
	far.add('lab/train');
	const seen = await far.look('lab/train');
	assert.deepEqual(await backend.cancel?.('lab/train', {signal, seen}), {kind: 'accepted'});
	const [sent] = bodies;
	assert.deepEqual(JSON.parse(sent?.body ?? ''), {
		kind: 'DeleteOptions',
		apiVersion: 'v1',
		propagationPolicy: 'Foreground',
		preconditions: {uid: seen.uid, resourceVersion: seen.version},
	});
	assert.equal(sent?.headers['content-length'], String(sent?.body.length));
	assert.equal(sent?.headers['transfer-encoding'], undefined);
	assert.equal(bodies.length, 1, 'the look that was handed over is not made again');
});

test('a record that has changed since it was seen is a conflict, and nothing happens', async t => {
	const far = await openFar(t);
	far.add('lab/train');
	const seen = await far.look('lab/train');
	far.server.touch('lab/train');
	assert.equal((await failureIn(cancelSeen(far, seen))).kind, 'conflict');
	assert.deepEqual(far.server.history('lab/train'), []);
	assert.equal((await far.look('lab/train')).phase, 'running');
});

test('a job that was made again under its name is never touched', async t => {
	const far = await openFar(t);
	far.add('lab/train');
	const seen = await far.look('lab/train');
	far.server.recreate('lab/train');
	const again = await far.look('lab/train');
	assert.notEqual(again.uid, seen.uid);
	// Made within the same second: no time distinguishes the two.
	assert.equal(again.createdAt, seen.createdAt);
	assert.equal((await failureIn(cancelSeen(far, seen))).kind, 'conflict');
	assert.equal(
		await pursue(t, far, 'lab/train', () => far.server.recreate('lab/train')).then(o => o?.kind),
		'replaced',
	);
	assert.deepEqual(far.server.history('lab/train'), []);
});

test('a job that ends between the look and the request keeps its record', async t => {
	const far = await openFar(t);
	far.add('lab/train', 'running', 'ends-when-looked-at');
	const {backend} = far;
	const seen = await far.look('lab/train');
	assert.equal(seen.phase, 'running');
	assert.equal((await failureIn(cancelSeen(far, seen))).kind, 'conflict');
	assert.equal((await backend.get?.('lab/train', {signal}))?.job.phase, 'succeeded');
	assert.deepEqual(far.server.history('lab/train'), []);
});

test('without a look at hand, a request makes one, and an ended job is too late', async t => {
	const far = await openFar(t);
	far.add('lab/done', 'succeeded');
	assert.deepEqual(await far.backend.cancel?.('lab/done', {signal}), {
		kind: 'too-late',
		detail: 'it has ended (Complete)',
	});
	assert.equal(deletions(far), 0);
});

test('a cancelled job is followed until its record is gone, and is removed then', async t => {
	const far = await openFar(t);
	far.add('lab/train');
	const outcome = await pursue(t, far, 'lab/train');
	assert.equal(outcome?.kind, 'removed');
	assert.equal(deletions(far), 1);
});

test('a record that changes now and then is looked at again until a request counts', async t => {
	const far = await openFar(t);
	far.add('lab/train');
	let changes = 3;
	const {backend, server} = far;
	const busy = {
		...backend,
		cancel: async (...[id, request]: Parameters<NonNullable<typeof backend.cancel>>) => {
			if (changes-- > 0) server.touch(id);
			return (await backend.cancel?.(id, request)) ?? assert.fail();
		},
	};
	const outcome = await pursue(t, {...far, connection: {...far.connection, backend: busy}}, 'lab/train');
	assert.equal(outcome?.kind, 'removed');
	assert.equal(deletions(far), 4);
});

test('a record that changes all the time is given up after eight requests, unharmed', async t => {
	const far = await openFar(t);
	far.add('lab/train');
	const {backend, server} = far;
	const busy = {
		...backend,
		cancel: async (...[id, request]: Parameters<NonNullable<typeof backend.cancel>>) => {
			server.touch(id);
			return (await backend.cancel?.(id, request)) ?? assert.fail();
		},
	};
	const outcome = await pursue(t, {...far, connection: {...far.connection, backend: busy}}, 'lab/train');
	assert.equal(outcome?.kind, 'refused');
	assert.match(outcome?.detail ?? '', /^its record changed before each of 8 requests arrived/);
	assert.equal(deletions(far), 8);
	assert.deepEqual(server.history('lab/train'), []);
});

test('a job that is made again while it is being deleted was removed', async t => {
	const far = await openFar(t);
	far.add('lab/train', 'running', 'comes-back');
	assert.equal((await pursue(t, far, 'lab/train'))?.kind, 'removed');
});

test('a job that succeeds in its grace period has finished first', async t => {
	const far = await openFar(t);
	far.add('lab/train', 'running', 'late-write');
	const outcome = await pursue(t, far, 'lab/train');
	assert.deepEqual([outcome?.kind, outcome?.phase], ['finished-first', 'succeeded']);
});

test('who may not delete is told so', async t => {
	const far = await openFar(t);
	far.add('lab/train');
	far.server.denied.add('delete lab');
	const outcome = await pursue(t, far, 'lab/train');
	assert.equal(outcome?.kind, 'denied');
	assert.match(outcome?.detail ?? '', /cannot delete resource "jobs"/);
});

test('an ended job is deleted under the same condition, and a live one is not', async t => {
	const far = await openFar(t);
	far.add('lab/done', 'succeeded');
	far.add('lab/train');
	await far.backend.delete?.('lab/done', {signal});
	assert.equal((await failureIn(far.look('lab/done'))).kind, 'not-found');
	assert.equal(
		(await failureIn(far.backend.delete?.('lab/train', {signal}) ?? assert.fail())).kind,
		'conflict',
	);
	assert.equal(deletions(far), 1);
});

const listAll = async ({backend}: Far) => {
	const ids: string[] = [];
	let covers = 'everything';
	let cursor: string | undefined;
	do {
		const page = await backend.listPage({everyone: false, ended: true, signal, ...(cursor && {cursor})});
		ids.push(...page.jobs.map(({id}) => id));
		if (page.covers === 'part') covers = 'part';
		cursor = page.cursor;
	} while (cursor !== undefined);
	return {ids, covers};
};

test('the jobs of several namespaces are one list, and those of others are not in it', async t => {
	const far = await openFar(t, ['prod', 'lab']);
	for (const n of [1, 2, 3, 4]) far.add(`lab/a-${n}`);
	far.add('prod/a-1');
	far.add('other/a-1');
	assert.deepEqual(await listAll(far), {
		ids: ['prod/a-1', 'lab/a-1', 'lab/a-2', 'lab/a-3', 'lab/a-4'],
		covers: 'everything',
	});
});

test('the jobs of all namespaces need a right, and who lacks it is advised in one line', async t => {
	const far = await openFar(t, ['*']);
	far.add('other/a-1');
	const {kind, detail} = await failureIn(listAll(far));
	assert.equal(kind, 'forbidden');
	assert.match(
		detail,
		/at the cluster scope \(403 Forbidden\); set namespaces to those in which you may list jobs$/,
	);
	far.server.denied.clear();
	assert.deepEqual((await listAll(far)).ids, ['other/a-1']);
});

test('pages whose state the server has forgotten end the list, which is then incomplete', async t => {
	const far = await openFar(t, ['lab', 'prod']);
	for (const n of [1, 2, 3, 4, 5]) far.add(`lab/a-${n}`);
	far.add('prod/a-1');
	const {backend, server} = far;
	const first = await backend.listPage({everyone: false, ended: true, signal});
	server.expirePages();
	const second = await backend.listPage({
		everyone: false,
		ended: true,
		signal,
		cursor: first.cursor ?? assert.fail(),
	});
	assert.deepEqual([second.jobs.length, second.covers], [0, 'part']);
	// The other namespaces are read all the same.
	const third = await backend.listPage({
		everyone: false,
		ended: true,
		signal,
		cursor: second.cursor ?? assert.fail(),
	});
	assert.deepEqual(
		third.jobs.map(({id}) => id),
		['prod/a-1'],
	);
	assert.equal((await listAll(far)).covers, 'everything');
});

test('many looks are a list, and what that does not hold is unknown', async t => {
	const far = await openFar(t);
	const ids = Array.from({length: 30}, (_, n) => `lab/a-${n}`);
	for (const id of ids) far.add(id);
	const before = far.server.count();
	const {jobs, failures} =
		(await far.backend.getMany?.([...ids, 'lab/none', 'not-an-id'], {signal})) ?? assert.fail();
	assert.deepEqual([...jobs.keys()].sort(), [...ids].sort());
	assert.deepEqual([...failures.keys()], ['not-an-id']);
	assert.equal(far.server.count() - before, 10);
	const few = (await far.backend.getMany?.(['lab/a-1', 'lab/none'], {signal})) ?? assert.fail();
	assert.deepEqual([...few.jobs.keys()], ['lab/a-1']);
	assert.equal(few.failures.size, 0);
	far.server.denied.add('list lab');
	const singly = (await far.backend.getMany?.([...ids, 'lab/none'], {signal})) ?? assert.fail();
	assert.deepEqual([singly.jobs.size, singly.failures.size], [30, 0]);
});

test('a list out of a cache shows no job to be gone', async t => {
	const server = createServer((_, response) => {
		response
			.writeHead(200, {'content-type': 'application/json', age: '300'})
			.end('{"kind":"JobList","metadata":{},"items":[]}');
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const reached = {http: {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`}};
	const backend = kubernetes.connect('k', {access: {known: reached, reach: async () => reached}});
	t.after(() => backend.close?.());
	const ids = Array.from({length: 30}, (_, n) => `lab/a-${n}`);
	const {jobs, failures} = (await backend.getMany?.(ids, {signal})) ?? assert.fail();
	assert.deepEqual([jobs.size, failures.size], [0, 30]);
});

test('the details hold pods, what they wait for, and events; without a right to them, why not', async t => {
	const far = await openFar(t);
	far.add('lab/wait', 'queued');
	far.add('lab/bad', 'failed');
	const {fields, timeline, raw} = (await far.backend.get?.('lab/wait', {signal})) ?? assert.fail();
	const of = (label: string) => fields.find(([each]) => each === label)?.[1];
	assert.equal(of('Reason'), 'Unschedulable: 0/3 nodes are available: 3 Insufficient memory.');
	assert.ok(timeline.some(({what}) => what === 'SuccessfulCreate'));
	assert.doesNotMatch(raw, /managedFields/);
	const bad = (await far.backend.get?.('lab/bad', {signal})) ?? assert.fail();
	const [, words] = bad.fields.find(([label]) => label.startsWith('Pod ')) ?? assert.fail();
	assert.match(words, /^Failed, on worker-\d, main Error exit code 1$/);
	far.server.denied.add('pods lab');
	far.server.denied.add('events lab');
	const poor = (await far.backend.get?.('lab/wait', {signal})) ?? assert.fail();
	assert.match(
		poor.fields.find(([label]) => label === 'Pods')?.[1] ?? '',
		/^cannot be read: pods is forbidden/,
	);
	assert.deepEqual(
		poor.timeline.map(({what}) => what),
		['created', 'started'],
	);
});

/** An Indexed job of six parts, two at a time, of which the first four have been done. */
const addIndexed = async (far: Far, id: string, quirk?: Quirk) => {
	const plan = {name: id, process: 'train', parts: 6, queuedMs: 0, runMs: 90_000, ...(quirk && {quirk})};
	far.server.add('running', plan, id);
	await far.time.advance(70_000);
};

test('an Indexed job is a set whose pods say which index they are for, and one request ends it', async t => {
	const far = await openFar(t);
	await addIndexed(far, 'lab/sweep');
	const {job, fields} = (await far.backend.get?.('lab/sweep', {signal})) ?? assert.fail();
	assert.equal(job.status, 'Running 2, Complete 4');
	assert.deepEqual(job.set?.counts, {live: 2, cancelled: 0, ended: 4, lost: 0});
	const pods = fields.filter(([label]) => label.startsWith('Pod '));
	assert.deepEqual(
		pods.map(([label, words]) => `${label} ${words}`.replace(/-\w{5} /, ' ').replace(/worker-\d/, 'N')),
		[
			'Pod sweep-4 index 4, Running, on N',
			'Pod sweep-5 index 5, Running, on N',
			...[0, 1, 2, 3].map(index => `Pod sweep-${index} index ${index}, Succeeded, on N`),
		],
	);
	assert.deepEqual(Object.fromEntries(fields)['Completed indexes'], '0-3');
	const outcome = await pursue(t, far, 'lab/sweep');
	assert.equal(outcome?.kind, 'removed');
	assert.equal(deletions(far), 1);
});

test('of more pods than a list holds, the details and the log say the least number', async t => {
	const far = await openFar(t);
	const plan = {name: 'sweep', process: 'train', parts: 600, queuedMs: 0, runMs: 90_000};
	far.server.add('running', plan, 'lab/sweep');
	await far.time.advance(100_000);
	const {fields} = (await far.backend.get?.('lab/sweep', {signal})) ?? assert.fail();
	assert.equal(Object.fromEntries(fields).Pods, 'at least 480 more');
	const {text} = (await far.backend.logs?.('lab/sweep', {signal})) ?? assert.fail();
	assert.match(text, /^==> pod sweep-\d+-\w{5}, one of at least 500 <==\n/);
});

test('an Indexed job that completes in its grace period has finished first', async t => {
	const far = await openFar(t);
	await addIndexed(far, 'lab/sweep', 'late-write');
	const outcome = await pursue(t, far, 'lab/sweep');
	assert.deepEqual([outcome?.kind, outcome?.phase], ['finished-first', 'succeeded']);
});

describe('why a job waits', () => {
	const reasonsIn = async ({backend}: Far) => {
		const {jobs} = await backend.listPage({everyone: false, ended: false, signal});
		return jobs.map(({id, status, reason}) => [id, status, reason]);
	};
	const asked = ({server}: Far, kind: 'events' | 'pods') =>
		server.requests().filter(({path}) => path.includes(`/${kind}?`)).length;
	const unschedulable = 'Unschedulable: 0/3 nodes are available: 3 Insufficient memory.';

	test('is in the list, in the words of its pods, or of the event that no pod could be made', async t => {
		const far = await openFar(t);
		far.add('lab/a', 'queued');
		const plan = (obstacle: 'image' | 'quota') => ({name: obstacle, process: 'train', obstacle});
		far.server.add('queued', plan('image'), 'lab/b');
		far.server.add('queued', plan('quota'), 'lab/c');
		assert.deepEqual(await reasonsIn(far), [
			['lab/a', 'Pending', unschedulable],
			['lab/b', 'Pending', 'ImagePullBackOff: Back-off pulling image "registry.invalid/imagery/train:2.1"'],
			[
				'lab/c',
				'Pending',
				'FailedCreate: exceeded quota: batch, requested: pods=1, used: pods=20, limited: pods=20',
			],
		]);
		assert.equal((await far.look('lab/a')).reason, unschedulable, 'a look says the same');
	});

	test('is asked for where a job waits, and not at each poll', async t => {
		const far = await openFar(t);
		far.add('lab/a');
		far.add('lab/held', 'held');
		await reasonsIn(far);
		assert.deepEqual([asked(far, 'pods'), asked(far, 'events')], [0, 0]);
		far.add('lab/b', 'queued');
		await reasonsIn(far);
		await reasonsIn(far);
		assert.deepEqual([asked(far, 'pods'), asked(far, 'events')], [1, 0]);
		far.add('lab/c', 'queued');
		assert.deepEqual((await reasonsIn(far)).at(-1), ['lab/c', 'Pending', '1 pod not ready']);
		await far.time.advance(20_000);
		assert.deepEqual((await reasonsIn(far)).at(-1), ['lab/c', 'Pending', unschedulable]);
		assert.equal(asked(far, 'pods'), 2);
	});

	test('is left out where pods may not be read, which is not tried again soon', async t => {
		const far = await openFar(t);
		far.add('lab/a', 'queued');
		far.server.denied.add('pods lab');
		assert.deepEqual(await reasonsIn(far), [['lab/a', 'Pending', '1 pod not ready']]);
		await far.time.advance(200_000);
		await reasonsIn(far);
		assert.equal(asked(far, 'pods'), 1);
		far.server.denied.clear();
		await far.time.advance(200_000);
		assert.deepEqual(await reasonsIn(far), [['lab/a', 'Pending', unschedulable]]);
	});

	test('is not said of a job that runs or is held', async t => {
		const far = await openFar(t);
		const id = far.server.add('queued', {name: 'a', process: 'train', queuedMs: 10_000}, 'lab/a');
		await reasonsIn(far);
		await far.time.advance(11_000);
		assert.deepEqual(await reasonsIn(far), [[id, 'Running', undefined]]);
	});
});

test('a log goes on behind its last line, though the server counts by whole seconds', async t => {
	const far = await openFar(t);
	far.server.add('running', {name: 'lab/train', process: 'train', queuedMs: 0, runMs: 100_000}, 'lab/train');
	await far.time.advance(25_000);
	const log = async (after?: string) =>
		(await far.backend.logs?.('lab/train', {signal, ...(after !== undefined && {after})})) ?? assert.fail();
	const first = await log();
	assert.equal(first.text, 'scene train: reading 11 tiles\ntile 1 of 11\ntile 2 of 11\ntile 3 of 11\n');
	assert.equal(first.ended, undefined);
	const same = await log(first.cursor);
	assert.deepEqual([same.text, same.cursor, same.anew], ['', first.cursor, undefined]);
	await far.time.advance(10_000);
	const next = await log(same.cursor);
	assert.equal(next.text, 'tile 4 of 11\n');
	await far.time.advance(100_000);
	const last = await log(next.cursor);
	assert.match(last.text, /^tile 5 of 11\n[\s\S]*done\n$/);
	assert.equal(last.ended, true);
});

test('a pod that waits has no log yet, and a suspended job has no pod', async t => {
	const far = await openFar(t);
	far.add('lab/wait', 'queued');
	far.add('lab/held', 'held');
	for (const id of ['lab/wait', 'lab/held']) {
		assert.deepEqual(await far.backend.logs?.(id, {signal}), {text: ''});
	}
});

test('a refused credential is unauthorized', async t => {
	const far = await openFar(t);
	const reached = {http: {url: far.server.url, headers: () => ({authorization: 'Bearer wrong'})}};
	const backend = kubernetes.connect('k', {access: {known: reached, reach: async () => reached}});
	t.after(() => backend.close?.());
	const {kind} = await failureIn(backend.listPage({everyone: false, ended: false, signal}));
	assert.equal(kind, 'unauthorized');
});
