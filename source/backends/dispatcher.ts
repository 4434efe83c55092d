/*
What carries requests over HTTP: the client library, set up as jobtop needs it.
*/
import {type Dispatcher, EnvHttpProxyAgent, Pool} from 'undici';
import type {HttpLimits} from './http-limits.ts';
import {proxyFor} from './proxy.ts';

/** What carries the requests to a server: directly to this machine, else as the environment's proxies want it. */
export const openDispatcher = (
	base: URL,
	connections: number,
	limits: HttpLimits,
	socketPath?: string,
): Dispatcher => {
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
	if (socketPath !== undefined) return new Pool(base.origin, {...settings, socketPath});
	const proxy = proxyFor(base, process.env)?.url.href;
	return proxy === undefined
		? new Pool(base.origin, settings)
		: new EnvHttpProxyAgent({
				...settings,
				connect: {timeout: limits.connectMs},
				httpProxy: proxy,
				httpsProxy: proxy,
				noProxy: '',
			});
};
