/*
The way to a server: what its profile says of it, and what follows from that. The environment decides the rest.
*/
import {isLoopback} from './http-limits.ts';
import {directly, proxyCredentials, proxyFor} from './proxy.ts';
import type {TlsFiles, TlsMaterial} from './tls-files.ts';
import type {Credentials} from './without-secrets.ts';

/** The way to a server, as its profile says it. What is absent follows the environment. */
export type HttpRoute = TlsFiles & {
	/** The proxy as `HTTPS_PROXY` would name it, or `none` for a direct connection whatever the environment names. It may hold a password. */
	readonly proxy?: string;
	/** Certificates that stand in no files of their own. */
	readonly held?: TlsMaterial;
	/** The name that the certificate of the server must have, where that is not its host. */
	readonly serverName?: string;
};

/** Where a server is, and the way to it. */
export type HttpDestination = {
	/** The base address; every request's path is put behind its path. */
	readonly url: string;
	/** The path of a socket on this machine, by which the server is reached whatever host `url` names. */
	readonly socketPath?: string;
	/** The proxy and the certificates of the profile. */
	readonly route?: HttpRoute;
};

/** The login of the proxy as a header, which is a secret as well. Throws `unreachable` for a proxy that cannot be read. */
export const proxySecrets = ({url, socketPath, route}: HttpDestination): Credentials => {
	const proxy = socketPath === undefined && proxyFor(new URL(url), process.env, route?.proxy);
	return proxy ? proxyCredentials(proxy.url) : {};
};

/** Whether requests stay on this machine. A proxy on another one would carry them there, whatever they are addressed to. */
export const staysHere = ({url, route}: HttpDestination): boolean => {
	const base = new URL(url);
	if (!isLoopback(base.hostname)) return false;
	if (route?.proxy === undefined || route.proxy === directly) return true;
	return isLoopback(proxyFor(base, {}, route.proxy)?.url.hostname ?? '');
};
