/*
The cancel calls of TensorPool and Dex against the API documents of their vendors: what our client sends, and what the embedded servers answer.

A proxy that knows the document stands between the two, so that neither can stray from it alone; nor both together, which a test of one against the other would never see.
*/
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {describe, type TestContext, test} from 'node:test';
import type {Backend} from '../../source/backends/backend.ts';
import {dex} from '../../source/backends/dex/index.ts';
import {tensorpool} from '../../source/backends/tensorpool/index.ts';
import {startDexServer} from '../../source/demo/dex-server.ts';
import {type Answer, faultHandler, json, send} from '../../source/demo/faults.ts';
import type {JobControls} from '../../source/demo/named-jobs.ts';
import type {DemoServer} from '../../source/demo/server.ts';
import {
	startTensorpoolServer,
	type TensorpoolServerOptions,
	tensorpoolStrangers,
} from '../../source/demo/tensorpool-server.ts';
import {BackendError, type Failure} from '../../source/job/failure.ts';
import {createEmptyWorld} from '../helpers/empty-world.ts';
import type {createManualClock} from '../helpers/manual-clock.ts';
import {startValidatingProxy} from '../helpers/validating-proxy.ts';

const key = 'key-for-these-tests';
const account = 'acc_01';
const {signal} = new AbortController();
const plan = {name: 'parse', process: 'parse'};

type Headers = Readonly<Record<string, string>>;
type Far = {
	readonly server: DemoServer & JobControls;
	readonly time: ReturnType<typeof createManualClock>;
	/** Our client, at this address. */
	readonly connect: (url: string, headers?: Headers) => Backend;
};

const readDocument = (system: string): object =>
	JSON.parse(readFileSync(new URL(`../fixtures/${system}/cancel-job.openapi.json`, import.meta.url), 'utf8'));

const emptyWorld = () => {
	const {time, world} = createEmptyWorld();
	return {time, world, clock: time.clock, seed: 'test', key};
};

const openTensorpool = async (options: Pick<TensorpoolServerOptions, 'cancelAnswer'> = {}): Promise<Far> => {
	const {time, ...common} = emptyWorld();
	const server = await startTensorpoolServer({...common, ...options});
	const ours = {authorization: `Bearer ${key}`};
	const connect: Far['connect'] = (url, headers = ours) =>
		tensorpool.connect('t', {url, headers: () => headers, clock: time.clock});
	return {server, time, connect};
};

const openDex = async (): Promise<Far> => {
	const {time, ...common} = emptyWorld();
	const server = await startDexServer({...common, account, projects: ['proj_a']});
	const ours = {'x-api-key': key, 'x-selected-account-id': account};
	const connect: Far['connect'] = (url, headers = ours) =>
		dex.connect('d', {url, project: 'proj_a', headers: () => headers});
	return {server, time, connect};
};

/** A server, the proxy before it, and our client before that. */
const open = async (t: TestContext, system: 'tensorpool' | 'dex', opened: Promise<Far>) => {
	const {server, time, connect} = await opened;
	t.after(() => server.close());
	const proxy = await startValidatingProxy(t, readDocument(system), server.url);
	const answers: Answer[] = [];
	server.setFault(async (response, work) => {
		const answer = await work();
		answers.push(answer);
		send(response, answer);
	});

	/** What our client makes of a cancel, the code that it was answered, and all that the document does not allow. */
	const cancel = async (id: string, headers?: Headers) => {
		const backend = connect(proxy.url, headers);
		const receipt = await backend.cancel?.(id, {signal}).catch((error: unknown): Failure => {
			if (error instanceof BackendError) return error.failure;
			throw error;
		});
		await backend.close?.();
		const violations = proxy.violations();
		return {kind: receipt?.kind, receipt, status: answers.at(-1)?.status, violations};
	};
	return {server, time, proxy, answers, cancel};
};

