/*
What a context means for a request: the server, the way to it, and the headers that say who asks.
*/
import {createPrivateKey, X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import {BackendError} from '../../job/failure.ts';
import {causeWords} from '../../process/error-words.ts';
import type {HttpRoute} from '../http-route.ts';
import {readProxy} from '../proxy.ts';
import type {ExecLogin} from './exec-plugin.ts';
import {type KubeContext, quoted, unusable} from './kubeconfig.ts';

/** Plain JSON: two of them can be compared as text. */
export type Login = {
	readonly context: string;
	readonly url: string;
	readonly namespace?: string;
	/** The fingerprint of the authority of its certificate, where it is known: another cluster has another one, also behind the same tunnel. */
	readonly cluster?: string;
	readonly route: HttpRoute;
	/** By names in small letters. */
	readonly headers: Readonly<Record<string, string>>;
	/** Epoch milliseconds. */
	readonly expiresAt?: number;
};

/** The login of a context; `exec` gives what its program prints, where it names one. */
export const loginOf = async (context: KubeContext, exec: () => Promise<ExecLogin>): Promise<Login> => {
	const {name, user} = context;
	const url = serverOf(context);
	if (user['auth-provider']) {
		throw unusable(
			`context ${quoted(name)} logs in by an auth-provider, which jobtop does not support; use an exec plugin such as kubelogin`,
		);
	}
	// Asked first: a kubeconfig that cannot be used opens no browser.
	const route = routeOf(context);
	const cluster = clusterOf(route);
	const given = user.exec ? await exec() : {};
	const held =
		given.certificate && given.key ? identity(given.certificate, given.key, `user of ${name}`) : {};
	const token = given.token ?? (await tokenOf(context));
	return {
		context: name,
		url,
		...(context.namespace !== undefined && {namespace: context.namespace}),
		...(cluster !== undefined && {cluster}),
		route: {...route, held: {...route.held, ...held}},
		headers: {
			...(token
				? {authorization: `Bearer ${token}`}
				: user.username && user.password
					? {authorization: `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`}
					: {}),
			...impersonation(context),
		},
		...(given.expiresAt !== undefined && {expiresAt: given.expiresAt}),
	};
};

/** The cluster that the authority in a login stands for. */
export const clusterOf = ({held}: HttpRoute): string | undefined => {
	const [authority] = held?.ca ?? [];
	return authority === undefined ? undefined : new X509Certificate(authority).fingerprint256.slice(0, 23);
};

const serverOf = ({name, cluster}: KubeContext): string => {
	const {server} = cluster;
	const url = URL.canParse(server) ? new URL(server) : undefined;
	if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
		throw unusable(`the server of context ${quoted(name)} is not an address such as https://HOST:6443`);
	}
	if (cluster['insecure-skip-tls-verify']) {
		throw unusable(
			`context ${quoted(name)} sets insecure-skip-tls-verify, so anybody on the way could take its credential; set certificate-authority instead`,
		);
	}
	return server;
};

/** The way to the server. What stands in files is read by whoever opens a connection. */
const routeOf = ({name, cluster, clusterFolder, user, userFolder}: KubeContext): HttpRoute => {
	const authority = cluster['certificate-authority-data'];
	const authorityFile = cluster['certificate-authority'];
	const certificate = user['client-certificate-data'];
	const key = user['client-key-data'];
	const certificateFile = user['client-certificate'];
	const keyFile = user['client-key'];
	const proxy = cluster['proxy-url'];
	const serverName = cluster['tls-server-name'];
	if (proxy) {
		const read = readProxy(proxy);
		if (!(read instanceof URL))
			throw unusable(`proxy-url of context ${quoted(name)} cannot be read: ${read.problem}`);
	}
	const identityOfUser = () => {
		if (certificate && key) return {held: identity(certificate, key, `user of ${name}`)};
		if (certificateFile && keyFile && !certificate && !key) {
			return {clientCert: resolve(userFolder, certificateFile), clientKey: resolve(userFolder, keyFile)};
		}
		if (!(certificate || certificateFile || key || keyFile)) return {};
		throw unusable(
			`the user of context ${quoted(name)} needs a certificate and its key, both as data or both as files`,
		);
	};
	const {held, ...files} = {held: {}, ...identityOfUser()};
	return {
		...(proxy && {proxy}),
		...(serverName && {serverName}),
		...(authorityFile && !authority && {caFile: resolve(clusterFolder, authorityFile)}),
		...files,
		held: {...held, ...(authority && {ca: [certificates(authority, `cluster of ${name}`)]})},
	};
};

/** PEM, or PEM in base64 as it stands in a kubeconfig. */
const pem = (data: string): string =>
	data.includes('-----BEGIN') ? data : Buffer.from(data, 'base64').toString('utf8');

/** Certificates that can be read, as PEM. */
export const certificates = (data: string, whose: string): string => {
	const text = pem(data);
	try {
		new X509Certificate(text);
		return text;
	} catch {
		throw unusable(`the certificate of the ${quoted(whose)} cannot be read`);
	}
};

const identity = (certificate: string, key: string, whose: string) => {
	const cert = certificates(certificate, whose);
	const privateKey = pem(key);
	let fits: boolean;
	try {
		fits = new X509Certificate(cert).checkPrivateKey(createPrivateKey(privateKey));
	} catch {
		throw unusable(`the private key of the ${quoted(whose)} cannot be read`);
	}
	if (!fits) throw unusable(`the private key of the ${quoted(whose)} does not belong to its certificate`);
	return {cert, key: privateKey};
};

const tokenOf = async ({name, user, userFolder}: KubeContext): Promise<string | undefined> => {
	const {token, tokenFile} = user;
	if (!tokenFile) return token ? sendable(token, `context ${quoted(name)}`) : undefined;
	const path = resolve(userFolder, tokenFile);
	return sendable(await readToken(path), path);
};

/** The token in a file. Rejects with `unauthorized`, `sent: false` where there is none. */
export const readToken = async (path: string): Promise<string> => {
	try {
		return (await readFile(path, 'utf8')).trim();
	} catch (error) {
		throw missing(`${path} cannot be read: ${causeWords(error)}`);
	}
};

export const sendable = (token: string, place: string): string => {
	if (token === '') throw missing(`${place} holds no token`);
	if (!/^[!-~]+$/.test(token))
		throw missing(`the token of ${place} cannot be sent: it is not plain ASCII text`);
	return token;
};

const missing = (detail: string): BackendError =>
	new BackendError({kind: 'unauthorized', detail, sent: false});

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
const impersonation = ({name, user}: KubeContext): Readonly<Record<string, string>> => {
	const {as, 'as-uid': uid, 'as-groups': groups} = user;
	// Several groups are several headers of one name, which requests here cannot carry.
	if (groups && groups.length > 1)
		throw unusable(`context ${quoted(name)} sets several as-groups; jobtop can send one`);
	const headers = {'impersonate-user': as, 'impersonate-uid': uid, 'impersonate-group': groups?.[0]};
	return Object.fromEntries(
		Object.entries(headers).flatMap(([header, value]) =>
			value ? [[header, sendable(value, `context ${quoted(name)}`)]] : [],
		),
	);
};
