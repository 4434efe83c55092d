import {promisify} from 'node:util';
import {gunzip} from 'node:zlib';
import type {Dispatcher} from 'undici';
import {cleanText} from '../job/clean-text.ts';
import {BackendError, type Failure} from '../job/failure.ts';
import type {openDispatcher} from './dispatcher.ts';
import {tellRequest} from './exchange.ts';
import {failureOfAnswer, failureOfConnection, HttpError, pageDetail, pageTitle} from './http-failure.ts';
import {type HttpLimits, httpLimits, isLoopback} from './http-limits.ts';
import type {OwnWords} from './own-words.ts';
import {parseJson} from './parse-json.ts';
import {createScrubber, withoutSecrets} from './without-secrets.ts';

/** How a server is reached. */
export type HttpOptions = {
	/** The base address; every request's path is put behind its path. Nothing is sent where it holds a user or a password. */
	readonly url: string;
	/** The credentials, asked for before each request; rejects with `unauthorized`, `sent: false` where there are none. They go to the origin of `url` and nowhere else. */
	readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
	/** Send credentials over plain http to another machine. */
	readonly allowHttp?: boolean;
	/** The account or tenant in whose name is asked, where it is configured; never a secret. It is part of what tells the system from another. */
	readonly account?: string;
	/** The path of a socket on this machine, by which the server is reached whatever host `url` names. */
	readonly socketPath?: string;
	/** Connections at the same time; 4 if not said. */
	readonly connections?: number;
	readonly limits?: Partial<HttpLimits>;
};

