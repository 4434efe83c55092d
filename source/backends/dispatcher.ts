/*
What carries requests over HTTP: the client library, set up as jobtop needs it.
*/
import {subscribe} from 'node:diagnostics_channel';
import {getCACertificates, TLSSocket} from 'node:tls';
import {type Dispatcher, Pool, ProxyAgent} from 'undici';
import {BackendError} from '../job/failure.ts';
import type {HttpLimits} from './http-limits.ts';
import type {HttpDestination} from './http-route.ts';
import {loginOf, proxyFor} from './proxy.ts';
import {trustSystem} from './system-certificates.ts';
import {readTlsFiles, TlsFileError, type TlsFiles, type TlsMaterial} from './tls-files.ts';

/** With TLS 1.3, a server refuses a client certificate after the handshake, by an alert and the end of the connection. The client would report the end and forget the alert, unless the socket is destroyed in between. */
subscribe('undici:client:connected', message => {
	const {socket} = message as {readonly socket?: unknown};
	if (socket instanceof TLSSocket) socket.once('error', () => socket.destroy());
});

/** What carries the requests to a server: directly to this machine, else as the profile or the environment wants it. Throws `unreachable` for a proxy or a file of the profile that cannot be used. */
export const openDispatcher = (
	{url, socketPath, route}: HttpDestination,
	connections: number,
	limits: HttpLimits,
): Dispatcher => {
	const {origin} = new URL(url);
	const settings = {
		connections,
		// One request after the other on a connection, over HTTP/1.1: nothing that was sent is ever sent again.
		pipelining: 1,
		allowH2: false,
		connectTimeout: limits.connectMs,
		headersTimeout: limits.headersMs,
		bodyTimeout: limits.bodyMs,
		maxResponseSize: limits.bodyBytes,
	};
	if (socketPath !== undefined) return new Pool(origin, {...settings, socketPath});
	const proxy = proxyFor(new URL(url), process.env, route?.proxy)?.url;
	const material = route && {...usable(route), ...route.held};
	const tls = material && tlsOptions(material, route.serverName);
	if (proxy === undefined) return new Pool(origin, {...settings, ...(tls && {connect: tls})});
	const login = loginOf(proxy);
	return new ProxyAgent({
		...settings,
		uri: proxy.href,
		connect: {timeout: limits.connectMs},
		...(tls && {requestTls: tls}),
		...(material?.ca && proxy.protocol === 'https:' && {proxyTls: {ca: withUsual(material.ca)}}),
		// The client decodes the login for HTTP, but not for SOCKS.
		...(proxy.protocol.startsWith('socks') && login && {username: login.user, password: login.password}),
	});
};

const tlsOptions = ({ca, cert, key}: TlsMaterial, serverName: string | undefined) => ({
	...(ca && {ca: [...ca]}),
	...(cert !== undefined && {cert}),
	...(key !== undefined && {key}),
	...(serverName !== undefined && {servername: serverName}),
});

/** The proxy is not the server: authorities of the server count for it beside the usual ones. */
const withUsual = (ca: readonly string[]): string[] => {
	trustSystem();
	return [...getCACertificates('default'), ...ca];
};

const usable = (files: TlsFiles): TlsMaterial => {
	try {
		return readTlsFiles(files);
	} catch (error) {
		if (!(error instanceof TlsFileError)) throw error;
		const detail = `${error.key}: ${error.message}`;
		const local = error.shortage ? 'shortage' : 'tls-file';
		throw new BackendError({kind: 'unreachable', detail, local}, {cause: error});
	}
};
