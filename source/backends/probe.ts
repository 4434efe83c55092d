/*
Tests the way to a server step by step, and finds what a failing request does not show. No credential is sent.
*/
import {lookup} from 'node:dns/promises';
import {request as httpRequest} from 'node:http';
import {connect, isIP, type Socket} from 'node:net';
import {connect as connectTls, getCACertificates} from 'node:tls';
import {cleanText} from '../job/clean-text.ts';
import {BackendError, type LocalCause, localCauseOf} from '../job/failure.ts';
import {failureOfConnection} from './http-failure.ts';
import type {HttpRoute} from './http-route.ts';
import {directly, type Proxy as NamedProxy, proxyCredentials, proxyFor} from './proxy.ts';
import {trustSystem} from './system-certificates.ts';
import {clientCertificateWords, readTlsFiles, TlsFileError} from './tls-files.ts';

/** The steps on the way to a server, in their order. */
export type ProbeStep = 'name' | 'connection' | 'proxy' | 'tls';

type ProbedStep = {
	readonly step: ProbeStep;
	readonly ok: boolean;
	readonly detail: string;
	/** What fails on this machine, where that is known. */
	readonly cause?: LocalCause | undefined;
};

export type ProbeResult = {
	readonly steps: readonly ProbedStep[];
	/** Milliseconds by which the server's clock is ahead of ours, to a second at best; where it gave the time. */
	readonly clockAheadMs?: number;
};

type Environment = Readonly<Record<string, string | undefined>>;

const usualPorts: Readonly<Record<string, number>> = {'https:': 443, 'socks:': 1080, 'socks5:': 1080};
const portOf = ({port, protocol}: URL): number => Number(port || (usualPorts[protocol] ?? 80));
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');
const codeOf = (error: unknown): string => {
	const {code, message} = error as NodeJS.ErrnoException;
	return cleanText(code ?? message ?? String(error), 200);
};

/** What surrounds a probe. */
type ProbeOptions = {
	readonly env: Environment;
	/** The proxy and the certificates of the profile. */
	readonly route?: HttpRoute | undefined;
	readonly signal: AbortSignal;
};

/** Tries to reach a server, and stops at the first step that fails. Rejects never; `signal` ends it. */
export const probe = async (address: URL, {env, route = {}, signal}: ProbeOptions): Promise<ProbeResult> => {
	const steps: ProbedStep[] = [];
	const sockets: Socket[] = [];
	let named: NamedProxy | undefined;
	try {
		named = proxyFor(address, env, route.proxy);
	} catch (error) {
		if (!(error instanceof BackendError)) throw error;
		const {failure} = error;
		return {steps: [{step: 'proxy', ok: false, detail: failure.detail, cause: localCauseOf(failure)}]};
	}
	const proxy = named?.url;
	const first = proxy ?? address;
	const host = bare(first.hostname);
	let now: ProbeStep = 'name';
	const done = (detail: string) => void steps.push({step: now, ok: true, detail});
	try {
		const addresses = isIP(host)
			? [host]
			: (await untilAborted(lookup(host, {all: true}), signal)).map(({address: ip}) => ip);
		done(isIP(host) ? `${host} is an IP address` : `${host} is ${addresses.slice(0, 3).join(', ')}`);
		now = 'connection';
		let socket = connect({host, port: portOf(first), signal});
		sockets.push(socket);
		await happened(socket, 'connect', signal);
		const why = named ? ` (${named.from})` : route.proxy === directly ? ' (proxy = "none")' : '';
		done(`${host}:${portOf(first)} accepts connections${why}`);
		// The request itself shows how far a SOCKS proxy leads. For plain http a proxy gets the request, not a CONNECT.
		if (proxy && (proxy.protocol.startsWith('socks') || address.protocol === 'http:')) return {steps};
		now = 'tls';
		const files = readTlsFiles(route);
		if (proxy) {
			now = 'proxy';
			if (proxy.protocol === 'https:') {
				trustSystem();
				const ca = files.ca && [...getCACertificates('default'), ...files.ca];
				socket = connectTls({socket, host, ...(!isIP(host) && {servername: host}), ...(ca && {ca})});
				sockets.push(socket);
				await happened(socket, 'secureConnect', signal);
			}
			socket = await throughProxy(proxy, socket, address, signal);
			sockets.push(socket);
			done(`${proxy.host} connects to ${address.host}`);
		}
		if (address.protocol === 'https:') {
			now = 'tls';
			trustSystem();
			const name = bare(address.hostname);
			const secure = connectTls({
				socket,
				host: name,
				...(!isIP(name) && {servername: name}),
				...(files.ca && {ca: [...files.ca]}),
				...(files.cert !== undefined && {cert: files.cert, key: files.key}),
			});
			sockets.push(secure);
			await happened(secure, 'secureConnect', signal);
			const {subject, valid_to: until} = secure.getPeerCertificate();
			done(
				`${secure.getProtocol()}, certificate of ${cleanText(String(subject?.CN ?? name), 100)} until ${until}${fileWords(route)}`,
			);
			socket = secure;
		}
		const ahead = await clockOf(address, socket, signal).catch(() => undefined);
		return {steps, ...(ahead !== undefined && {clockAheadMs: ahead})};
	} catch (error) {
		return {steps: [...steps, {step: now, ok: false, ...problemOf(error, now, {address, signal})}]};
	} finally {
		for (const socket of sockets) socket.destroy();
	}
};

