/*
Servers whose certificate comes from the authority of a site, on loopback.
*/
import assert from 'node:assert/strict';
import {on} from 'node:events';
import {chmodSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {startForwardProxy} from '../fakes/forward-proxy.ts';
import {makeCertificates} from '../helpers/certificates.ts';
import {runCli, startCli} from '../helpers/run-cli.ts';

const withoutOpenssl = 'openssl, which makes the certificates, is not installed';

const serve = async (t: TestContext, folder: string, more: {readonly requestCert?: boolean} = {}) => {
	const asked: string[] = [];
	const options = {
		key: readFileSync(join(folder, 'server.key')),
		cert: readFileSync(join(folder, 'server.pem')),
		...(more.requestCert && {ca: readFileSync(join(folder, 'ca.pem')), ...more}),
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
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip(withoutOpenssl);
	const {folder} = certificates;
	const {asked, url} = await serve(t, folder);
	const around = {WEAVER_URL: url, JOBTOP_STATE_DIR: folder};
	const unknown = await runCli(['list'], {env: around});
	assert.equal(unknown.code, 5);
	assert.match(
		unknown.stderr,
		/unreachable: the certificate of localhost:\d+ is not trusted: unable to verify the first certificate; for your own certificate authority, set ca_file of the profile, NODE_EXTRA_CA_CERTS or SSL_CERT_FILE to its file\n/,
	);
	assert.equal(asked.length, 0);
	const ca = join(folder, 'ca.pem');
	for (const variable of ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']) {
		const {code, stderr} = await runCli(['list'], {env: {...around, [variable]: ca}});
		assert.deepEqual([code, stderr], [0, 'jobtop: no active job\n'], variable);
	}
	const tested = await runCli(['profiles', 'test'], {env: {...around, SSL_CERT_FILE: ca}});
	assert.match(tested.stdout, /tls +TLSv1\.3, certificate of server/);
});

test('warnings of Node in the engine thread do not reach the terminal of the screen', async t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip(withoutOpenssl);
	const {folder} = certificates;
	const {asked, url} = await serve(t, folder);
	const env = {WEAVER_URL: url, JOBTOP_STATE_DIR: folder, NODE_TLS_REJECT_UNAUTHORIZED: '0'};
	const {child, result} = startCli(['--plain'], {env});
	for await (const _ of on(child.stdout, 'data', {close: ['end']})) if (asked.length > 0) break;
	child.kill('SIGTERM');
	assert.equal((await result).stderr, '');
});

/** Runs jobtop with one profile, which has these keys. */
const withProfile = (folder: string, url: string, keys: Readonly<Record<string, string>>) => {
	const lines = Object.entries({backend: 'weaver', url, ...keys}).map(
		([key, value]) => `${key} = "${value}"`,
	);
	const file = join(folder, 'config.toml');
	writeFileSync(file, ['[profiles.prod]', ...lines, ''].join('\n'));
	return (...parameters: string[]) =>
		runCli(parameters, {
			env: {JOBTOP_CONFIG: file, JOBTOP_STATE_DIR: folder, HOME: folder, HTTPS_PROXY: 'http://127.0.0.1:1'},
		});
};

test('a profile names its proxy, its authorities and its client certificate', async t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip(withoutOpenssl);
	const {folder} = certificates;
	const {asked, url} = await serve(t, folder, {requestCert: true});
	const {host} = new URL(url);
	const proxy = await startForwardProxy(t, 'ada:sekret-word');
	const place = `127.0.0.1:${proxy.port}`;
	const all = {
		proxy: `http://ada:sekret-word@${place}`,
		ca_file: 'ca.pem',
		client_cert: '~/client.pem',
		client_key: 'client.key',
	};
	const jobtop = withProfile(folder, url, all);
	assert.deepEqual(await jobtop('list'), {code: 0, stdout: '', stderr: 'jobtop: no active job\n'});
	assert.ok(asked.length > 0);
	const outputs = [];
	const tested = await jobtop('profiles', 'test');
	assert.match(tested.stdout, /connection +127\.0\.0\.1:\d+ accepts connections \(proxy of the profile\)/);
	assert.ok(tested.stdout.includes(`${place} connects to ${host}`), tested.stdout);
	assert.match(
		tested.stdout,
		/tls .*; trusted by ca_file \/.*ca\.pem; client_cert \/.*client\.pem, valid until /,
	);
	outputs.push(tested.stdout);
	const doctor = await jobtop('doctor');
	assert.match(
		doctor.stdout,
		/profile prod .*proxy http:\/\/127\.0\.0\.1:\d+, ca_file \/.*ca\.pem, client_cert \/.*client\.pem\n/,
	);
	outputs.push(doctor.stdout);
	const shown = await jobtop('config', 'show');
	assert.ok(shown.stdout.includes(`http://(not shown)@${place}`), shown.stdout);
	outputs.push(shown.stdout, (await jobtop('--verbose', 'list')).stderr);
	assert.doesNotMatch(outputs.join(''), /sekret/);

	const lines: readonly (readonly [keys: Record<string, string>, step: string, line: RegExp])[] = [
		[
			{...all, proxy: `ada:wrong-word@${place}`},
			'proxy',
			/^jobtop: prod: unreachable: the proxy requires a valid login \(407\) on the way to localhost:\d+; check proxy of the profile, or HTTPS_PROXY; a login is written as http:\/\/user:password@host:port\n$/,
		],
		[
			{proxy: all.proxy, ca_file: all.ca_file},
			'tls',
			/^jobtop: prod: unreachable: localhost:\d+ requires a client certificate, or refuses the one it got \(.*\); set client_cert and client_key of the profile to the files of a valid certificate\n$/,
		],
		[
			{proxy: all.proxy},
			'tls',
			/^jobtop: prod: unreachable: the certificate of localhost:\d+ is not trusted: .*; for your own certificate authority, set ca_file of the profile, NODE_EXTRA_CA_CERTS or SSL_CERT_FILE to its file\n$/,
		],
	];
	for (const [keys, step, line] of lines) {
		const failing = withProfile(folder, url, keys);
		const {code, stderr} = await failing('list');
		assert.equal(code, 5);
		assert.match(stderr, line);
		const {profiles} = JSON.parse((await failing('profiles', 'test', '-o', 'json')).stdout);
		const last = profiles[0].steps.at(-1);
		assert.deepEqual([last.step, last.ok], [step, false]);
		assert.match(last.remedy, /client_cert|ca_file|check proxy of the profile/);
		assert.doesNotMatch(JSON.stringify([profiles, stderr]), /wrong-word|sekret/);
	}
});

