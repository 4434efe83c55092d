/*
The way to a server as its profile says it: proxies with a login, private authorities and client certificates, all on loopback.
*/
import assert from 'node:assert/strict';
import {copyFileSync, readFileSync} from 'node:fs';
import {createServer as createPlainServer} from 'node:http';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import type {TLSSocket} from 'node:tls';
import {openHttp} from '../../source/backends/http.ts';
import {failureOfAnswer} from '../../source/backends/http-failure.ts';
import type {HttpRoute} from '../../source/backends/http-route.ts';
import {clientCertificateWords} from '../../source/backends/tls-files.ts';
import {localCauseOf} from '../../source/job/failure.ts';
import {startForwardProxy} from '../fakes/forward-proxy.ts';
import {startSocksProxy} from '../fakes/socks-proxy.ts';
import {type Certificates, makeCertificates} from '../helpers/certificates.ts';
import {failureOf} from '../helpers/failure-of.ts';

const {signal} = new AbortController();
const withoutOpenssl = 'openssl, which makes the certificates, is not installed';

/** A server with a certificate of the private authority; it names the client that asks. */
const serve = async (
	t: TestContext,
	{folder}: Certificates,
	options: {readonly requestCert?: boolean; readonly maxVersion?: 'TLSv1.2'} = {},
) => {
	const read = (name: string) => readFileSync(join(folder, name));
	let asked = 0;
	const server = createServer(
		{key: read('server.key'), cert: read('server.pem'), ca: read('ca.pem'), ...options},
		(request, response) => {
			asked += 1;
			const {subject} = (request.socket as TLSSocket).getPeerCertificate();
			response.end(JSON.stringify({client: subject?.CN ?? null}));
		},
	);
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const {port} = server.address() as AddressInfo;
	return {url: `https://localhost:${port}`, place: `localhost:${port}`, asked: () => asked};
};

const clientOf = (t: TestContext, url: string, route?: HttpRoute) => {
	const http = openHttp({url, ...(route && {route})}, {title: 'the server', isOwn: () => true});
	t.after(http.close);
	return async () => (await http.json({path: '/jobs', signal})).body;
};

/** Sets a variable of the environment for one test. */
const setVariable = (t: TestContext, name: string, value: string) => {
	const before = process.env[name];
	process.env[name] = value;
	t.after(() => {
		if (before === undefined) delete process.env[name];
		else process.env[name] = before;
	});
};

test('a profile trusts the authorities in ca_file, and no others', async t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip(withoutOpenssl);
	const {folder, openssl} = certificates;
	const {url, asked} = await serve(t, certificates);
	const unknown = await failureOf(clientOf(t, url)());
	assert.deepEqual([unknown.kind, localCauseOf(unknown)], ['unreachable', 'certificate']);
	assert.deepEqual(await clientOf(t, url, {caFile: join(folder, 'ca.pem')})(), {client: null});
	openssl(
		'req',
		'-x509',
		'-newkey',
		'rsa:2048',
		'-nodes',
		'-keyout',
		'o.key',
		'-out',
		'o.pem',
		'-subj',
		'/CN=o',
	);
	const other = await failureOf(clientOf(t, url, {caFile: join(folder, 'o.pem')})());
	assert.equal(localCauseOf(other), 'certificate');
	assert.match(other.detail, /is not trusted: .* \(ca_file .*o\.pem\)$/);
	assert.equal(asked(), 1);
});

test('a server that demands a client certificate gets the one of the profile', async t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip(withoutOpenssl);
	const at = (name: string) => join(certificates.folder, name);
	for (const maxVersion of [undefined, 'TLSv1.2'] as const) {
		const {url, asked} = await serve(t, certificates, {requestCert: true, ...(maxVersion && {maxVersion})});
		const route = {caFile: at('ca.pem')};
		const without = await failureOf(clientOf(t, url, route)());
		assert.deepEqual([without.kind, localCauseOf(without)], ['unreachable', 'client-certificate']);
		assert.match(
			without.detail,
			/^localhost:\d+ (?:requires a client certificate|refused the TLS handshake; it may)/,
		);
		assert.equal(asked(), 0);
		const identified = {...route, clientCert: at('client.pem'), clientKey: at('client.key')};
		assert.deepEqual(await clientOf(t, url, identified)(), {client: 'client'});
	}
});