describe('TensorPool', () => {
	const id = 'j-1';
	const openIt = (t: TestContext, options?: Pick<TensorpoolServerOptions, 'cancelAnswer'>) =>
		open(t, 'tensorpool', openTensorpool(options));

	for (const [phase, status, kind] of [
		['queued', 202, 'accepted'],
		['running', 202, 'accepted'],
		['succeeded', 400, 'rejected'],
		['failed', 400, 'rejected'],
		['cancelled', 200, 'already'],
	] as const) {
		test(`the cancel of a ${phase} job is answered ${status}, and all of it is as the document says`, async t => {
			const {server, cancel} = await openIt(t);
			server.add(phase, plan, id);
			const told = await cancel(id);
			assert.deepEqual([told.status, told.kind, told.violations], [status, kind, []]);
		});
	}

	test('a repeated cancel is answered 202, and 200 when it has taken effect', async t => {
		const {server, cancel, time} = await openIt(t);
		server.add('running', plan, id);
		const told = [await cancel(id), await cancel(id)];
		await time.advance(6000);
		told.push(await cancel(id));
		assert.deepEqual(
			told.map(({status, kind, violations}) => [status, kind, violations]),
			[
				[202, 'accepted', []],
				[202, 'accepted', []],
				[200, 'already', []],
			],
		);
	});

	for (const [what, target, status, kind] of [
		['no job has', 'j-none', 404, 'not-found'],
		['no job can have', 'job 17', 400, 'rejected'],
		['is far too long', `j-${'x'.repeat(200)}`, 422, 'not-found'],
	] as const) {
		test(`an id that ${what} is answered ${status}, as the document says`, async t => {
			const {cancel} = await openIt(t);
			const told = await cancel(target);
			assert.deepEqual([told.status, told.kind, told.violations], [status, kind, []]);
		});
	}

	test('the job of somebody else is answered 403, as the document says', async t => {
		const {server, cancel} = await openIt(t);
		const [owner] = tensorpoolStrangers;
		server.add('running', {...plan, owner: owner ?? assert.fail()}, id);
		const told = await cancel(id);
		assert.deepEqual([told.status, told.kind, told.violations], [403, 'forbidden', []]);
	});

	test('a server that fails answers 500, as the document says', async t => {
		const {server, cancel} = await openIt(t);
		server.add('running', plan, id);
		server.failNext(faultHandler('broken'));
		const told = await cancel(id);
		assert.deepEqual([told.kind, told.violations], ['broken', []]);
	});

	// The introduction of the API names 401; the document of the call does not.
	test('a wrong key is answered 401, which the document leaves out', async t => {
		const {server, cancel} = await openIt(t);
		server.add('running', plan, id);
		const told = await cancel(id, {authorization: 'Bearer another'});
		assert.deepEqual([told.status, told.kind], [401, 'unauthorized']);
		assert.match(told.violations.join('\n'), onlyTheCode);
	});

	// Its introduction says that a cancel is answered with a request to be followed, its page of the call that it is not.
	test('an answer with a request_id strays from the document, and counts as a promise only', async t => {
		const {server, cancel} = await openIt(t, {cancelAnswer: 'request'});
		server.add('running', plan, id);
		const {status, receipt, violations} = await cancel(id);
		assert.equal(status, 202);
		assert.equal(receipt?.kind, 'accepted');
		assert.match(receipt?.detail ?? '', /request [\da-f-]{36}/);
		assert.deepEqual(violations.map(property), ['job_id', 'status']);
	});

	for (const [what, answer, stray] of [
		[
			'a status of its own',
			json(202, {job_id: id, message: '', status: 'cancelling'}),
			/status.*allowed values/,
		],
		['no message', json(202, {job_id: id, status: 'canceling'}), /'message'/],
		['a page', {status: 202, headers: {'content-type': 'text/html'}, body: '<p>'}, /media type/],
		['another code', json(409, {detail: 'conflict'}), /status code/],
		['a complaint of another form', json(422, {detail: 'bad id'}), /detail must be array/],
	] as const) {
		test(`a server that answers ${what} is found to stray`, async t => {
			const {server, cancel} = await openIt(t);
			server.add('running', plan, id);
			server.failNext(response => send(response, answer));
			assert.match((await cancel(id)).violations.join('\n'), stray);
		});
	}

	test('a client that strays is found', async t => {
		const {server, proxy, cancel} = await openIt(t);
		server.add('running', plan, id);
		assert.match((await cancel(id, {})).violations.join('\n'), /security/);
		const headers = {authorization: `Bearer ${key}`};
		const ask = async (path: string, init: RequestInit) => {
			await (await fetch(proxy.url + path, {...init, headers: {...headers, ...init.headers}})).text();
			return proxy.violations().join('\n');
		};
		assert.equal(await ask(`/job/cancel/${id}`, {method: 'POST'}), '');
		assert.match(await ask(`/job/cancel/${id}`, {method: 'DELETE'}), /route not found/);
		assert.match(await ask(`/jobs/${id}/cancel`, {method: 'POST'}), /route not found/);
		const body = {method: 'POST', body: '{}', headers: {'content-type': 'application/json'}};
		assert.match(await ask(`/job/cancel/${id}`, body), /non-empty body/);
	});
});

