/*
The embedded systems: the same seed gives the same world, and its Weaver behaves as a real one does.
*/
import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {weaver} from '../../source/backends/weaver/index.ts';
import {connectAll} from '../../source/config/connect.ts';
import {demoSettings} from '../../source/config/demo-settings.ts';
import {type Demo, startDemo} from '../../source/demo/index.ts';
import {createScenario, type Quirk} from '../../source/demo/scenario.ts';
import {startWeaverServer, type WeaverServer} from '../../source/demo/weaver-server.ts';
import {createWorld} from '../../source/demo/world.ts';
import {readList} from '../../source/engine/polling/read-list.ts';
import {BackendError} from '../../source/job/failure.ts';
import type {Clock} from '../../source/process/clock.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

const {signal} = new AbortController();
const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

const demoFor = async (
	t: TestContext,
	options: {
		readonly seed?: string;
		readonly jobs?: number;
		readonly speed?: number;
		readonly clock?: Clock;
	} = {},
): Promise<Demo> => {
	const demo = await startDemo({clock: createManualClock().clock, ...options});
	t.after(demo.close);
	return demo;
};

const backendFor = (t: TestContext, {url}: WeaverServer) => {
	const backend = weaver.connect('weaver', {url, pageSize: 1000});
	const {get, cancel, delete: remove, logs} = backend;
	assert.ok(get && cancel && remove && logs);
	t.after(() => backend.close?.());
	return {listPage: backend.listPage, get, cancel, remove, logs};
};

/** The job of this quirk that runs from the beginning. */
const quirky = (server: WeaverServer, quirk: Quirk): string =>
	server.ids().find(id => server.job(id)?.plan.quirk === quirk) ?? assert.fail(`no job is ${quirk}`);

/** What Weaver may answer; each answer has some of it. */
type Body = Readonly<
	Record<'page' | 'limit' | 'count' | 'total' | 'code' | 'jobID' | 'status' | 'started' | 'finished', unknown>
> & {
	readonly jobs: readonly unknown[];
	readonly links: readonly {readonly rel: string}[];
	readonly value: object;
	readonly percentCompleted: number;
};

const fetchJson = async (address: string, options: RequestInit = {}) => {
	const response = await fetch(address, {headers: {accept: 'application/json'}, ...options});
	return {status: response.status, body: (await response.json()) as Body};
};

const snapshot = ({servers: {weaver}}: Demo) => weaver.ids().map(id => [id, weaver.job(id)]);

test('the same seed gives the same jobs with the same ids, another seed others', async t => {
	const demo = await demoFor(t, {seed: 'a'});
	assert.deepEqual(snapshot(demo), snapshot(await demoFor(t, {seed: 'a'})));
	assert.notDeepEqual(demo.servers.weaver.ids(), (await demoFor(t, {seed: 'b'})).servers.weaver.ids());
	assert.equal(new Set(demo.servers.weaver.ids()).size, 40);
	for (const id of demo.servers.weaver.ids()) assert.match(id, uuid);
});

test('there are jobs that wait, that run, and that have ended well and badly', async t => {
	const {servers} = await demoFor(t);
	const phases = new Set(servers.weaver.ids().map(id => servers.weaver.job(id)?.phase));
	for (const phase of ['queued', 'running', 'succeeded', 'failed'] as const)
		assert.ok(phases.has(phase), phase);
});

test('jobs begin, end and arrive as time passes, and faster with more speed', async t => {
	const counts: number[] = [];
	for (const speed of [1, 10]) {
		const {clock, advance} = createManualClock();
		const {servers} = await demoFor(t, {clock, speed});
		const before = new Map(servers.weaver.ids().map(id => [id, servers.weaver.job(id)?.phase]));
		await advance(10 * 60_000);
		const after = servers.weaver.ids();
		assert.ok(after.length > before.size);
		const changed = [...before].filter(([id, phase]) => servers.weaver.job(id)?.phase !== phase);
		counts.push(changed.length);
		for (const id of after) {
			const job = servers.weaver.job(id);
			assert.ok(job && job.createdAt <= clock.now());
			assert.ok((job.startedAt ?? 0) <= clock.now() && (job.endedAt ?? 0) <= clock.now());
			assert.ok(job.percent >= 0 && job.percent <= 100);
		}
	}
	const [slow = 0, fast = 0] = counts;
	assert.ok(slow > 0 && fast > slow, String(counts));
});