test('a client certificate that has expired is called so', t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip(withoutOpenssl);
	const at = (name: string) => join(certificates.folder, name);
	certificates.issue('former', 0);
	assert.match(
		clientCertificateWords(at('former.pem')),
		/^client_cert \/.*former\.pem, expired on \w+ .* GMT$/,
	);
	assert.match(
		clientCertificateWords(at('client.pem')),
		/^client_cert \/.*client\.pem, valid until \w+ .* GMT$/,
	);
	assert.equal(clientCertificateWords('/nowhere.pem'), 'client_cert /nowhere.pem');
});

test('a certificate that was replaced counts for the next request', async t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip(withoutOpenssl);
	const at = (name: string) => join(certificates.folder, name);
	const {url} = await serve(t, certificates, {requestCert: true});
	certificates.issue('renewed');
	const put = (name: string) => {
		copyFileSync(at(`${name}.key`), at('now.key'));
		copyFileSync(at(`${name}.pem`), at('now.pem'));
	};
	put('client');
	const ask = clientOf(t, url, {caFile: at('ca.pem'), clientCert: at('now.pem'), clientKey: at('now.key')});
	assert.deepEqual(await ask(), {client: 'client'});
	put('renewed');
	assert.deepEqual(await ask(), {client: 'renewed'});
	copyFileSync(at('client.key'), at('now.key'));
	const failure = await failureOf(ask());
	assert.deepEqual([failure.kind, localCauseOf(failure)], ['unreachable', 'tls-file']);
	assert.match(failure.detail, /^client_key: the private key in .*now\.key does not belong to/);
	put('client');
	assert.deepEqual(await ask(), {client: 'client'});
});

test('the proxy of the profile is used with its login, whatever the environment names', async t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip(withoutOpenssl);
	const {url, place} = await serve(t, certificates);
	const caFile = join(certificates.folder, 'ca.pem');
	const proxy = await startForwardProxy(t, 'ada:p%ss word');
	setVariable(t, 'HTTPS_PROXY', 'http://127.0.0.1:1');
	setVariable(t, 'NO_PROXY', '*');
	const login = 'ada:p%25ss%20word@';
	for (const scheme of ['', 'http://']) {
		const ask = clientOf(t, url, {caFile, proxy: `${scheme}${login}127.0.0.1:${proxy.port}`});
		assert.deepEqual(await ask(), {client: null});
	}
	assert.deepEqual(proxy.passed, [place, place]);
	// For a server on plain http, the proxy gets the request itself.
	const plain = createPlainServer((_, response) => response.end('{"plain": true}'));
	await new Promise<void>(resolve => plain.listen(0, '127.0.0.1', resolve));
	t.after(() => plain.close());
	const plainUrl = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
	const throughProxy = {proxy: `${login}127.0.0.1:${proxy.port}`};
	assert.deepEqual(await clientOf(t, plainUrl, throughProxy)(), {plain: true});
	assert.equal(proxy.passed.at(-1), `${plainUrl}/jobs`);
	for (const [address, route] of [
		[url, {caFile, proxy: `ada:sekret-word@127.0.0.1:${proxy.port}`}],
		[plainUrl, {proxy: `ada:sekret-word@127.0.0.1:${proxy.port}`}],
		[url, {caFile, proxy: `127.0.0.1:${proxy.port}`}],
	] as const) {
		const refused = await failureOf(clientOf(t, address, route)());
		assert.deepEqual([refused.kind, localCauseOf(refused)], ['unreachable', 'proxy-refusal']);
		assert.match(refused.detail, /^the proxy requires a valid login \(407\) on the way to /);
		assert.doesNotMatch(refused.detail, /sekret/);
	}
	assert.equal(proxy.refused(), 3);
});

test('"none" connects directly, whatever the environment names', async t => {
	const server = createPlainServer((_, response) => response.end('{}'));
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.after(() => server.close());
	const proxy = await startForwardProxy(t, 'ada:secret');
	setVariable(t, 'HTTP_PROXY', `http://ada:secret@127.0.0.1:${proxy.port}`);
	const failure = await failureOf(clientOf(t, 'http://nowhere.invalid', {proxy: 'none'})());
	assert.match(failure.detail, /^cannot resolve nowhere\.invalid/);
	assert.equal(proxy.passed.length, 0);
	const through = await failureOf(clientOf(t, 'http://nowhere.invalid')());
	assert.match(through.detail, /502/);
	assert.deepEqual(proxy.passed, ['http://nowhere.invalid/jobs']);
});

