/*
What is particular about Ionworks, against the embedded server and against answers that no document rules out.
*/

import assert from 'node:assert/strict';
import {type TestContext, test} from 'node:test';
import {type IonworksOptions, ionworks, ionworksUrl} from '../../../source/backends/ionworks/index.ts';
import {readRecord} from '../../../source/backends/ionworks/wire.ts';
import {type Answer, type FaultHandler, faultHandler, json, send} from '../../../source/demo/faults.ts';
import {
	type IonworksServerOptions,
	ionworksTypes,
	startIonworksServer,
} from '../../../source/demo/ionworks-server.ts';
import {createScenario} from '../../../source/demo/scenario.ts';
import {createWorld} from '../../../source/demo/world.ts';
import type {Job} from '../../../source/job/job.ts';
import {targetOf} from '../../../source/job/target.ts';
import {failsAs, readAll} from '../../helpers/backend.ts';
import {openEngine, temporaryDirectory} from '../../helpers/engine.ts';
import {fc} from '../../helpers/fast-check.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';

const key = 'iwk_for-these-tests';
const {signal} = new AbortController();
const datafit = {name: 'datafit', process: 'datafit'};

type Settings = Partial<Pick<IonworksServerOptions, 'toEnded' | 'organization'>> & {
	readonly options?: Partial<IonworksOptions>;
	readonly jobs?: number;
};