test('the list and a look agree on each job, and what is held stays held', async () => {
	const {clock, advance} = createManualClock();
	const world = createWorld({scenario: createScenario({seed: 'held', jobs: 100}), clock});
	for (let hours = 0; hours < 3; hours += 1) {
		for (const phase of ['held', 'queued', 'running', 'succeeded', 'failed'] as const) {
			const {jobs} = world.list({phases: new Set([phase]), first: 0, limit: 1000});
			const held = jobs.filter(index => world.job(index)?.plan.held);
			for (const index of jobs) assert.equal(world.job(index)?.phase, phase, String(index));
			assert.equal(held.length > 0, phase === 'held');
		}
		await advance(3_600_000);
	}
});

test('fifty thousand jobs are paged through, every one once', async t => {
	const {servers} = await demoFor(t, {jobs: 50_000});
	const {listPage} = backendFor(t, servers.weaver);
	const seen = new Set<string>();
	let cursor: string | undefined;
	do {
		const page = await listPage({everyone: true, ended: true, signal, ...(cursor !== undefined && {cursor})});
		for (const {id} of page.jobs) seen.add(id);
		assert.equal(page.covers, 'everything');
		cursor = page.cursor;
	} while (cursor !== undefined);
	assert.equal(seen.size, 50_000);
});

test('the list is of bare ids, ten to a page, newest first, unless more is asked for', async t => {
	const {servers} = await demoFor(t);
	const {url, ids} = servers.weaver;
	const {body} = await fetchJson(`${url}/jobs`);
	assert.deepEqual(body.jobs, [...ids()].reverse().slice(0, 10));
	assert.deepEqual([body.page, body.limit, body.count, body.total], [0, 10, 10, 40]);
	const detailed = (await fetchJson(`${url}/jobs?detail=true&limit=3&page=1`)).body;
	assert.deepEqual(
		detailed.jobs.map(job => (job as Body).jobID),
		[...ids()].reverse().slice(3, 6),
	);
	assert.ok(detailed.links.some(link => link.rel === 'next'));
});

test('wrong parameters of the list are refused by name', async t => {
	const {servers} = await demoFor(t);
	for (const [query, name] of [
		['page=99', 'page'],
		['page=-1', 'page'],
		['limit=1001', 'limit'],
		['limit=0', 'limit'],
		['status=nonsense', 'status'],
		['status=running,PENDING', 'status'],
		['sort=user', 'sort'],
	]) {
		const {status, body} = await fetchJson(`${servers.weaver.url}/jobs?${query}`);
		assert.equal(status, 400, query);
		assert.equal(body.code, 'JobInvalidParameter');
		assert.deepEqual(Object.keys(body.value), [name]);
	}
});

test('the filter compares the stored word', async t => {
	const {servers} = await demoFor(t, {jobs: 0});
	const {add, url} = servers.weaver;
	const id = add('running', {name: 'a', process: 'p'});
	add('succeeded', {name: 'b', process: 'p'});
	for (const [status, expected] of [
		['running', [id]],
		['running,accepted', [id]],
		['RUNNING', [id]],
		['started', []],
	] as const) {
		assert.deepEqual((await fetchJson(`${url}/jobs?status=${status}`)).body.jobs, expected);
	}
});

test('a dismissed job stays, dismissed, with its progress; what it left is gone', async t => {
	const {servers} = await demoFor(t, {jobs: 0});
	const {add, url, history} = servers.weaver;
	const id = add('running', {name: 'a', process: 'p'});
	const {status, body} = await fetchJson(`${url}/jobs/${id}`, {method: 'DELETE'});
	assert.equal(status, 200);
	assert.deepEqual([body.jobID, body.status, body.percentCompleted], [id, 'dismissed', 5]);
	assert.equal((await fetchJson(`${url}/jobs/${id}`)).body.status, 'dismissed');
	const codes: Record<string, number> = {};
	for (const part of ['inputs', 'logs', 'exceptions', 'results', 'outputs', 'statistics']) {
		codes[part] = (await fetchJson(`${url}/jobs/${id}/${part}`)).status;
	}
	assert.deepEqual(codes, {
		inputs: 200,
		logs: 410,
		exceptions: 410,
		results: 410,
		outputs: 410,
		statistics: 410,
	});
	assert.equal((await fetchJson(`${url}/jobs/${id}`, {method: 'DELETE'})).status, 410);
	assert.deepEqual(
		history(id).map(({before, effect}) => [before, effect]),
		[
			['running', 'stopped'],
			['cancelled', 'nothing'],
		],
	);
});

/** What the record of a job says of its work. */
const recordOf = async ({url}: WeaverServer, id: string) => {
	const {status, started, finished} = (await fetchJson(`${url}/jobs/${id}`)).body;
	return {status, started: started !== null, finished: finished !== null};
};

