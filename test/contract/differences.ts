/*
The five systems behind HTTP side by side: one test for each way in which they differ, with a cell for each system, against the embedded servers.

Where a vendor's page and a real server disagree, the cell holds what the server did. Where nothing public says, it holds the cautious reading, and a comment says so.
*/

import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import {isReceipt} from '../../source/backends/backend.ts';
import {dexUrl} from '../../source/backends/dex/index.ts';
import {backends} from '../../source/backends/index.ts';
import {ionworksUrl} from '../../source/backends/ionworks/index.ts';
import {tensorpoolUrl} from '../../source/backends/tensorpool/index.ts';
import {connectAll} from '../../source/config/connect.ts';
import {loadConfiguration} from '../../source/config/load.ts';
import {methodsOf, profileSchema} from '../../source/config/profile-entries.ts';
import {type FaultHandler, json, send} from '../../source/demo/faults.ts';
import {failureOf} from '../../source/job/failure.ts';
import type {Phase} from '../../source/job/phase.ts';
import {targetOf} from '../../source/job/target.ts';
import {openEngine, temporaryDirectory} from '../helpers/engine.ts';
import {
	fiveSystems,
	type OpenSystem,
	openSystem,
	type SystemName,
	systemAccount,
	systemKey,
	systemProject,
} from '../helpers/five-systems.ts';

type Cells<Cell> = Readonly<Record<SystemName, Cell>>;

/** A row of the comparison: the same check for every system, with what it is to find there. */
const row = <Cell>(
	name: string,
	cells: Cells<Cell>,
	check: (far: OpenSystem, cell: Cell, t: TestContext) => Promise<void>,
): void => {
	test(name, async t => {
		for (const system of fiveSystems) {
			await t.test(system, async t => check(await openSystem(t, system), cells[system], t));
		}
	});
};

const jobsOfDex = `/v1/projects/${systemProject}/jobs`;

/** How the cancellation of a job ended that was asked for some time after it was listed. */
const pursue = async (t: TestContext, far: OpenSystem, id: string, waitMs = 0) => {
	const {engine, listed, settled} = openEngine(t, far, temporaryDirectory(t), {connection: far.connection});
	engine.start();
	const target = targetOf(await listed(id));
	await far.time.advance(waitMs);
	await engine.cancel([target]);
	return settled(id);
};

/** The kind of failure that a request ends in. */
const refusalOf = (promise: Promise<unknown>): Promise<string> =>
	promise.then(
		() => assert.fail('it was not refused'),
		(error: unknown) => failureOf(error).kind,
	);

const queryOf = (path: string): URLSearchParams => new URLSearchParams(path.split('?')[1]);

