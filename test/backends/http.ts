import assert from 'node:assert/strict';
import {mkdtempSync, rmSync} from 'node:fs';
import {createServer, type IncomingMessage, type RequestListener} from 'node:http';
import {type AddressInfo, createServer as createTcpServer, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {gzipSync} from 'node:zlib';
import {type HttpOptions, type HttpRequest, openHttp, pathSegment} from '../../source/backends/http.ts';
import {failureOfConnection, HttpError, readRetryAfter} from '../../source/backends/http-failure.ts';
import {BackendError, type Failure, type FailureKind, localCauseOf} from '../../source/job/failure.ts';
import {failureOf} from '../helpers/failure-of.ts';
import {fc} from '../helpers/fast-check.ts';

const {signal} = new AbortController();

/** A real server on loopback, and what it was asked. */
const serve = async (t: TestContext, listener: RequestListener) => {
	const seen: IncomingMessage[] = [];
	const server = createServer((request, response) => {
		seen.push(request);
		listener(request, response);
	});
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return {url: await listen(server), seen};
};

const listen = async (server: Server): Promise<string> => {
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const open = (t: TestContext, options: HttpOptions) => {
	const http = openHttp(options, {title: 'the server', isOwn: () => true});
	t.after(http.close);
	return http;
};

const get: HttpRequest = {path: '/jobs', signal};

test('a JSON answer is read, whatever it calls itself, packed or not', async t => {
	const {url} = await serve(t, (request, response) => {
		const body = JSON.stringify({asked: request.url, sent: request.headers['x-key']});
		response.setHeader('content-type', 'text/html');
		if (request.headers['accept-encoding'] === 'gzip') {
			response.setHeader('content-encoding', 'gzip').end(gzipSync(body));
		} else response.end(body);
	});
	const http = open(t, {url: `${url}/weaver/`, headers: () => ({'X-Key': 'abc'})});
	const query = {page: 0, detail: true, status: undefined};
	const expected = {asked: '/weaver/jobs?page=0&detail=true', sent: 'abc'};
	assert.deepEqual((await http.json({...get, query})).body, expected);
	const plain = {...get, query, headers: {'accept-encoding': 'identity'}};
	assert.deepEqual((await http.json(plain)).body, expected);
});

test('an empty answer has no body', async t => {
	const {url} = await serve(t, (_, response) => response.writeHead(204).end());
	const answer = await open(t, {url}).json(get);
	assert.equal(answer.status, 204);
	assert.equal(answer.body, undefined);
});

test('a body is sent as JSON, once', async t => {
	let body = '';
	const {url, seen} = await serve(t, async (request, response) => {
		for await (const part of request) body += part;
		response.end('{}');
	});
	await open(t, {url}).json({...get, method: 'POST', body: {jobs: ['a']}});
	assert.equal(body, '{"jobs":["a"]}');
	assert.equal(seen[0]?.headers['content-type'], 'application/json');
	assert.equal(seen.length, 1);
});

test('the credential is asked for before every request', async t => {
	const {url, seen} = await serve(t, (_, response) => response.end('{}'));
	let n = 0;
	const http = open(t, {url, headers: async () => ({authorization: `Bearer ${++n}`})});
	await http.json(get);
	await http.json(get);
	assert.deepEqual(
		seen.map(request => request.headers.authorization),
		['Bearer 1', 'Bearer 2'],
	);
});

test('without a credential nothing is sent', async t => {
	const {url, seen} = await serve(t, (_, response) => response.end('{}'));
	const missing: Failure = {kind: 'unauthorized', detail: 'no token', sent: false};
	const headers = () => Promise.reject(new BackendError(missing));
	assert.deepEqual(await failureOf(open(t, {url, headers}).json(get)), missing);
	assert.equal(seen.length, 0);
});

test('a credential is not sent over plain http to another machine', async t => {
	const headers = () => ({authorization: 'Bearer abcdef'});
	const failure = await failureOf(open(t, {url: 'http://weaver.invalid', headers}).json(get));
	assert.equal(failure.kind, 'unauthorized');
	assert.equal('sent' in failure && failure.sent, false);
	assert.match(failure.detail, /https/);
});

test('where a user and a password stand in the address nothing is sent, and they are not shown', async t => {
	const {url, seen} = await serve(t, (_, response) => response.end('{}'));
	const failure = await failureOf(open(t, {url: url.replace('//', '//user:pass-word@')}).json(get));
	assert.equal(failure.kind, 'unauthorized');
	assert.equal('sent' in failure && failure.sent, false);
	assert.doesNotMatch(failure.detail, /pass-word/);
	assert.equal(seen.length, 0);
});

const answers: readonly (readonly [
	what: string,
	listener: RequestListener,
	kind: FailureKind,
	words: RegExp,
])[] = [
	[
		'a web page',
		(_, r) => r.end('<!doctype html><title>Sign in</title>'),
		'malformed',
		/web page \(Sign in\)/,
	],
	['half of a JSON document', (_, r) => r.end('{"jobs": ['), 'malformed', /incomplete/],
	['a connection that is reset', (_, r) => r.socket?.resetAndDestroy(), 'cut-off', /broke/],
	[
		'half of a body',
		(_, r) => r.writeHead(200, {'content-length': 20}).write('{"jobs"', () => r.socket?.destroy()),
		'cut-off',
		/broke/,
	],
	[
		'half of a body in chunks',
		(_, r) => r.writeHead(200).write('{"jobs"', () => r.socket?.destroy()),
		'cut-off',
		/broke/,
	],
	['no answer', () => {}, 'timeout', /in time/],
	[
		'an answer that stops',
		(_, r) => void r.writeHead(200, {'content-length': 20}).write('{"jobs"'),
		'timeout',
		/in time/,
	],
	['too much', (_, r) => r.end(JSON.stringify('x'.repeat(5000))), 'malformed', /large/],
	[
		'too much in a small parcel',
		(_, r) => r.setHeader('content-encoding', 'gzip').end(gzipSync(JSON.stringify('x'.repeat(5000)))),
		'malformed',
		/unpacked/,
	],
	[
		'a web page as an error',
		(_, r) => r.writeHead(502).end('<html><title>Bad\u001b[2J</title>'),
		'broken',
		/Bad/,
	],
	[
		'words for people',
		(_, r) => r.writeHead(403).end('{"detail": [{"msg": "not\\nyours"}]}'),
		'forbidden',
		/^not yours/,
	],
	['a code alone', (_, r) => r.writeHead(405).end(), 'rejected', /405/],
	['nested words', (_, r) => r.writeHead(409).end('{"error": {"message": "ended"}}'), 'conflict', /^ended/],
];

for (const [what, listener, kind, words] of answers) {
	test(`${what} is ${kind}, and is asked for once`, async t => {
		const {url, seen} = await serve(t, listener);
		const http = open(t, {url, limits: {headersMs: 300, bodyMs: 300, bodyBytes: 4096}});
		const failure = await failureOf(http.json({...get, method: 'DELETE'}));
		assert.equal(failure.kind, kind, failure.detail);
		assert.match(failure.detail, words);
		assert.equal(seen.length, 1);
	});
}

test('an answer that never ends is given up as a whole', async t => {
	const {url} = await serve(t, (_, response) => {
		const drip = setInterval(() => response.write(' '), 5);
		response.on('close', () => clearInterval(drip));
	});
	assert.equal((await failureOf(open(t, {url, limits: {wholeMs: 200}}).json(get))).kind, 'timeout');
});

test('nobody at the address is unreachable', async t => {
	const server = createTcpServer();
	const url = await listen(server);
	await new Promise(resolve => server.close(resolve));
	const failure = await failureOf(open(t, {url}).json(get));
	assert.equal(failure.kind, 'unreachable');
	assert.match(failure.detail, /ECONNREFUSED/);
});

test('a server that speaks no TLS is unreachable over https', async t => {
	const {url, seen} = await serve(t, (_, response) => response.end('{}'));
	assert.equal(
		(await failureOf(open(t, {url: url.replace('http:', 'https:')}).json(get))).kind,
		'unreachable',
	);
	assert.equal(seen.length, 0);
});

test('a server that speaks no HTTP is malformed', async t => {
	const server = createTcpServer(socket => void socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'));
	t.after(() => server.close());
	assert.equal((await failureOf(open(t, {url: await listen(server)}).json(get))).kind, 'malformed');
});

test('errors of the connection are sorted by whether the request may have left', () => {
	const errors: readonly (readonly [Readonly<Record<string, unknown>>, FailureKind])[] = [
		[{code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'far'}, 'unreachable'],
		[{code: 'EAI_AGAIN', syscall: 'getaddrinfo', hostname: 'far'}, 'unreachable'],
		[{code: 'EHOSTUNREACH', syscall: 'connect', address: '10.0.0.1', port: 443}, 'unreachable'],
		[{code: 'ETIMEDOUT', syscall: 'connect', address: '10.0.0.1', port: 443}, 'unreachable'],
		[{code: 'ETIMEDOUT', syscall: 'read'}, 'cut-off'],
		[{code: 'EHOSTUNREACH', syscall: 'write'}, 'cut-off'],
		[{code: 'ECONNRESET', syscall: 'read'}, 'cut-off'],
		[{code: 'UND_ERR_CONNECT_TIMEOUT'}, 'unreachable'],
		[{code: 'UND_ERR_SOCKET'}, 'cut-off'],
		[{code: 'CERT_HAS_EXPIRED'}, 'unreachable'],
		[{code: 'DEPTH_ZERO_SELF_SIGNED_CERT'}, 'unreachable'],
		[{code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'}, 'cut-off'],
	];
	for (const [fields, kind] of errors) {
		const error = Object.assign(new Error('it broke'), fields);
		assert.equal(failureOfConnection(error, 'far')?.kind, kind, String(fields.code));
		assert.equal(failureOfConnection(new AggregateError([error]), 'far')?.kind, kind);
	}
	assert.equal(failureOfConnection(new TypeError('our fault'), 'far'), undefined);
});

test('every failing code is an HttpError that keeps the code and the body', async t => {
	const {url} = await serve(t, (request, response) => {
		response.writeHead(Number(request.url?.slice(1))).end('{"why": 1}');
	});
	const http = open(t, {url});
	for (let status = 400; status < 600; status += 1) {
		const error = await http.json({path: `/${status}`, signal}).catch((error: unknown) => error);
		assert.ok(error instanceof HttpError, `${status} ${error}`);
		assert.equal(error.status, status);
		assert.deepEqual(error.body, {why: 1});
	}
});

test('what the server says of patience is heard', async t => {
	const {url} = await serve(t, (request, response) => {
		response.writeHead(Number(request.url?.slice(1)), {'retry-after': '7'}).end();
	});
	const http = open(t, {url});
	for (const [status, kind] of [
		[429, 'rate-limited'],
		[503, 'broken'],
	] as const) {
		const failure = await failureOf(http.json({path: `/${status}`, signal}));
		assert.equal(failure.kind, kind);
		assert.equal('retryAfterMs' in failure && failure.retryAfterMs, 7000);
	}
	const date = 'Mon, 23 Nov 2026 12:00:00 GMT';
	assert.equal(readRetryAfter('Mon, 23 Nov 2026 12:00:30 GMT', date), 30_000);
	// Neither a storm nor for ever, whatever it says.
	for (const soon of ['0', '-5', '-3600', 'Mon, 23 Nov 2026 11:00:00 GMT', 'Thu, 01 Jan 1970 00:00:00 GMT']) {
		assert.equal(readRetryAfter(soon, date), 1000, soon);
	}
	for (const late of ['999999999', '99999999999999999999', 'Mon, 23 Nov 2099 12:00:00 GMT']) {
		assert.equal(readRetryAfter(late, date), 300_000, late);
	}
	assert.equal(readRetryAfter('soon', date), undefined);
	assert.equal(readRetryAfter(undefined, date), undefined);
});

test('a redirect to another origin is not followed and gets no credential', async t => {
	const other = await serve(t, (_, response) => response.end('{}'));
	for (const status of [301, 302, 303, 307, 308]) {
		const {url} = await serve(t, (_, response) => {
			response.writeHead(status, {location: `${other.url}/jobs?token=abc`}).end();
		});
		const http = open(t, {url, headers: () => ({authorization: 'Bearer abcdef'})});
		for (const method of ['GET', 'DELETE'] as const) {
			const failure = await failureOf(http.json({...get, method}));
			assert.equal(failure.kind, 'malformed');
			assert.doesNotMatch(failure.detail, /token/);
		}
	}
	assert.equal(other.seen.length, 0);
});

test('a redirect to something that is no web address is shown unchanged', async t => {
	for (const location of ['file:///etc/passwd', 'ftp://other.example/x']) {
		const {url} = await serve(t, (_, response) => response.writeHead(302, {location}).end());
		const {kind, detail} = await failureOf(open(t, {url}).json(get));
		assert.equal(kind, 'malformed');
		assert.ok(detail.includes(`(${location})`), detail);
	}
});

test('a redirect to a login page is unauthorized', async t => {
	const {url, seen} = await serve(t, (_, response) => {
		response.writeHead(302, {location: '/login?next=/jobs'}).end();
	});
	assert.equal((await failureOf(open(t, {url}).json(get))).kind, 'unauthorized');
	assert.equal(seen.length, 1);
});

test('a server that is called login is not its own login page', async t => {
	const folder = mkdtempSync(join(tmpdir(), 'jobtop-http-'));
	t.after(() => rmSync(folder, {recursive: true, force: true}));
	const socketPath = join(folder, 'socket');
	const server = createServer((request, response) => {
		if (request.url === '/jobs/') response.end('{"here": true}');
		else response.writeHead(308, {location: 'http://login.example.org/jobs/'}).end();
	});
	await new Promise<void>(resolve => server.listen(socketPath, resolve));
	t.after(() => server.close());
	const http = open(t, {url: 'http://login.example.org', socketPath});
	assert.deepEqual((await http.json(get)).body, {here: true});
	assert.deepEqual((await http.json({...get, method: 'DELETE'})).body, {here: true});
});

for (const status of [307, 308]) {
	test(`a redirect with ${status} on the same origin is followed with the method and the body`, async t => {
		const bodies: string[] = [];
		const {url, seen} = await serve(t, async (request, response) => {
			let body = '';
			for await (const part of request) body += part;
			bodies.push(body);
			if (request.url === '/jobs/') response.end('{"here": true}');
			else response.writeHead(status, {location: '/jobs/'}).end();
		});
		const http = open(t, {url, headers: () => ({authorization: 'Bearer abcdef'})});
		for (const method of ['GET', 'DELETE', 'POST'] as const) {
			const body = method === 'POST' ? {body: {reason: 'x'}} : {};
			assert.deepEqual((await http.json({...get, method, ...body})).body, {here: true});
		}
		assert.deepEqual(
			seen.map(({method}) => method),
			['GET', 'GET', 'DELETE', 'DELETE', 'POST', 'POST'],
		);
		assert.ok(seen.every(({headers}) => headers.authorization === 'Bearer abcdef'));
		assert.deepEqual(bodies.slice(4), ['{"reason":"x"}', '{"reason":"x"}']);
	});
}

test('a change that another redirect moves is not sent again', async t => {
	for (const status of [301, 302, 303]) {
		const {url, seen} = await serve(t, (_, response) =>
			response.writeHead(status, {location: '/jobs/'}).end(),
		);
		const {kind, detail} = await failureOf(open(t, {url}).json({...get, method: 'DELETE'}));
		assert.deepEqual([kind, seen.length], ['malformed', 1]);
		assert.match(detail, /redirects a DELETE to .*, which jobtop does not follow/);
	}
});

test('a change is never redirected to another job', async t => {
	for (const status of [307, 308]) {
		const {url, seen} = await serve(t, (_, response) =>
			response.writeHead(status, {location: '/v2/jobs/8'}).end(),
		);
		const {kind, detail} = await failureOf(open(t, {url}).json({...get, path: '/jobs/7', method: 'DELETE'}));
		assert.deepEqual([kind, seen.length], ['malformed', 1]);
		assert.match(detail, /redirects a DELETE to .*\/v2\/jobs\/8/);
	}
	const {url, seen} = await serve(t, (request, response) => {
		if (request.url === '/v2/jobs/7/') response.end('{"here": true}');
		else response.writeHead(307, {location: '/v2/jobs/7/'}).end();
	});
	await open(t, {url}).json({...get, path: '/jobs/7', method: 'DELETE'});
	assert.equal(seen.length, 2, 'the same job at another place is');
});

test('a redirected change that may have been made is not called rejected', async t => {
	const {url} = await serve(t, (_, response) => response.writeHead(303, {location: '/jobs'}).end());
	assert.equal((await failureOf(open(t, {url}).json({...get, method: 'POST'}))).kind, 'malformed');
});

test('a circle of redirects ends', async t => {
	const {url, seen} = await serve(t, (_, response) => response.writeHead(307, {location: '/jobs'}).end());
	assert.equal((await failureOf(open(t, {url}).json(get))).kind, 'malformed');
	assert.ok(seen.length <= 4);
});

test('a request that is aborted on its way rejects with the reason', async t => {
	const controller = new AbortController();
	const reason = new Error('changed my mind');
	const {url} = await serve(t, () => controller.abort(reason));
	const asked = open(t, {url}).json({...get, signal: controller.signal});
	assert.equal(await asked.catch((error: unknown) => error), reason);
});

test('an answer that is aborted on its way rejects with the reason', async t => {
	const controller = new AbortController();
	const reason = new Error('changed my mind');
	const {url} = await serve(t, (_, response) => {
		response.write('{', () => controller.abort(reason));
	});
	const asked = open(t, {url}).json({...get, signal: controller.signal});
	assert.equal(await asked.catch((error: unknown) => error), reason);
});

test('a proxy of the environment is used for other machines, and not for this one', async t => {
	const proxy = await serve(t, (_, response) => response.end('{"from": "proxy"}'));
	const near = await serve(t, (_, response) => response.end('{"from": "near"}'));
	const before = process.env.HTTP_PROXY;
	process.env.HTTP_PROXY = proxy.url;
	t.after(() => {
		if (before === undefined) delete process.env.HTTP_PROXY;
		else process.env.HTTP_PROXY = before;
	});
	assert.deepEqual((await open(t, {url: near.url}).json(get)).body, {from: 'near'});
	assert.deepEqual((await open(t, {url: 'http://far.invalid'}).json(get)).body, {from: 'proxy'});
	assert.equal(proxy.seen.length, 1);
	process.env.HTTP_PROXY = proxy.url.replace('http://', '');
	assert.deepEqual((await open(t, {url: 'http://far.invalid'}).json(get)).body, {from: 'proxy'});
	process.env.HTTP_PROXY = 'http://me:sekret%zz@127.0.0.1:9';
	const failure = await failureOf(open(t, {url: 'http://far.invalid'}).json(get));
	assert.deepEqual([failure.kind, localCauseOf(failure)], ['unreachable', 'proxy']);
	assert.match(failure.detail, /^HTTP_PROXY cannot be read: /);
});

test('an id in a path stays one segment and comes back as it was, or is refused', () => {
	fc.assert(
		fc.property(fc.oneof(fc.string({unit: 'binary'}), fc.constantFrom('.', '..', 'a/../b', '/', '')), id => {
			let segment: string;
			try {
				segment = pathSegment(id);
			} catch (error) {
				assert.ok(error instanceof BackendError);
				return;
			}
			assert.equal(decodeURIComponent(segment), id);
			assert.equal(new URL(`http://far/jobs/${segment}`).pathname, `/jobs/${segment}`);
		}),
	);
	for (const id of ['', '.', '..', 'a/../b', '..\\b', '\ud800'])
		assert.throws(() => pathSegment(id), BackendError);
});
