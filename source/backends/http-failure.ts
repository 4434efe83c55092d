import {cleanText} from '../job/clean-text.ts';
import {BackendError, boundedWish, type Failure, type FailureKind} from '../job/failure.ts';
import {shortageWords} from '../process/shortage.ts';
import {isForeign, type OwnWords} from './own-words.ts';

/** An answer with a failing status code. Its body is kept, because some systems say in it what the code means. */
export class HttpError extends BackendError {
	readonly status: number;
	/** The parsed JSON body; undefined where it was something else. */
	readonly body: unknown;

	constructor(failure: Failure, status: number, body: unknown) {
		super(failure);
		this.name = 'HttpError';
		this.status = status;
		this.body = body;
	}
}

/** What is known of an answer when its failure is sorted. */
export type FailedAnswer = {
	readonly status: number;
	readonly statusText: string;
	readonly header: (name: string) => string | undefined;
	readonly text: string;
	/** The parsed JSON body, if it was JSON. */
	readonly body: unknown;
};

// What is not named here is `broken` from 500 on, else `rejected`.
const kinds: Readonly<Record<number, FailureKind>> = {
	401: 'unauthorized',
	403: 'forbidden',
	404: 'not-found',
	408: 'timeout',
	409: 'conflict',
	410: 'not-found',
	429: 'rate-limited',
	501: 'rejected',
	505: 'rejected',
};

/** How nginx answers in place of the server where a client certificate is missing or wrong. */
const withoutClientCertificate =
	/<title>400 (?:No required SSL certificate was sent|The SSL certificate error)<\/title>/i;

/** The failure that a status code from 400 on stands for, on a server that has these words of its own. */
export const failureOfAnswer = (answer: FailedAnswer, own: OwnWords): Failure => {
	const kind = kinds[answer.status] ?? (answer.status >= 500 ? 'broken' : 'rejected');
	const words = serverWords(answer.body) ?? textWords(answer.text);
	const code = [
		cleanText(`${answer.status} ${answer.statusText}`.trim(), 80),
		...errorCode(answer.body),
		...correlation(answer.header('x-correlation-id')),
	].join(', ');
	const detail = words === undefined ? `the server answered ${code}` : `${words} (${code})`;
	if (answer.status === 407) {
		return {kind: 'unreachable', detail: `a proxy requires a valid login: ${detail}`, local: 'proxy-refusal'};
	}
	if (answer.status === 400 && withoutClientCertificate.test(answer.text)) {
		return {kind: 'unreachable', detail, local: 'client-certificate'};
	}
	if (isForeign(kind, {body: answer.body, words: serverWords(answer.body), text: answer.text}, own)) {
		return {kind: 'malformed', detail: `something other than ${own.title} answered: ${detail}`};
	}
	if (kind !== 'rate-limited' && kind !== 'broken') return {kind, detail};
	const retryAfterMs = readRetryAfter(answer.header('retry-after'), answer.header('date'));
	return {kind, detail, ...(retryAfterMs !== undefined && {retryAfterMs})};
};

/**
Milliseconds to wait, from a `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), within the bounds of a wish. A date is measured from the answer's own `Date`, so that a wrong clock here does no harm.
*/
export const readRetryAfter = (value: string | undefined, date: string | undefined): number | undefined => {
	if (value === undefined) return undefined;
	if (/^\s*-?\d+\s*$/.test(value)) return boundedWish(Number(value) * 1000);
	const until = Date.parse(value);
	const sent = Date.parse(date ?? '');
	const wait = until - (Number.isNaN(sent) ? Date.now() : sent);
	return Number.isNaN(wait) ? undefined : boundedWish(wait);
};

// The fields in which servers explain themselves, the clearest first: RFC 9457, OGC, FastAPI, Tapis, TensorPool.
const telling = [
	'detail',
	'description',
	'message',
	'error',
	'external_message',
	'title',
	'reason',
	'msg',
] as const;

/** The server's own words from an error body, as one clean line. */
export const serverWords = (body: unknown): string | undefined => {
	if (typeof body === 'string') return oneLine(body);
	if (Array.isArray(body)) return serverWords(body[0]);
	if (typeof body !== 'object' || body === null) return undefined;
	const complaint = complaintOf(body as Record<string, unknown>);
	if (complaint !== undefined) return complaint;
	for (const field of telling) {
		const words = serverWords((body as Record<string, unknown>)[field]);
		if (words !== undefined) return words;
	}
	return undefined;
};