/** The files of the profile that count for a connection, in words. */
const fileWords = ({caFile, clientCert}: HttpRoute): string =>
	[
		caFile === undefined ? '' : `; trusted by ca_file ${caFile}`,
		clientCert === undefined ? '' : `; ${clientCertificateWords(clientCert)}`,
	].join('');

/** What went wrong in a step. */
const problemOf = (
	error: unknown,
	step: ProbeStep,
	{address, signal}: {readonly address: URL; readonly signal: AbortSignal},
): Pick<ProbedStep, 'detail' | 'cause'> => {
	if (signal.aborted) return {detail: 'no answer in time'};
	if (error instanceof TlsFileError) return {detail: `${error.key}: ${error.message}`, cause: 'tls-file'};
	const failure = step === 'tls' ? failureOfConnection(error, address.host) : undefined;
	const cause = failure && localCauseOf(failure);
	return failure && cause ? {detail: failure.detail, cause} : {detail: codeOf(error)};
};

const untilAborted = <Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> =>
	Promise.race([
		work,
		new Promise<never>((_, reject) => {
			if (signal.aborted) reject(signal.reason);
			signal.addEventListener('abort', () => reject(signal.reason), {once: true});
		}),
	]);

const happened = (socket: Socket, event: string, signal: AbortSignal): Promise<void> =>
	untilAborted(
		new Promise((resolve, reject) => {
			socket.once(event, () => resolve());
			socket.once('error', reject);
			socket.once('close', () => reject(new Error('the connection was closed')));
		}),
		signal,
	);

const throughProxy = (proxy: URL, socket: Socket, to: URL, signal: AbortSignal): Promise<Socket> =>
	new Promise((resolve, reject) => {
		const target = `${to.hostname}:${portOf(to)}`;
		httpRequest({
			method: 'CONNECT',
			path: target,
			headers: {host: target, ...proxyCredentials(proxy)},
			createConnection: () => socket,
			signal,
		})
			.once('connect', ({statusCode}, tunnel) => {
				if (statusCode === 200) resolve(tunnel as Socket);
				else reject(new Error(`${proxy.host} refuses to connect to ${target} (${statusCode})`));
			})
			.once('error', reject)
			.end();
	});

/** What the server's clock says, from the head of whatever it answers. */
const clockOf = (address: URL, socket: Socket, signal: AbortSignal): Promise<number | undefined> =>
	new Promise((resolve, reject) => {
		const began = Date.now();
		httpRequest({
			method: 'HEAD',
			path: address.pathname,
			headers: {host: address.host, 'user-agent': 'jobtop'},
			createConnection: () => socket,
			signal,
		})
			.once('response', response => {
				response.resume();
				const serverTime = Date.parse(response.headers.date ?? '');
				// It gives whole seconds, of some moment between request and answer.
				resolve(Number.isNaN(serverTime) ? undefined : serverTime + 500 - (began + Date.now()) / 2);
			})
			.once('error', reject)
			.end();
	});
