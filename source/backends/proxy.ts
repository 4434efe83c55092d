/*
The proxy that the environment names for a server. It is read as curl reads it, except that the names in capitals count for HTTP too, and that HTTPS falls back to the proxy for HTTP.
*/
import {cleanText} from '../job/clean-text.ts';
import {BackendError} from '../job/failure.ts';
import {isLoopback} from './http-limits.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy, and the variable that names it. */
export type Proxy = {readonly url: URL; readonly variable: string};

/** The variables for each protocol; the first one that is set counts. HTTPS goes through the proxy for HTTP where no other is named. */
const variables = {
	'http:': ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
	'https:': ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'http_proxy', 'HTTP_PROXY'],
} as const;

const protocols: ReadonlySet<string> = new Set(['http:', 'https:', 'socks:', 'socks5:']);

/** The proxy for an address; undefined where it is reached directly. Throws `unreachable` for a variable that cannot be read. */
export const proxyFor = (address: URL, env: Environment): Proxy | undefined => {
	if (isLoopback(address.hostname) || isExcepted(address, env)) return undefined;
	const names = variables[address.protocol as keyof typeof variables] ?? [];
	const variable = names.find(name => env[name]);
	if (variable === undefined) return undefined;
	return {url: readProxy(variable, (env[variable] as string).trim()), variable};
};

/** Without a scheme it is an HTTP proxy. */
const readProxy = (variable: string, written: string): URL => {
	const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`;
	// The address is not shown: it may hold a password.
	if (!URL.canParse(withScheme)) throw unreadable(variable, 'it is no address such as http://host:port');
	const url = new URL(withScheme.replace(/^socks5h:/i, 'socks5:'));
	if (!protocols.has(url.protocol)) {
		throw unreadable(variable, `jobtop supports no ${cleanText(url.protocol.slice(0, -1), 20)} proxies`);
	}
	for (const part of [url.username, url.password]) {
		try {
			decodeURIComponent(part);
		} catch {
			throw unreadable(variable, 'a % in its user or password begins no escape; write %25 for it');
		}
	}
	return url;
};

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
