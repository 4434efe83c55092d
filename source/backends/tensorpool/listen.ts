import {WebSocket} from 'undici';
import {z} from 'zod';
import type {Clock} from '../../clock.ts';
import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure, type FailureKind} from '../../job/failure.ts';
import {type HttpOptions, httpLimits, lowerCaseNames, openDispatcher, refusePlainText} from '../http.ts';
import {lesserText, shown} from '../read-fields.ts';
import {withoutSecrets} from '../without-secrets.ts';

export type ListenLimits = {
	/** Milliseconds without a word after which it is enough: the log of a live job has no end. */
	readonly quietMs: number;
	/** Milliseconds for everything together. */
	readonly wholeMs: number;
	/** Characters that are kept, the last ones. */
	readonly kept: number;
	/** Characters after which no more is read. */
	readonly read: number;
};

export const listenLimits: ListenLimits = {quietMs: 2000, wholeMs: 20_000, kept: 150_000, read: 20_000_000};

/** What comes over the line. A `command` in it is the server's wish for our shell, and is passed over. */
const frameSchema = z.object({status: lesserText, message: lesserText});

/** What a server says by closing: the codes of RFC 6455 and the registered ones, and those that carry an HTTP code. */
const closings: Readonly<Record<number, FailureKind>> = {
	1008: 'unauthorized',
	3000: 'unauthorized',
	3003: 'forbidden',
	4001: 'unauthorized',
	4003: 'forbidden',
	4004: 'not-found',
	4401: 'unauthorized',
	4403: 'forbidden',
	4404: 'not-found',
	4429: 'rate-limited',
};

export type ListenRequest = {
	/** Behind the address of the options; begins with `/`. */
	readonly path: string;
	readonly clock: Clock;
	readonly limits: ListenLimits;
	/** What it means that the server falls silent, for the last line. */
	readonly silence: string;
	readonly signal: AbortSignal;
};

/**
Reads a log that comes over a WebSocket, until it ends, falls silent or is long enough. Rejects with a `BackendError` where nothing came, or with the signal's reason.

The key is the first message, and stands neither in the address nor in a header.
*/
export const listen = async (options: HttpOptions, request: ListenRequest): Promise<string> => {
	const {path, clock, limits, silence, signal} = request;
	const base = new URL(options.url);
	const headers = lowerCaseNames(await options.headers?.());
	signal.throwIfAborted();
	refusePlainText(base, headers, options.allowHttp === true);
	const key = /^bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1];
	if (key === undefined) {
		throw new BackendError({kind: 'unauthorized', detail: 'there is no key to listen with', sent: false});
	}
	const address = new URL(base.pathname.replace(/\/+$/, '') + path, base);
	address.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
	address.username = '';
	address.password = '';
	const dispatcher = openDispatcher(base, 1, {...httpLimits, ...options.limits});
	const lines: string[] = [];
	let kept = 0;
	let seen = 0;

	const keep = (message: string) => {
		const line = message.endsWith('\n') ? message : `${message}\n`;
		lines.push(line.slice(-limits.kept));
		kept += Math.min(line.length, limits.kept);
		seen += line.length;
		while (kept > limits.kept) kept -= lines.shift()?.length ?? 0;
	};

	const text = (note?: string): string => {
		const cut = seen > kept ? '[the beginning is left out]\n' : '';
		return cut + lines.join('') + (note === undefined ? '' : `[${note}]\n`);
	};

	const socket = new WebSocket(address, {dispatcher});
	const timers = new Map<string, () => void>();
	let hangUp = () => {};
	try {
		return await new Promise<string>((resolve, reject) => {
			const fail = (failure: Failure) => reject(new BackendError(withoutSecrets(failure, headers)));
			const enough = (note: string) => (seen > 0 ? resolve(text(note)) : fail(saidNothing(base.host)));
			const wait = (name: string, ms: number, then: () => void) => {
				timers.get(name)?.();
				timers.set(name, clock.after(ms, then));
			};
			wait('whole', limits.wholeMs, () => enough('there is more; jobtop stopped reading here'));
			hangUp = () => reject(signal.reason);
			signal.addEventListener('abort', hangUp);
			let opened = false;
			socket.addEventListener('open', () => {
				opened = true;
				socket.send(JSON.stringify({TENSORPOOL_KEY: key}));
				wait('quiet', limits.quietMs, () => enough(silence));
			});
			socket.addEventListener('message', ({data}) => {
				const {message, status} = readFrame(data);
				const first = seen === 0;
				if (message !== undefined) keep(message);
				if (status === 'error' && first) return fail({kind: 'rejected', detail: refusalWords(message)});
				if (status === 'success' || status === 'error') return resolve(text());
				if (seen > limits.read) return enough('there is more; jobtop stopped reading here');
				wait('quiet', limits.quietMs, () => enough(silence));
			});
			// An `error` tells nothing; the close that follows it has at least a code.
			socket.addEventListener('close', ({code, reason}) => {
				const kind = closings[code];
				if (seen > 0) return resolve(text(code === 1000 ? undefined : 'the connection ended here'));
				if (code === 1000) return resolve('');
				const words = shown(reason) ?? (opened ? 'it broke off' : 'it did not open the log');
				fail({kind: kind ?? 'cut-off', detail: `${base.host}: ${words} (${code})`});
			});
		});
	} finally {
		signal.removeEventListener('abort', hangUp);
		for (const takeBack of timers.values()) takeBack();
		socket.close();
		void dispatcher.destroy();
	}
};

const saidNothing = (host: string): Failure => ({
	kind: 'timeout',
	detail: `${host} said nothing about this job's log in time`,
});

const refusalWords = (message: string | undefined): string =>
	cleanText(message ?? '', 300).trim() || 'the server ended the log with an error';

/** A frame that is no JSON is a line of the log itself. */
const readFrame = (data: unknown): {readonly message?: string; readonly status?: string} => {
	if (typeof data !== 'string') return {};
	try {
		const {message, status} = frameSchema.parse(JSON.parse(data));
		return {
			...(typeof message === 'string' && {message}),
			...(typeof status === 'string' && {status: status.toLowerCase()}),
		};
	} catch {
		return {message: data};
	}
};
