/* What stands before a job system answers in its place: its 404 speaks of an address, and not of a job. */
import assert from 'node:assert/strict';
import {createServer, type IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {type TestContext, test} from 'node:test';
import type {Backend} from '../../source/backends/backend.ts';
import {dex} from '../../source/backends/dex/index.ts';
import {ionworks} from '../../source/backends/ionworks/index.ts';
import {ogc} from '../../source/backends/ogc/index.ts';
import {slurmrestd} from '../../source/backends/slurmrestd/index.ts';
import {tapis} from '../../source/backends/tapis/index.ts';
import {tensorpool} from '../../source/backends/tensorpool/index.ts';
import {weaver} from '../../source/backends/weaver/index.ts';
import {failureOf} from '../../source/job/failure.ts';

const {signal} = new AbortController();

type Canned = {
	readonly status: number;
	readonly type?: string;
	readonly age?: string;
	readonly body: string;
};

/** A server that gives one answer to everything, but for slurmrestd's description of itself. */
const answering = async (
	t: TestContext,
	canned: Canned | ((request: IncomingMessage) => Canned),
): Promise<string> => {
	const server = createServer((request, response) => {
		if (request.url?.startsWith('/openapi/')) {
			const paths = {'/slurm/v0.0.40/job/{job_id}': {}, '/slurm/v0.0.40/jobs': {}};
			return response.end(JSON.stringify({paths}));
		}
		const {status, type = 'text/plain', age, body} = typeof canned === 'function' ? canned(request) : canned;
		if (age !== undefined) response.setHeader('age', age);
		return response.writeHead(status, {'content-type': type}).end(body);
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const id = '6aa6ba1e-b5a7-4644-8bf9-f41fa1dc7c79';
const backends: Readonly<Record<string, readonly [connect: (url: string) => Backend, id: string]>> = {
	weaver: [url => weaver.connect('far', {url}), id],
	ogc: [url => ogc.connect('far', {url}), id],
	ionworks: [url => ionworks.connect('far', {url}), id],
	tapis: [url => tapis.connect('far', {url}), `${id}-007`],
	tensorpool: [url => tensorpool.connect('far', {url}), 'j-1'],
	dex: [url => dex.connect('far', {url, project: 'p'}), 'job_1'],
	slurmrestd: [url => slurmrestd.connect('far', {url, user: 'me'}), '42'],
};

const page = '<html><head><title>404 Not Found</title></head><body>nginx</body></html>';
/** Of an ingress, of nginx, of Kong, of a framework without such an address, of Spring, of nobody. */
const foreign: readonly string[] = [
	'default backend - 404',
	'404 page not found',
	page,
	JSON.stringify({message: 'no Route matched with those values', request_id: 'a1'}),
	JSON.stringify({message: 'Not Found'}),
	JSON.stringify({detail: 'Not Found'}),
	JSON.stringify({type: 'about:blank', title: 'Not Found', status: 404, detail: 'No static resource.'}),
	JSON.stringify({timestamp: '2026-11-28T10:00:00Z', status: 404, error: 'Not Found', path: '/jobs/1'}),
	JSON.stringify([]),
	'',
];

const kindOf = (promise: Promise<unknown> | undefined) =>
	(promise ?? Promise.resolve()).then(
		answer => answer,
		(error: unknown) => failureOf(error).kind,
	);

for (const [name, [connect, id]] of Object.entries(backends)) {
	for (const status of [404, 409, 410]) {
		test(`${name}: a ${status} that is not its own says nothing of a job`, async t => {
			for (const body of foreign) {
				const backend = connect(await answering(t, {status, body}));
				t.after(() => backend.close?.());
				assert.equal(await kindOf(backend.get?.(id, {signal})), 'malformed', body);
				assert.equal(await kindOf(backend.cancel?.(id, {signal})), 'malformed', body);
			}
		});
	}
}

const ogcException = 'http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job';
const own: readonly (readonly [name: string, status: number, body: unknown])[] = [
	['weaver', 404, {title: 'NoSuchJob', type: ogcException, status: 404, detail: 'No such job.'}],
	['weaver', 404, {code: 'NoSuchJob', description: 'Could not find job.'}],
	['weaver', 404, {message: 'The resource could not be found.', code: '404 Not Found', title: 'Not Found'}],
	['weaver', 400, {title: 'NoSuchJob', type: ogcException, status: 400, detail: 'is not a valid UUID'}],
	['ogc', 404, {code: 'NoSuchJob', type: 'NoSuchJob', description: id}],
	['ogc', 404, {type: ogcException, title: 'Job not found', detail: id}],
	['ogc', 404, {detail: `Job ${id} not found`}],
	['ogc', 404, {detail: {type: ogcException, title: 'NoSuchJob', status: 404}}],
	['ionworks', 404, {error_code: 'NOT_FOUND', message: 'Job not found', detail: 'Job not found'}],
	['ionworks', 404, {detail: 'Job not found'}],
	['tapis', 404, {status: 'success', message: 'TAPIS_NOT_FOUND Job was not found.', result: null}],
	['tapis', 400, {status: 'error', message: 'JOBS_JOB_SELECT_UUID_ERROR No job.', result: null}],
	['tensorpool', 404, {message: 'Job j-1 not found'}],
	['tensorpool', 404, {detail: 'Job not found'}],
	['dex', 404, {detail: 'Job not found'}],
	['slurmrestd', 404, {errors: [{error_number: 2017, error: 'Invalid job id specified'}]}],
];

for (const [name, status, body] of own) {
	test(`${name}: a ${status} ${JSON.stringify(body)} is its own, and says that there is no such job`, async t => {
		const [connect, id] = backends[name] ?? assert.fail(name);
		const backend = connect(
			await answering(t, {status, type: 'application/json', body: JSON.stringify(body)}),
		);
		t.after(() => backend.close?.());
		assert.equal(await kindOf(backend.get?.(id, {signal})), 'not-found');
	});
}

test('an id that something other than TensorPool calls invalid may name a job there', async t => {
	const url = await answering(t, {status: 400, body: 'invalid request id'});
	const backend = tensorpool.connect('far', {url});
	t.after(() => backend.close?.());
	assert.equal(await kindOf(backend.get?.('j-1', {signal})), 'rejected');
});

for (const [name, [connect, id]] of Object.entries(backends)) {
	test(`${name}: no cache is to answer for it, and what is old is no evidence`, async t => {
		const asked: (string | undefined)[] = [];
		const ages = ['600', '0'];
		const url = await answering(t, ({headers}) => {
			asked.push(headers['cache-control']);
			return {status: 404, type: 'application/json', age: ages[asked.length - 1] ?? '0', body: '{}'};
		});
		const backend = connect(url);
		t.after(() => backend.close?.());
		await assert.rejects(backend.get?.(id, {signal}) ?? Promise.resolve(), /answer is 600 s old/);
		assert.equal(asked.length, 1);
		assert.equal(await kindOf(backend.get?.(id, {signal})), 'malformed');
		assert.deepEqual(new Set(asked), new Set(['no-cache']));
	});
}
