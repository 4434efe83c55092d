import {subscribe, unsubscribe} from 'node:diagnostics_channel';
import {ping, WebSocket} from 'undici';
import * as z from 'zod';
import {cleanLines, cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure, type FailureKind} from '../../job/failure.ts';
import type {Clock} from '../../process/clock.ts';
import type {LogPage} from '../backend.ts';
import {openDispatcher} from '../dispatcher.ts';
import {type HttpOptions, lowerCaseNames, refusePlainText} from '../http.ts';
import {httpLimits} from '../http-limits.ts';
import {proxySecrets} from '../http-route.ts';
import {lesserText, shown} from '../read-fields.ts';
import {createScrubber, withoutSecrets} from '../without-secrets.ts';

export type ListenLimits = {
	/** Milliseconds between two pings. */
	readonly pingMs: number;
	/** Milliseconds after a ping without a word or a pong, after which the line is dead. */
	readonly deadMs: number;
	/** Characters of one message, its last ones. */
	readonly message: number;
	/** Milliseconds without a word after which a look at a log is over: that of a live job has no end. */
	readonly quietMs: number;
	/** Milliseconds for a whole look. */
	readonly wholeMs: number;
	/** Characters that are kept of a look, the last ones. */
	readonly kept: number;
	/** Characters after which a look reads no more. */
	readonly read: number;
};

// The vendor's own program sends the same pings.
const listenLimits: ListenLimits = {
	pingMs: 5000,
	deadMs: 10_000,
	message: 150_000,
	quietMs: 2000,
	wholeMs: 20_000,
	kept: 150_000,
	read: 20_000_000,
};

/** What comes over the line. A `command` in it is the server's wish for our shell, and is passed over. */
const frameSchema = z.object({status: lesserText, message: lesserText});

/** What a server says by closing: the codes of RFC 6455, the registered ones, and codes that carry an HTTP code. */
const closings: Readonly<Record<number, FailureKind>> = {
	1008: 'unauthorized',
	1011: 'broken',
	1012: 'broken',
	1013: 'broken',
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

export type LogAddress = {
	/** Behind the address of the options; begins with `/`. */
	readonly path: string;
	readonly clock: Clock;
	/** Instead of the usual ones. */
	readonly limits?: Partial<ListenLimits>;
	/** The job has ended: an error in its log is how it ended, not a refusal to send it. */
	readonly over: boolean;
	readonly signal: AbortSignal;
};

export type LogToHear = LogAddress & {
	/** Takes the next piece of the log, through `cleanLines`. */
	readonly onText: (text: string) => void;
	/** The line stands. */
	readonly onOpen?: () => void;
};

/**
Listens to a log over a WebSocket until it has ended. Rejects with a `BackendError` where it was refused or the line broke, or with the signal's reason.

The key is the first message, and stands neither in the address nor in a header.
*/
export const listen = async (options: HttpOptions, log: LogToHear): Promise<void> => {
	const {path, clock, over, signal, onText, onOpen} = log;
	const limits = {...listenLimits, ...log.limits};
	const base = new URL(options.url);
	const headers = lowerCaseNames(await options.headers?.());
	signal.throwIfAborted();
	refusePlainText(options, headers);
	const key = /^bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1];
	if (key === undefined) {
		throw new BackendError({kind: 'unauthorized', detail: 'there is no key for its log', sent: false});
	}
	const address = new URL(base.pathname.replace(/\/+$/, '') + path, base);
	address.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
	address.username = '';
	address.password = '';
	const dispatcher = openDispatcher(options, 1, {...httpLimits, ...options.limits});
	const socket = new WebSocket(address, {dispatcher});
	socket.binaryType = 'arraybuffer';
	const secrets = {...headers, ...proxySecrets(options)};
	const scrub = createScrubber(secrets);
	let lastSign = clock.now();
	let takeBackBeat = () => {};
	let takeBackEnd = () => {};
	let hangUp = () => {};
	const onPong = (message: unknown) => {
		if ((message as {readonly websocket?: unknown}).websocket === socket) lastSign = clock.now();
	};
	subscribe(pongs, onPong);
	try {
		await new Promise<void>((resolve, reject) => {
			const fail = (failure: Failure) => reject(new BackendError(withoutSecrets(failure, secrets)));
			hangUp = () => reject(signal.reason);
			signal.addEventListener('abort', hangUp);
			// A line that was cut without a word looks like a job that prints nothing.
			const beat = () => {
				if (clock.now() - lastSign >= limits.pingMs + limits.deadMs) {
					const seconds = Math.round((clock.now() - lastSign) / 1000);
					return fail({kind: 'cut-off', detail: `${base.host} sent nothing for ${seconds} s`});
				}
				ping(socket);
				takeBackBeat = clock.after(limits.pingMs, beat);
			};
			let opened = false;
			let heard = false;
			// A server with nothing more to send about an ended job has sent all.
			const waitForEnd = () => {
				takeBackEnd();
				if (!over) return;
				takeBackEnd = clock.after(limits.wholeMs, () => {
					if (heard) resolve();
					else fail(saidNothing(base.host));
				});
			};
			socket.addEventListener('open', () => {
				opened = true;
				lastSign = clock.now();
				socket.send(JSON.stringify({TENSORPOOL_KEY: key}));
				takeBackBeat = clock.after(limits.pingMs, beat);
				waitForEnd();
				onOpen?.();
			});
			socket.addEventListener('message', ({data}) => {
				if (signal.aborted) return;
				lastSign = clock.now();
				waitForEnd();
				const {message, status} = readFrame(data);
				if (status === 'error' && !heard && !over) {
					return fail({kind: 'rejected', detail: refusalWords(scrub(message ?? ''))});
				}
				if (message !== undefined) {
					heard = true;
					onText(lineOf(message, limits.message));
				}
				if (status === 'success' || status === 'error') resolve();
			});
			// An `error` holds no reason; the close that follows it has at least a code.
			socket.addEventListener('close', ({code, reason}) => {
				if (code === 1000) return resolve();
				const words = shown(reason) ?? (opened ? 'the connection broke' : 'it did not open the log');
				fail({kind: closings[code] ?? 'cut-off', detail: `${base.host}: ${words} (${code})`});
			});
		});
	} finally {
		unsubscribe(pongs, onPong);
		signal.removeEventListener('abort', hangUp);
		takeBackBeat();
		takeBackEnd();
		socket.close();
		void dispatcher.destroy();
	}
};

