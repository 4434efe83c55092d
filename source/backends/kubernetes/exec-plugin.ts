/*
A program that a kubeconfig names to log in: those of EKS, GKE, AKS and OpenID Connect are such programs. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
*/
import {readFile} from 'node:fs/promises';
import {basename, resolve} from 'node:path';
import * as z from 'zod';
import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import {causeWords} from '../../process/error-words.ts';
import type {Environment} from '../../process/state-directory.ts';
import {parseJson} from '../parse-json.ts';
import {credentialFrom} from '../profiles/credential.ts';
import type {ProgramTerminal} from '../profiles/credential-program.ts';
import {readTime} from '../read-time.ts';
import type {ExecPlugin, KubeContext} from './kubeconfig.ts';
import {unusable} from './kubeconfig.ts';

const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** What a program gave to log in with. */
export type ExecLogin = {
	readonly token?: string;
	readonly certificate?: string;
	readonly key?: string;
	/** Epoch milliseconds. */
	readonly expiresAt?: number;
};

export type ExecRequest = {
	readonly plugin: ExecPlugin;
	readonly context: KubeContext;
	readonly env: Environment;
	readonly terminal: ProgramTerminal;
	readonly signal: AbortSignal;
};

const answerSchema = z.object({
	kind: z.literal('ExecCredential'),
	apiVersion: z.string(),
	status: z.object({
		token: z.string().nullish(),
		clientCertificateData: z.string().nullish(),
		clientKeyData: z.string().nullish(),
		expirationTimestamp: z.string().nullish(),
	}),
});

/** Runs the program. Rejects with `unreachable` where it did not do what it must; no message holds what it printed. */
export const runExecPlugin = async ({
	plugin,
	context,
	env,
	terminal,
	signal,
}: ExecRequest): Promise<ExecLogin> => {
	const {apiVersion, command, args, interactiveMode} = plugin;
	const called = `${basename(command)} of the kubeconfig`;
	if (!versions.includes(apiVersion)) {
		throw unusable(
			`${called} speaks ${cleanText(apiVersion, 100)}, which is no longer supported; renew the kubeconfig`,
		);
	}
	const interactive = terminal === 'lent' && interactiveMode !== 'Never';
	if (interactiveMode === 'Always' && !interactive) throw failed(`${called} needs a terminal: log in again`);
	const info = {
		kind: 'ExecCredential',
		apiVersion,
		spec: {interactive, ...(plugin.provideClusterInfo && {cluster: await clusterInfo(context)})},
	};
	const program = command.includes('/') ? resolve(context.userFolder, command) : command;
	const printed = await credentialFrom({
		command: [program, ...(args ?? [])],
		called,
		env: {
			...env,
			...Object.fromEntries((plugin.env ?? []).map(({name, value}) => [name, value])),
			KUBERNETES_EXEC_INFO: JSON.stringify(info),
		},
		terminal,
		signal,
	}).catch((error: unknown) => {
		throw withHint(error, plugin);
	});
	const answer = answerSchema.safeParse(parseJson(printed)).data;
	if (answer === undefined) throw failed(`${called} printed no ExecCredential`);
	if (answer.apiVersion !== apiVersion) {
		throw failed(`${called} answered with another version than ${apiVersion}; renew the kubeconfig`);
	}
	const {token, clientCertificateData: certificate, clientKeyData: key, expirationTimestamp} = answer.status;
	if (!token && !(certificate && key))
		throw failed(`${called} gave neither a token nor a certificate with its key`);
	if (token && !/^[!-~]+$/.test(token))
		throw failed(`the token from ${called} cannot be sent: it is not plain ASCII text`);
	const expiresAt = readTime(expirationTimestamp);
	return {
		...(token && {token}),
		...(certificate && key && {certificate, key}),
		...(expiresAt !== undefined && {expiresAt}),
	};
};

const failed = (detail: string): BackendError =>
	new BackendError({kind: 'unreachable', detail, local: 'credential-program'});

/** Adds what the kubeconfig says about installing the program, where it could not be started. */
const withHint = (error: unknown, {installHint}: ExecPlugin): unknown => {
	if (!(error instanceof BackendError) || !installHint) return error;
	if (!/\(ENOENT\)/.test(error.failure.detail)) return error;
	const hint = cleanText(installHint.trim().replace(/\s+/g, ' '), 200);
	return failed(`${error.failure.detail}; ${hint}`);
};

/** What a program may learn of the cluster: its authority as data, wherever it stands, since none means those of the machine; and what the kubeconfig has for the program. https://kubernetes.io/docs/reference/config-api/client-authentication.v1/#client-authentication-k8s-io-v1-Cluster */
const clusterInfo = async ({cluster, clusterFolder}: KubeContext) => {
	const file = cluster['certificate-authority'];
	const data = cluster['certificate-authority-data'];
	const authority = data || (file && (await readAuthority(resolve(clusterFolder, file))).toString('base64'));
	const extension = cluster.extensions?.find(({name}) => name === 'client.authentication.k8s.io/exec');
	return {
		server: cluster.server,
		...(cluster['tls-server-name'] && {'tls-server-name': cluster['tls-server-name']}),
		...(authority && {'certificate-authority-data': authority}),
		...(cluster['proxy-url'] && {'proxy-url': cluster['proxy-url']}),
		...(extension && {config: extension.extension}),
	};
};

const readAuthority = (path: string): Promise<Buffer> =>
	readFile(path).catch((error: unknown) => {
		throw unusable(`${path} cannot be read: ${causeWords(error)}`);
	});