/** An embedded Ionworks and a backend before it. */
const open = async (t: TestContext, {options, jobs = 0, ...settings}: Settings = {}) => {
	const time = createManualClock();
	const scenario = createScenario({seed: 'ionworks', jobs, processes: ionworksTypes});
	const world = createWorld({scenario, clock: time.clock});
	const server = await startIonworksServer({world, clock: time.clock, seed: 'test', key, ...settings});
	const backend = ionworks.connect('i', {
		url: server.url,
		headers: () => ({'X-API-Key': key}),
		pageSize: 3,
		...options,
	});
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

/** Answers the body of the server's own answer, changed. */
const changed =
	(change: (body: {jobs: Record<string, unknown>[]; total: number}) => unknown): FaultHandler =>
	async (response, work) => {
		const {status, body} = await work();
		send(response, json(status, change(JSON.parse(body))));
	};

const record = (more: Record<string, unknown>): Job => {
	const read = readRecord({job_id: 'j1', job_type: 'datafit', ...more}, 'i');
	assert.ok(read);
	return read.job;
};

test('Ionworks is at its public address unless somebody says otherwise', () => {
	assert.equal(new URL(ionworksUrl).origin, ionworksUrl);
});

test('an envelope of any of the four forms is a list', async t => {
	const {server, listPage} = await open(t);
	const ids = [1, 2, 3].map(() => server.add('running', datafit)).sort();
	const envelopes: readonly ((jobs: unknown[]) => unknown)[] = [
		jobs => jobs,
		jobs => ({jobs, total: 3}),
		jobs => ({items: jobs, count: 3, total: 3}),
		jobs => ({data: jobs, count: 3}),
	];
	for (const envelope of envelopes) {
		server.setFault(changed(({jobs}) => envelope(jobs)));
		const {jobs} = await listPage({everyone: true, ended: true, signal});
		assert.deepEqual(jobs.map(({id}) => id).sort(), ids);
	}
});

for (const [what, envelope] of [
	['a total', (jobs: unknown[], total: number) => ({jobs, total})],
	['a count of all jobs', (items: unknown[], count: number) => ({items, count})],
	['a count of the page', (items: unknown[]) => ({items, count: items.length})],
	['nothing', (jobs: unknown[]) => jobs],
] as const) {
	test(`a list that says ${what} about its length is read to its end`, async t => {
		const {server, backend} = await open(t);
		const ids = Array.from({length: 8}, () => server.add('running', datafit)).sort();
		server.setFault(changed(({jobs, total}) => envelope(jobs, total)));
		const {jobs, whole} = await readAll(backend);
		assert.deepEqual([...jobs.keys()].sort(), ids);
		assert.equal(whole, true);
	});
}

test('the first page is asked for without an offset', async t => {
	const {server, backend} = await open(t);
	for (let n = 0; n < 4; n++) server.add('running', datafit);
	await readAll(backend);
	assert.deepEqual(
		server.requests().map(({path}) => path),
		['/jobs?limit=3', '/jobs?limit=3&offset=3'],
	);
});

test('a server that gives the first page for ever is read twice, and its list counts as a part', async t => {
	const {server, backend} = await open(t);
	for (let n = 0; n < 9; n++) server.add('running', datafit);
	let first: string | undefined;
	server.setFault(async (response, work) => {
		const {body} = await work();
		first ??= body;
		send(response, json(200, JSON.parse(first)));
	});
	const {jobs, whole, pages} = await readAll(backend);
	assert.equal(jobs.size, 3);
	assert.equal(pages.length, 2);
	assert.equal(whole, false);
});

test('a list that becomes shorter while it is read counts as a part', async t => {
	const {server, listPage} = await open(t);
	for (let n = 0; n < 6; n++) server.add('running', datafit);
	const {cursor} = await listPage({everyone: true, ended: true, signal});
	assert.ok(cursor);
	server.setFault(changed(({jobs}) => ({jobs, total: 5})));
	assert.equal((await listPage({everyone: true, ended: true, signal, cursor})).covers, 'part');
});

test('of a long list only the live jobs are read on, whatever lies behind them', async t => {
	const {server, backend} = await open(t);
	const live = [server.add('queued', datafit), server.add('running', datafit)];
	for (let n = 0; n < 30; n++) server.add('succeeded', datafit);
	const {jobs, whole} = await readAll(backend, {ended: false});
	assert.deepEqual([...jobs.keys()].sort(), live.sort());
	assert.equal(whole, true);
	assert.equal(server.count(), 4);
});

test('a short list of live jobs costs one request, and keeps a word that nobody knows', async t => {
	const {server, backend} = await open(t);
	const id = server.add('running', datafit);
	server.distort(id, job => ({...job, status: 'rebalancing'}));
	const {jobs} = await readAll(backend, {ended: false});
	assert.equal(jobs.get(id)?.phase, 'unknown');
	assert.equal(server.count(), 1);
});

for (const [what, answer] of [
	['refuses', json(422, {detail: [{loc: ['query', 'status'], msg: 'Extra input', type: 'extra_forbidden'}]})],
	['ignores', json(200, {jobs: [{job_id: 'j1', status: 'completed', is_terminal: true}], total: 6})],
] as const) {
	test(`a server that ${what} the status is read whole, and never asked that way again`, async t => {
		const {server, backend} = await open(t);
		const live = server.add('running', datafit);
		for (let n = 0; n < 5; n++) server.add('succeeded', datafit);
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

test('the flag of the server decides about an end, whatever the word', () => {
	fc.assert(
		fc.property(
			fc.oneof(
				fc.constantFrom('pending', 'processing', 'waiting', 'completed', 'failed', 'canceled'),
				fc.string(),
			),
			fc.option(fc.boolean(), {nil: undefined}),
			fc.boolean(),
			(status, flag, failed) => {
				const job = record({status, is_failed: failed, ...(flag !== undefined && {is_terminal: flag})});
				if (flag !== undefined) assert.equal(job.terminal, flag);
				// A phase that says another thing than the flag is never shown.
				const ends = ['succeeded', 'partial', 'failed', 'cancelled'].includes(job.phase);
				if (job.phase !== 'unknown') assert.equal(ends, job.terminal);
			},
		),
	);
});

test('a new word for an end is one as far as the flags go, and a failed one has an error', () => {
	const ended = record({status: 'evicted', is_terminal: true, is_failed: true, error: 'no room'});
	assert.deepEqual([ended.phase, ended.terminal], ['unknown', true]);
	assert.deepEqual(ended.error, {kind: 'evicted', message: 'no room'});
	const archived = record({status: 'archived', is_terminal: true, is_failed: false});
	assert.deepEqual([archived.phase, archived.terminal, archived.error], ['succeeded', true, undefined]);
});

test('where a flag contradicts a word that is known, nobody knows how the job stands', () => {
	for (const wire of [
		{status: 'completed', is_terminal: true, is_failed: true},
		{status: 'canceled', is_terminal: true, is_failed: false},
		{status: 'failed', is_terminal: true, is_failed: false},
		{status: 'processing', is_terminal: true, is_failed: false},
		{status: 'completed', is_terminal: false, is_failed: false},
	]) {
		const job = record(wire);
		assert.deepEqual([job.phase, job.terminal], ['unknown', wire.is_terminal], JSON.stringify(wire));
	}
});

test('a cancelled job is no failed one, though the server counts it so', () => {
	for (const status of ['canceled', 'cancelled', 'CANCELLED']) {
		const job = record({status, is_terminal: true, is_failed: true});
		assert.deepEqual([job.phase, job.terminal, job.error], ['cancelled', true, undefined]);
	}
});

test('a failed job shows its error code and its error', () => {
	const {error} = record({
		status: 'failed',
		error_code: 'EXECUTION_TIMEOUT',
		error: 'took\u001b[2J too long',
	});
	assert.deepEqual(error, {kind: 'EXECUTION_TIMEOUT', message: 'took too long'});
});

test('times without a zone are UTC', () => {
	const {createdAt} = record({status: 'pending', created_at: '2026-08-20T10:00:00'});
	assert.equal(createdAt, Date.UTC(2026, 7, 20, 10));
});

test('a job that waits for its children shows how many of them have ended', async t => {
	const {server, backend, get} = await open(t);
	const parent = server.add('running', {name: 'optimize', process: 'optimize'});
	const simulate = {name: 'simulate', process: 'simulate'};
	server.add('succeeded', simulate);
	const child = server.add('running', simulate);
	const {jobs} = await readAll(backend);
	assert.equal(jobs.get(parent)?.status, 'waiting');
	assert.equal(jobs.get(parent)?.phase, 'running');
	assert.deepEqual(jobs.get(parent)?.progress, {done: 1, total: 2});
	const {fields} = await get(child, {signal});
	assert.deepEqual(
		fields.find(([label]) => label === 'Parent job'),
		['Parent job', parent],
	);
	assert.equal(jobs.get(child)?.parent, `i/${parent}`);
	assert.equal(jobs.get(parent)?.parent, undefined);
});

test('a look at a job that waits, or has ended, finds its children in the list', async t => {
	const {server, get} = await open(t);
	const parent = server.add('running', {name: 'optimize', process: 'optimize'});
	const simulate = {name: 'simulate', process: 'simulate'};
	const failed = server.add('failed', simulate);
	const child = server.add('running', simulate);
	for (let n = 0; n < 4; n++) server.add('running', datafit);
	const {job, children} = await get(parent, {signal});
	assert.deepEqual(job.progress, {done: 1, total: 2});
	assert.deepEqual(
		children?.map(({ref, phase, status, error}) => [ref, phase, status, error]),
		[
			[`i/${child}`, 'running', 'processing', undefined],
			[
				`i/${failed}`,
				'failed',
				'failed',
				'EXECUTION_TIMEOUT: The solver found no solution for the second discharge.',
			],
		],
	);
	// A job that neither waits nor has ended costs one request.
	const before = server.count();
	assert.equal((await get(child, {signal})).children, undefined);
	assert.equal(server.count(), before + 1);
});

test('a look is good without its children where the list cannot be had, and stops when it is aborted', async t => {
	const {server, get} = await open(t);
	const id = server.add('succeeded', datafit);
	const failing =
		(fault: FaultHandler): FaultHandler =>
		(response, work) =>
			server.requests().at(-1)?.path === `/jobs/${id}`
				? work().then(answer => send(response, answer))
				: fault(response, work);
	server.setFault(failing(faultHandler('broken')));
	assert.equal((await get(id, {signal})).job.phase, 'succeeded');
	const stopping = new AbortController();
	const reason = new Error('changed my mind');
	server.setFault(failing(() => stopping.abort(reason)));
	await assert.rejects(get(id, {signal: stopping.signal}), error => error === reason);
});

test('of many jobs only the first pages are looked through for children, and the look says so', async t => {
	const {server, get} = await open(t);
	const parent = server.add('running', {name: 'optimize', process: 'optimize'});
	server.add('running', {name: 'simulate', process: 'simulate'});
	for (let n = 0; n < 12; n++) server.add('running', datafit);
	assert.equal(
		(await get(parent, {signal})).fields.some(([label]) => label === 'Children'),
		false,
	);
	for (let n = 0; n < 12; n++) server.add('running', datafit);
	const before = server.count();
	const {children, job, fields} = await get(parent, {signal});
	assert.equal(server.count(), before + 6);
	// They are older than what was looked through.
	assert.deepEqual([children, job.progress], [undefined, undefined]);
	assert.match(new Map(fields).get('Children') ?? '', /older jobs/);
});

test("a job that is its own parent is nobody's child", () => {
	assert.equal(record({status: 'waiting', parent_job_id: 'j1'}).parent, undefined);
	assert.equal(record({status: 'waiting', parent_job_id: 'j\u001b[2J'}).parent, undefined);
	assert.equal(record({status: 'waiting', parent_job_id: 'j0'}).parent, 'i/j0');
});

test('results come from the job and from its metadata, which most jobs lack', async t => {
	const {server, results} = await open(t);
	const fit = server.add('succeeded', datafit);
	const simulation = server.add('succeeded', {name: 'simulate', process: 'simulate'});
	const cancelled = server.add('queued', datafit);
	assert.deepEqual(await results(cancelled, {signal}), []);
	assert.deepEqual(await results(simulation, {signal}), [
		{name: 'result/final_voltage', value: '3.021'},
		{name: 'result/cycles', value: '1'},
	]);
	const left = new Map((await results(fit, {signal})).map(result => [result.name, result]));
	assert.deepEqual(
		[...left.keys()],
		['result/cost', 'result/parameters', 'metadata/intermediate_results', 'metadata/validation_results'],
	);
	assert.equal(left.get('metadata/intermediate_results')?.kind, '100 entries');
	assert.match(left.get('metadata/validation_results')?.value ?? '', /"rmse": 0.0042/);
	await failsAs(results('2f6f2b5c-6b3c-4a3e-9d3a-0f6d8d5d9a11', {signal}), 'not-found');
});

test('a large blob is shown by its size, and a signed address is hidden', async t => {
	const {server, results, get} = await open(t);
	const id = server.add('succeeded', datafit);
	const signed = 'https://store.example.org/a/trace.json?X-Amz-Signature=abcdef0123';
	server.distort(id, job => ({
		...job,
		result: {signed, open: 'https://example.org/report?page=2', text: 'a\u001b[2Jb', deep: {at: [signed]}},
	}));
	server.setFault(async (response, work) => {
		const metadata = server.requests().at(-1)?.path.endsWith('/metadata') === true;
		send(response, metadata ? json(200, {trace: 'x'.repeat(70_000)}) : await work());
	});
	const left = await results(id, {signal});
	assert.deepEqual(left.slice(0, 3), [
		{name: 'result/signed', value: 'https://store.example.org/a/trace.json'},
		{name: 'result/open', url: 'https://example.org/report?page=2'},
		{name: 'result/text', value: 'ab'},
	]);
	assert.deepEqual(left.at(-1), {name: 'metadata/trace', size: 70_000});
	const {raw} = await get(id, {signal});
	assert.doesNotMatch(`${raw}${JSON.stringify(left)}`, /abcdef0123/);
	assert.match(raw, /store\.example\.org\/a\/trace\.json"/);
});

test('children are not counted from a part of the list', async t => {
	const {server, backend} = await open(t);
	const parent = server.add('running', {name: 'optimize', process: 'optimize'});
	for (let n = 0; n < 4; n++) server.add('running', {name: 'simulate', process: 'simulate'});
	const {jobs} = await readAll(backend);
	assert.equal(jobs.get(parent)?.progress, undefined);
});

test('a look shows the times of all events, without the secrets of a callback', async t => {
	const {server, get} = await open(t);
	const id = server.add('failed', datafit);
	server.distort(id, job => ({...job, callback_url: 'https://me:secret@example.org/hook?token=secret'}));
	const {fields, timeline, raw} = await get(id, {signal});
	assert.deepEqual(new Map(fields).get('Callback'), 'https://example.org/hook');
	assert.match(new Map(fields).get('Correlation id') ?? '', /^[\da-f-]{36}$/);
	assert.equal(new Map(fields).get('Error code'), 'EXECUTION_TIMEOUT');
	assert.doesNotMatch(raw, /secret/);
	assert.deepEqual(
		timeline.map(({what}) => what),
		['created', 'started', 'failed'],
	);
});

test('an answer to a cancel is believed as far as the job in it goes', async t => {
	const {server, cancel, time} = await open(t);
	const answers = [
		['canceled', {is_terminal: true, is_failed: true}, 'done'],
		['cancelled', {}, 'done'],
		['canceled', {is_terminal: false}, 'accepted'],
		['processing', {is_terminal: false}, 'accepted'],
		['canceling', {is_terminal: false}, 'accepted'],
		['completed', {is_terminal: true}, 'too-late'],
		['failed', {is_terminal: true, is_failed: true}, 'too-late'],
		['evicted', {is_terminal: true, is_failed: true}, 'too-late'],
		['processing', {is_terminal: true}, 'too-late'],
	] as const;
	for (const [status, flags, kind] of answers) {
		const id = server.add('running', datafit);
		const now = new Date(time.clock.now());
		const job = {job_id: id, status, completed_at: now.toISOString(), ...flags};
		server.failNext(saying(json(200, job, {date: now.toUTCString()})));
		assert.equal((await cancel(id, {signal})).kind, kind, `${status} ${JSON.stringify(flags)}`);
	}
});

test('a 2xx without a job promises, and proves nothing', async t => {
	const {server, cancel} = await open(t);
	const id = server.add('running', datafit);
	for (const answer of [
		json(200, null),
		json(200, {ok: true}),
		json(202, {}),
		{status: 204, headers: {}, body: ''},
	]) {
		server.failNext(saying(answer));
		assert.deepEqual(await cancel(id, {signal}), {kind: 'accepted'});
	}
});

test('an answer about another job is refused', async t => {
	const {server, get, cancel} = await open(t);
	const id = server.add('running', datafit);
	const other = saying(json(200, {job_id: 'other', status: 'canceled', is_terminal: true}));
	server.failNext(other, 2);
	await failsAs(cancel(id, {signal}), 'malformed', /other/);
	await failsAs(get(id, {signal}), 'malformed', /other/);
});

test('a job that had been cancelled long before the request is already cancelled', async t => {
	const {server, cancel, time} = await open(t);
	const id = server.add('cancelled', datafit);
	await time.advance(180_000);
	assert.equal((await cancel(id, {signal})).kind, 'already');
});

for (const [toEnded, kind] of [
	[400, 'rejected'],
	[409, 'conflict'],
] as const) {
	test(`a ${toEnded} to the cancel of an ended job leaves the word to a look`, async t => {
		const {server, cancel} = await open(t, {toEnded});
		const id = server.add('succeeded', datafit);
		await failsAs(cancel(id, {signal}), kind, /already ended/);
		assert.equal(server.job(id)?.phase, 'succeeded');
	});
}

test('a retired endpoint is quoted in its own words', async t => {
	const {server, cancel} = await open(t);
	const id = server.add('running', datafit);
	server.failNext(saying(json(410, {detail: 'Use POST /runs instead'})));
	await failsAs(cancel(id, {signal}), 'not-found', /^Use POST \/runs instead \(410 Gone\)/);
});

test('a failure names its code and the number under which the server keeps it', async t => {
	const {get} = await open(t);
	const unknown = get('2f6f2b5c-6b3c-4a3e-9d3a-0f6d8d5d9a11', {signal});
	await failsAs(unknown, 'not-found', /not found \(404 Not Found, NOT_FOUND, correlation id [\da-f-]{36}\)$/);
});

test('an id of another form is not found, and the complaint can be read', async t => {
	const {get, cancel} = await open(t);
	const words = /^path\.job_id: Input should be a valid UUID \(422/;
	await failsAs(get('job 17', {signal}), 'not-found', words);
	await failsAs(cancel('job 17', {signal}), 'not-found', words);
});

test('a limit that the server does not take is its complaint, readable', async t => {
	const {listPage} = await open(t, {options: {pageSize: 5000}});
	const words = /^query\.limit: Input should be at most 100 \(422/;
	await failsAs(listPage({everyone: true, ended: true, signal}), 'rejected', words);
});

test('a key goes out as a key or as a bearer token, and a wrong one is unauthorized', async t => {
	const request = {everyone: true, ended: true, signal};
	const bearer = await open(t, {options: {headers: () => ({authorization: `Bearer ${key}`})}});
	assert.deepEqual((await bearer.listPage(request)).jobs, []);
	const wrong = await open(t, {options: {headers: () => ({'X-API-Key': 'iwk_other'})}});
	await failsAs(wrong.listPage(request), 'unauthorized', /API key/);
});

test('an organization that is not ours is forbidden', async t => {
	const headers = () => ({'X-API-Key': key, 'X-Organization-Id': 'org_b'});
	const {listPage} = await open(t, {organization: 'org_a', options: {headers}});
	await failsAs(listPage({everyone: true, ended: true, signal}), 'forbidden', /organization/);
});

test('a redirect within the same server is followed, with the key; a cancel only where its method may stay', async t => {
	const {server, listPage, cancel} = await open(t);
	const id = server.add('running', datafit);
	server.failNext(saying({status: 307, headers: {location: '/jobs/?limit=3'}, body: ''}));
	assert.equal((await listPage({everyone: true, ended: true, signal})).jobs.length, 1);
	server.failNext(saying({status: 302, headers: {location: `/jobs/${id}/cancel`}, body: ''}));
	await failsAs(cancel(id, {signal}), 'malformed');
	assert.equal(server.job(id)?.phase, 'running');
	server.failNext(saying({status: 307, headers: {location: `/jobs/${id}/cancel`}, body: ''}));
	await cancel(id, {signal});
	assert.notEqual(server.job(id)?.phase, 'running');
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
		'look',
		'results',
		'system',
	]);
});

test('a demo of mixed jobs is read whole', async t => {
	const {server, backend} = await open(t, {jobs: 60, options: {pageSize: 25}});
	const {jobs, pages, whole} = await readAll(backend);
	assert.equal(jobs.size, server.ids().length);
	assert.equal(whole, true);
	assert.ok(pages.every(({unreadable}) => unreadable === 0));
	assert.ok([...jobs.values()].every(({phase}) => phase !== 'unknown'));
});

for (const [quirk, outcome] of [
	[undefined, 'cancelled'],
	['stubborn', 'cancelled'],
	['late-write', 'finished-first'],
	['ends-when-looked-at', 'finished-first'],
] as const) {
	test(`the cancellation of a job ${quirk ? `that is ${quirk} ` : ''}is followed until it is ${outcome}`, async t => {
		const far = await open(t);
		const id = far.server.add('running', {...datafit, ...(quirk && {quirk})});
		const connection = {profile: 'i', traits: ionworks.traits, backend: far.backend};
		const {engine, listed, settled} = openEngine(t, far, temporaryDirectory(t), {connection});
		engine.start();
		await engine.cancel([targetOf(await listed(id))]);
		assert.equal((await settled(id))?.kind, outcome);
		assert.equal(far.server.job(id)?.phase, outcome === 'cancelled' ? 'cancelled' : 'succeeded');
	});
}

for (const fault of ['lost-answer', 'cut-off', 'half-body', 'reset', 'login-page', 'broken'] as const) {
	test(`a cancel that meets a ${fault} ends in the truth`, async t => {
		const far = await open(t);
		const id = far.server.add('running', datafit);
		const connection = {profile: 'i', traits: ionworks.traits, backend: far.backend};
		const {engine, listed, settled} = openEngine(t, far, temporaryDirectory(t), {connection});
		engine.start();
		const target = targetOf(await listed(id));
		let cancels = 0;
		far.server.setFault(async (response, work) => {
			const posted = far.server.requests().at(-1)?.method === 'POST';
			if (posted && ++cancels === 1) return faultHandler(fault)(response, work);
			send(response, await work());
		});
		await engine.cancel([target]);
		const kind = (await settled(id))?.kind;
		assert.equal(kind, 'cancelled');
		assert.equal(far.server.job(id)?.phase, 'cancelled');
	});
}
