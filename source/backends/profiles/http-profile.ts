/*
The profile of a backend behind HTTP: from the address, the source of the credential and the headers that carry it follow how it is opened and what people are shown of it.
*/
import type * as z from 'zod';
import {shellWord} from '../../text/shell-word.ts';
import type {BackendDefinition} from '../backend.ts';
import type {HttpOptions} from '../http.ts';
import type {HttpRoute} from '../http-route.ts';
import {directly, proxyPlace, readProxy} from '../proxy.ts';
import {type CredentialSource, createCredential, renewing, sourceWords} from './credential.ts';
import {checkRoute, type requestKeys, routeOf, type TokenEntry, tokenSource} from './keys.ts';
import type {EntryOf, ProfileDefinition, ProfileKeys, Surroundings} from './profile.ts';

type Headers = Readonly<Record<string, string>>;

/** What every entry of a backend behind HTTP may say. */
type HttpEntry = TokenEntry &
	z.output<z.ZodObject<ReturnType<typeof requestKeys>>> & {readonly concurrency?: number | undefined};

type HttpEntryOf<Keys extends ProfileKeys> = EntryOf<Keys> & HttpEntry;

/** What an opened profile knows beside its entry. */
type Opening = {readonly profile: string; readonly hasCredential: boolean};

type HttpProfile<Keys extends ProfileKeys, Options> = Omit<
	ProfileDefinition<Keys, HttpEntryOf<Keys>>,
	'address' | 'credentialSource' | 'reach' | 'open'
> & {
	readonly url: (entry: HttpEntryOf<Keys>) => string;
	/** The headers that carry the token, and those that name the account it is used for. */
	readonly credentialHeaders: (token: string, entry: HttpEntryOf<Keys>) => Headers;
	/** What curl has in place of these headers; undefined where it takes them as they are. */
	readonly curl?: (entry: HttpEntryOf<Keys>) => readonly string[] | undefined;
	/** That of the three keys for a token if absent. */
	readonly credentialSource?: (
		entry: HttpEntryOf<Keys>,
		surroundings: Surroundings,
	) => CredentialSource | undefined;
	/** The options of the backend. */
	readonly options: (entry: HttpEntryOf<Keys>, http: HttpOptions, opening: Opening) => Options;
};

export const httpProfile = <Keys extends ProfileKeys, Options extends HttpOptions>(
	{connect}: BackendDefinition<Options>,
	{
		url,
		credentialHeaders,
		curl,
		credentialSource = tokenSource,
		options,
		check,
		...profile
	}: HttpProfile<Keys, Options>,
): ProfileDefinition<Keys, HttpEntryOf<Keys>> => ({
	...profile,
	check(entry, context) {
		check?.(entry, context);
		checkRoute(entry, url(entry), context);
	},
	address: url,
	credentialSource,
	route: routeOf,

	reach(entry, surroundings) {
		const source = credentialSource(entry, surroundings);
		const own = Object.keys(entry.headers ?? {}).flatMap(name => curlHeader(name, mark, '$VALUE'));
		const carrying = () =>
			curl?.(entry) ??
			Object.entries(credentialHeaders(mark, entry)).flatMap(([name, value]) =>
				curlHeader(name, value, '$TOKEN'),
			);
		const route = routeOf(entry, surroundings);
		return {
			address: placeOf(url(entry)),
			...(route && {way: wayWords(route)}),
			...(source && {credential: sourceWords(source)}),
			...(source?.from === 'command' && {credentialProgram: true as const}),
			...(source?.from === 'environment' && {variable: source.variable}),
			curl: [...own, ...curlRoute(route), ...(source ? carrying() : [])],
		};
	},

	open(profile, entry, surroundings) {
		const source = credentialSource(entry, surroundings);
		const credential = source && createCredential(source, surroundings);
		const route = routeOf(entry, surroundings);
		const http: HttpOptions = {
			url: url(entry),
			...(route && {route}),
			headers: async () => ({
				...entry.headers,
				...(credential && inLowerCase(credentialHeaders(await credential.read(), entry))),
			}),
			...(entry.allow_http !== undefined && {allowHttp: entry.allow_http}),
			...(entry.concurrency !== undefined && {connections: entry.concurrency}),
		};
		const backend = connect(
			profile,
			options(entry, http, {profile, hasCredential: credential !== undefined}),
		);
		return credential ? renewing(backend, credential) : backend;
	},
});

const inLowerCase = (headers: Headers): Headers =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const wayWords = ({proxy, caFile, clientCert}: HttpRoute): string => {
	const read = proxy === undefined || proxy === directly ? undefined : readProxy(proxy);
	const parts = {
		proxy: read instanceof URL ? proxyPlace(read) : proxy,
		ca_file: caFile,
		client_cert: clientCert,
	};
	return Object.entries(parts)
		.flatMap(([key, value]) => (value === undefined ? [] : `${key} ${value}`))
		.join(', ');
};

/** The way as words of a shell: a login for the proxy is a variable. */
const curlRoute = ({proxy, caFile, clientCert, clientKey}: HttpRoute = {}): readonly string[] => {
	const files = {'--cacert': caFile, '--cert': clientCert, '--key': clientKey};
	const read = proxy === undefined || proxy === directly ? undefined : readProxy(proxy);
	return [
		...(proxy === directly ? ['--noproxy', shellWord('*')] : []),
		...(read instanceof URL ? ['--proxy', shellWord(proxyPlace(read))] : []),
		...(read instanceof URL && read.username !== '' ? ['--proxy-user', '"$PROXY_LOGIN"'] : []),
		...Object.entries(files).flatMap(([option, path]) =>
			path === undefined ? [] : [option, shellWord(path)],
		),
	];
};

/** The address without what may follow its path. */
const placeOf = (url: string): string =>
	URL.canParse(url) && !url.startsWith('unix:')
		? new URL(url).origin + new URL(url).pathname.replace(/\/$/, '')
		: url;

/** Stands for a secret. */
const mark = '\0';

/** A header as words of a shell: a value that holds a secret names a variable in its place. */
const curlHeader = (name: string, value: string, variable: string): readonly string[] => {
	const header = `${name}: ${value}`;
	if (!value.includes(mark)) return ['-H', shellWord(header)];
	return ['-H', `"${header.replace(/["$`\\]/g, '\\$&').replaceAll(mark, () => variable)}"`];
};
