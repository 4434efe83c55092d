/*
Every backend behind HTTP takes the way that its profile says: the proxy, the authorities and the client certificate.
*/
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {test} from 'node:test';
import type {TLSSocket} from 'node:tls';
import {type BackendKind, backendKinds, backends} from '../../source/backends/index.ts';
import {connectAll} from '../../source/config/connect.ts';
import {methodsOf, type ProfileEntry, profileSchema} from '../../source/config/profile-entries.ts';
import {BackendError} from '../../source/job/failure.ts';
import {startForwardProxy} from '../fakes/forward-proxy.ts';
import {makeCertificates} from '../helpers/certificates.ts';

const {signal} = new AbortController();

const exampleOf = async (kind: BackendKind) =>
	({...(await backends[kind].load()).profile.example, backend: kind}) as unknown as ProfileEntry;

/** The kinds that have an address are reached over HTTP. */
const kinds: BackendKind[] = [];
for (const kind of backendKinds) {
	const {address} = await methodsOf(kind);
	if (address(await exampleOf(kind)) !== undefined) kinds.push(kind);
}

test('every backend with an address has the keys of the way, and no other has', async () => {
	assert.ok(kinds.length >= 7, kinds.join());
	for (const kind of backendKinds) {
		const {shape} = await profileSchema(kind);
		for (const key of ['proxy', 'ca_file', 'client_cert', 'client_key']) {
			assert.equal(key in shape, kinds.includes(kind), `${kind} ${key}`);
		}
	}
});

test('every backend asks through the proxy, and identifies itself with the client certificate', async t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip('openssl, which makes the certificates, is not installed');
	const {folder} = certificates;
	const read = (name: string) => readFileSync(join(folder, name));
	const clients: string[] = [];
	const server = createServer(
		{key: read('server.key'), cert: read('server.pem'), ca: read('ca.pem'), requestCert: true},
		(request, response) => {
			clients.push(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN));
			response.setHeader('content-type', 'application/json').end('{}');
		},
	);
	server.on('upgrade', (request, socket) => {
		clients.push(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN));
		socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const proxy = await startForwardProxy(t, 'ada:secret');
	const {port} = server.address() as AddressInfo;
	for (const kind of kinds) {
		const schema = await profileSchema(kind);
		const entry = schema.parse({
			...(await exampleOf(kind)),
			url: `https://localhost:${port}`,
			token_env: 'TOKEN',
			proxy: `ada:secret@127.0.0.1:${proxy.port}`,
			ca_file: 'ca.pem',
			client_cert: 'client.pem',
			client_key: 'client.key',
		});
		const settings = {name: kind, entry, folder, protect: false, readOnly: false};
		const [connection] = await connectAll([settings as Parameters<typeof connectAll>[0][number]], {
			TOKEN: 'token',
		});
		t.after(() => connection?.backend.close?.());
		assert.equal(
			connection?.reach?.way,
			`proxy http://127.0.0.1:${proxy.port}, ca_file ${folder}/ca.pem, client_cert ${folder}/client.pem`,
		);
		const curl = connection?.reach?.curl.join(' ') ?? '';
		assert.ok(
			curl.includes(`--cacert ${folder}/ca.pem --cert ${folder}/client.pem --key ${folder}/client.key`),
		);
		assert.ok(curl.includes(`--proxy http://127.0.0.1:${proxy.port} --proxy-user "$PROXY_LOGIN"`), curl);
		clients.length = 0;
		const {backend} = connection as NonNullable<typeof connection>;
		// The answer makes no sense to a backend; that it was reached counts.
		const questions = [
			backend.listPage({everyone: true, ended: true, signal}),
			backend.listen?.('j-0123456789ab', {signal, onText: () => undefined}),
		];
		for (const question of await Promise.allSettled(questions)) {
			if (question.status === 'rejected') assert.ok(question.reason instanceof BackendError, kind);
		}
		assert.ok(clients.length >= (backend.listen ? 2 : 1), kind);
		assert.deepEqual([...new Set(clients)], ['client'], kind);
	}
	assert.ok(proxy.passed.length >= kinds.length);
	assert.equal(proxy.refused(), 0);
	assert.deepEqual([...new Set(proxy.passed)], [`localhost:${port}`]);
});
