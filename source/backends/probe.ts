/*
Tests the way to a server step by step, and finds what a failing request does not show. No credential is sent.
*/
import {lookup} from 'node:dns/promises';
import {request as httpRequest} from 'node:http';
import {connect, isIP, type Socket} from 'node:net';
import {connect as connectTls} from 'node:tls';
import {cleanText} from '../job/clean-text.ts';
import {BackendError} from '../job/failure.ts';
import {proxyFor} from './proxy.ts';
import {trustSystem} from './system-certificates.ts';

/** The steps on the way to a server, in their order. */
export type ProbeStep = 'name' | 'connection' | 'proxy' | 'tls';

export type ProbeResult = {
	readonly steps: readonly {readonly step: ProbeStep; readonly ok: boolean; readonly detail: string}[];
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

/** Tries to reach a server, and stops at the first step that fails. Rejects never; `signal` ends it. */
export const probe = async (address: URL, env: Environment, signal: AbortSignal): Promise<ProbeResult> => {
	const steps: {step: ProbeStep; ok: boolean; detail: string}[] = [];
	const sockets: Socket[] = [];
	let proxy: URL | undefined;
	try {
		proxy = proxyFor(address, env)?.url;
	} catch (error) {
		if (!(error instanceof BackendError)) throw error;
		return {steps: [{step: 'proxy', ok: false, detail: error.failure.detail}]};
	}
	const first = proxy ?? address;
	const host = bare(first.hostname);
	let now: ProbeStep = 'name';
	const done = (detail: string) => void steps.push({step: now, ok: true, detail});
	try {
		const addresses = isIP(host)
			? [host]
			: (await untilAborted(lookup(host, {all: true}), signal)).map(({address: ip}) => ip);
		done(isIP(host) ? `${host} needs none` : `${host} is ${addresses.slice(0, 3).join(', ')}`);
		now = 'connection';
		let socket = connect({host, port: portOf(first), signal});
		sockets.push(socket);
		await happened(socket, 'connect', signal);
		done(`${host}:${portOf(first)} takes connections`);
		// The request itself shows how far a SOCKS proxy leads.
		if (proxy?.protocol.startsWith('socks')) return {steps};
		if (proxy) {
			now = 'proxy';
			socket = await throughProxy(proxy, socket, address, signal);
			sockets.push(socket);
			done(`${proxy.host} leads to ${address.host}`);
		}
		if (address.protocol === 'https:') {
			now = 'tls';
			trustSystem();
			const name = bare(address.hostname);
			const secure = connectTls({socket, ...(!isIP(name) && {servername: name})});
			sockets.push(secure);
			await happened(secure, 'secureConnect', signal);
			const {subject, valid_to: until} = secure.getPeerCertificate();
			done(
				`${secure.getProtocol()}, certificate of ${cleanText(String(subject?.CN ?? name), 100)} until ${until}`,
			);
			socket = secure;
		}
		const ahead = await clockOf(address, socket, signal).catch(() => undefined);
		return {steps, ...(ahead !== undefined && {clockAheadMs: ahead})};
	} catch (error) {
		const detail = signal.aborted ? 'no answer in time' : codeOf(error);
		return {steps: [...steps, {step: now, ok: false, detail}]};
	} finally {
		for (const socket of sockets) socket.destroy();
	}
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
		const authorization =
			proxy.username === ''
				? undefined
				: `Basic ${Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64')}`;
		const target = `${to.hostname}:${portOf(to)}`;
		httpRequest({
			method: 'CONNECT',
			path: target,
			headers: {host: target, ...(authorization !== undefined && {'proxy-authorization': authorization})},
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