export type HttpRequest = {
	/** GET if not said. */
	readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** Begins with `/`; ids in it have been through `pathSegment`. */
	readonly path: string;
	readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
	/** Sent as JSON. */
	readonly body?: unknown;
	/** A look at a job, from which something will be concluded: an answer that is older than seconds, out of a cache, is `malformed`. */
	readonly fresh?: true;
	/** Beside the credentials. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly signal: AbortSignal;
};

/** An answer with a 2xx code. */
type HttpAnswer = {
	readonly status: number;
	readonly header: (name: string) => string | undefined;
};
/** `body` is undefined where the answer was empty. */
export type JsonAnswer = HttpAnswer & {readonly body: unknown};
export type TextAnswer = HttpAnswer & {readonly text: string};

/**
One request, one answer or one `BackendError` (an `HttpError` where the server answered with a failing code), or the signal's reason.

Never repeats a request, and never follows one to another origin.
*/
export type Http = {
	readonly json: (request: HttpRequest) => Promise<JsonAnswer>;
	readonly text: (request: HttpRequest) => Promise<TextAnswer>;
	/** Hands over a body of any length as it comes; what is kept of it is up to `take`. */
	readonly read: <Result>(
		request: HttpRequest,
		take: (body: AsyncIterable<Buffer>) => Promise<Result>,
	) => Promise<Result>;
	/** The request in one line, without credentials: `DELETE https://example.org/jobs/1`. Nothing is asked. */
	readonly describe: (request: Omit<HttpRequest, 'signal'>) => string;
	readonly close: () => Promise<void>;
};

/** The client is loaded with the first request: the screen need not wait for it, and who asks programs needs none. That it could not be loaded is no failure of a server, and is not kept. */
const openLater = (...how: Parameters<typeof openDispatcher>) => {
	let opened: Dispatcher | undefined;
	return {
		async open(): Promise<Dispatcher> {
			if (opened) return opened;
			const {openDispatcher} = await import('./dispatcher.ts');
			opened ??= openDispatcher(...how);
			return opened;
		},
		close: async () => opened?.destroy(),
	};
};

/** A client of one server, whose own answers are told from others by `own`. */
export const openHttp = (options: HttpOptions, own: OwnWords): Http => {
	const base = new URL(options.url);
	const {socketPath} = options;
	/** How people know the server, and how they would address it. */
	const host = socketPath ?? base.host;
	const origin = socketPath === undefined ? base.origin : `unix:${socketPath}:`;
	const limits = {...httpLimits, ...options.limits};
	const short = openLater(base, options.connections ?? 4, limits, socketPath);
	// Of its own: what is long must not keep short requests waiting.
	const long = openLater(base, 1, {...limits, bodyBytes: -1}, socketPath);

	const ask = async <Result>(
		request: HttpRequest,
		path: string,
		hops: number,
		{dispatcher, take}: Reading<Result>,
	): Promise<Result> => {
		const method = request.method ?? 'GET';
		refuseUserinfo(base);
		const credentials = lowerCaseNames(await options.headers?.());
		const carrier = await dispatcher();
		request.signal.throwIfAborted();
		refusePlainText(base, credentials, options.allowHttp === true);
		const deadline = startDeadline(request.signal, limits.wholeMs);
		// Before it is cut: a part of a secret is a secret.
		const told = tellRequest(createScrubber(credentials)(`${method} ${base.origin}${path}`));
		const fail = (failure: Failure) => {
			const clean = withoutSecrets(failure, credentials);
			told(`${clean.kind}: ${clean.detail}`, false);
			return new BackendError(clean);
		};
		try {
			const response = await carrier.request({
				origin: base.origin,
				path,
				method,
				headers: {
					accept: 'application/json',
					'accept-encoding': 'gzip',
					'user-agent': 'jobtop',
					// Nothing on the way may answer in place of the server (RFC 9111 §5.2.1.4).
					...(method === 'GET' && {'cache-control': 'no-cache'}),
					...(request.body !== undefined && {'content-type': 'application/json'}),
					...request.headers,
					...credentials,
				},
				...(request.body !== undefined && {body: JSON.stringify(request.body)}),
				signal: deadline.signal,
			});
			const header = (name: string) => [response.headers[name]].flat()[0];
			const status = response.statusCode;
			const age = request.fresh ? ageOf(header('age')) : 0;
			if (age > longestAge) {
				await response.body.dump();
				const detail = `the answer is ${age} s old: a cache on the way to ${host} sent it`;
				throw fail({kind: 'malformed', detail});
			}
			if (status < 400) told(`${status}`, true);
			if (status < 300)
				return await take({
					status,
					header,
					response,
					scrub: text => createScrubber(credentials)(text),
					fail,
				});
			const text = await readBody(response, limits.bodyBytes).catch((error: unknown) => {
				// The code of a failing answer tells enough without its body.
				if (!deadline.signal.aborted) return '';
				throw error;
			});
			if (status < 400) {
				const target = redirectTarget(base, path, header('location'));
				const failure = refuseRedirect(base, target, method, status, createScrubber(credentials));
				if (failure === undefined && target !== undefined && hops > 0) {
					return await ask(request, target.pathname + target.search, hops - 1, {dispatcher, take});
				}
				throw fail(failure ?? {kind: 'malformed', detail: `${host} redirects in a circle`});
			}
			// Before anything is cut: a part of a secret is a secret.
			const scrub = createScrubber(credentials);
			const body = parseJson(text, scrub);
			const failed = {
				status,
				statusText: scrub(response.statusText),
				header: (name: string) => {
					const value = header(name);
					return value === undefined ? undefined : scrub(value);
				},
				text: scrub(text),
				body,
			};
			const failure = withoutSecrets(failureOfAnswer(failed, own), credentials);
			told(failure.detail.startsWith(`${status}`) ? failure.detail : `${status} ${failure.detail}`, false);
			throw new HttpError(failure, status, body);
		} catch (error) {
			if (request.signal.aborted) {
				told('given up', false);
				throw request.signal.reason;
			}
			if (error instanceof BackendError) throw error;
			if (deadline.signal.aborted) {
				throw fail({
					kind: 'timeout',
					detail: `${host} did not answer within ${limits.wholeMs / 1000} s`,
				});
			}
			const failure = failureOfConnection(error, host);
			throw failure === undefined ? error : fail(failure);
		} finally {
			deadline.clear();
		}
	};

	const fullPath = ({path, query}: Omit<HttpRequest, 'signal'>): string =>
		base.pathname.replace(/\/+$/, '') + path + queryOf(query);

	const askFor = <Result>(request: HttpRequest, reading: Reading<Result>) => {
		request.signal.throwIfAborted();
		return ask(request, fullPath(request), 3, reading);
	};

	const exchange = (request: HttpRequest) =>
		askFor(request, {
			dispatcher: short.open,
			async take({response, ...answer}) {
				return {...answer, text: await readBody(response, limits.bodyBytes)};
			},
		});

	return {
		async json(request) {
			const {status, header, text, scrub, fail} = await exchange(request);
			if (text.trim() === '') return {status, header, body: undefined};
			// The body decides, not its announced type: pygeoapi calls its JSON text/html.
			const body = parseJson(text);
			if (body !== undefined) return {status, header, body};
			const title = pageTitle(scrub(text));
			const detail = title === undefined ? 'the answer is not JSON, or only half of it' : pageDetail(title);
			throw fail({kind: 'malformed', detail});
		},
		async text(request) {
			const {status, header, text, scrub, fail} = await exchange(request);
			if (pageTitle(text) !== undefined) {
				throw fail({kind: 'malformed', detail: pageDetail(pageTitle(scrub(text)) ?? 'without a title')});
			}
			return {status, header, text};
		},
		read: ({headers, ...request}, take) =>
			// Whole and as it is: the end of a long body is what matters, and it must not have to be unpacked for that.
			askFor(
				{...request, headers: {...headers, 'accept-encoding': 'identity'}},
				{
					dispatcher: long.open,
					async take({response, header, fail}) {
						if (!/\bhtml\b/i.test(header('content-type') ?? '')) return take(response.body);
						await response.body.dump();
						throw fail({kind: 'malformed', detail: pageDetail('without a title')});
					},
				},
			),
		describe(request) {
			const body = request.body === undefined ? '' : ` ${JSON.stringify(request.body)}`;
			return `${request.method ?? 'GET'} ${origin}${fullPath(request)}${body}`;
		},
		close: async () => {
			await Promise.all([short.close(), long.close()]);
		},
	};
};

/**
An id as one segment of a path, encoded.

Throws `rejected` for an id that a server could take for another path (empty, or with `.` or `..` between slashes) or that cannot be sent exactly as it is: such a request could hit something else than the job.
*/
export const pathSegment = (id: string): string => {
	if (id === '' || !id.isWellFormed() || id.split(/[\\/]/).some(part => part === '.' || part === '..')) {
		const detail = `the id ${JSON.stringify(cleanText(id, 100))} cannot stand in an address`;
		throw new BackendError({kind: 'rejected', detail});
	}
	return encodeURIComponent(id);
};

/** Seconds that an answer may be old that is evidence. */
const longestAge = 5;

/** How old an answer says that it is, in seconds (RFC 9111 §5.1). */
const ageOf = (value: string | undefined): number => (/^\s*\d+\s*$/.test(value ?? '') ? Number(value) : 0);

/** How a good answer is read. */
type Reading<Result> = {
	readonly dispatcher: () => Promise<Dispatcher>;
	readonly take: (answer: RawAnswer) => Result | Promise<Result>;
};

type RawAnswer = HttpAnswer & {
	readonly response: Dispatcher.ResponseData;
	/** Takes the credentials out of words. */
	readonly scrub: (text: string) => string;
	readonly fail: (failure: Failure) => BackendError;
};

export const lowerCaseNames = (
	headers: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Throws where a password stands in an address: addresses are shown and logged, and are no place for it. */
const refuseUserinfo = ({username, password, host}: URL): void => {
	if (username === '' && password === '') return;
	const detail = `nothing was sent: the address of ${host} holds a user or a password; say them by username and a token instead`;
	throw new BackendError({kind: 'unauthorized', detail, sent: false});
};

/** Throws where a credential would cross a network that anybody can listen to. */
export const refusePlainText = (
	base: URL,
	credentials: Readonly<Record<string, string>>,
	allowed: boolean,
): void => {
	if (allowed || base.protocol === 'https:' || isLoopback(base.hostname)) return;
	if (Object.keys(credentials).length === 0) return;
	const detail = `the credential was not sent: ${base.host} is asked over plain http, where anybody on the way can read it; use https, or allow http for this profile`;
	throw new BackendError({kind: 'unauthorized', detail, sent: false});
};

const startDeadline = (signal: AbortSignal, ms: number) => {
	const controller = new AbortController();
	const abort = () => controller.abort(signal.reason);
	signal.addEventListener('abort', abort, {once: true});
	const timer = setTimeout(() => controller.abort(), ms);
	const clear = () => {
		clearTimeout(timer);
		signal.removeEventListener('abort', abort);
	};
	return {signal: controller.signal, clear};
};

const unpack = promisify(gunzip);

const readBody = async (response: Dispatcher.ResponseData, longest: number): Promise<string> => {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const part of response.body as AsyncIterable<Buffer>) {
		size += part.length;
		if (size > longest) throw new BackendError({kind: 'malformed', detail: 'the answer is too large'});
		parts.push(part);
	}
	const bytes = Buffer.concat(parts, size);
	if (!/\bgzip\b/i.test([response.headers['content-encoding']].flat()[0] ?? '')) return bytes.toString();
	try {
		return (await unpack(bytes, {maxOutputLength: longest})).toString();
	} catch (error) {
		const detail = `the answer could not be unpacked (${cleanText(String(error), 200)})`;
		throw new BackendError({kind: 'malformed', detail}, {cause: error});
	}
};

const queryOf = (query: HttpRequest['query'] = {}): string => {
	const parameters = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value !== undefined) parameters.set(name, String(value));
	}
	return parameters.size === 0 ? '' : `?${parameters}`;
};

