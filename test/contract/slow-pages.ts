/* jobtop requests a page that takes a server too long again in smaller ones, and no job is lost or listed twice. */
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {type TestContext, test} from 'node:test';
import type {Backend} from '../../source/backends/backend.ts';
import {tapis} from '../../source/backends/tapis/index.ts';
import {weaver} from '../../source/backends/weaver/index.ts';

const {signal} = new AbortController();

type Asked = {readonly limit: number; readonly from: number};

/** A server of 230 jobs that never answers for more than `most` at a time, from its n-th page on; or does with 504. */
const slowServer = async (
	t: TestContext,
	read: (query: URLSearchParams) => Asked,
	page: (ids: readonly string[], asked: Asked) => unknown,
	{most, since = 0, gateway = false}: {most: number; since?: number; gateway?: boolean},
) => {
	const asked: Asked[] = [];
	const server = createServer((request, response) => {
		const wanted = read(new URL(request.url ?? '', 'http://far').searchParams);
		asked.push(wanted);
		if (wanted.limit > most && asked.length > since) {
			if (gateway) response.writeHead(504).end('<html><title>504</title></html>');
			return;
		}
		const ids = Array.from({length: 230}, (_, n) => `job-${n}`).slice(
			wanted.from,
			wanted.from + wanted.limit,
		);
		response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(page(ids, wanted)));
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return {asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`};
};

const idsOf = async (backend: Backend): Promise<readonly string[]> => {
	const ids: string[] = [];
	let cursor: string | undefined;
	do {
		const request = {everyone: true, ended: true, signal, ...(cursor !== undefined && {cursor})};
		const page = await backend.listPage(request);
		ids.push(...page.jobs.map(({id}) => id));
		assert.equal(page.covers, 'everything');
		cursor = page.cursor;
	} while (cursor !== undefined);
	return ids;
};

const limits = {headersMs: 300};
const systems = {
	weaver: {
		connect: (url: string) => weaver.connect('far', {url, pageSize: 200, limits}),
		read: (query: URLSearchParams) => {
			const limit = Number(query.get('limit'));
			return {limit, from: Number(query.get('page')) * limit};
		},
		page: (ids: readonly string[], {limit, from}: Asked) => ({
			jobs: ids.map(jobID => ({jobID, status: 'running'})),
			page: from / limit,
			limit,
			total: 230,
		}),
	},
	tapis: {
		connect: (url: string) => tapis.connect('far', {url, pageSize: 200, limits}),
		read: (query: URLSearchParams) => ({limit: Number(query.get('limit')), from: Number(query.get('skip'))}),
		page: (ids: readonly string[], {from}: Asked) => ({
			status: 'success',
			message: 'JOBS_LIST',
			result: ids.map(uuid => ({uuid, status: 'RUNNING', name: 'n', owner: 'me', tenant: 't'})),
			metadata: {recordsSkipped: from, totalCount: 230},
		}),
	},
};

for (const [name, {connect, read, page}] of Object.entries(systems)) {
	for (const how of [{most: 50}, {most: 50, since: 1}, {most: 50, gateway: true}]) {
		test(`${name}: too slow for more than fifty, ${JSON.stringify(how)}`, async t => {
			const {asked, url} = await slowServer(t, read, page, how);
			const backend = connect(url);
			t.after(() => backend.close?.());
			const all = Array.from({length: 230}, (_, n) => `job-${n}`);
			assert.deepEqual(await idsOf(backend), all);
			const before = asked.length;
			assert.deepEqual(await idsOf(backend), all);
			assert.ok(
				asked.slice(before).every(({limit}) => limit <= 50),
				'it is remembered',
			);
		});
	}
}

test('a server that is too slow for any page is not asked for ever smaller ones', async t => {
	const {read, page} = systems.weaver;
	const {asked, url} = await slowServer(t, read, page, {most: 0});
	const backend = systems.weaver.connect(url);
	t.after(() => backend.close?.());
	await assert.rejects(idsOf(backend), /did not answer in time/);
	assert.deepEqual(
		asked.map(({limit}) => limit),
		[200, 100, 50, 25],
	);
});
