/*
How a server is found and logged in to: by a context of a kubeconfig, or as a pod of the cluster. What was read is kept until the server refuses it or it expires.
*/
import {readFile} from 'node:fs/promises';
import {isIPv6} from 'node:net';
import {join} from 'node:path';
import type {BackendError} from '../../job/failure.ts';
import {causeWords} from '../../process/error-words.ts';
import type {Environment} from '../../process/state-directory.ts';
import type {HttpOptions} from '../http.ts';
import {type Credential, keepCredential} from '../profiles/credential.ts';
import type {ProgramTerminal} from '../profiles/credential-program.ts';
import {runExecPlugin} from './exec-plugin.ts';
import {accountFolder} from './find-kubeconfig.ts';
import {readContext, unusable} from './kubeconfig.ts';
import {certificates, clusterOf, type Login, loginOf, readToken, sendable} from './login.ts';
import type {Access, Reached} from './session.ts';

export type LoginAccess = {readonly access: Access; readonly credential: Credential};

type KubeconfigOptions = {
	readonly paths: readonly string[];
	/** The current one if absent. */
	readonly context?: string;
	/** What the program of the context gets of the environment. */
	readonly env: Environment;
	readonly programTerminal?: Exclude<ProgramTerminal, 'lent'>;
	/** In place of what the kubeconfig says. */
	readonly proxy?: string;
	readonly now?: () => number;
};

/** A program that failed may have opened a browser: it is not run again by itself for so long, in milliseconds. */
const programRestMs = 300_000;

export const kubeconfigAccess = (options: KubeconfigOptions): LoginAccess => {
	const {paths, env, now = Date.now} = options;
	/** The context that was read first: a change of the current one, or of its server, must not lead to another cluster. */
	let pinned:
		| {readonly context: string; readonly url: string; readonly cluster: string | undefined}
		| undefined;
	let resting: {readonly until: number; readonly failure: BackendError} | undefined;

	const ask = async (terminal: ProgramTerminal, signal: AbortSignal): Promise<string> => {
		const context = await readContext(paths, pinned?.context ?? options.context);
		const login = await loginOf(context, async () => {
			if (resting && terminal !== 'lent' && now() < resting.until) throw resting.failure;
			try {
				const {exec} = context.user;
				if (!exec) throw new Error('the context has no program');
				const given = await runExecPlugin({plugin: exec, context, env, terminal, signal});
				resting = undefined;
				return given;
			} catch (error) {
				if (!signal.aborted) resting = {until: now() + programRestMs, failure: error as BackendError};
				throw error;
			}
		});
		if (pinned && pinned.url !== login.url) {
			throw unusable(
				`context ${pinned.context} now leads to ${login.url} instead of ${pinned.url}; start jobtop again to use it`,
			);
		}
		if (pinned && pinned.cluster !== login.cluster) {
			throw unusable(
				`context ${pinned.context} now trusts another authority at ${login.url}, perhaps of another cluster; start jobtop again to use it`,
			);
		}
		pinned = {context: login.context, url: login.url, cluster: login.cluster};
		return JSON.stringify(login);
	};
	const credential = keepCredential(ask, options.programTerminal);
	return {
		access: accessBy(credential, options.proxy, now),
		credential: {
			...credential,
			again(terminal) {
				resting = undefined;
				return credential.again(terminal);
			},
		},
	};
};

/** As a pod of the cluster. */
export const podAccess = (env: Environment, folder = accountFolder): LoginAccess => {
	const ask = async (): Promise<string> => {
		const {KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443'} = env;
		if (!host) throw unusable('KUBERNETES_SERVICE_HOST is not set: this is not a pod of Kubernetes');
		const token = await readToken(join(folder, 'token'));
		const namespace = await readFile(join(folder, 'namespace'), 'utf8').catch(() => '');
		const authority = await readFile(join(folder, 'ca.crt'), 'utf8').catch((error: unknown) => {
			throw unusable(`${join(folder, 'ca.crt')} cannot be read: ${causeWords(error)}`);
		});
		const route = {held: {ca: [certificates(authority, 'cluster of this pod')]}, proxy: 'none' as const};
		const cluster = clusterOf(route);
		const login: Login = {
			context: 'pod',
			url: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
			...(namespace.trim() && {namespace: namespace.trim()}),
			...(cluster !== undefined && {cluster}),
			route,
			headers: {authorization: `Bearer ${sendable(token, join(folder, 'token'))}`},
		};
		return JSON.stringify(login);
	};
	const credential = keepCredential(ask);
	return {access: accessBy(credential, undefined, Date.now), credential};
};

/** A credential this close to its end is renewed first, in milliseconds. */
const expiryMarginMs = 10_000;
/** But not again within this time: by a wrong clock every credential would have expired. */
const renewalRestMs = 60_000;

/** Reads the login before each request, and keeps the connections as long as they lead the same way. */
const accessBy = (credential: Credential, proxy: string | undefined, now: () => number): Access => {
	let current: {readonly way: string; readonly reached: Reached} | undefined;
	let parsed: {readonly secret: string; readonly login: Login} | undefined;
	let renewedAt = Number.NEGATIVE_INFINITY;

	const loginIn = (secret: string): Login => {
		if (parsed?.secret !== secret) parsed = {secret, login: JSON.parse(secret) as Login};
		return parsed.login;
	};
	const login = async (): Promise<Login> => {
		const secret = await credential.read();
		const read = loginIn(secret);
		const isSpent = read.expiresAt !== undefined && now() > read.expiresAt - expiryMarginMs;
		if (!isSpent || now() < renewedAt + renewalRestMs) return read;
		renewedAt = now();
		return loginIn(await credential.renew(secret));
	};
	return {
		async reach() {
			const {url, route, namespace, cluster} = await login();
			const way = JSON.stringify([url, route, namespace]);
			if (current?.way === way) return current.reached;
			const http: HttpOptions = {
				url,
				route: {...route, ...(proxy !== undefined && {proxy})},
				headers: async () => (await login()).headers,
			};
			current = {
				way,
				reached: {
					http,
					...(namespace !== undefined && {namespace}),
					...(cluster !== undefined && {cluster}),
				},
			};
			return current.reached;
		},
	};
};