test('over plain http a credential does not go to this machine through a proxy of another', async t => {
	const options = {url: 'http://localhost:1', headers: () => ({'x-key': 'secret-key'})};
	const http = openHttp(
		{...options, route: {proxy: 'proxy.invalid:3128'}},
		{title: 'the server', isOwn: () => true},
	);
	t.after(http.close);
	const failure = await failureOf(http.json({path: '/', signal}));
	assert.match(failure.detail, /^the credential was not sent: localhost:1 uses plain http/);
});

test('a proxy that repeats its login does not make jobtop show it', async t => {
	const proxy = createPlainServer((request, response) => {
		const login = request.headers['proxy-authorization'] ?? '';
		const [, pair = ''] = login.split(' ');
		response.writeHead(403, {'content-type': 'application/json'});
		response.end(JSON.stringify({detail: `no: ${login} ${Buffer.from(pair, 'base64')}`}));
	});
	await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
	t.after(() => proxy.close());
	const place = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
	const written = `http://ada:sekret-word@${place}`;
	setVariable(t, 'HTTP_PROXY', written);
	for (const route of [{proxy: written}, undefined]) {
		const {detail} = await failureOf(clientOf(t, 'http://far.invalid', route)());
		assert.match(detail, /^no: .*\[secret\]/);
		assert.doesNotMatch(detail, /sekret|YWRhOnNl/);
	}
});

test('SOCKS5 leads to the server by its name, with and without a login', async t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip(withoutOpenssl);
	const at = (name: string) => join(certificates.folder, name);
	const {url, place} = await serve(t, certificates, {requestCert: true});
	const files = {caFile: at('ca.pem'), clientCert: at('client.pem'), clientKey: at('client.key')};
	const open = await startSocksProxy(t);
	for (const scheme of ['socks5', 'socks5h', 'socks']) {
		const ask = clientOf(t, url, {...files, proxy: `${scheme}://127.0.0.1:${open.port}`});
		assert.deepEqual(await ask(), {client: 'client'});
	}
	assert.deepEqual(open.passed, [place, place, place]);
	const guarded = await startSocksProxy(t, {login: 'ada:p%ss word'});
	const proxy = `socks5://ada:p%25ss%20word@127.0.0.1:${guarded.port}`;
	assert.deepEqual(await clientOf(t, url, {...files, proxy})(), {client: 'client'});
	assert.deepEqual(guarded.logins, ['ada:p%ss word']);
});

test('a SOCKS5 proxy that does not lead on is named; nothing was sent', async t => {
	const guarded = await startSocksProxy(t, {login: 'ada:secret'});
	const cases: readonly (readonly [proxy: string, words: RegExp, cause: string | undefined])[] = [
		[`ada:wrong-secret@127.0.0.1:${guarded.port}`, /Authentication failed/, 'proxy-refusal'],
		[`127.0.0.1:${guarded.port}`, /No acceptable authentication method/, 'proxy-refusal'],
		[`127.0.0.1:${(await startSocksProxy(t, {reply: 2})).port}`, /not allowed by ruleset/, 'proxy-refusal'],
		[`127.0.0.1:${(await startSocksProxy(t, {reply: 5})).port}`, /Connection refused/, undefined],
	];
	for (const [proxy, words, cause] of cases) {
		const failure = await failureOf(clientOf(t, 'https://far.invalid', {proxy: `socks5://${proxy}`})());
		assert.deepEqual([failure.kind, localCauseOf(failure)], ['unreachable', cause], proxy);
		assert.match(failure.detail, /^the SOCKS proxy did not connect to far\.invalid/);
		assert.match(failure.detail, words);
		assert.doesNotMatch(failure.detail, /secret/);
	}
});

test('the answer of nginx to a missing client certificate is recognized', () => {
	const own = {title: 'the server', isOwn: () => true};
	const answer = (title: string) =>
		failureOfAnswer(
			{
				status: 400,
				statusText: 'Bad Request',
				header: () => undefined,
				text: `<html>\r\n<head><title>${title}</title></head></html>`,
				body: undefined,
			},
			own,
		);
	for (const title of ['400 No required SSL certificate was sent', '400 The SSL certificate error']) {
		assert.equal(localCauseOf(answer(title)), 'client-certificate');
	}
	assert.equal(localCauseOf(answer('400 Bad Request')), undefined);
});