describe('calls', () => {
	row<string | undefined>(
		'base: a service is asked at its public address, and one that everybody runs for themselves at the one that is named',
		{
			weaver: undefined,
			ionworks: 'https://api.ionworks.com',
			// The tenant is a part of the address.
			tapis: undefined,
			tensorpool: 'https://engine.tensorpool.dev',
			dex: 'https://dex.sgp.scale.com',
		},
		async (far, official) => {
			const entry = {backend: far.name, token_env: 'KEY'};
			const rest = far.name === 'dex' ? {account: 'a', project: 'p'} : {};
			const schema = await profileSchema(far.name);
			assert.equal(schema.safeParse({...entry, ...rest}).success, official !== undefined);
			assert.ok(schema.safeParse({...entry, ...rest, url: `${far.server.url}/`}).success);
			const known: Partial<Record<SystemName, string>> = {
				ionworks: ionworksUrl,
				tensorpool: tensorpoolUrl,
				dex: dexUrl,
			};
			assert.equal(known[far.name], official);
		},
	);

	row<readonly (readonly [entry: object, headers: Readonly<Record<string, string>>])[]>(
		'auth: the credential goes out as each system wants it',
		{
			// Whatever stands in front of a Weaver decides.
			weaver: [
				[{}, {authorization: `Bearer ${systemKey}`}],
				[
					{auth: 'basic', username: 'ada'},
					{authorization: `Basic ${Buffer.from(`ada:${systemKey}`).toString('base64')}`},
				],
				[{auth: 'cookie'}, {cookie: systemKey}],
				[{auth: 'header', header: 'X-Token'}, {'x-token': systemKey}],
			],
			ionworks: [
				[{}, {'x-api-key': systemKey}],
				[{auth: 'bearer'}, {authorization: `Bearer ${systemKey}`}],
			],
			tapis: [[{}, {'x-tapis-token': systemKey}]],
			tensorpool: [[{}, {authorization: `Bearer ${systemKey}`}]],
			dex: [
				[
					{account: systemAccount, project: systemProject},
					{'x-api-key': systemKey, 'x-selected-account-id': systemAccount},
				],
			],
		},
		async (far, ways) => {
			const credentials = ['authorization', 'cookie', 'x-api-key', 'x-tapis-token', 'x-selected-account-id'];
			for (const [entry, headers] of ways) {
				const schema = await profileSchema(far.name);
				const read = schema.parse({backend: far.name, url: far.server.url, token_env: 'KEY', ...entry});
				const backend = (await methodsOf(far.name)).open('p', read, {env: {KEY: systemKey}, folder: '/'});
				// A login that the embedded server does not know is sent all the same.
				await backend
					.listPage({everyone: false, ended: true, signal: AbortSignal.timeout(10_000)})
					.catch(() => undefined);
				await backend.close?.();
				const sent = far.sent().at(-1)?.headers ?? assert.fail();
				const given = Object.keys(headers);
				const relevant = [...new Set([...credentials, ...given])].filter(name => name in sent);
				assert.deepEqual(Object.fromEntries(relevant.map(name => [name, sent[name]])), headers);
			}
		},
	);

	row<(url: string) => Readonly<Record<string, string>>>(
		'env: what a system is called in the environment by its own programs is enough',
		{
			// By habit, not by its documentation.
			weaver: url => ({WEAVER_URL: url, JOBTOP_WEAVER_TOKEN: systemKey}),
			ionworks: url => ({
				IONWORKS_API_KEY: systemKey,
				IONWORKS_API_URL: url,
				IONWORKS_ORGANIZATION_ID: 'org_1',
			}),
			// Its programs read none: these names are ours.
			tapis: url => ({TAPIS_BASE_URL: url, TAPIS_TOKEN: systemKey}),
			tensorpool: url => ({TENSORPOOL_KEY: systemKey, TENSORPOOL_ENGINE: url}),
			// Its programs name the key and the account; the project and the address are ours.
			dex: url => ({
				SGP_API_KEY: systemKey,
				SGP_ACCOUNT_ID: systemAccount,
				SGP_PROJECT_ID: systemProject,
				SGP_BASE_URL: url,
			}),
		},
		async (far, variables, t) => {
			const nowhere = temporaryDirectory(t);
			const env = {XDG_CONFIG_HOME: nowhere, PATH: nowhere, ...variables(far.server.url)};
			const {profiles} = await loadConfiguration({env});
			assert.deepEqual(
				profiles.map(({name}) => name),
				[far.name],
			);
			const [connection] = await connectAll(profiles, env);
			const id = far.add('running');
			const {jobs} = await (connection ?? assert.fail()).backend.listPage({
				everyone: false,
				ended: true,
				signal: AbortSignal.timeout(10_000),
			});
			await connection?.backend.close?.();
			assert.deepEqual(
				jobs.map(job => job.id),
				[id],
			);
			const {headers} = far.sent().at(-1) ?? assert.fail();
			for (const [name, value] of Object.entries(far.headers)) assert.equal(headers[name], value);
		},
	);

	row<{
		readonly scoped?: object;
		readonly without?: false;
		readonly seen: (far: OpenSystem) => Promise<void>;
	}>(
		'scope needed: a project for Dex, a tenant for Tapis; an organization is chosen, not needed',
		{
			// The processes and the providers of a Weaver are one list.
			weaver: {seen: async () => {}},
			ionworks: {
				scoped: {organization: 'org_1'},
				seen: async far => assert.equal(far.sent()[0]?.headers['x-organization-id'], 'org_1'),
			},
			tapis: {
				scoped: {},
				seen: async far => assert.match(far.sent()[0]?.path ?? '', /^\/v3\/jobs\//),
			},
			tensorpool: {
				// The organization's list stands in place of one's own: both together are everything.
				seen: async far => {
					const signal = AbortSignal.timeout(10_000);
					far.sent();
					await far.backend.listPage({everyone: true, ended: true, signal});
					assert.deepEqual(
						far.sent().map(({path}) => path),
						['/job/list', '/job/list?include_org=true'],
					);
				},
			},
			dex: {
				scoped: {account: systemAccount, project: systemProject},
				without: false,
				seen: async far => assert.match(far.sent()[0]?.path ?? '', new RegExp(`^${jobsOfDex}\\?`)),
			},
		},
		async (far, {scoped = {}, without = true, seen}) => {
			const schema = await profileSchema(far.name);
			const bare = {backend: far.name, url: far.server.url, token_env: 'KEY'};
			assert.equal(schema.safeParse(bare).success, without);
			const backend = (await methodsOf(far.name)).open('p', schema.parse({...bare, ...scoped}), {
				env: {KEY: systemKey},
				folder: '/',
			});
			await backend.listPage({everyone: false, ended: true, signal: AbortSignal.timeout(10_000)});
			await backend.close?.();
			await seen(far);
		},
	);

	row<readonly [all: string, live: string]>(
		'list: one path for the jobs, and on Tapis another one for those of a status',
		{
			weaver: ['/jobs', '/jobs'],
			ionworks: ['/jobs', '/jobs'],
			tapis: ['/v3/jobs/list', '/v3/jobs/search'],
			tensorpool: ['/job/list', '/job/list'],
			dex: [jobsOfDex, jobsOfDex],
		},
		async (far, [all, live]) => {
			const id = far.add('running');
			assert.ok((await far.list()).jobs.has(id));
			assert.deepEqual(far.asked(), [`GET ${all}`]);
			await far.list({ended: false});
			const [sent] = far.sent();
			assert.equal(sent?.path.replace(/\?.*/, ''), live);
			// Without it a Weaver lists bare ids.
			assert.equal(queryOf(sent?.path ?? '').get('detail'), far.name === 'weaver' ? 'true' : null);
		},
	);

	row<{
		readonly pages: readonly string[];
		/** What a page of this size is answered. */
		readonly most?: readonly [path: string, status: number];
	}>(
		'paging: by page, by place, by token, or not at all',
		{
			weaver: {pages: ['page=0', 'page=1'], most: ['/jobs?limit=1001', 400]},
			// That there is an offset is not documented: the first page is asked for without one.
			ionworks: {pages: ['', 'offset=3'], most: ['/jobs?limit=101', 422]},
			tapis: {pages: ['skip=0', 'skip=3'], most: ['/v3/jobs/list?limit=-1', 200]},
			tensorpool: {pages: ['']},
			dex: {pages: ['', 'continuation_token='], most: [`${jobsOfDex}?page_size=101`, 422]},
		},
		async (far, {pages, most}) => {
			const ids = Array.from({length: 5}, () => far.add('running'));
			const {jobs, whole} = await far.list();
			assert.deepEqual([...jobs.keys()].sort(), ids.sort());
			assert.equal(whole, true);
			const asked = far.sent().map(({path}) => queryOf(path));
			assert.equal(asked.length, pages.length);
			pages.forEach((page, n) => {
				const [name = '', value] = page.split('=');
				for (const other of ['page', 'offset', 'skip', 'continuation_token']) {
					assert.equal(asked[n]?.has(other), other === name, `${other} on page ${n}`);
				}
				if (value) assert.equal(asked[n]?.get(name), value);
			});
			if (most) assert.equal((await far.raw('GET', most[0])).status, most[1]);
			if (far.name !== 'weaver') return;
			// A page past the end is a 400, and jobs that went meanwhile do not fail the list.
			assert.equal((await far.raw('GET', '/jobs?limit=3&page=9')).status, 400);
			const signal = AbortSignal.timeout(10_000);
			const past = await far.backend.listPage({everyone: false, ended: true, signal, cursor: '9/30'});
			assert.deepEqual(past, {jobs: [], unreadable: 0, covers: 'part'});
		},
	);

	row<(body: never) => unknown>(
		'total: told by all but TensorPool, on Tapis to who asks for it',
		{
			weaver: ({total}: {total: number}) => total,
			ionworks: ({total}: {total: number}) => total,
			tapis: ({metadata}: {metadata: {totalCount: number}}) => metadata.totalCount,
			tensorpool: ({total}: {total?: number}) => total,
			dex: ({total_count: total}: {total_count: number}) => total,
		},
		async (far, totalOf) => {
			for (let n = 0; n < 5; n++) far.add('running');
			await far.list();
			const [{path} = assert.fail()] = far.sent();
			const {body} = await far.raw('GET', path);
			assert.equal(totalOf(body as never), far.name === 'tensorpool' ? undefined : 5);
			if (far.name !== 'tapis') return;
			const uncounted = await far.raw('GET', '/v3/jobs/list');
			assert.equal(totalOf(uncounted.body as never), -1);
		},
	);

	row<readonly (string | null)[]>(
		'server filter by status: some words, one word, or none',
		{
			// The stored words, not the category: that one leaves out jobs that wait to be submitted or are paused.
			weaver: Array(2).fill('created,accepted,queued,started,running,paused'),
			// The first page is asked for without: it may hold a word that nobody knows.
			ionworks: [null, 'pending', 'processing', 'waiting'],
			tapis: Array(2).fill(
				'PENDING,PROCESSING_INPUTS,STAGING_INPUTS,STAGING_JOB,SUBMITTING_JOB,QUEUED,RUNNING,ARCHIVING,BLOCKED,PAUSED',
			),
			tensorpool: [null],
			dex: [null, 'pending', 'running', 'running'],
		},
		async (far, words) => {
			const ids = Array.from({length: far.name === 'ionworks' ? 3 : 4}, () => far.add('running'));
			for (let n = 0; n < 10; n++) far.add('succeeded');
			const {jobs} = await far.list({ended: false});
			assert.deepEqual([...jobs.keys()].sort(), ids.sort());
			const asked = far.sent().map(({path}) => {
				const query = queryOf(path);
				return query.get('status') ?? query.get('status.in');
			});
			assert.deepEqual(asked, words);
		},
	);

	row<Readonly<Record<string, string>>>(
		'server sort: the newest first where it can be said',
		{
			weaver: {sort: 'created'},
			// Nobody says in which order its jobs come, or how another one is asked for.
			ionworks: {},
			tapis: {orderBy: 'created(desc)'},
			tensorpool: {},
			// By what may be sorted is not documented: only the direction is said.
			dex: {sort_order: 'desc'},
		},
		async (far, sort) => {
			const old = far.add('running');
			await far.time.advance(60_000);
			const young = far.add('running');
			const {jobs} = await far.list();
			const query = queryOf(far.sent()[0]?.path ?? '');
			for (const name of ['sort', 'orderBy', 'sort_by', 'sort_order', 'order_by', 'order']) {
				assert.equal(query.get(name), sort[name] ?? null, name);
			}
			assert.deepEqual([...jobs.keys()], [young, old]);
		},
	);

	row<(id: string) => readonly string[]>(
		'get one: by its id alone, on Dex below its project',
		{
			weaver: id => [`GET /jobs/${id}`],
			ionworks: id => [`GET /jobs/${id}`],
			// Its history is a request of its own.
			tapis: id => [`GET /v3/jobs/${id}`, `GET /v3/jobs/${id}/history`],
			tensorpool: id => [`GET /job/info/${id}`],
			dex: id => [`GET ${jobsOfDex}/${id}`],
		},
		async (far, paths) => {
			const id = far.add('running');
			const {job} = await far.get(id);
			assert.deepEqual([job.ref, job.phase], [`p/${id}`, 'running']);
			assert.deepEqual(far.asked(), paths(id));
		},
	);

	row<((id: string) => readonly string[]) | undefined>(
		'logs: as text, as a file, over a WebSocket, or not at all: then there is no such capability',
		{
			// Of a failed job what went wrong stands in a place of its own.
			weaver: id => [`GET /jobs/${id}`, `GET /jobs/${id}/logs`, `GET /jobs/${id}/exceptions`],
			ionworks: undefined,
			tapis: id => [`GET /v3/jobs/${id}/output/download/tapisjob.out`],
			tensorpool: id => [`GET /job/info/${id}`, `GET /job/listen/${id}`],
			dex: undefined,
		},
		async (far, paths) => {
			const id = far.add('failed');
			const {logs} = far.backend;
			assert.equal(logs === undefined, paths === undefined);
			if (far.name === 'dex') {
				// What there is instead is the history of the job.
				const {timeline} = await far.get(id);
				assert.ok(timeline.some(({what}) => what === 'ocr'));
			}
			if (paths === undefined) return;
			// A WebSocket takes no fault.
			far.unwatch();
			const before = far.server.count();
			const page = await logs?.(id, {signal: AbortSignal.timeout(10_000)});
			assert.match(page?.text ?? '', /\S/);
			const asked = far.server
				.requests()
				.slice(before)
				.map(({method, path}) => `${method} ${path.replace(/\?.*/, '')}`);
			assert.deepEqual(
				paths(id).filter(path => !asked.includes(path)),
				[],
			);
		},
	);

	row<{readonly paths: (id: string) => readonly string[]; readonly name: RegExp}>(
		'results: outputs, files, or what stands in the job and beside it',
		{
			weaver: {paths: id => [`GET /jobs/${id}/outputs`], name: /^tiles$/},
			ionworks: {
				paths: id => [`GET /jobs/${id}`, `GET /jobs/${id}/metadata`],
				name: /^metadata\/intermediate_results$/,
			},
			tapis: {paths: id => [`GET /v3/jobs/${id}/output/list/`], name: /tapisjob\.out$/},
			// Beside the files it tells a line for a shell. It is shown, and nobody runs it.
			tensorpool: {paths: id => [`GET /job/pull/${id}`], name: /./},
			dex: {
				paths: id => [`GET ${jobsOfDex}/${id}`, `GET /v1/projects/${systemProject}/parse/results`],
				name: /^parse\/pres_/,
			},
		},
		async (far, cell) => {
			const id = far.add('succeeded');
			const results = far.backend.results ?? assert.fail();
			const left = await results(id, {signal: AbortSignal.timeout(10_000)});
			assert.ok(
				left.some(({name}) => cell.name.test(name)),
				JSON.stringify(left),
			);
			const asked = far.asked();
			assert.deepEqual(
				cell.paths(id).filter(path => !asked.includes(path)),
				[],
			);
		},
	);

	row<readonly string[]>(
		'push: nothing is subscribed to and no address of ours is sent; only a TensorPool tells a log by itself',
		// Subscribers, callbacks and subscriptions belong to who submits a job.
		{weaver: [], ionworks: [], tapis: [], tensorpool: ['listen'], dex: []},
		async (far, pushed) => {
			assert.equal(far.backend.listen !== undefined, pushed.includes('listen'));
			const id = far.add('running');
			await far.list();
			await far.get(id);
			await far.cancel(id);
			for (const {method, path, headers} of far.sent()) {
				assert.doesNotMatch(`${method} ${path}`, /subscri|callback|webhook|notif/i);
				assert.equal(headers.upgrade, undefined);
				assert.equal(headers.prefer, undefined);
			}
		},
	);

	row<readonly string[]>(
		'progress: a percentage, counts of children, or nothing',
		{
			weaver: ['percent'],
			// Of the children that a whole list shows.
			ionworks: ['done', 'total'],
			tapis: [],
			tensorpool: [],
			dex: ['done', 'percent', 'total'],
		},
		async (far, told) => {
			const processes: Partial<Record<SystemName, string>> = {ionworks: 'optimize', dex: 'batch_parse'};
			const id = far.add('running', {process: processes[far.name] ?? far.process});
			if (far.name === 'ionworks') far.add('running', {process: 'simulate'});
			const {jobs} = await far.list();
			assert.deepEqual(Object.keys(jobs.get(id)?.progress ?? {}).sort(), told);
		},
	);

	row<null>(
		'rate limit, ETag, idempotency key: none of them can be relied on, so none is sent, and a 429 is waited for',
		// TensorPool says that there are limits, and no numbers; the others say nothing.
		{weaver: null, ionworks: null, tapis: null, tensorpool: null, dex: null},
		async far => {
			const id = far.add('running');
			await far.list();
			await far.get(id);
			await far.cancel(id);
			for (const {headers} of far.sent()) {
				for (const name of ['if-match', 'if-none-match', 'if-unmodified-since', 'idempotency-key']) {
					assert.equal(headers[name], undefined);
				}
			}
			const busy = json(429, {detail: 'too many requests'}, {'retry-after': '7'});
			far.failNext(response => send(response, busy));
			const failure = await far.cancel(id);
			assert.equal(failure.kind, 'rate-limited');
			assert.equal('retryAfterMs' in failure && failure.retryAfterMs, 7000);
			assert.equal(far.sent().length, 1);
			assert.ok(far.traits.concurrency <= 4);
			assert.ok(far.traits.intervalMs >= 2000);
		},
	);
});

describe('cancelling', () => {
	row<(id: string) => string>(
		'verb: DELETE on Weaver, POST on the others',
		{
			weaver: id => `DELETE /jobs/${id}`,
			ionworks: id => `POST /jobs/${id}/cancel`,
			tapis: id => `POST /v3/jobs/${id}/cancel`,
			tensorpool: id => `POST /job/cancel/${id}`,
			dex: id => `POST ${jobsOfDex}/${id}/cancel`,
		},
		async (far, request) => {
			const id = far.add('running');
			assert.ok(isReceipt(await far.cancel(id)));
			assert.deepEqual(far.asked(), [request(id)]);
		},
	);

	row<{readonly answered: Phase; readonly kind: string}>(
		'meaning of 200: dismissed now, whatever the body says, no more than accepted, cancelled before',
		{
			weaver: {answered: 'queued', kind: 'done'},
			ionworks: {answered: 'queued', kind: 'done'},
			tapis: {answered: 'queued', kind: 'accepted'},
			tensorpool: {answered: 'cancelled', kind: 'already'},
			dex: {answered: 'queued', kind: 'done'},
		},
		async (far, {answered, kind}) => {
			const id = far.add(answered as 'queued' | 'cancelled');
			await far.time.advance(600_000);
			let status: number | undefined;
			far.failNext(async (response, work) => {
				const answer = await work();
				status = answer.status;
				send(response, answer);
			});
			const receipt = await far.cancel(id);
			assert.deepEqual([status, receipt.kind], [200, kind]);
			if (far.name !== 'ionworks') return;
			const live = {job_id: id, status: 'processing', is_terminal: false, is_failed: false};
			far.failNext(response => send(response, json(200, live)));
			assert.equal((await far.cancel(id)).kind, 'accepted');
		},
	);

	for (const [code, bodies] of [
		[202, [{}, null, {status: 'processing'}]],
		[204, [undefined]],
	] as const) {
		row<null>(
			code === 202
				? '202: accepted, whatever it holds, also where it is not expected'
				: '204: never expected, and no more than accepted',
			{weaver: null, ionworks: null, tapis: null, tensorpool: null, dex: null},
			async far => {
				const id = far.add('running');
				for (const body of bodies) {
					const answer =
						body === undefined || body === null ? {status: code, headers: {}, body: ''} : json(code, body);
					far.failNext(response => send(response, answer));
					const receipt = await far.cancel(id);
					assert.equal(receipt.kind, 'accepted', `${JSON.stringify(body)}: ${JSON.stringify(receipt)}`);
				}
			},
		);
	}

	test('terminal job: on Weaver a DELETE destroys it, so no DELETE is sent; the others refuse or say how it stands', async t => {
		await t.test('weaver', async t => {
			const far = await openSystem(t, 'weaver');
			for (const phase of ['succeeded', 'failed'] as const) {
				const id = far.add(phase);
				// What the vendor's page says is refused is done: the results are gone, and so is the word for its end.
				assert.equal((await far.raw('DELETE', `/jobs/${id}`)).status, 200);
				assert.equal((await far.get(id)).job.phase, 'cancelled');
				assert.equal((await far.raw('DELETE', `/jobs/${id}`)).status, 410);
			}
			assert.equal(far.traits.resend, 'guarded');
			// It ends after it was listed as running, and before it is cancelled.
			const id = far.add('running', {runMs: 2000});
			assert.equal((await pursue(t, far, id, 2500))?.kind, 'finished-first');
			assert.equal((await far.get(id)).job.phase, 'succeeded');
			assert.deepEqual(
				far.server.history(id).filter(({what}) => what === 'dismiss'),
				[],
			);
		});
		// Undocumented: any of the three is possible, and in each of them a look decides.
		for (const [toEnded, kind] of [
			['job', 'too-late'],
			[400, 'rejected'],
			[409, 'conflict'],
		] as const) {
			await t.test(`ionworks, which answers ${toEnded}`, async t => {
				const far = await openSystem(t, 'ionworks', {toEnded});
				const id = far.add('succeeded');
				assert.equal((await far.cancel(id)).kind, kind);
				assert.equal((await far.get(id)).job.phase, 'succeeded');
			});
		}
		for (const [name, refusal, cancelled] of [
			['tapis', 'too-late', 'too-late'],
			['tensorpool', 'rejected', 'already'],
			['dex', 'rejected', 'already'],
		] as const) {
			await t.test(name, async t => {
				const far = await openSystem(t, name);
				for (const phase of ['succeeded', 'failed', 'cancelled'] as const) {
					const id = far.add(phase);
					await far.time.advance(600_000);
					assert.equal((await far.cancel(id)).kind, phase === 'cancelled' ? cancelled : refusal, phase);
					assert.equal((await far.get(id)).job.phase, phase);
				}
			});
		}
		await t.test('dex, whose page does not name a job that succeeded partly', async t => {
			const far = await openSystem(t, 'dex');
			const id = far.add('running', {process: 'batch_parse', quirk: 'late-write'});
			await far.cancel(id);
			await far.time.advance(10_000);
			assert.equal((await far.get(id)).job.phase, 'partial');
			assert.equal((await far.cancel(id)).kind, 'rejected');
		});
	});

	row<readonly [id: string, cancel: string, get: string]>(
		'bad id: told as a 400, a 404, a 422 or a 500, and never taken for the end of a job',
		{
			weaver: ['job 17', 'not-found', 'not-found'],
			ionworks: ['job 17', 'not-found', 'not-found'],
			tapis: ['job 17', 'not-found', 'not-found'],
			// The same code says that a job cannot be cancelled: only a look tells the two apart.
			tensorpool: ['job 17', 'rejected', 'not-found'],
			dex: ['job 17', 'not-found', 'not-found'],
		},
		async (far, [id, cancel, get]) => {
			assert.equal((await far.cancel(id)).kind, cancel);
			assert.equal(await refusalOf(far.get(id)), get);
		},
	);

	row<readonly [cancel: number, get: number]>(
		'not found: a 404, but on Tapis a 400 to a cancel and a 500 to a look',
		{
			weaver: [404, 404],
			// Its pages do not say; so does every server of this make.
			ionworks: [404, 404],
			tapis: [400, 500],
			tensorpool: [404, 404],
			dex: [404, 404],
		},
		async (far, codes) => {
			const other = far.add('running');
			const id = far.idFor(999);
			const seen: number[] = [];
			const note: FaultHandler = async (response, work) => {
				const answer = await work();
				seen.push(answer.status);
				send(response, answer);
			};
			far.failNext(note, note);
			assert.equal((await far.cancel(id)).kind, 'not-found');
			assert.equal(await refusalOf(far.get(id)), 'not-found');
			assert.deepEqual(seen, codes);
			assert.equal((await far.get(other)).job.phase, 'running');
		},
	);

	row<{readonly owner?: string; readonly codes: readonly number[]; readonly kinds: readonly string[]}>(
		'not yours: the job stays alone, and on Tapis a 401 about its owner is no expired token',
		{
			// Weaver has no owners: what stands in front of it says so.
			weaver: {codes: [401, 403], kinds: ['unauthorized', 'forbidden']},
			// Undocumented.
			ionworks: {codes: [401, 403, 404], kinds: ['unauthorized', 'forbidden', 'not-found']},
			tapis: {owner: 'emeka', codes: [], kinds: ['forbidden']},
			tensorpool: {owner: 'emeka', codes: [], kinds: ['forbidden']},
			// Undocumented.
			dex: {codes: [401, 403, 404], kinds: ['unauthorized', 'forbidden', 'not-found']},
		},
		async (far, {owner, codes, kinds}) => {
			const id = far.add('running', owner === undefined ? {} : {owner});
			const told: string[] = [];
			if (owner !== undefined) told.push((await far.cancel(id)).kind);
			for (const code of codes) {
				far.failNext(response => send(response, json(code, {detail: 'not yours'})));
				told.push((await far.cancel(id)).kind);
			}
			assert.deepEqual(told, kinds);
			assert.equal(far.server.job(id)?.phase, 'running');
		},
	);

	row<readonly [resend: 'safe' | 'guarded', kinds: readonly string[]]>(
		'repeated call: safe everywhere but on Weaver, which destroys what ended in between',
		{
			weaver: ['guarded', ['done', 'already']],
			ionworks: ['safe', ['done', 'done']],
			tapis: ['safe', ['accepted', 'too-late']],
			tensorpool: ['safe', ['accepted', 'accepted', 'already']],
			dex: ['safe', ['accepted', 'accepted', 'done']],
		},
		async (far, [resend, kinds]) => {
			assert.equal(far.traits.resend, resend);
			const id = far.add('running');
			const told = [(await far.cancel(id)).kind];
			if (kinds.length === 3) told.push((await far.cancel(id)).kind);
			await far.time.advance(10_000);
			told.push((await far.cancel(id)).kind);
			assert.deepEqual(told, kinds);
			assert.equal((await far.get(id)).job.phase, 'cancelled');
		},
	);

	row<Phase>(
		'transitional status: only TensorPool has a word for a job that is being cancelled',
		{weaver: 'cancelled', ionworks: 'cancelled', tapis: 'running', tensorpool: 'stopping', dex: 'running'},
		async (_, phase, t) => {
			const name = _.name;
			const far = await openSystem(t, name, {noticeMs: 3000});
			const id = far.add('running');
			await far.cancel(id);
			assert.equal((await far.get(id)).job.phase, phase);
			const words = Object.entries(backends[name].traits.statuses).filter(
				([, phase]) => phase === 'stopping',
			);
			assert.deepEqual(words, name === 'tensorpool' ? [['canceling', 'stopping']] : []);
		},
	);

	row<number>(
		'typical latency: at once, seconds, or up to ten minutes, and it is not called overdue before',
		{weaver: 0, ionworks: 0, tapis: 600_000, tensorpool: 300_000, dex: 300_000},
		async (far, latencyMs, t) => {
			assert.ok(far.traits.patience.overdueAfterMs > latencyMs);
			assert.ok((far.traits.patience.reissueAfterMs ?? Number.POSITIVE_INFINITY) > latencyMs);
			// Some seconds, as the embedded servers take them.
			const slow = await openSystem(t, far.name, {noticeMs: latencyMs === 0 ? 0 : 20_000});
			const id = slow.add('running');
			const before = slow.time.clock.now();
			assert.equal((await pursue(t, slow, id))?.kind, 'cancelled');
			assert.ok(slow.time.clock.now() - before >= (latencyMs === 0 ? 0 : 20_000));
		},
	);

	test('batch: only Weaver has one, and it stops at the first job that was dismissed before, so it is not used', async t => {
		for (const name of fiveSystems) {
			const {backend} = await openSystem(t, name);
			assert.equal(backend.cancelMany, undefined);
		}
		const far = await openSystem(t, 'weaver');
		const [first, dismissed, last] = [far.add('running'), far.add('cancelled'), far.add('running')];
		assert.equal((await far.raw('DELETE', '/jobs', {jobs: [first, dismissed, last]})).status, 410);
		assert.deepEqual(
			[first, last].map(id => far.server.job(id)?.phase),
			['cancelled', 'running'],
		);
		const unknown = far.idFor(999);
		const {status, body} = await far.raw('DELETE', '/jobs', {jobs: [unknown, last]});
		assert.deepEqual([status, body], [200, {jobs: [last]}]);
	});

	row<readonly string[]>(
		'remove, hide afterwards: for good on Weaver and TensorPool, reversibly on Tapis, not at all elsewhere',
		{weaver: ['delete'], ionworks: [], tapis: ['hide', 'unhide'], tensorpool: ['delete'], dex: []},
		async (far, ways) => {
			const {backend} = far;
			const has = (['hide', 'unhide', 'delete'] as const).filter(way => backend[way] !== undefined);
			assert.deepEqual([...has].sort(), [...ways].sort());
			const signal = AbortSignal.timeout(10_000);
			const id = far.add('succeeded');
			const live = far.add('running');
			await backend.delete?.(id, {signal});
			await backend.hide?.(id, {signal});
			const {jobs} = await far.list();
			// The record of a Weaver stays, and says dismissed.
			const left = {weaver: 'cancelled', ionworks: 'succeeded', dex: 'succeeded'};
			assert.equal(jobs.get(id)?.phase, (left as Partial<Record<SystemName, string>>)[far.name]);
			await backend.unhide?.(id, {signal});
			if (backend.unhide) assert.equal((await far.list()).jobs.get(id)?.phase, 'succeeded');
			// No way to remove a job is a way to cancel it.
			for (const way of has.filter(way => way !== 'unhide')) {
				await assert.rejects(async () => backend[way]?.(live, {signal}));
				assert.equal(far.server.job(live)?.phase, 'running');
			}
		},
	);

	row<string>(
		'poll until: the record says an end; a record that is gone is one on Weaver alone',
		{weaver: 'removed', ionworks: 'unknown', tapis: 'unknown', tensorpool: 'unknown', dex: 'unknown'},
		async (far, gone, t) => {
			const first = far.add('running');
			assert.equal((await pursue(t, far, first))?.kind, 'cancelled');
			// Another one, whose record is gone after our request.
			const other = await openSystem(t, far.name, {noticeMs: 3_600_000});
			const id = other.add('running');
			const {engine, listed, settled} = openEngine(t, other, temporaryDirectory(t), {
				connection: other.connection,
			});
			engine.start();
			const target = targetOf(await listed(id));
			let asked = false;
			other.server.setFault(async (response, work) => {
				const {method, url = ''} = response.req;
				const cancels = method === 'DELETE' || method === 'POST';
				const answer = await work();
				if (asked && url.includes(id)) {
					// In the words of each of them.
					const words = {title: 'NoSuchJob', message: 'TAPIS_NOT_FOUND no such job', detail: 'no such job'};
					return send(response, json(404, {...words, status: 'success'}));
				}
				asked ||= cancels;
				if (cancels) return send(response, accepted[other.name]);
				send(response, asked ? withoutJobs(answer) : answer);
			});
			await engine.cancel([target]);
			assert.equal((await settled(id))?.kind, gone);
			if (other.name !== 'ionworks') return;
			// Its flag ends a job whatever the word.
			const flagged = await openSystem(t, 'ionworks');
			const job = flagged.add('running');
			flagged.server.distort(job, record => ({
				...record,
				status: 'archived',
				is_terminal: true,
				is_failed: false,
			}));
			assert.equal((await flagged.get(job)).job.terminal, true);
		},
	);

	row<readonly [firstS: number, slowestS: number, overdueMin: number, reissueMin?: number]>(
		'suggested poll and give-up: soon, then slower, then overdue and followed on',
		{
			weaver: [2, 15, 2],
			ionworks: [2, 15, 5],
			tapis: [5, 30, 20, 11],
			tensorpool: [2, 10, 10],
			dex: [2, 15, 10],
		},
		async ({traits}, [first, slowest, overdue, reissue]) => {
			const {firstPollMs, slowestPollMs, overdueAfterMs, reissueAfterMs} = traits.patience;
			assert.deepEqual(
				[firstPollMs / 1000, slowestPollMs / 1000, overdueAfterMs / 60_000],
				[first, slowest, overdue],
			);
			assert.equal(reissueAfterMs, reissue === undefined ? undefined : reissue * 60_000);
		},
	);
});

/** What a server answers that takes a cancel and promises nothing more. */
const accepted: Cells<ReturnType<typeof json>> = {
	weaver: json(202, {}),
	ionworks: json(202, {}),
	tapis: json(200, {status: 'success', message: 'JOBS_JOB_CANCEL_ACCEPTED', result: {message: 'accepted'}}),
	tensorpool: json(202, {}),
	dex: json(202, null),
};

/** A list as it would be without any jobs. */
const withoutJobs = (answer: {readonly body: string}) => {
	const list = JSON.parse(answer.body) as Record<string, unknown>;
	const empty = Object.fromEntries(
		Object.entries(list).map(([name, value]) => [name, Array.isArray(value) ? [] : value]),
	);
	return json(200, {...empty, total: 0, total_count: 0});
};

describe('terminal words', () => {
	/** A word as it stands in a record of the list. */
	const words = (name: string, phase: Phase, cells: Cells<readonly string[]>) =>
		row(name, cells, async (far, words) => {
			for (const word of words) {
				const id = far.add('succeeded');
				far.server.distort(id, record => ({
					...record,
					status: word,
					...('is_terminal' in record && {is_terminal: true, is_failed: phase !== 'succeeded'}),
				}));
				const job = (await far.list()).jobs.get(id);
				assert.deepEqual([job?.phase, job?.status, job?.terminal], [phase, word, true]);
			}
			// Nothing else in the table ends that way.
			const known = Object.entries(far.traits.statuses).filter(([, other]) => other === phase).length;
			assert.equal(
				known,
				new Set(words.map(word => word.toLowerCase().replace('cancelled', 'canceled'))).size,
			);
		});

	words('succeeded', 'succeeded', {
		weaver: ['successful', 'succeeded', 'finished'],
		ionworks: ['completed', 'COMPLETED'],
		tapis: ['FINISHED', 'finished'],
		tensorpool: ['completed', 'COMPLETED'],
		dex: ['succeeded'],
	});

	words('partial', 'partial', {
		weaver: [],
		ionworks: [],
		tapis: [],
		tensorpool: [],
		dex: ['partially_succeeded'],
	});

	words('failed', 'failed', {
		weaver: ['failed', 'error', 'exception'],
		ionworks: ['failed'],
		tapis: ['FAILED'],
		// Of the user's own program, and of the machinery.
		tensorpool: ['error', 'failed', 'FAILED'],
		dex: ['failed'],
	});

	words('cancelled', 'cancelled', {
		weaver: ['dismissed', 'canceled', 'cancelled'],
		ionworks: ['canceled', 'cancelled', 'CANCELED'],
		tapis: ['CANCELLED', 'CANCELED'],
		tensorpool: ['canceled', 'cancelled', 'CANCELED'],
		dex: ['cancelled', 'canceled'],
	});
});