test('a dismissed job has no end until its worker has ended', async t => {
	const {clock, advance} = createManualClock();
	const {servers} = await demoFor(t, {clock, jobs: 0});
	const {add, url} = servers.weaver;
	const running = add('running', {name: 'a', process: 'p'});
	const queued = add('queued', {name: 'b', process: 'p'});
	for (const id of [running, queued]) await fetchJson(`${url}/jobs/${id}`, {method: 'DELETE'});
	const working = {status: 'dismissed', started: true, finished: false};
	const neverTaken = {status: 'dismissed', started: false, finished: false};
	await advance(1500);
	assert.deepEqual(await recordOf(servers.weaver, running), working);
	assert.deepEqual(await recordOf(servers.weaver, queued), neverTaken);
	await advance(500);
	assert.deepEqual(await recordOf(servers.weaver, running), {...working, finished: true});
	await advance(3_600_000);
	assert.deepEqual(await recordOf(servers.weaver, running), {...working, finished: true});
	assert.deepEqual(await recordOf(servers.weaver, queued), neverTaken);
});

test('where no worker hears of a dismissal the work goes on, and a queued job starts', async t => {
	const {clock, advance} = createManualClock();
	const {servers} = await demoFor(t, {clock, jobs: 0});
	const {add, url} = servers.weaver;
	const plan = {name: 'a', process: 'p', quirk: 'works-on'} as const;
	const running = add('running', {...plan, runMs: 60_000});
	const queued = add('queued', {...plan, queuedMs: 30_000, runMs: 60_000});
	for (const id of [running, queued]) await fetchJson(`${url}/jobs/${id}`, {method: 'DELETE'});
	await advance(29_000);
	assert.deepEqual(await recordOf(servers.weaver, running), {
		status: 'dismissed',
		started: true,
		finished: false,
	});
	assert.deepEqual(await recordOf(servers.weaver, queued), {
		status: 'dismissed',
		started: false,
		finished: false,
	});
	await advance(1000);
	assert.deepEqual(await recordOf(servers.weaver, queued), {
		status: 'running',
		started: true,
		finished: false,
	});
	await advance(30_000);
	const successful = {status: 'successful', started: true, finished: true};
	assert.deepEqual(await recordOf(servers.weaver, running), successful);
	assert.equal((await fetchJson(`${url}/jobs/${running}/results`)).status, 200);
	await advance(30_000);
	assert.deepEqual(await recordOf(servers.weaver, queued), successful);
});

test('a DELETE of an ended job destroys its results and its outcome', async t => {
	const {servers} = await demoFor(t, {jobs: 0});
	const {add, url, history} = servers.weaver;
	const id = add('succeeded', {name: 'a', process: 'p'});
	assert.equal((await fetchJson(`${url}/jobs/${id}/results`)).status, 200);
	assert.equal((await fetchJson(`${url}/jobs/${id}`, {method: 'DELETE'})).status, 200);
	assert.equal((await fetchJson(`${url}/jobs/${id}/results`)).status, 410);
	assert.equal((await fetchJson(`${url}/jobs/${id}`)).body.status, 'dismissed');
	assert.equal(history(id)[0]?.effect, 'destroyed');
});

test('an unknown job is a 404, a page unless JSON is asked for; another form of id a 400', async t => {
	const {servers} = await demoFor(t);
	const unknown = `${servers.weaver.url}/jobs/00000000-0000-0000-0000-000000000000`;
	assert.equal((await fetchJson(unknown)).status, 404);
	const page = await fetch(unknown, {method: 'DELETE', headers: {accept: '*/*'}});
	assert.equal(page.status, 404);
	assert.match(page.headers.get('content-type') ?? '', /html/);
	await page.text();
	assert.equal((await fetchJson(`${servers.weaver.url}/jobs/notauuid`)).status, 400);
});

test('a batch stops half-way at the first job that is gone', async t => {
	const {servers} = await demoFor(t, {jobs: 0});
	const {add, url, job} = servers.weaver;
	const [first, gone, last] = ['running', 'cancelled', 'running'].map(phase =>
		add(phase as 'running', {name: phase, process: 'p'}),
	) as [string, string, string];
	const dismiss = (jobs: unknown) =>
		fetchJson(`${url}/jobs`, {method: 'DELETE', body: JSON.stringify({jobs})});
	assert.equal((await dismiss([first, gone, last])).status, 410);
	assert.equal(job(first)?.phase, 'cancelled');
	assert.equal(job(last)?.phase, 'running');
	assert.deepEqual((await dismiss([last, 'unknown'])).body, {jobs: [last]});
	assert.equal((await dismiss('all')).status, 422);
});

test('without its token nobody is served', async t => {
	const {clock} = createManualClock();
	const world = createWorld({scenario: createScenario({seed: 's', jobs: 3}), clock});
	const server = await startWeaverServer({world, clock, seed: 's', token: 'abcdef'});
	t.after(server.close);
	assert.equal((await fetchJson(`${server.url}/jobs`)).status, 401);
	const headers = {authorization: 'Bearer abcdef'};
	assert.equal((await fetchJson(`${server.url}/jobs`, {headers})).status, 200);
});

