/*
The proxy to a server: the one of its profile, else the one that the environment names. That is read as curl reads it, except that the names in capitals count for HTTP too, and that HTTPS falls back to the proxy for HTTP.
*/
import {cleanText} from '../job/clean-text.ts';
import {BackendError} from '../job/failure.ts';
import {isLoopback} from './http-limits.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy, and what names it: a variable, or the key of the profile. */
export type Proxy = {readonly url: URL; readonly from: string};

/** The variables for each protocol; the first one that is set counts. HTTPS goes through the proxy for HTTP where no other is named. */
const variables = {
	'http:': ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
	'https:': ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'http_proxy', 'HTTP_PROXY'],
} as const;

const protocols: ReadonlySet<string> = new Set(['http:', 'https:', 'socks:', 'socks5:']);

/**
The proxy for an address; undefined where it is reached directly. `written` is that of the profile, which counts whatever the environment says. Throws `unreachable` for a variable that cannot be read.
*/
export const proxyFor = (address: URL, env: Environment, written?: string): Proxy | undefined => {
	if (written === directly) return undefined;
	if (written !== undefined) {
		const read = readProxy(written);
		if (read instanceof URL) return {url: read, from: 'proxy of the profile'};
		throw unreadable('proxy of the profile', read.problem);
	}
	if (isLoopback(address.hostname) || isExcepted(address, env)) return undefined;
	const names = variables[address.protocol as keyof typeof variables] ?? [];
	const variable = names.find(name => env[name]);
	if (variable === undefined) return undefined;
	const read = readProxy((env[variable] as string).trim());
	if (read instanceof URL) return {url: read, from: variable};
	throw unreadable(variable, read.problem);
};

/** In a profile, the word for a connection without a proxy. */
export const directly = 'none';

/** The address of a proxy, an HTTP proxy if it has no scheme; or why it cannot be read, in words without its password. */
export const readProxy = (written: string): URL | {readonly problem: string} => {
	const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`;
	if (!URL.canParse(withScheme)) return {problem: 'it is not an address such as http://host:port'};
	const url = new URL(withScheme.replace(/^socks5h:/i, 'socks5:'));
	if (!protocols.has(url.protocol)) {
		return {problem: `jobtop supports no ${cleanText(url.protocol.slice(0, -1), 20)} proxies`};
	}
	try {
		decodeURIComponent(url.username + url.password);
	} catch {
		return {problem: 'a % in its user or password must be written as %25'};
	}
	return url;
};

/** The user and the password for a proxy, decoded; undefined without a user. */
export const loginOf = ({
	username,
	password,
}: URL): {readonly user: string; readonly password: string} | undefined =>
	username === '' ? undefined : {user: decodeURIComponent(username), password: decodeURIComponent(password)};

/** The header that carries the login of a proxy, by its name in small letters; empty without a login. */
export const proxyCredentials = (url: URL): Readonly<Record<string, string>> => {
	const login = loginOf(url);
	if (login === undefined) return {};
	const pair = Buffer.from(`${login.user}:${login.password}`).toString('base64');
	return {'proxy-authorization': `Basic ${pair}`};
};

/** The address of a proxy without its login. */
export const proxyPlace = ({protocol, host}: URL): string => `${protocol}//${host}`;

const unreadable = (variable: string, why: string): BackendError =>
	new BackendError({kind: 'unreachable', detail: `${variable} cannot be read: ${why}`, local: 'proxy'});

/** Whether NO_PROXY names the host, a domain above it, or all hosts. */
const isExcepted = (address: URL, env: Environment): boolean => {
	const host = address.hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '');
	const port = address.port || (address.protocol === 'https:' ? '443' : '80');
	const except = (env.no_proxy ?? env.NO_PROXY ?? '').split(/[\s,]+/).filter(Boolean);
	return except.some(entry => {
		// An IPv6 address has a port only behind its brackets.
		const [, inBrackets, bare = '', only] =
			/^(?:\[(.+)\]|((?:[^:]*:){2,}[^:]*|[^:]*))(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
		if (only !== undefined && only !== port) return false;
		const name = inBrackets ?? bare;
		if (name === '*') return true;
		const suffix = name.replace(/^\*?\.|\.$/g, '');
		return (host === suffix && !name.startsWith('*.')) || host.endsWith(`.${suffix}`);
	});
};
