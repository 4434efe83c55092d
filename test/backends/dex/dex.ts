/*
What is particular about Dex, against the embedded server, its public API description, and answers that no document rules out.
*/

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {type TestContext, test} from 'node:test';
import * as z from 'zod';
import {type DexOptions, dex, dexUrl} from '../../../source/backends/dex/index.ts';
import {joinId, readRecord, splitId, toJob} from '../../../source/backends/dex/wire.ts';
import {dexOperations} from '../../../source/demo/dex-records.ts';
import {startDexServer} from '../../../source/demo/dex-server.ts';
import {type Answer, type FaultHandler, faultHandler, json, send} from '../../../source/demo/faults.ts';
import {createScenario} from '../../../source/demo/scenario.ts';
import {createWorld} from '../../../source/demo/world.ts';
import type {Job} from '../../../source/job/job.ts';
import {targetOf} from '../../../source/job/target.ts';
import {failsAs, readAll} from '../../helpers/backend.ts';
import {openEngine, temporaryDirectory} from '../../helpers/engine.ts';
import {fc} from '../../helpers/fast-check.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';

const key = 'sgp-for-these-tests';
const account = 'acc_01';
const {signal} = new AbortController();
const parse = {name: 'parse', process: 'parse'};
const batch = {name: 'batch_parse', process: 'batch_parse'};
const everything = {everyone: true, ended: true, signal};

type Chosen = {readonly project: string} | {readonly projects: readonly string[] | 'all'};
type Settings = {
	readonly chosen?: Chosen;
	readonly headers?: Readonly<Record<string, string>>;
	readonly jobs?: number;
	readonly pageSize?: number;
	readonly projects?: readonly [string, ...string[]];
};

/** An embedded Dex of two projects, and a backend before it. */
const open = async (t: TestContext, settings: Settings = {}) => {
	const {chosen = {project: 'proj_a'}, jobs = 0, pageSize = 3, projects = ['proj_a', 'proj_b']} = settings;
	const headers = settings.headers ?? {'x-api-key': key, 'x-selected-account-id': account};
	const time = createManualClock();
	const scenario = createScenario({seed: 'dex', jobs, processes: dexOperations});
	const world = createWorld({scenario, clock: time.clock});
	const server = await startDexServer({world, clock: time.clock, seed: 'test', key, account, projects});
	const options: DexOptions = {...chosen, url: server.url, headers: () => headers, pageSize};
	const backend = dex.connect('d', options);
	t.after(async () => {
		await backend.close?.();
		await server.close();
	});
	const {listPage, get, cancel, results} = backend;
	assert.ok(get && cancel && results);
	return {time, server, backend, listPage, get, cancel, results};
};

const saying =
	(answer: Answer): FaultHandler =>
	response =>
		send(response, answer);

const record = (more: Record<string, unknown>): Job => {
	const read = readRecord({id: 'job_1', project_id: 'proj_a', operation: 'parse', ...more});
	assert.ok(read);
	return toJob(read, 'job_1', 'd');
};

/** A cancel's part of the vendor's description of the API, without its prose. */
const api: {readonly components: {readonly schemas: Readonly<Record<string, object>>}} = JSON.parse(
	readFileSync(new URL('../../fixtures/dex/cancel-job.openapi.json', import.meta.url), 'utf8'),
);