test('a job that ends when it is looked at loses its results to the DELETE that follows', async t => {
	const {servers} = await demoFor(t);
	const {get, cancel} = backendFor(t, servers.weaver);
	const id = quirky(servers.weaver, 'ends-when-looked-at');
	assert.equal((await get(id, {signal})).job.phase, 'running');
	assert.equal((await cancel(id, {signal})).kind, 'done');
	assert.deepEqual(
		servers.weaver.history(id).map(({before, effect}) => [before, effect]),
		[['succeeded', 'destroyed']],
	);
});

test('a stubborn job is dismissed, runs again for a while, and then is dismissed', async t => {
	const {clock, advance} = createManualClock();
	const {servers} = await demoFor(t, {clock});
	const {get, cancel} = backendFor(t, servers.weaver);
	const id = quirky(servers.weaver, 'stubborn');
	const phase = async () => (await get(id, {signal})).job.phase;
	assert.equal((await cancel(id, {signal})).kind, 'done');
	assert.equal(await phase(), 'cancelled');
	await advance(1500);
	assert.equal(await phase(), 'running');
	await advance(7000);
	assert.equal(await phase(), 'cancelled');
});

test('a late write turns a dismissed job into a successful one', async t => {
	const {clock, advance} = createManualClock();
	const {servers} = await demoFor(t, {clock});
	const {get, cancel} = backendFor(t, servers.weaver);
	const id = quirky(servers.weaver, 'late-write');
	assert.equal((await cancel(id, {signal})).kind, 'done');
	assert.equal((await get(id, {signal})).job.phase, 'cancelled');
	await advance(1500);
	assert.equal((await get(id, {signal})).job.phase, 'succeeded');
});

test('a slow job is dismissed at once and answers two seconds later', async t => {
	const manual = createManualClock();
	let waiting = () => {};
	const asleep = new Promise<void>(resolve => {
		waiting = resolve;
	});
	const clock: Clock = {
		now: manual.clock.now,
		after(ms, callback) {
			waiting();
			return manual.clock.after(ms, callback);
		},
	};
	const {servers} = await demoFor(t, {clock});
	const {cancel} = backendFor(t, servers.weaver);
	const id = quirky(servers.weaver, 'slow');
	const answer = cancel(id, {signal});
	await asleep;
	assert.equal(servers.weaver.job(id)?.phase, 'cancelled');
	await manual.advance(2000);
	assert.equal((await answer).kind, 'done');
});

test('a fault hits the next request only, or all of them until it is taken back', async t => {
	const {servers} = await demoFor(t);
	const {url, failNext, setFault, count, requests} = servers.weaver;
	failNext('broken', 2);
	const codes = async () =>
		[await fetchJson(`${url}/jobs`), await fetchJson(`${url}/jobs`)].map(r => r.status);
	assert.deepEqual(await codes(), [500, 500]);
	assert.deepEqual(await codes(), [200, 200]);
	setFault('rate-limited');
	assert.deepEqual(await codes(), [429, 429]);
	setFault();
	assert.deepEqual(await codes(), [200, 200]);
	assert.equal(count(), 8);
	assert.deepEqual([requests()[0]?.method, requests()[0]?.path], ['GET', '/jobs']);
});

test('a lost answer is lost after the work was done, a reset before', async t => {
	const {servers} = await demoFor(t, {jobs: 0});
	const {add, failNext, job} = servers.weaver;
	const {cancel} = backendFor(t, servers.weaver);
	for (const [fault, phase] of [
		['reset', 'running'],
		['lost-answer', 'cancelled'],
		['cut-off', 'cancelled'],
	] as const) {
		const id = add('running', {name: fault, process: 'p'});
		failNext(fault);
		await assert.rejects(
			cancel(id, {signal}),
			(error: unknown) => error instanceof BackendError && error.failure.kind === 'cut-off',
		);
		assert.equal(job(id)?.phase, phase);
	}
});

test('the profiles lead to the servers', async t => {
	const {profiles, env} = await demoFor(t, {jobs: 12});
	const connections = await connectAll(demoSettings(profiles), env);
	t.after(() => Promise.all(connections.map(({backend}) => backend.close?.())));
	assert.deepEqual(
		connections.map(({traits}) => traits.kind),
		['weaver', 'ionworks', 'tapis', 'tensorpool', 'dex', 'kubernetes'],
	);
	for (const connection of connections) {
		const {jobs} = await readList(connection, {everyone: true, ended: true}, AbortSignal.timeout(30_000));
		assert.ok(jobs.size >= 10, `${connection.profile} lists ${jobs.size} of its jobs`);
	}
});
