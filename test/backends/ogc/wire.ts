/*
What the backend for any server of OGC API - Processes makes of lists that go on in different ways, of the answers of pygeoapi, and of servers that lead elsewhere.
*/

import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {type TestContext, test} from 'node:test';
import type {Backend, ListPage} from '../../../source/backends/backend.ts';
import {ogc} from '../../../source/backends/ogc/index.ts';
import type {FailureKind} from '../../../source/job/failure.ts';
import {targetOf} from '../../../source/job/target.ts';
import {openOgc} from '../../fakes/ogc.ts';
import {answer, type CannedAnswer, startAnswering} from '../../helpers/answering-server.ts';
import {failsAs} from '../../helpers/backend.ts';
import {openEngine, temporaryDirectory} from '../../helpers/engine.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';

const {signal} = new AbortController();

const backendFor = (t: TestContext, url: string) => {
	const backend = ogc.connect('far', {
		url,
		pageSize: 2,
		headers: () => ({authorization: 'Bearer tell-nobody'}),
	});
	t.after(() => backend.close?.());
	const {get, cancel, delete: remove, results} = backend;
	assert.ok(get && cancel && remove && results);
	return {listPage: backend.listPage, get, cancel, remove, results, methods: Object.keys(backend)};
};

const answeredWith = async (t: TestContext, ...answers: readonly CannedAnswer[]) => {
	const {asked, url} = await startAnswering(t, answers);
	return {...backendFor(t, url), asked};
};

type Page = Readonly<Record<string, unknown>>;

/** Reads to the end. A list that does not end fails the test. */
const readAll = async (listPage: Backend['listPage']) => {
	const ids: string[] = [];
	let covers: ListPage['covers'] = 'everything';
	let cursor: string | undefined;
	for (let page = 0; page < 100; page += 1) {
		const read: ListPage = await listPage({
			everyone: true,
			ended: true,
			signal,
			...(cursor !== undefined && {cursor}),
		});
		ids.push(...read.jobs.map(job => job.id));
		if (read.covers === 'part') covers = 'part';
		cursor = read.cursor;
		if (cursor === undefined) return {ids, covers};
	}
	return assert.fail('the list does not end');
};

