/*
The certificate files of a profile: the authorities that it trusts, and the certificate with which it identifies itself.
*/

import {createPrivateKey, type KeyObject, X509Certificate} from 'node:crypto';
import {readFileSync, statSync} from 'node:fs';
import {causeWords} from '../process/error-words.ts';
import {shortageWords} from '../process/shortage.ts';
import {shellWord} from '../text/shell-word.ts';

/** Paths of files in PEM form. */
export type TlsFiles = {
	/** The certificate authorities to trust, in place of the usual ones. */
	readonly caFile?: string;
	/** The certificate of the client, with those of its issuers behind it. */
	readonly clientCert?: string;
	/** The private key of that certificate; in the same file if absent. */
	readonly clientKey?: string;
};

/** The keys of a profile that name these files. */
export type TlsFileKey = 'ca_file' | 'client_cert' | 'client_key';

/** The content of the files, as `node:tls` takes it. */
export type TlsMaterial = {readonly ca?: readonly string[]; readonly cert?: string; readonly key?: string};

/** A file that cannot be used: which key names it, and in one line why not and what to do. */
export class TlsFileError extends Error {
	readonly key: TlsFileKey;
	/** Processes, open files or memory are short: that says nothing about the file. */
	readonly shortage: boolean;

	constructor(
		key: TlsFileKey,
		message: string,
		{shortage = false, ...options}: ErrorOptions & {shortage?: boolean} = {},
	) {
		super(message, options);
		this.name = 'TlsFileError';
		this.key = key;
		this.shortage = shortage;
	}
}

/** Reads the files. Throws a `TlsFileError` for one that is missing or wrong. */
export const readTlsFiles = ({caFile, clientCert, clientKey}: TlsFiles): TlsMaterial => ({
	...(caFile !== undefined && {ca: readCertificates('ca_file', caFile).blocks}),
	...(clientCert !== undefined && readIdentity(clientCert, clientKey)),
});

/** Until when the certificate in a file is valid, in words, as far as the file can be read. */
export const clientCertificateWords = (clientCert: string): string => {
	const words = `client_cert ${clientCert}`;
	try {
		const {validTo, validToDate} = readCertificates('client_cert', clientCert).first;
		return `${words}, ${validToDate.getTime() < Date.now() ? 'expired on' : 'valid until'} ${validTo}`;
	} catch {
		return words;
	}
};

/** Changes with the files: what was made of them has to be made again. */
export const tlsFilesStamp = (files: TlsFiles): string =>
	[files.caFile, files.clientCert, files.clientKey]
		.map(path => {
			if (path === undefined) return '';
			try {
				const {ino, size, mtimeMs} = statSync(path);
				return [ino, size, mtimeMs].join();
			} catch {
				// Reading the file will say why.
				return 'unreadable';
			}
		})
		.join(';');

/** The certificate and the private key that belongs to it. */
const readIdentity = (clientCert: string, clientKey: string | undefined): TlsMaterial => {
	const {blocks, first} = readCertificates('client_cert', clientCert);
	const [place, path] =
		clientKey === undefined ? (['client_cert', clientCert] as const) : (['client_key', clientKey] as const);
	const pem = blocksIn(readText(place, path), privateKeys)[0];
	if (pem === undefined) {
		const remedy = place === 'client_cert' ? '; set client_key to the file that does' : '';
		throw new TlsFileError(place, `${path} contains no private key in PEM format${remedy}`);
	}
	refuseReadable(place, path);
	if (/^-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
		const decrypt = `(umask 077; openssl pkey -in ${shellWord(path)} -out NEW)`;
		const remedy = `decrypt it with ${decrypt}, and set client_key to the new file`;
		throw new TlsFileError(
			place,
			`the private key in ${path} is encrypted, which jobtop cannot use; ${remedy}`,
		);
	}
	if (!first.checkPrivateKey(parseKey(place, path, pem))) {
		const words = `the private key in ${path} does not belong to the first certificate in ${clientCert}`;
		throw new TlsFileError(place, words);
	}
	return {cert: blocks.join(''), key: pem};
};

const parseKey = (place: TlsFileKey, path: string, pem: string): KeyObject => {
	try {
		return createPrivateKey(pem);
	} catch (error) {
		throw new TlsFileError(place, `the private key in ${path} cannot be read`, {cause: error});
	}
};

const readCertificates = (key: TlsFileKey, path: string) => {
	const blocks = blocksIn(readText(key, path), certificates);
	const [first] = blocks.map((block, index) => {
		try {
			return new X509Certificate(block);
		} catch (error) {
			throw new TlsFileError(key, `certificate ${index + 1} in ${path} cannot be read`, {cause: error});
		}
	});
	if (first) return {blocks, first};
	const convert = `openssl x509 -inform der -in ${shellWord(path)}`;
	throw new TlsFileError(key, `${path} contains no certificate in PEM format; ${convert} converts one`);
};

const certificates = /^-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[\s\S]*?^-----END \1-----/gm;
const privateKeys = /^-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----[\s\S]*?^-----END \1-----/gm;

const blocksIn = (text: string, kind: RegExp): readonly string[] =>
	[...text.matchAll(kind)].map(([block]) => `${block}\n`);

const readText = (key: TlsFileKey, path: string): string => {
	try {
		return readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
	} catch (error) {
		throw unreadable(key, path, error);
	}
};

/** Refuses a private key that others can read. */
const refuseReadable = (key: TlsFileKey, path: string): void => {
	let mode: number;
	try {
		mode = statSync(path).mode;
	} catch (error) {
		throw unreadable(key, path, error);
	}
	if (process.platform === 'win32' || (mode & 0o077) === 0) return;
	throw new TlsFileError(key, `others can read ${path}, which holds a private key; run chmod 600 on it`);
};

const unreadable = (key: TlsFileKey, path: string, error: unknown): TlsFileError => {
	const shortage = shortageWords(error);
	const {code} = error as NodeJS.ErrnoException;
	const words =
		code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read: ${causeWords(error)}`;
	return new TlsFileError(key, words, {cause: error, shortage: shortage !== undefined});
};
