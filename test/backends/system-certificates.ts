/*
The authorities of the system, in processes of their own: what is trusted counts for a whole thread.
*/
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {copyFileSync, mkdirSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join, resolve} from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {makeCertificates} from '../helpers/certificates.ts';
import {temporaryDirectory} from '../helpers/engine.ts';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const module = pathToFileURL(resolve('source/backends/system-certificates.ts')).href;

/** Whether anything was added, how many authorities were there before and after, and whether the private one is among them. */
const trusted = (env: Readonly<Record<string, string>>) => {
	const script = `
		import {X509Certificate} from 'node:crypto';
		import {getCACertificates} from 'node:tls';
		const {trustSystem} = await import(${JSON.stringify(module)});
		const before = getCACertificates('default').length;
		const added = [trustSystem(), trustSystem()];
		const after = getCACertificates('default');
		const site = after.filter(pem => new X509Certificate(pem).subject === 'CN=site').length;
		console.log(JSON.stringify({added, more: after.length - before, site}));
	`;
	const {stdout, stderr, status} = spawnSync(
		process.execPath,
		[`--import=${tsx}`, '--input-type=module', '--eval', script],
		{env: {PATH: '/nowhere', HOME: '/nowhere', ...env}, encoding: 'utf8'},
	);
	assert.equal(status, 0, stderr);
	return JSON.parse(stdout) as unknown;
};

test('authorities in SSL_CERT_FILE and SSL_CERT_DIR are trusted beside those of Node', t => {
	const certificates = makeCertificates(t);
	if (!certificates) return t.skip('openssl, which makes the certificates, is not installed');
	const file = join(certificates.folder, 'ca.pem');
	const folder = join(certificates.folder, 'authorities');
	mkdirSync(folder);
	const nothing = {SSL_CERT_FILE: '/nowhere/ca.pem', SSL_CERT_DIR: '/nowhere'};
	const site = {added: [true, true], more: 1, site: 1};
	assert.deepEqual(trusted(nothing), {added: [false, false], more: 0, site: 0});
	assert.deepEqual(trusted({...nothing, SSL_CERT_FILE: file}), site);
	copyFileSync(file, join(folder, 'site.pem'));
	assert.deepEqual(trusted({...nothing, SSL_CERT_DIR: folder}), site);
});

test('a file that holds no certificates leaves those of Node', t => {
	const file = join(temporaryDirectory(t), 'ca.pem');
	writeFileSync(file, 'no certificate\n');
	const env = {SSL_CERT_FILE: file, SSL_CERT_DIR: '/nowhere'};
	assert.deepEqual(trusted(env), {added: [false, false], more: 0, site: 0});
});