/** A server with a list of its own making. */
const startList = async (t: TestContext, list: (query: URLSearchParams, origin: string) => Page) => {
	const asked: string[] = [];
	const server = createServer((request, response) => {
		asked.push(request.url ?? '');
		const origin = `http://${request.headers.host}`;
		const {searchParams} = new URL(request.url ?? '/', origin);
		response
			.writeHead(200, {'content-type': 'application/json'})
			.end(JSON.stringify(list(searchParams, origin)));
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {...backendFor(t, url), asked};
};

const job = (jobID: string, status = 'running') => ({jobID, status, type: 'process', processID: 'p'});
const five = ['a', 'b', 'c', 'd', 'e'].map(id => job(id));
const next = (href: string) => ({rel: 'next', href});
const numbers = (query: URLSearchParams, name: string, otherwise: number) =>
	Number(query.get(name) ?? otherwise);

const lists: Readonly<Record<string, (query: URLSearchParams, origin: string) => Page>> = {
	'links to each next page by its offset': (query, origin) => {
		const offset = numbers(query, 'offset', 0);
		const links = offset + 2 < 5 ? [next(`${origin}/jobs?limit=2&offset=${offset + 2}`)] : [];
		return {jobs: five.slice(offset, offset + 2), links};
	},
	'links to a last page with nothing on it': (query, origin) => {
		const offset = numbers(query, 'offset', 0);
		return {
			jobs: five.slice(offset, offset + 2),
			links: offset < 5 ? [next(`${origin}/jobs?offset=${offset + 2}`)] : [],
		};
	},
	'links with a token, and without an origin': query => {
		const at = numbers(query, 'token', 0);
		return {jobs: five.slice(at, at + 2), links: at + 2 < 5 ? [next(`/jobs?token=${at + 2}`)] : []};
	},
	'does not know its own public address': query => {
		const offset = numbers(query, 'offset', 0);
		const links = offset + 2 < 5 ? [next(`http://internal.invalid:5000/jobs?offset=${offset + 2}`)] : [];
		return {jobs: five.slice(offset, offset + 2), links};
	},
	'says how many there are, and links nowhere': query => {
		const offset = numbers(query, 'offset', 0);
		return {jobs: five.slice(offset, offset + numbers(query, 'limit', 10)), numberMatched: 5};
	},
	'counts its pages, and links nowhere': query => {
		const page = numbers(query, 'page', 0);
		return {jobs: five.slice(page * 2, page * 2 + 2), page, total: 5};
	},
	'says nothing of its pages': query => {
		const offset = numbers(query, 'offset', 0);
		return {jobs: five.slice(offset, offset + 2)};
	},
};
for (const [what, list] of Object.entries(lists)) {
	test(`a list that ${what} is read to its end`, async t => {
		const {listPage} = await startList(t, list);
		assert.deepEqual(await readAll(listPage), {ids: ['a', 'b', 'c', 'd', 'e'], covers: 'everything'});
	});
}

const circles: Readonly<Record<string, (query: URLSearchParams, origin: string) => Page>> = {
	'links to itself': (query, origin) => ({jobs: five.slice(0, 2), links: [next(`${origin}/jobs?${query}`)]}),
	'links round': (query, origin) => {
		const at = numbers(query, 'at', 0);
		return {jobs: [five[at]], links: [next(`${origin}/jobs?at=${at === 4 ? 2 : at + 1}`)]};
	},
	'gives the same page for every offset': (query, origin) => ({
		jobs: five.slice(0, 2),
		links: [next(`${origin}/jobs?offset=${numbers(query, 'offset', 0) + 2}`)],
	}),
	'has more than it gives': () => ({jobs: five.slice(0, 2), numberMatched: 5}),
	'goes on at another kind of place': (query, origin) => ({
		jobs: query.has('next') ? [job('z')] : five.slice(0, 2),
		links: query.has('next') ? [] : [next(`${origin}/login?next=2`)],
	}),
	'links to itself, with nothing on its pages that can be read': (query, origin) => ({
		jobs: [17],
		links: [next(`${origin}/jobs?${query}`)],
	}),
	'ends before all that it counted': query => ({
		jobs: query.has('offset') ? [] : five.slice(0, 2),
		numberMatched: 5,
	}),
};
for (const [what, list] of Object.entries(circles)) {
	test(`a list that ${what} ends, and is not called whole`, async t => {
		const {listPage, asked} = await startList(t, list);
		const {ids, covers} = await readAll(listPage);
		assert.equal(covers, 'part');
		assert.ok(!ids.includes('z'), String(ids));
		assert.ok(asked.length <= 12, `${asked.length} requests`);
	});
}

test('a link to another place is never followed there', async t => {
	const other: string[] = [];
	const elsewhere = createServer((request, response) => {
		other.push(request.url ?? '');
		response.end('{}');
	});
	await new Promise<void>(resolve => elsewhere.listen(0, '127.0.0.1', resolve));
	t.after(() => elsewhere.close());
	const {port} = elsewhere.address() as AddressInfo;
	for (const href of [`http://127.0.0.1:${port}/jobs?offset=2`, `//127.0.0.1:${port}/jobs?offset=2`]) {
		const {listPage, asked} = await startList(t, query => ({
			jobs: query.has('offset') ? [job('c')] : five.slice(0, 2),
			links: query.has('offset') ? [] : [next(href)],
		}));
		assert.deepEqual((await readAll(listPage)).ids, ['a', 'b', 'c']);
		assert.deepEqual(asked, ['/jobs?limit=2', '/jobs?offset=2']);
	}
	assert.deepEqual(other, []);
});

test('a list that changed its length between two pages was not all of it', async t => {
	let total = 6;
	const {listPage} = await startList(t, query => {
		const offset = numbers(query, 'offset', 0);
		total -= 1;
		return {jobs: five.slice(offset, offset + 2), numberMatched: total};
	});
	assert.equal((await readAll(listPage)).covers, 'part');
});

test('a server that refuses the length of a page chooses it itself, from then on', async t => {
	const refusal = answer(400, {code: 'InvalidParameterValue', description: 'Limit of 1 exceeded'});
	const {listPage, asked} = await answeredWith(t, refusal, answer(200, {jobs: [job('a')], links: []}));
	for (let time = 0; time < 2; time += 1) {
		assert.deepEqual(await readAll(listPage), {ids: ['a'], covers: 'everything'});
	}
	assert.deepEqual(asked, ['GET /jobs?limit=2', 'GET /jobs', 'GET /jobs']);
	const other = await answeredWith(t, answer(400, {description: 'no'}));
	await failsAs(other.listPage({everyone: true, ended: true, signal}), 'rejected', /no/);
	assert.equal(other.asked.length, 1);
});

const dismissal = {jobID: 'a', status: 'dismissed', message: 'Job dismissed', progress: 100};

test('JSON that calls itself a page is read, and a page is not', async t => {
	const odd = {...answer(200, dismissal), type: 'text/html; charset=utf-8'};
	const {cancel} = await answeredWith(t, odd);
	assert.deepEqual(await cancel('a', {signal}), {kind: 'done', detail: 'Job dismissed'});
	const page = {status: 200, type: 'text/html', body: '<!DOCTYPE html><html><title>Sign in</title></html>'};
	const walled = await answeredWith(t, page);
	await failsAs(walled.cancel('a', {signal}), 'malformed', /web page \(Sign in\)/);
	await failsAs(walled.get('a', {signal}), 'malformed', /web page/);
	await failsAs(walled.results('a', {signal}), 'malformed', /web page/);
	await failsAs(walled.listPage({everyone: true, ended: true, signal}), 'malformed', /web page/);
});

test('a server without the dismiss class says so', async t => {
	for (const code of [405, 501]) {
		const {cancel} = await answeredWith(t, answer(code, {}));
		await failsAs(cancel('a', {signal}), 'rejected', new RegExp(`cannot dismiss jobs \\(${code}\\)`));
	}
});

test('a failed job shows the reason, and a waiting job is not called running', async t => {
	const times = {created: '2026-11-22T06:55:40.105592Z', started: '2026-11-22T06:55:40.105687Z'};
	const message = 'InvalidParameterValue: Error executing process: Cannot run process without echo value';
	const ended = {finished: '2026-11-22T06:55:40.110425Z', updated: '2026-11-22T06:55:40.110453Z'};
	const {get} = await answeredWith(
		t,
		answer(200, {...job('a', 'failed'), ...times, ...ended, message, progress: 5}),
		answer(200, {...job('a', 'accepted'), ...times, message: 'Job accepted', progress: 5}),
	);
	const failed = await get('a', {signal});
	assert.deepEqual([failed.job.backend, failed.job.phase], ['ogc', 'failed']);
	assert.deepEqual(failed.job.error, {kind: 'failed', message});
	assert.deepEqual(
		failed.timeline.map(({what}) => what),
		['created', 'started', 'finished'],
	);
	const waiting = await get('a', {signal});
	assert.deepEqual([waiting.job.phase, waiting.job.terminal], ['queued', false]);
	assert.deepEqual(waiting.job.progress, {percent: 5});
});

const documents: readonly (readonly [what: string, answer: CannedAnswer, expected: readonly unknown[]])[] = [
	[
		'one output by its name',
		answer(200, {id: 'echoOutput', value: 'Echo'}),
		[{name: 'echoOutput', value: 'Echo'}],
	],
	[
		'a list within a document',
		answer(200, {outputs: [{id: 'echo', value: 'Hello'}]}),
		[{name: 'echo', value: 'Hello'}],
	],
	[
		'a document of the standard',
		answer(200, {n: 3, map: {href: 'https://example.org/map.png', type: 'image/png'}, id: 'x'}),
		[
			{name: 'n', value: '3'},
			{name: 'map', url: 'https://example.org/map.png', kind: 'image/png'},
			{name: 'id', value: 'x'},
		],
	],
	[
		'the text itself',
		{status: 200, type: 'text/csv', body: 'a,b\n1,2'},
		[{name: 'result', value: 'a,b\n1,2', kind: 'text/csv'}],
	],
	['an image', {status: 200, type: 'image/png', body: '\u0089PNG'}, [{name: 'result', kind: 'image/png'}]],
	['nothing', {status: 204, body: ''}, []],
];
for (const [what, given, expected] of documents) {
	test(`results that are ${what} are read`, async t => {
		const {results, asked} = await answeredWith(t, given);
		assert.deepEqual(await results('a', {signal}), expected);
		assert.deepEqual(asked, ['GET /jobs/a/results']);
	});
}

const problem = (status: number, code: string, description: string) =>
	answer(status, {code, type: code, description});
const noResults: readonly (readonly [answer: CannedAnswer, kind: FailureKind, words: RegExp])[] = [
	[problem(404, 'ResultNotReady', 'job accepted but not yet running'), 'conflict', /no results yet/],
	[
		answer(403, {
			type: 'http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/result-not-ready',
			title: 'Not ready',
			detail: 'job is running',
		}),
		'conflict',
		/no results yet/,
	],
	[problem(400, 'InvalidParameterValue', 'job failed'), 'conflict', /a failed job has no results/],
	[problem(404, 'NoSuchJob', 'a'), 'not-found', /404/],
	[problem(410, 'Gone', 'a'), 'not-found', /removed/],
	[problem(400, 'InvalidParameterValue', 'bad f'), 'rejected', /bad f/],
];
for (const [given, kind, words] of noResults) {
	test(`results that are answered with ${given.status} ${given.body} are ${kind}`, async t => {
		const {results} = await answeredWith(t, given);
		await failsAs(results('a', {signal}), kind, words);
	});
}

test('a server that lists bare ids is asked for more of its jobs, on every page', async t => {
	const {listPage, asked} = await startList(t, query => {
		const page = Number(query.get('page') ?? 0);
		const ids = ['a', 'b', 'c'].slice(page * 2, page * 2 + 2);
		const jobs = query.get('detail') === 'true' ? ids.map(jobID => ({jobID, status: 'running'})) : ids;
		return {jobs, page, limit: 2, total: 3};
	});
	const first = await listPage({everyone: true, ended: true, signal});
	assert.deepEqual(
		first.jobs.map(({id, phase}) => [id, phase]),
		[
			['a', 'running'],
			['b', 'running'],
		],
	);
	assert.ok(first.cursor);
	const second = await listPage({everyone: true, ended: true, signal, cursor: first.cursor});
	assert.deepEqual(
		second.jobs.map(({id, phase}) => [id, phase]),
		[['c', 'running']],
	);
	assert.deepEqual(asked, ['/jobs?limit=2', '/jobs?limit=2&detail=true', '/jobs?limit=2&page=1&detail=true']);
});

test('there are no logs, and no key for them', async t => {
	const {methods} = await answeredWith(t, answer(200, {}));
	assert.equal(methods.includes('logs') || methods.includes('listen'), false);
});

test('a job that is cancelled where records go is removed, with what that leaves open', async t => {
	const remote = await openOgc();
	t.after(remote.close);
	const id = remote.idFor(1);
	await remote.add(id, 'running');
	await remote.add(remote.idFor(2), 'running');
	const far = {server: {url: ''}, time: createManualClock()};
	const {connection} = remote;
	const {engine, settled, until, listed, refTo} = openEngine(t, far, temporaryDirectory(t), {connection});
	engine.start();
	await engine.cancel([targetOf(await listed(id))]);
	assert.deepEqual(await settled(id), {kind: 'removed', detail: 'the process may still run'});
	assert.equal((await connection.backend.get?.(remote.idFor(2), {signal}))?.job.phase, 'running');
	// What had ended before the check is left as it is.
	await remote.add(id, 'succeeded');
	await engine.cancel([{ref: refTo(id), name: 'echo', phase: 'running', status: 'running'}]);
	await until('the second one is told', ({cancellations}) => cancellations.get(refTo(id))?.batch === 2);
	const outcome = await settled(id);
	assert.deepEqual([outcome?.kind, outcome?.phase], ['finished-first', 'succeeded']);
	assert.equal((await connection.backend.results?.(id, {signal}))?.length, 1);
});