/** What FastAPI does not like about a request, with the place: `query.limit: must be at most 100`. */
const complaintOf = ({loc, msg}: Record<string, unknown>): string | undefined =>
	Array.isArray(loc) && typeof msg === 'string' ? oneLine(`${loc.join('.')}: ${msg}`) : undefined;

/** The server's name for an error, beside its words. */
const errorCode = (body: unknown): string[] => {
	if (typeof body !== 'object' || body === null) return [];
	const {error_code: code} = body as Record<string, unknown>;
	return typeof code === 'string' && oneLine(code) !== undefined ? [cleanText(code, 80)] : [];
};

/** The number under which the server's people find the request. */
const correlation = (id: string | undefined): string[] => {
	const shown = id === undefined ? undefined : oneLine(id.slice(0, 100));
	return shown === undefined ? [] : [`correlation id ${shown}`];
};

/** What a page calls itself, if the text is a web page. */
export const pageTitle = (text: string): string | undefined => {
	const start = text.slice(0, 20_000);
	if (!/^\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype|html|head|body)\b/i.test(start)) return undefined;
	const title = /<title[^>]*>([^<]*)/i.exec(start)?.[1] ?? '';
	return oneLine(title) ?? 'without a title';
};

/** The words for a page that stands where data should be. That it may be one to log in is a part of the advice. */
export const pageDetail = (title: string): string => `answered with a web page (${title}) instead of data`;

