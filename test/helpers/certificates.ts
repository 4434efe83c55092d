import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {temporaryDirectory} from './engine.ts';

export type Certificates = {
	readonly folder: string;
	/** A new certificate `NAME.pem` that the authority has signed, and its key `NAME.key`; on localhost, and for a client. */
	readonly issue: (name: string, days?: number) => void;
	/** Runs openssl in the folder. */
	readonly openssl: (...parameters: readonly string[]) => void;
};

/** A private authority in a folder of its own (`ca.pem`), which has signed `server.pem` and `client.pem`; undefined without openssl. */
export const makeCertificates = (t: TestContext): Certificates | undefined => {
	const folder = temporaryDirectory(t);
	if (spawnSync('openssl', ['version']).status !== 0) return undefined;
	const openssl = (...parameters: readonly string[]) => {
		const {status, stderr} = spawnSync('openssl', parameters, {cwd: folder, encoding: 'utf8'});
		if (status !== 0) throw new Error(`openssl ${parameters.join(' ')}: ${stderr}`);
	};
	const key = ['-newkey', 'rsa:2048', '-nodes'];
	const issue = (name: string, days = 2) => {
		openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
		const ca = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
		const extensions = ['-extfile', 'names', '-days', `${days}`];
		openssl('x509', '-req', '-in', `${name}.csr`, ...ca, '-out', `${name}.pem`, ...extensions);
	};
	writeFileSync(join(folder, 'names'), 'subjectAltName = DNS:localhost, IP:127.0.0.1\n');
	openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=site', '-days', '2');
	issue('server');
	issue('client');
	return {folder, issue, openssl};
};