test('a certificate file that cannot be used is named with its key, before anything is sent', async t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip(withoutOpenssl);
	const {folder, openssl} = certificates;
	const at = (name: string) => join(folder, name);
	const {asked, url} = await serve(t, folder);
	writeFileSync(at('empty.pem'), 'nothing\n');
	writeFileSync(at('broken.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
	openssl('pkey', '-in', 'client.key', '-aes256', '-passout', 'pass:hidden', '-out', 'locked.key');
	openssl(
		'rsa',
		'-in',
		'client.key',
		'-traditional',
		'-aes256',
		'-passout',
		'pass:hidden',
		'-out',
		'old.key',
	);
	writeFileSync(at('open.key'), readFileSync(at('client.key')));
	chmodSync(at('open.key'), 0o644);
	const client = {client_cert: 'client.pem'};
	const encrypted =
		/^the private key in \/.*\.key is encrypted, which jobtop cannot use; decrypt it with \(umask 077; openssl pkey -in \/.*\.key -out NEW\), and set client_key to the new file$/;
	const cases: readonly (readonly [keys: Record<string, string>, key: string, words: RegExp])[] = [
		[{ca_file: 'no.pem'}, 'ca_file', /^there is no file \/.*no\.pem$/],
		[{ca_file: '.'}, 'ca_file', /^\/.* cannot be read: it is a folder, not a file$/],
		[
			{ca_file: 'empty.pem'},
			'ca_file',
			/empty\.pem contains no certificate in PEM format; openssl x509 -inform der/,
		],
		[{ca_file: 'broken.pem'}, 'ca_file', /^certificate 1 in \/.*broken\.pem cannot be read$/],
		[{client_cert: 'no.pem'}, 'client_cert', /^there is no file/],
		[
			client,
			'client_cert',
			/client\.pem contains no private key in PEM format; set client_key to the file that does$/,
		],
		[{...client, client_key: 'no.key'}, 'client_key', /^there is no file \/.*no\.key$/],
		[{...client, client_key: 'empty.pem'}, 'client_key', /empty\.pem contains no private key in PEM format$/],
		[
			{...client, client_key: 'server.key'},
			'client_key',
			/does not belong to the first certificate in \/.*client\.pem$/,
		],
		[{...client, client_key: 'locked.key'}, 'client_key', encrypted],
		[{...client, client_key: 'old.key'}, 'client_key', encrypted],
		[
			{...client, client_key: 'open.key'},
			'client_key',
			/^others can read \/.*open\.key, which holds a private key; run chmod 600 on it$/,
		],
	];
	for (const [keys, key, words] of cases) {
		const {code, stderr} = await withProfile(folder, url, keys)('list');
		const [, named, said] = /^jobtop: \S+config\.toml: profiles\.prod\.(\w+): (.*)\n$/.exec(stderr) ?? [
			stderr,
		];
		assert.deepEqual([code, named], [2, key], stderr);
		assert.match(said ?? '', words);
	}
	assert.equal(asked.length, 0);
	// One file may hold both.
	writeFileSync(
		at('both.pem'),
		readFileSync(at('client.key'), 'utf8') + readFileSync(at('client.pem'), 'utf8'),
	);
	chmodSync(at('both.pem'), 0o600);
	const both = await withProfile(folder, url, {ca_file: 'ca.pem', client_cert: 'both.pem', proxy: 'none'})(
		'list',
	);
	assert.deepEqual([both.code, both.stderr], [0, 'jobtop: no active job\n']);
});