/** A shape of the description, as a schema. */
const described = (name: string): z.ZodType => {
	const schemas = JSON.parse(
		JSON.stringify(api.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
	);
	return z.fromJSONSchema({...schemas[name], $defs: schemas});
};

test('Dex is at its public address unless somebody says otherwise', () => {
	assert.equal(new URL(dexUrl).origin, dexUrl);
});

test('the jobs of the embedded Dex follow the API description', async t => {
	const {server} = await open(t, {jobs: 80, projects: ['proj_a']});
	const headers = {'x-api-key': key, 'x-selected-account-id': account};
	const answer = await fetch(`${server.url}/v1/projects/proj_a/jobs?page_size=100`, {headers});
	const {items} = (await answer.json()) as {items: Record<string, unknown>[]};
	assert.equal(items.length, 80);
	const entity = described('JobEntity');
	for (const item of items) assert.ok(entity.safeParse(item).success, JSON.stringify(item));
	assert.equal(entity.safeParse({...items[0], status: 'canceling'}).success, false);
	assert.ok(new Set(items.map(({status}) => status)).size >= 5);
});

test('a complaint of the embedded Dex has the shape of the API description, and can be read', async t => {
	const {server, listPage} = await open(t, {pageSize: 500});
	const bodies: string[] = [];
	server.setFault(async (response, work) => {
		const answer = await work();
		bodies.push(answer.body);
		send(response, answer);
	});
	await failsAs(listPage(everything), 'rejected', /^query\.page_size: Input should be at most 100 \(422/);
	assert.ok(described('HTTPValidationError').safeParse(JSON.parse(bodies[0] ?? '')).success);
});

test('a waiting job is cancelled at once', async t => {
	const {server, cancel} = await open(t);
	const id = server.add('queued', parse);
	assert.equal((await cancel(id, {signal})).kind, 'done');
	assert.equal(server.job(id)?.phase, 'cancelled');
});

test('a running job goes on running after its cancel was accepted, whatever the answer holds', async t => {
	const {server, cancel, backend} = await open(t);
	const bodies = new Set<string>();
	server.setFault(async (response, work) => {
		const answer = await work();
		if (answer.status === 202) bodies.add(answer.body.slice(0, 5));
		send(response, answer);
	});
	for (let n = 0; n < 12; n++) {
		const id = server.add('running', parse);
		assert.deepEqual(await cancel(id, {signal}), {kind: 'accepted'});
		assert.deepEqual(await cancel(id, {signal}), {kind: 'accepted'});
		assert.equal((await readAll(backend)).jobs.get(id)?.phase, 'running');
	}
	assert.deepEqual([...bodies].sort(), ['', 'null', '{"id"'].sort());
});

test('a 202 with a job in it promises, even if that job says cancelled', async t => {
	const {server, cancel} = await open(t);
	const id = server.add('running', parse);
	server.failNext(saying(json(202, {id, project_id: 'proj_a', status: 'cancelled'})));
	assert.deepEqual(await cancel(id, {signal}), {kind: 'accepted'});
});

test('a 200 is believed as far as the job in it goes', async t => {
	const {server, cancel, time} = await open(t);
	const answers = [
		['cancelled', 'done'],
		['canceled', 'done'],
		['running', 'accepted'],
		['pending', 'accepted'],
		['rebalancing', 'accepted'],
		['succeeded', 'too-late'],
		['partially_succeeded', 'too-late'],
		['failed', 'too-late'],
	] as const;
	for (const [status, kind] of answers) {
		const id = server.add('running', parse);
		const now = new Date(time.clock.now());
		const job = {id, project_id: 'proj_a', status, completed_at: now.toISOString()};
		server.failNext(saying(json(200, job, {date: now.toUTCString()})));
		assert.equal((await cancel(id, {signal})).kind, kind, status);
	}
	const id = server.add('running', parse);
	for (const answer of [json(200, null), {status: 200, headers: {}, body: ''}]) {
		server.failNext(saying(answer));
		assert.deepEqual(await cancel(id, {signal}), {kind: 'accepted'});
	}
});

test('a repeated cancel of a job that was cancelled long ago says so', async t => {
	const {server, cancel, time} = await open(t);
	const id = server.add('cancelled', parse);
	await time.advance(180_000);
	assert.equal((await cancel(id, {signal})).kind, 'already');
});

test('an ended job is not cancelled, and the refusal says why', async t => {
	const {server, cancel} = await open(t);
	for (const phase of ['succeeded', 'failed'] as const) {
		const id = server.add(phase, parse);
		await failsAs(cancel(id, {signal}), 'rejected', /terminal state \([A-Z]+\) \(400/);
		assert.equal(server.job(id)?.phase, phase);
	}
});

test('an answer about another job, or a job of another project, is refused', async t => {
	const {server, cancel, get} = await open(t);
	const id = server.add('running', parse);
	const other = saying(json(200, {id: 'job_x', project_id: 'proj_a', status: 'cancelled'}));
	const elsewhere = saying(json(200, {id, project_id: 'proj_b', status: 'cancelled'}));
	for (const answer of [other, elsewhere]) {
		server.failNext(answer, 2);
		await failsAs(cancel(id, {signal}), 'malformed');
		await failsAs(get(id, {signal}), 'malformed');
	}
});

test('an id or a project of another form is not found', async t => {
	const {server, get, cancel} = await open(t);
	const complaint = {loc: ['path', 'job_id'], msg: 'Input should be a job id', type: 'value_error'};
	server.failNext(saying(json(422, {detail: [complaint]})), 2);
	await failsAs(get('17', {signal}), 'not-found', /^path\.job_id: /);
	await failsAs(cancel('17', {signal}), 'not-found', /^path\.job_id: /);
});

test('a missing key is unauthorized, and an account without access is forbidden', async t => {
	const withoutKey = await open(t, {headers: {'x-selected-account-id': account}});
	await failsAs(withoutKey.listPage(everything), 'unauthorized');
	const elsewhere = await open(t, {headers: {'x-api-key': key, 'x-selected-account-id': 'acc_02'}});
	await failsAs(elsewhere.listPage(everything), 'forbidden', /account/);
});

test('a profile with one project calls jobs by their bare ids', async t => {
	for (const chosen of [{project: 'proj_a'}, {projects: ['proj_a']}]) {
		const {server, backend} = await open(t, {chosen});
		const id = server.addTo('proj_a', 'running', parse);
		server.addTo('proj_b', 'running', parse);
		const {jobs} = await readAll(backend);
		assert.deepEqual(
			[...jobs.values()].map(({ref}) => ref),
			[`d/${id}`],
		);
	}
});

for (const projects of [['proj_a', 'proj_b'], 'all'] as const) {
	test(`a profile of ${projects === 'all' ? 'all' : 'two'} projects names the project with each job`, async t => {
		const {server, backend, get, cancel} = await open(t, {chosen: {projects}});
		const a = server.addTo('proj_a', 'queued', parse, 'job_same_a');
		const b = server.addTo('proj_b', 'queued', parse);
		const {jobs, whole} = await readAll(backend);
		assert.deepEqual(
			[...jobs.values()].map(({ref}) => ref).sort(),
			[`d/proj_a/${a}`, `d/proj_b/${b}`].sort(),
		);
		assert.equal(whole, true);
		assert.equal((await get(`proj_b/${b}`, {signal})).job.id, `proj_b/${b}`);
		await failsAs(cancel(`proj_a/${b}`, {signal}), 'not-found');
		assert.equal((await cancel(`proj_b/${b}`, {signal})).kind, 'done');
		assert.equal(server.job(a)?.phase, 'queued');
	});
}

test('a project that the profile does not name is never asked', async t => {
	const {server, get, cancel} = await open(t, {chosen: {projects: ['proj_a', 'proj_c']}});
	const id = server.addTo('proj_b', 'running', parse);
	for (const name of [`proj_b/${id}`, id, `/${id}`, 'proj_a/']) {
		await failsAs(cancel(name, {signal}), 'not-found', /no project/);
		await failsAs(get(name, {signal}), 'not-found', /no project/);
	}
	assert.equal(server.count(), 0);
});

test('an id of several projects comes apart as it was put together', () => {
	fc.assert(
		fc.property(fc.string({minLength: 1}), fc.string({minLength: 1}), (project, id) => {
			assert.deepEqual(splitId(joinId(project, id)), {project, id});
		}),
	);
	assert.equal(joinId('proj_01', 'job_01'), 'proj_01/job_01');
	assert.notEqual(joinId('a/b', 'c'), joinId('a', 'b/c'));
});

test('projects are found page by page', async t => {
	const projects = Array.from({length: 130}, (_, n) => `proj_${n}`) as [string, ...string[]];
	const {server, listPage} = await open(t, {chosen: {projects: 'all'}, projects});
	await listPage(everything);
	assert.deepEqual(
		server.requests().map(({path}) => path.replace(/token=.*/, 'token')),
		[
			'/v1/projects?page_size=100',
			'/v1/projects?page_size=100&continuation_token',
			'/v1/projects/proj_0/jobs?page_size=3&sort_order=desc',
		],
	);
});

test('an account without projects has no jobs', async t => {
	const {server, listPage} = await open(t, {chosen: {projects: 'all'}});
	server.failNext(saying(json(200, {items: [], total_count: 0, next_token: null})));
	assert.deepEqual(await listPage(everything), {jobs: [], unreadable: 0, covers: 'everything'});
});

test('a named project that is not there is said, by its name', async t => {
	const {backend} = await open(t, {chosen: {projects: ['proj_a', 'proj_c']}});
	await failsAs(readAll(backend), 'not-found', /^project proj_c: /);
});

test('a project that goes while all are read costs the others nothing, and makes the list a part', async t => {
	const {server, backend} = await open(t, {chosen: {projects: 'all'}});
	const id = server.addTo('proj_b', 'running', parse);
	server.setFault(async (response, work) => {
		const gone = server.requests().at(-1)?.path.startsWith('/v1/projects/proj_a/');
		send(response, gone ? json(404, {detail: 'Project not found'}) : await work());
	});
	const {jobs, whole} = await readAll(backend);
	assert.deepEqual([...jobs.keys()], [`proj_b/${id}`]);
	assert.equal(whole, false);
});

test('a record of another project is counted as unreadable, and not shown as one of this', async t => {
	const {server, listPage} = await open(t);
	const id = server.add('running', parse);
	server.distort(id, job => ({...job, project_id: 'proj_b'}));
	assert.deepEqual(await listPage(everything), {jobs: [], unreadable: 1, covers: 'everything'});
});

test('of a long list only the live jobs are read on, whatever lies behind them', async t => {
	const {server, backend} = await open(t);
	const live = ['queued', 'running', 'running', 'running', 'running'] as const;
	const ids = live.map(phase => server.add(phase, parse)).sort();
	for (let n = 0; n < 30; n++) server.add('succeeded', parse);
	const {jobs, whole} = await readAll(backend, {ended: false});
	assert.deepEqual([...jobs.keys()].sort(), ids);
	assert.equal(whole, true);
	// Everything, pending, and running on two pages.
	assert.equal(server.count(), 4);
});

for (const [what, answer] of [
	['refuses', json(422, {detail: [{loc: ['query', 'status'], msg: 'Input should be known', type: 'enum'}]})],
	['ignores', json(200, {items: [{id: 'job_x', project_id: 'proj_a', status: 'failed'}], next_token: null})],
] as const) {
	test(`a server that ${what} the status is read whole, and never asked that way again`, async t => {
		const {server, backend} = await open(t);
		const live = server.add('running', parse);
		for (let n = 0; n < 5; n++) server.add('succeeded', parse);
		let filtered = 0;
		server.setFault(async (response, work) => {
			const asks = server.requests().at(-1)?.path.includes('status=') === true;
			if (asks) filtered += 1;
			send(response, asks ? answer : await work());
		});
		for (let round = 0; round < 2; round++) {
			const {jobs, whole} = await readAll(backend, {ended: false});
			assert.deepEqual([...jobs.keys()], [live]);
			assert.equal(whole, true);
		}
		assert.equal(filtered, 1);
	});
}

test('a server that hands out the same token for ever is not read for ever', async t => {
	const {server, backend} = await open(t);
	server.setFault(saying(json(200, {items: [], total_count: 9, next_token: 'again'})));
	const {pages, whole} = await readAll(backend);
	assert.equal(pages.length, 2);
	assert.equal(whole, false);
});

test('a list that ends before its count counts as a part', async t => {
	const {server, listPage} = await open(t);
	server.failNext(saying(json(200, {items: [], total_count: 9, next_token: null})));
	assert.equal((await listPage(everything)).covers, 'part');
});

test('progress is the share of documents that need no more work', () => {
	const counts = {total: 10, succeeded: 4, failed: 1, cancelled: 2, pending: 3, child_jobs: []};
	assert.deepEqual(record({status: 'running', progress: counts}).progress, {percent: 70, done: 7, total: 10});
	for (const progress of [null, undefined, 'much', {total: 0}, {succeeded: 3}]) {
		const job = record({status: 'running', progress});
		assert.deepEqual([job.phase, job.progress], ['running', undefined]);
	}
	fc.assert(
		fc.property(
			fc.integer(),
			fc.integer(),
			fc.integer(),
			fc.integer(),
			(total, succeeded, failed, cancelled) => {
				const {progress} = record({status: 'running', progress: {total, succeeded, failed, cancelled}});
				if (progress?.percent === undefined) return;
				assert.ok(progress.percent >= 0 && progress.percent <= 100);
			},
		),
	);
});

test('a batch that ended partly has ended, and is no failure of its own', () => {
	const job = record({status: 'partially_succeeded', completed_at: '2026-08-20T10:00:00Z'});
	assert.deepEqual([job.phase, job.terminal, job.error], ['partial', true, undefined]);
	assert.equal(job.endedAt, Date.UTC(2026, 7, 20, 10));
});

test('a time of an end does not end a job', () => {
	const job = record({status: 'running', completed_at: '2026-08-20T10:00:00Z'});
	assert.deepEqual([job.terminal, job.endedAt], [false, undefined]);
});

test('a look shows children, counts and history', async t => {
	const {server, get} = await open(t);
	const id = server.add('running', batch);
	server.distort(id, job => ({
		...job,
		progress: {
			total: 2,
			succeeded: 1,
			failed: 0,
			cancelled: 0,
			pending: 1,
			child_jobs: [
				{
					source_document_id: 'd1',
					job_id: 'job_2',
					status: 'succeeded',
					parse_result_id: 'pr_9',
					error: null,
				},
				'nonsense',
				{source_document_id: 'd2', job_id: 'job_3', status: 'FAILED', error: 'no\u001b[2J page'},
				{source_document_id: null, job_id: 'job_4', status: 'rebalancing'},
				{source_document_id: 'd5', job_id: 'job\u001b[2J', status: 'running'},
			],
		},
		history: [
			{
				step: 'ocr',
				timestamp: '2026-11-23T12:00:05Z',
				duration_ms: 812,
				status: 'completed',
				details: {pages: 3},
			},
			17,
			{step: 'chunk\u001b[2J', timestamp: '2026-11-23T12:00:06Z'},
		],
	}));
	const {fields, timeline, children} = await get(id, {signal});
	const facts = new Map(fields);
	assert.equal(facts.get('Progress'), '1 of 2 (1 succeeded, 0 failed, 0 cancelled, 1 pending)');
	assert.deepEqual(children, [
		{ref: 'd/job_2', name: 'document d1', phase: 'succeeded', status: 'succeeded'},
		{ref: 'd/job_3', name: 'document d2', phase: 'failed', status: 'FAILED', error: 'no page'},
		{ref: 'd/job_4', phase: 'unknown', status: 'rebalancing'},
	]);
	assert.ok(facts.get('Correlation id'));
	assert.deepEqual(
		timeline.map(({what, detail}) => [what, detail]),
		[
			['created', undefined],
			['started', undefined],
			['ocr', 'completed, 812 ms, {"pages":3}'],
			['chunk', undefined],
		],
	);
});

for (const chosen of [{project: 'proj_a'}, {projects: ['proj_a', 'proj_b']}]) {
	test(`the children of a batch are jobs that can be looked at and cancelled (${Object.keys(chosen)})`, async t => {
		const {server, get, cancel} = await open(t, {chosen});
		const batchId = server.add('running', batch);
		const name = 'project' in chosen ? batchId : `proj_a/${batchId}`;
		const {children, job} = await get(name, {signal});
		assert.ok(children && children.length >= 4);
		assert.equal(children.length, job.progress?.total);
		const waiting = children.find(({phase}) => phase === 'queued') ?? assert.fail();
		const id = waiting.ref.slice('d/'.length);
		assert.equal((await get(id, {signal})).job.phase, 'queued');
		assert.equal((await cancel(id, {signal})).kind, 'done');
		const after = await get(name, {signal});
		assert.equal(after.children?.find(({ref}) => ref === waiting.ref)?.phase, 'cancelled');
		assert.equal(after.job.phase, 'running');
		await failsAs(get(`${name}_999`, {signal}), 'not-found');
	});
}

test('a cancelled batch does not say of its documents that they are, until they are', async t => {
	const {server, get, cancel, time} = await open(t);
	const id = server.add('running', batch);
	assert.equal((await cancel(id, {signal})).kind, 'accepted');
	const phases = async () => new Set((await get(id, {signal})).children?.map(({phase}) => phase));
	assert.equal((await phases()).has('cancelled'), false);
	await time.advance(3000);
	assert.equal((await phases()).has('cancelled'), true);
});

test('results come from the job and from the list of its operation', async t => {
	const {server, results} = await open(t);
	const add = (process: string) => server.add('succeeded', {name: process, process});
	const ids = {parse: add('parse'), extract: add('extract'), research: add('research')};
	add('parse');
	add('extract');
	const tell = async (id: string) =>
		(await results(id, {signal})).map(({name, kind}) => [name.replace(/pres_.*/, 'pres'), kind]);
	assert.deepEqual(await tell(ids.parse), [
		['result/parse_result_id', undefined],
		['parse/pres', 'parse_result'],
	]);
	assert.deepEqual(await tell(ids.extract), [
		['result/extraction_id', undefined],
		[`extract/${ids.extract}`, 'extraction'],
	]);
	assert.deepEqual(await tell(ids.research), [['result/answer', undefined]]);
	assert.deepEqual(await tell(add('summarization')), [['result/pages', undefined]]);
	assert.deepEqual(await tell(server.add('queued', parse)), []);
	assert.deepEqual(
		server
			.requests()
			.at(-1)
			?.path.replace(/=file_\w+/, '=file'),
		'/v1/projects/proj_a/parse/results?page_size=100&sort_order=desc&source_id=file',
	);
});

test('a batch has the results of its documents', async t => {
	const {server, get, results} = await open(t);
	const id = server.add('succeeded', batch);
	const {children} = await get(id, {signal});
	const done = children?.filter(({phase}) => phase === 'succeeded').length;
	const parsed = (await results(id, {signal})).filter(({kind}) => kind === 'parse_result');
	assert.ok(done);
	assert.equal(parsed.length, done);
});

test('without a list of results, the results come from the job', async t => {
	const {server, results} = await open(t);
	const id = server.add('succeeded', parse);
	server.setFault(async (response, work) => {
		const asked = server.requests().at(-1)?.path.includes('/results') === true;
		send(response, asked ? json(404, {detail: 'Not Found'}) : await work());
	});
	assert.deepEqual(
		(await results(id, {signal})).map(({name}) => name),
		['result/parse_result_id'],
	);
	server.setFault('broken');
	await failsAs(results(id, {signal}), 'broken');
});

test('a list of results that never ends is not read for ever', async t => {
	const {server, results} = await open(t);
	const id = server.add('succeeded', parse);
	let pages = 0;
	server.setFault(async (response, work) => {
		const asked = server.requests().at(-1)?.path.includes('/results') === true;
		send(response, asked ? json(200, {items: [], next_token: `${++pages}`}) : await work());
	});
	await results(id, {signal});
	assert.equal(pages, 5);
});

test('no word that every object of JavaScript knows is a status', () => {
	for (const status of ['constructor', '__proto__', 'hasOwnProperty']) {
		assert.equal(record({status}).phase, 'unknown');
	}
});

test('what the API does not have is no method', async t => {
	const {backend} = await open(t);
	assert.deepEqual(Object.keys(backend).sort(), [
		'cancel',
		'close',
		'describeCancel',
		'describeLook',
		'get',
		'listPage',
		'results',
		'system',
	]);
});

test('a demo of mixed jobs in all projects is read whole', async t => {
	const {server, backend} = await open(t, {jobs: 60, pageSize: 25, chosen: {projects: 'all'}});
	const {jobs, pages, whole} = await readAll(backend);
	assert.equal(jobs.size, server.ids().length);
	assert.equal(whole, true);
	assert.ok(pages.every(({unreadable}) => unreadable === 0));
	assert.ok([...jobs.values()].every(({phase}) => phase !== 'unknown'));
});

/** The life of one cancellation by the engine. */
const pursue = async (t: TestContext, far: Awaited<ReturnType<typeof open>>, id: string) => {
	const connection = {profile: 'd', traits: dex.traits, backend: far.backend};
	const {engine, listed, settled} = openEngine(t, far, temporaryDirectory(t), {connection});
	engine.start();
	await engine.cancel([targetOf(await listed(id))]);
	return settled(id);
};

for (const [what, plan, kind, phase] of [
	['a running job', parse, 'cancelled', undefined],
	['a job whose workflow is slow to notice', {...parse, quirk: 'stubborn'}, 'cancelled', undefined],
	['a job that ends by itself first', {...parse, quirk: 'late-write'}, 'finished-first', 'succeeded'],
	[
		'a batch that ends with some of its work done',
		{...batch, quirk: 'late-write'},
		'finished-first',
		'partial',
	],
	['a job that ends just before', {...parse, quirk: 'ends-when-looked-at'}, 'finished-first', 'succeeded'],
] as const) {
	test(`the cancellation of ${what} is followed until it is ${kind}`, async t => {
		const far = await open(t);
		const outcome = await pursue(t, far, far.server.add('running', plan));
		assert.deepEqual([outcome?.kind, outcome?.phase], [kind, phase]);
	});
}

for (const fault of ['lost-answer', 'cut-off', 'reset', 'login-page', 'broken'] as const) {
	test(`a cancel that meets a ${fault} ends in the truth`, async t => {
		const far = await open(t);
		const id = far.server.add('running', parse);
		let cancels = 0;
		far.server.setFault(async (response, work) => {
			const posted = far.server.requests().at(-1)?.method === 'POST';
			if (posted && ++cancels === 1) return faultHandler(fault)(response, work);
			send(response, await work());
		});
		assert.equal((await pursue(t, far, id))?.kind, 'cancelled');
		assert.equal(far.server.job(id)?.phase, 'cancelled');
	});
}

test('a job whose record is gone after the request is never called cancelled', async t => {
	const far = await open(t);
	const id = far.server.add('running', parse);
	let asked = false;
	far.server.setFault(async (response, work) => {
		const latest = far.server.requests().at(-1);
		if (asked && latest?.method === 'GET') {
			return send(
				response,
				latest.path.includes(id) ? json(404, {detail: 'Job not found'}) : json(200, {items: []}),
			);
		}
		asked ||= latest?.method === 'POST';
		send(response, await work());
	});
	assert.equal((await pursue(t, far, id))?.kind, 'unknown');
});