describe('Dex', () => {
	const id = 'job_1';
	const openIt = (t: TestContext) => open(t, 'dex', openDex());

	for (const [phase, process, status, kind] of [
		['queued', 'parse', 200, 'done'],
		['queued', 'batch_parse', 200, 'done'],
		['running', 'parse', 202, 'accepted'],
		['running', 'batch_parse', 202, 'accepted'],
		['succeeded', 'parse', 400, 'rejected'],
		['succeeded', 'batch_parse', 400, 'rejected'],
		['failed', 'extract', 400, 'rejected'],
		['cancelled', 'parse', 200, 'already'],
		['cancelled', 'batch_parse', 200, 'already'],
	] as const) {
		test(`the cancel of a ${phase} ${process} job is answered ${status}, and all of it is as the document says`, async t => {
			const {server, cancel, time} = await openIt(t);
			server.add(phase, {name: process, process}, id);
			// What happened to it happened long ago.
			await time.advance(600_000);
			const told = await cancel(id);
			assert.deepEqual([told.status, told.kind, told.violations], [status, kind, []]);
		});
	}

	test('a repeated cancel is answered 202, and 200 with the job when it has taken effect', async t => {
		const {server, cancel, time, answers} = await openIt(t);
		// A 202 comes with an empty body, with null, and with the job.
		for (let n = 0; n < 12; n++) {
			const each = server.add('running', plan);
			const told = [await cancel(each), await cancel(each)];
			await time.advance(3000);
			told.push(await cancel(each));
			assert.deepEqual(
				told.map(({status, violations}) => [status, violations]),
				[
					[202, []],
					[202, []],
					[200, []],
				],
			);
		}
		const bodies = answers.filter(({status}) => status === 202).map(({body}) => body.slice(0, 4));
		assert.deepEqual([...new Set(bodies)].sort(), ['', 'null', '{"id']);
	});

	for (const [what, target, status] of [
		['no job has', 'job_none', 404],
		['is far too long', `job_${'x'.repeat(200)}`, 422],
	] as const) {
		test(`an id that ${what} is answered ${status}, as the document says`, async t => {
			const {cancel} = await openIt(t);
			const told = await cancel(target);
			assert.deepEqual([told.status, told.kind, told.violations], [status, 'not-found', []]);
		});
	}

	// They are expected of every server that wants a key; the document names none.
	for (const [what, headers, status, kind] of [
		['a wrong key', {'x-api-key': 'another', 'x-selected-account-id': account}, 401, 'unauthorized'],
		['an account that is not ours', {'x-api-key': key, 'x-selected-account-id': 'acc_02'}, 403, 'forbidden'],
	] as const) {
		test(`${what} is answered ${status}, which the document leaves out`, async t => {
			const {server, cancel} = await openIt(t);
			server.add('running', plan, id);
			const told = await cancel(id, headers);
			assert.deepEqual([told.status, told.kind], [status, kind]);
			assert.match(told.violations.join('\n'), onlyTheCode);
		});
	}

	const entity = {id, project_id: 'proj_a', operation: 'parse', status: 'cancelled'};
	const created_at = '2026-08-20T10:00:00Z';
	for (const [what, answer, stray] of [
		[
			'another spelling of cancelled',
			json(200, {...entity, created_at, status: 'canceled'}),
			/status.*allowed/,
		],
		['a job without its time', json(200, entity), /'created_at'/],
		['a time that is none', json(200, {...entity, created_at: 'today'}), /created_at.*date-time/],
		['an operation of its own', json(200, {...entity, created_at, operation: 'read'}), /operation.*allowed/],
		['half of a progress', json(200, {...entity, created_at, progress: {total: 3}}), /progress/],
		['another code', json(409, {detail: 'conflict'}), /status code/],
		['a complaint of another form', json(422, {detail: 'bad id'}), /detail must be array/],
	] as const) {
		test(`a server that answers ${what} is found to stray`, async t => {
			const {server, cancel} = await openIt(t);
			server.add('running', plan, id);
			server.failNext(response => send(response, answer));
			assert.match((await cancel(id)).violations.join('\n'), stray);
		});
	}

	test('a client that strays is found', async t => {
		const {server, proxy, cancel} = await openIt(t);
		server.add('running', plan, id);
		assert.match((await cancel(id, {'x-api-key': key})).violations.join('\n'), /security/);
		const headers = {'x-api-key': key, 'x-selected-account-id': account};
		const path = `/v1/projects/proj_a/jobs/${id}`;
		const ask = async (path: string, method: string) => {
			await (await fetch(proxy.url + path, {method, headers})).text();
			return proxy.violations().join('\n');
		};
		assert.equal(await ask(`${path}/cancel`, 'POST'), '');
		assert.match(await ask(`${path}/cancel`, 'DELETE'), /route not found/);
		assert.match(await ask(path, 'DELETE'), /route not found/);
	});
});

/** All that strays is that the document does not name the code. */
const onlyTheCode =
	/^response Unable to match the returned status code with those defined in the document: [\d,]+$/;

/** The property that an answer lacks. */
const property = (violation: string): string | undefined => /required property '(\w+)'/.exec(violation)?.[1];