const pongs = 'undici:websocket:pong';

/**
Reads a log until it ends, falls silent or is long enough; as `listen`, but what came before the line broke is worth telling.
*/
export const hear = async (options: HttpOptions, log: LogAddress): Promise<LogPage> => {
	const {clock, signal} = log;
	const limits = {...listenLimits, ...log.limits};
	const lines: string[] = [];
	let kept = 0;
	let seen = 0;
	const text = (note?: string): LogPage => ({
		text: lines.join('') + (note === undefined ? '' : `[${note}]\n`),
		...(seen > kept && {cut: true}),
	});

	const enough = new AbortController();
	let note: string | undefined;
	const stop = (why?: string) => {
		note = why;
		enough.abort(silence);
	};
	const takeBackWhole = clock.after(limits.wholeMs, () => stop(unread));
	let takeBackQuiet = () => {};
	const waitForMore = () => {
		takeBackQuiet();
		takeBackQuiet = clock.after(limits.quietMs, () => stop());
	};
	const onText = (line: string) => {
		lines.push(line.slice(-limits.kept));
		kept += Math.min(line.length, limits.kept);
		seen += line.length;
		while (kept > limits.kept) kept -= lines.shift()?.length ?? 0;
		if (seen > limits.read) stop(unread);
		else waitForMore();
	};
	try {
		const either = AbortSignal.any([signal, enough.signal]);
		await listen(options, {...log, signal: either, onText, onOpen: waitForMore});
		return {...text(), ended: true};
	} catch (error) {
		signal.throwIfAborted();
		if (error === silence) {
			if (seen > 0) return text(note);
			throw new BackendError(saidNothing(new URL(options.url).host));
		}
		if (error instanceof BackendError && seen > 0) return text('the connection was closed here');
		throw error;
	} finally {
		takeBackWhole();
		takeBackQuiet();
	}
};

const silence = new Error('enough was heard');
const unread = 'there is more; jobtop stopped reading here';

const saidNothing = (host: string): Failure => ({
	kind: 'timeout',
	detail: `${host} did not start this job's log in time`,
});

const lineOf = (message: string, longest: number): string => {
	const end = message.slice(-longest);
	return cleanLines(end.endsWith('\n') ? end : `${end}\n`, longest + 1);
};

const refusalWords = (message: string): string =>
	cleanText(message, 300).trim() || 'the server ended the log with an error';

/** A frame that is no JSON is a line of the log itself. */
const readFrame = (data: unknown): {readonly message?: string; readonly status?: string} => {
	// A log is what a program printed, and that need not be UTF-8: invalid bytes are replaced, and the rest is shown.
	const text = data instanceof ArrayBuffer ? new TextDecoder().decode(data) : String(data);
	try {
		const {message, status} = frameSchema.parse(JSON.parse(text));
		return {
			...(typeof message === 'string' && {message}),
			...(typeof status === 'string' && {status: status.toLowerCase()}),
		};
	} catch {
		return {message: text};
	}
};
