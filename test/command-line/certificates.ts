/*
Servers whose certificate comes from the authority of a site, on loopback.
*/
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {on} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {temporaryDirectory} from '../helpers/engine.ts';
import {runCli, startCli} from '../helpers/run-cli.ts';

/** A folder with an authority and a certificate that it has signed; undefined without openssl. */
const makeCertificates = (t: TestContext): string | undefined => {
	const folder = temporaryDirectory(t);
	const openssl = (...parameters: string[]) => spawnSync('openssl', parameters, {cwd: folder}).status === 0;
	const key = ['-newkey', 'rsa:2048', '-nodes'];
	const made =
		openssl(
			'req',
			'-x509',
			...key,
			'-keyout',
			'ca.key',
			'-out',
			'ca.pem',
			'-subj',
			'/CN=site',
			'-days',
			'2',
		) &&
		openssl('req', ...key, '-keyout', 'key.pem', '-out', 'csr.pem', '-subj', '/CN=localhost') &&
		openssl(
			...['x509', '-req', '-in', 'csr.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
			...['-out', 'cert.pem', '-days', '2'],
		);
	return made ? folder : undefined;
};

const serve = async (t: TestContext, folder: string) => {
	const asked: string[] = [];
	const options = {
		key: readFileSync(join(folder, 'key.pem')),
		cert: readFileSync(join(folder, 'cert.pem')),
	};
	const server = createServer(options, (request, response) => {
		asked.push(request.url ?? '');
		response.setHeader('content-type', 'application/json').end('{"jobs": [], "total": 0, "page": 0}');
	});
	await new Promise<void>(resolve => server.listen(0, 'localhost', resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return {asked, url: `https://localhost:${(server.address() as AddressInfo).port}`};
};

test('the authorities of the system and of SSL_CERT_FILE are trusted; others are named with what to do', async t => {
	const folder = makeCertificates(t);
	if (folder === undefined) return t.skip('openssl, which makes the certificates, is not installed');
	const {asked, url} = await serve(t, folder);
	const around = {WEAVER_URL: url, JOBTOP_STATE_DIR: folder};
	const unknown = await runCli(['list'], {env: around});
	assert.equal(unknown.code, 5);
	assert.match(
		unknown.stderr,
		/unreachable: the certificate of localhost:\d+ is not trusted: unable to verify the first certificate; for your own certificate authority, set NODE_EXTRA_CA_CERTS or SSL_CERT_FILE to its file\n/,
	);
	assert.equal(asked.length, 0);
	const ca = join(folder, 'ca.pem');
	for (const variable of ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']) {
		const {code, stderr} = await runCli(['list'], {env: {...around, [variable]: ca}});
		assert.deepEqual([code, stderr], [0, 'jobtop: no active job\n'], variable);
	}
	const tested = await runCli(['profiles', 'test'], {env: {...around, SSL_CERT_FILE: ca}});
	assert.match(tested.stdout, /tls +TLSv1\.3, certificate of localhost/);
});

test('warnings of Node in the engine thread do not reach the terminal of the screen', async t => {
	const folder = makeCertificates(t);
	if (folder === undefined) return t.skip('openssl, which makes the certificates, is not installed');
	const {asked, url} = await serve(t, folder);
	const env = {WEAVER_URL: url, JOBTOP_STATE_DIR: folder, NODE_TLS_REJECT_UNAUTHORIZED: '0'};
	const {child, result} = startCli(['--plain'], {env});
	for await (const _ of on(child.stdout, 'data', {close: ['end']})) if (asked.length > 0) break;
	child.kill('SIGTERM');
	assert.equal((await result).stderr, '');
});