const textWords = (text: string): string | undefined =>
	pageTitle(text) ?? (/^\s*[<{[]/.test(text) ? undefined : oneLine(text.slice(0, 2000)));

const oneLine = (text: string): string | undefined => {
	const line = cleanText(text.trim(), 300).replace(/\s+/g, ' ').trim();
	return line === '' ? undefined : line;
};

type SocketError = Error & {
	readonly code?: string;
	readonly syscall?: string;
	readonly hostname?: string;
	readonly address?: string;
	readonly port?: number;
};

// Found out in the handshake, before a request is written (Node's documentation of TLS, "X509 certificate error codes").
const untrusted = new Set([
	'CERT_HAS_EXPIRED',
	'CERT_NOT_YET_VALID',
	'CERT_REJECTED',
	'CERT_REVOKED',
	'CERT_UNTRUSTED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'HOSTNAME_MISMATCH',
	'INVALID_CA',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_GET_ISSUER_CERT',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Those that mean an authority which is not known here. */
const unknownIssuers: ReadonlySet<string> = new Set([
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_GET_ISSUER_CERT',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Whether a connection failed because the authority of the certificate is not known here. No request was written. */
export const isUnknownIssuer = (error: unknown): boolean => unknownIssuers.has(firstOf(error)?.code ?? '');

/** Calls that come before a request. Only there a shortage of this machine means that nothing was sent; a connection that answers EAGAIN has a full queue on the other side. */
const opening: ReadonlySet<string> = new Set(['connect', 'bind', 'getaddrinfo', 'socket', 'open']);

/** What a server sends in the handshake about the certificate of the client, or for lack of one (RFC 8446 §6.2). No request was read. */
const aboutOurCertificate =
	/_ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)$/;

/** SOCKS replies that are about us (RFC 1928 §6, RFC 1929): a login is missing or wrong, or the rules forbid the way. */
const socksRefusals = /^UND_ERR_SOCKS5_(?:AUTH_\w+|REPLY_2)$/;

/** The failure where a proxy did not lead on; undefined for every other error. Nothing reached the server. */
const proxyRefusal = (message: string, code: string, host: string): Failure | undefined => {
	const way = `on the way to ${host}`;
	const local = 'proxy-refusal';
	const status = /^Proxy response \((\d+)\)|^Proxy Authentication Required \((407)\)/.exec(message);
	if (status) {
		const answer = status[1] ?? status[2];
		if (answer === '407') {
			return {kind: 'unreachable', detail: `the proxy requires a valid login (407) ${way}`, local};
		}
		const detail = `the proxy answered ${answer} ${way}`;
		return {kind: 'unreachable', detail, ...(answer?.startsWith('4') && {local})};
	}
	if (!code.startsWith('UND_ERR_SOCKS5')) return undefined;
	const detail = `the SOCKS proxy did not connect to ${host} (${message})`;
	return {kind: 'unreachable', detail, ...(socksRefusals.test(code) && {local})};
};

/** The failure that an error of the connection stands for; undefined for an error that is a fault of ours. */
export const failureOfConnection = (thrown: unknown, host: string): Failure | undefined => {
	const error = firstOf(thrown);
	if (error === undefined) return undefined;
	// Not every complaint of the parser has a code.
	const {code = error.name === 'HTTPParserError' ? 'HPE_OTHER' : ''} = error;
	const message = oneLine(error.message) ?? code;
	const refusal = proxyRefusal(message, code, host);
	if (refusal) return refusal;
	if (untrusted.has(code)) {
		// Node's advice is an option of the command line that jobtop does not have.
		const why = message.replace(/; if the root CA is installed locally.*$/, '');
		const detail = `the certificate of ${host} is not trusted: ${why}`;
		return {kind: 'unreachable', detail, ...(unknownIssuers.has(code) && {local: 'certificate'})};
	}
	if (aboutOurCertificate.test(code)) {
		const detail = `${host} requires a client certificate, or refuses the one it got (${message})`;
		return {kind: 'unreachable', detail, local: 'client-certificate'};
	}
	// Up to TLS 1.2, a missing certificate looks like a missing cipher.
	if (/^ERR_SSL_.*_ALERT_HANDSHAKE_FAILURE$/.test(code)) {
		const detail = `${host} refused the TLS handshake; it may require a client certificate (${message})`;
		return {kind: 'unreachable', detail, local: 'client-certificate'};
	}
	if (error.syscall !== undefined && opening.has(error.syscall) && error.code !== 'EAGAIN') {
		const shortage = shortageWords(error);
		if (shortage !== undefined) {
			return {kind: 'unreachable', detail: `no connection to ${host}: ${shortage}`, local: 'shortage'};
		}
	}
	if (error.syscall === 'getaddrinfo') {
		return {
			kind: 'unreachable',
			detail: `cannot resolve ${cleanText(error.hostname ?? host)} (${code})`,
		};
	}
	if (error.syscall === 'connect' || error.syscall === 'bind') {
		// A socket of this machine has an address without a port.
		const port = error.port === undefined ? '' : `:${error.port}`;
		const peer = error.address === undefined ? host : `${error.address}${port}`;
		return {kind: 'unreachable', detail: `no connection to ${peer} (${code})`};
	}
	const sorted = connectionFailures.find(([codes]) => codes.test(code));
	if (sorted !== undefined) return {kind: sorted[1], detail: `${sorted[2](host)} (${message})`};
	return code === '' ? undefined : {kind: 'cut-off', detail: `the connection to ${host} broke (${message})`};
};

// A reset of unknown time counts as cut-off: the request may have arrived.
const connectionFailures: readonly (readonly [
	codes: RegExp,
	kind: 'unreachable' | 'timeout' | 'malformed' | 'cut-off',
	words: (host: string) => string,
])[] = [
	[/^UND_ERR_CONNECT_TIMEOUT$/, 'unreachable', host => `${host} did not accept the connection in time`],
	[
		/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/,
		'unreachable',
		host => `${host} does not speak TLS`,
	],
	[
		/^UND_ERR_(PRX_TLS|PRX_CONN|INVALID_ARG|CLOSED)$/,
		'unreachable',
		host => `no request to ${host} was possible`,
	],
	[/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/, 'timeout', host => `${host} did not answer in time`],
	[
		/^UND_ERR_(RES_EXCEEDED_MAX_SIZE|HEADERS_OVERFLOW)$/,
		'malformed',
		host => `the answer of ${host} is too large`,
	],
	[/^HPE_INVALID_EOF_STATE$/, 'cut-off', host => `the connection to ${host} broke`],
	[/^HPE_/, 'malformed', host => `${host} does not speak HTTP`],
];

// An attempt at several addresses fails with all their errors in one.
const firstOf = (error: unknown): SocketError | undefined => {
	if (error instanceof AggregateError && error.errors.length > 0) return firstOf(error.errors[0]);
	if (!(error instanceof Error)) return undefined;
	return 'code' in error || error.cause === undefined ? error : (firstOf(error.cause) ?? error);
};
