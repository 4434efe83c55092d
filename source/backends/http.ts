import {EventEmitter} from 'node:events';
import type {Dispatcher} from 'undici';
import {cleanText} from '../job/clean-text.ts';
import {BackendError, type Failure, localCauseOf} from '../job/failure.ts';
import {shortageWords} from '../process/shortage.ts';
import {rememberedBy} from '../text/remembered.ts';
import {reportRequest} from './exchange.ts';
import {readBody, textOf} from './http-body.ts';
import {
	failureOfAnswer,
	failureOfConnection,
	HttpError,
	isUnknownIssuer,
	pageDetail,
	pageTitle,
} from './http-failure.ts';
import {type HttpLimits, httpLimits} from './http-limits.ts';
import {redirectTarget, refuseRedirect} from './http-redirect.ts';
import {type HttpDestination, type HttpRoute, proxySecrets, staysHere} from './http-route.ts';
import type {OwnWords} from './own-words.ts';
import {parseJson} from './parse-json.ts';
import {clientCertificateWords, tlsFilesStamp} from './tls-files.ts';
import {type Credentials, createScrubberSource, scrubFailure} from './without-secrets.ts';

/** How a server is reached. Nothing is sent where its address holds a user or a password. */
export type HttpOptions = HttpDestination & {
	/** The credentials, read before each request; rejects with `unauthorized`, `sent: false` without credentials. They go to the origin of `url` and nowhere else. */
	readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
	/** Allow credentials over plain http to another machine. */
	readonly allowHttp?: boolean;
	/** The account or tenant of the requests, where it is configured; never a secret. It is part of what distinguishes the system from another. */
	readonly account?: string;
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
	/** Reads the JSON of a good answer, in a way that knows earlier ones; undefined where it has to be read as usual. */
	readonly parse?: (bytes: Buffer) => unknown;
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

Never repeats a request that a server may have acted on, and never follows a redirect to another origin.
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

/** The client is loaded with the first request: the screen need not wait for it, and a profile of programs needs no client. A failure to load it is no failure of a server, and is not kept. Certificate files that were replaced count for the next request. */
const openLater = (options: HttpOptions, connections: number, limits: HttpLimits) => {
	let opened: Dispatcher | undefined;
	let stamp: string | undefined;
	return {
		async open(): Promise<Dispatcher> {
			const current = options.route && tlsFilesStamp(options.route);
			if (opened && current === stamp) return opened;
			const {openDispatcher} = await import('./dispatcher.ts').catch(refuseShortage);
			// Another request may have opened it meanwhile.
			if (opened && current === stamp) return opened;
			const former = opened;
			opened = openDispatcher(options, connections, limits);
			stamp = current;
			// What it has sent may still be answered.
			void former?.close();
			return opened;
		},
		close: async () => opened?.destroy(),
	};
};

/** Throws: a client that could not be read for lack of files is trouble of this machine. */
const refuseShortage = (error: unknown): never => {
	const shortage = shortageWords(error);
	if (shortage === undefined) throw error;
	const detail = `the HTTP client could not be loaded: ${shortage}`;
	throw new BackendError({kind: 'unreachable', detail, local: 'shortage'}, {cause: error});
};

/** One server: where it is, and what bounds an exchange with it. */
type Server = {
	readonly base: URL;
	/** How people know it. */
	readonly host: string;
	readonly options: HttpOptions;
	readonly own: OwnWords;
	readonly limits: HttpLimits;
	readonly scrubberFor: ReturnType<typeof createScrubberSource>;
};

/** A client of one server; `own` distinguishes its answers from others on the way. */
export const openHttp = (options: HttpOptions, own: OwnWords): Http => {
	const base = new URL(options.url);
	const {socketPath} = options;
	const limits = {...httpLimits, ...options.limits};
	const host = socketPath ?? base.host;
	const server: Server = {base, host, options, own, limits, scrubberFor: createScrubberSource()};
	/** How people would address it. */
	const origin = socketPath === undefined ? base.origin : `unix:${socketPath}:`;
	const short = openLater(options, options.connections ?? 4, limits);
	// A connection of its own: a long answer must not keep short requests waiting.
	const long = openLater(options, 1, {...limits, bodyBytes: -1});

	const fullPath = ({path, query}: Omit<HttpRequest, 'signal'>): string =>
		base.pathname.replace(/\/+$/, '') + path + queryOf(query);

	const askFor = <Result>(request: HttpRequest, reading: Reading<Result>) => {
		request.signal.throwIfAborted();
		return ask(server, request, {path: fullPath(request), hopsLeft: 3}, reading);
	};

	const exchange = (request: HttpRequest) =>
		askFor(request, {
			dispatcher: short.open,
			async take({response, ...answer}) {
				return {...answer, bytes: await readBody(response, limits.bodyBytes)};
			},
		});

	return {
		async json(request) {
			const {status, header, bytes, scrub, fail} = await exchange(request);
			const known = request.parse?.(bytes);
			if (known !== undefined) return {status, header, body: known};
			const text = textOf(bytes);
			if (text.trim() === '') return {status, header, body: undefined};
			// The body decides, not its announced type: pygeoapi calls its JSON text/html.
			const body = parseJson(text);
			if (body !== undefined) return {status, header, body};
			const title = pageTitle(scrub(text));
			const detail = title === undefined ? 'the answer is not JSON, or is incomplete' : pageDetail(title);
			throw fail({kind: 'malformed', detail});
		},
		async text(request) {
			const {status, header, bytes, scrub, fail} = await exchange(request);
			const text = textOf(bytes);
			if (pageTitle(text) !== undefined) {
				throw fail({kind: 'malformed', detail: pageDetail(pageTitle(scrub(text)) ?? 'without a title')});
			}
			return {status, header, text};
		},
		read: ({headers, ...request}, take) =>
			// Not compressed: the end of a long body matters, and it must be readable without the rest.
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

/** Where a request goes, and how many redirects may follow. */
type Hop = {
	readonly path: string;
	readonly hopsLeft: number;
	/** The connection was refused once, since its certificate was not trusted. */
	readonly untrusted?: true;
};

/** Sends one request, and reads its answer. */
const ask = async <Result>(
	server: Server,
	request: HttpRequest,
	hop: Hop,
	reading: Reading<Result>,
): Promise<Result> => {
	const {base, options, limits} = server;
	const method = request.method ?? 'GET';
	refuseUserinfo(base);
	const credentials = lowerCaseNames(await options.headers?.());
	const dispatcher = await reading.dispatcher();
	request.signal.throwIfAborted();
	refusePlainText(options, credentials);
	const deadline = startDeadline(request.signal, limits.wholeMs);
	const scrub = server.scrubberFor({...credentials, ...proxySecretsOf(options)});
	// Scrubbed before it is cut: a part of a secret is a secret.
	const report = reportRequest(scrub(`${method} ${base.origin}${hop.path}`));
	const fail = (failure: Failure) => {
		const clean = scrubFailure(failure, scrub);
		report(`${clean.kind}: ${clean.detail}`, false);
		return new BackendError(clean);
	};
	const exchange: Exchange = {
		server,
		request,
		method,
		deadline,
		credentials,
		scrub,
		report,
		fail,
	};
	try {
		return await readAnswer(exchange, await send(exchange, dispatcher, hop.path), hop, reading);
	} catch (error) {
		// With authorities of its own, a profile trusts no others.
		const others = options.route?.caFile === undefined && options.route?.held?.ca === undefined;
		const again = others && !hop.untrusted && !request.signal.aborted && isUnknownIssuer(error);
		if (again && (await import('./system-certificates.ts')).trustSystem()) {
			report('unknown certificate authority: trying again with those of the system', false);
			return await ask(server, request, {...hop, untrusted: true}, reading);
		}
		throw explainError(exchange, error);
	} finally {
		deadline.clear();
	}
};

/** The login of the proxy that the client was opened with. */
const proxySecretsOf = rememberedBy(proxySecrets);

/** One request on its way. */
type Exchange = {
	readonly server: Server;
	readonly request: HttpRequest;
	readonly method: NonNullable<HttpRequest['method']>;
	readonly deadline: Deadline;
	readonly credentials: Credentials;
	/** Takes the credentials, and the login of the proxy, out of words. */
	readonly scrub: (text: string) => string;
	/** Reports the answer to the listener of the exchange. */
	readonly report: ReturnType<typeof reportRequest>;
	/** Reports a failure, and makes an error of it. */
	readonly fail: (failure: Failure) => BackendError;
};

const send = (
	{server, request, method, deadline, credentials}: Exchange,
	dispatcher: Dispatcher,
	path: string,
): Promise<Dispatcher.ResponseData> =>
	dispatcher.request({
		origin: server.base.origin,
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

/** Takes a good answer, follows a redirect or throws why not. */
const readAnswer = async <Result>(
	exchange: Exchange,
	response: Dispatcher.ResponseData,
	hop: Hop,
	reading: Reading<Result>,
): Promise<Result> => {
	const {server, request, method, deadline, scrub, report, fail} = exchange;
	const {base, host, limits} = server;
	const header = (name: string) => [response.headers[name]].flat()[0];
	const status = response.statusCode;
	const age = request.fresh ? ageOf(header('age')) : 0;
	if (age > maxAge) {
		await response.body.dump();
		throw fail({
			kind: 'malformed',
			detail: `the answer is ${age} s old: a cache on the way to ${host} sent it`,
		});
	}
	if (status < 400) report(`${status}`, true);
	if (status < 300) return await reading.take({status, header, response, scrub, fail});
	const text = await readBody(response, limits.bodyBytes)
		.then(textOf)
		.catch((error: unknown) => {
			// The code of a failing answer says enough without its body.
			if (!deadline.hasPassed()) return '';
			throw error;
		});
	if (status >= 400) throw failedAnswer(exchange, response, text);
	const target = redirectTarget(base, hop.path, header('location'));
	const failure = refuseRedirect(base, target, {method, path: hop.path, status, scrub});
	if (failure === undefined && target !== undefined && hop.hopsLeft > 0) {
		const next = {path: target.pathname + target.search, hopsLeft: hop.hopsLeft - 1};
		return await ask(server, request, next, reading);
	}
	throw fail(failure ?? {kind: 'malformed', detail: `${host} redirects in a loop`});
};

/** The error of an answer with a failing code. */
const failedAnswer = (
	{server, scrub, report}: Exchange,
	{statusCode: status, statusText, headers}: Dispatcher.ResponseData,
	text: string,
): HttpError => {
	// Scrubbed before anything is cut: a part of a secret is a secret.
	const body = parseJson(text, scrub);
	const answer = {
		status,
		statusText: scrub(statusText),
		header: (name: string) => {
			const [value] = [headers[name]].flat();
			return value === undefined ? undefined : scrub(value);
		},
		text: scrub(text),
		body,
	};
	const failure = scrubFailure(failureOfAnswer(answer, server.own), scrub);
	report(failure.detail.startsWith(`${status}`) ? failure.detail : `${status} ${failure.detail}`, false);
	return new HttpError(failure, status, body);
};

/** What to throw for whatever went wrong during an exchange; reports it where nothing did yet. */
const explainError = ({server, request, deadline, report, fail}: Exchange, error: unknown): unknown => {
	if (request.signal.aborted) {
		report('aborted', false);
		return request.signal.reason;
	}
	if (error instanceof BackendError) return error;
	if (deadline.hasPassed()) {
		const seconds = server.limits.wholeMs / 1000;
		return fail({kind: 'timeout', detail: `${server.host} did not answer within ${seconds} s`});
	}
	const failure = failureOfConnection(error, server.host);
	return failure === undefined ? error : fail(withFiles(failure, server.options.route));
};

/** Names the file of the profile that a failure is about. */
const withFiles = (failure: Failure, {caFile, clientCert}: HttpRoute = {}): Failure => {
	const cause = localCauseOf(failure);
	if (cause === 'certificate' && caFile !== undefined) {
		return {...failure, detail: `${failure.detail} (ca_file ${caFile})`};
	}
	if (cause !== 'client-certificate' || clientCert === undefined) return failure;
	return {...failure, detail: `${failure.detail} (${clientCertificateWords(clientCert)})`};
};

/**
An id as one segment of a path, encoded.

Throws `rejected` for an id that a server could take for another path (empty, or with `.` or `..` between slashes) or that cannot be sent unchanged: such a request could reach something other than the job.
*/
export const pathSegment = (id: string): string => {
	if (id === '' || !id.isWellFormed() || id.split(/[\\/]/).some(part => part === '.' || part === '..')) {
		const detail = `the id ${JSON.stringify(cleanText(id, 100))} cannot be part of an address`;
		throw new BackendError({kind: 'rejected', detail});
	}
	return encodeURIComponent(id);
};

/** The age in seconds up to which an answer is evidence. */
const maxAge = 5;

/** The age that an answer states, in seconds (RFC 9111 §5.1). */
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
	const detail = `nothing was sent: the address of ${host} contains a user or a password; set username and a token instead`;
	throw new BackendError({kind: 'unauthorized', detail, sent: false});
};

/** Throws where a credential would cross a network that anybody can listen to. */
export const refusePlainText = (
	options: HttpOptions,
	credentials: Readonly<Record<string, string>>,
): void => {
	if (!isReadableByOthers(options) || Object.keys(credentials).length === 0) return;
	const {host} = new URL(options.url);
	const detail = `the credential was not sent: ${host} uses plain http, which others can read; use https, or set allow_http = true for this profile`;
	throw new BackendError({kind: 'unauthorized', detail, sent: false});
};

/** Whether requests cross a network in plain text, without leave. */
const isReadableByOthers = rememberedBy(
	(options: HttpOptions): boolean =>
		options.allowHttp !== true && new URL(options.url).protocol !== 'https:' && !staysHere(options),
);

/** The end of an exchange: that of its request, or the time after which it took too long. */
type Deadline = {
	/** Emits `abort`. The client takes an emitter as well as an AbortSignal, which costs several times as much. */
	readonly signal: EventEmitter;
	readonly hasPassed: () => boolean;
	readonly clear: () => void;
};

const startDeadline = (signal: AbortSignal, ms: number): Deadline => {
	const emitter = new EventEmitter();
	let passed = false;
	const pass = () => {
		passed = true;
		emitter.emit('abort');
	};
	signal.addEventListener('abort', pass, {once: true});
	const timer = setTimeout(pass, ms);
	return {
		signal: emitter,
		hasPassed: () => passed,
		clear() {
			clearTimeout(timer);
			signal.removeEventListener('abort', pass);
		},
	};
};

const queryOf = (query: HttpRequest['query'] = {}): string => {
	const parameters = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value !== undefined) parameters.set(name, String(value));
	}
	return parameters.size === 0 ? '' : `?${parameters}`;
};
