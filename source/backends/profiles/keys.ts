/*
Keys that the profiles of several backends have, with their checks and descriptions. They are functions: a start makes the schemas of its own profiles and no others.
*/
import * as z from 'zod';
import {pathFrom} from '../../process/state-directory.ts';
import type {HttpRoute} from '../http-route.ts';
import {directly, readProxy} from '../proxy.ts';
import type {CredentialSource} from './credential.ts';
import type {Surroundings} from './profile.ts';

/** A text that is not empty. `error` says what it must be. */
export const text = (error: string) => z.string({error}).min(1, {error});

export const flag = () => z.boolean({error: 'must be true or false'});

const addressWords = 'must be an address such as "https://example.org/weaver"';

/** Adds an issue unless the text is the address of an HTTP server, without a login, a query and a fragment. */
export const checkAddress = (written: string, context: z.core.$RefinementCtx, words = addressWords): void => {
	const url = URL.canParse(written) ? new URL(written) : undefined;
	if (!url || !/^https?:$/.test(url.protocol)) context.addIssue(words);
	else if (url.username !== '' || url.password !== '') {
		context.addIssue('must not contain a user or a password; use username, and token_env for the password');
	} else if (url.search !== '' || url.hash !== '')
		context.addIssue('must end with a path: nothing after ? or #');
};

export const address = () =>
	z.string({error: addressWords}).superRefine((written, context) => {
		checkAddress(written, context);
	});

export const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
export const headerNameWords = 'must be the name of a header such as "X-Api-Key"';

/** Where a token comes from. */
export const tokenKeys = () => ({
	token_env: text('must be the name of an environment variable such as "WEAVER_TOKEN"').optional(),
	token_command: z
		.array(z.string({error: 'must be text'}), {error: 'must be a list such as ["pass", "show", "weaver"]'})
		.min(1, {error: 'must name a program'})
		.optional(),
	token_file: text('must be the path of a file').optional(),
});

export const tokenKeyNames = ['token_env', 'token_command', 'token_file'] as const;

const proxyWords = `must be an address such as "http://proxy.example.org:3128", or "${directly}"`;
const fileWords = 'must be the path of a file';

/** The way to the server. */
const routeKeys = () => ({
	/** False means the same as the word for a connection without a proxy. */
	proxy: z
		.union([z.string(), z.literal(false)], {error: proxyWords})
		.superRefine((written, context) => {
			if (written === false || written === directly) return;
			const read = written.trim() === '' ? {problem: 'it is empty'} : readProxy(written.trim());
			if (!(read instanceof URL)) context.addIssue(`cannot be read: ${read.problem}`);
		})
		.optional(),
	ca_file: text(fileWords).optional(),
	client_cert: text(fileWords).optional(),
	client_key: text(fileWords).optional(),
});

const routeKeyNames = ['proxy', 'ca_file', 'client_cert', 'client_key'] as const;

export type RouteEntry = z.output<z.ZodObject<ReturnType<typeof routeKeys>>>;

/** How every request is sent, whatever its credential. */
export const requestKeys = () => ({
	headers: z
		.record(
			z.string().regex(headerName, {error: headerNameWords}),
			z.string({error: 'must be text'}).regex(/^[ -~]*$/, {error: 'must be plain text in one line'}),
			{error: 'must be a table such as {"X-Tenant" = "a"}'},
		)
		.optional(),
	allow_http: flag().optional(),
	...routeKeys(),
});

export const addressDescription = 'The address of the server, without the paths of its API.';
export const authDescription = 'How the token is sent.';

export const tokenDescriptions = {
	token_env: 'The environment variable with the token.',
	token_command: 'The program that prints the token, with its arguments.',
	token_file: 'The file with the token; nobody else may be able to read it (mode 0600).',
} satisfies {readonly [Key in keyof ReturnType<typeof tokenKeys>]: string};

export const requestDescriptions = {
	headers: 'Extra headers for every request.',
	allow_http: 'Allow credentials over plain http to another machine.',
	proxy: `The proxy to the server, written as in HTTPS_PROXY, in place of those of the environment; "${directly}" for a direct connection.`,
	ca_file: 'The PEM file of the only certificate authorities to trust.',
	client_cert: 'The PEM file of your client certificate.',
	client_key: 'The PEM file of its private key (default: client_cert).',
} satisfies {readonly [Key in keyof ReturnType<typeof requestKeys>]: string};

export type TokenEntry = z.output<z.ZodObject<ReturnType<typeof tokenKeys>>>;

/** Where the token of an entry comes from; undefined where it has none. */
export const tokenSource = (
	{token_env: variable, token_command: command, token_file: file}: TokenEntry,
	{env, folder}: Surroundings,
): CredentialSource | undefined => {
	if (variable !== undefined) return {from: 'environment', variable};
	if (command !== undefined) return {from: 'command', command};
	return file === undefined ? undefined : {from: 'file', path: pathFrom(folder, file, env)};
};

/** The way to the server of an entry; undefined where the entry says nothing of it. */
export const routeOf = (
	{proxy, ca_file: caFile, client_cert: clientCert, client_key: clientKey}: RouteEntry,
	{env, folder}: Surroundings,
): HttpRoute | undefined => {
	const at = (path: string) => pathFrom(folder, path, env);
	const route: HttpRoute = {
		...(proxy !== undefined && {proxy: proxy === false ? directly : proxy.trim()}),
		...(caFile !== undefined && {caFile: at(caFile)}),
		...(clientCert !== undefined && {clientCert: at(clientCert)}),
		...(clientKey !== undefined && {clientKey: at(clientKey)}),
	};
	return Object.keys(route).length === 0 ? undefined : route;
};

/** Adds an issue for keys of the way that have no use at this address. */
export const checkRoute = (entry: RouteEntry, url: string, context: z.core.$RefinementCtx): void => {
	const complain = (key: keyof RouteEntry, message: string) =>
		context.issues.push({code: 'custom', message, path: [key], input: entry});
	const given = routeKeyNames.filter(key => entry[key] !== undefined);
	const [first] = given;
	if (first !== undefined && url.startsWith('unix:')) {
		complain(first, 'has no effect on a local socket; remove it');
		return;
	}
	if (entry.client_key !== undefined && entry.client_cert === undefined) {
		complain('client_key', 'needs its certificate: add client_cert');
	}
	if (!url.startsWith('http:')) return;
	const secure = typeof entry.proxy === 'string' && /^https:/i.test(entry.proxy.trim());
	const useless = given.find(key => key === 'client_cert' || (key === 'ca_file' && !secure));
	if (useless !== undefined) complain(useless, 'has an effect only with an https address; remove it');
};