const redirectTarget = (base: URL, path: string, location: string | undefined): URL | undefined =>
	location === undefined || !URL.canParse(location, base.origin + path)
		? undefined
		: new URL(location, base.origin + path);

const loginPath = /\b(?:log-?in|sign-?in|sso|saml2?|oauth2?|oidc|openid-connect|authorize)\b/i;

/** Why a redirect is not followed; undefined where it may be: a read, on the same origin. */
const refuseRedirect = (
	base: URL,
	target: URL | undefined,
	method: string,
	status: number,
	scrub: (text: string) => string,
): Failure | undefined => {
	if (target === undefined) {
		return {kind: 'malformed', detail: `${base.host} answered ${status} without an address`};
	}
	// What follows the path may hold a token.
	const place = cleanText(scrub(`${target.protocol}//${target.host}${target.pathname}`), 300);
	// A server keeps its own name, whatever it is: that of many a cluster begins with `login`.
	const elsewhere = target.origin !== base.origin;
	if (loginPath.test(elsewhere ? target.hostname + target.pathname : target.pathname)) {
		return {kind: 'unauthorized', detail: `${base.host} sends us to a login page (${place})`};
	}
	if (elsewhere) {
		const detail = `${base.host} sends us to another place (${place}), which jobtop does not follow`;
		return {kind: 'malformed', detail};
	}
	if (method === 'GET' && status !== 303) return undefined;
	// Only these two say that the request was not acted upon.
	const untouched = status === 307 || status === 308;
	return {
		kind: untouched ? 'rejected' : 'malformed',
		detail: `${base.host} has moved this to ${place}, which jobtop does not follow for a ${method}`,
	};
};
