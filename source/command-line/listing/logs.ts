import {worstExitCode} from '../../cancellation/outcomes.ts';
import {followLog} from '../../engine/follow-log.ts';
import type {LogNews} from '../../engine/protocol.ts';
import {type Failure, failureOf} from '../../job/failure.ts';
import {type Clock, systemClock} from '../../process/clock.ts';
import type {Console} from '../output/console.ts';
import {connectionOf, exitCodeOfFailures, failureLine} from '../profiles/failure-words.ts';
import type {OpenSession, Session} from '../session.ts';
import {type Resolution, resolveRefs} from './resolve-refs.ts';
import {sayUnresolved} from './unresolved.ts';

export type LogsOptions = {
	readonly ref: string;
	/** Continue until the log has ended. */
	readonly follow: boolean;
	/** Only the last lines of the existing log. */
	readonly tail?: number;
};

const signals = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const;

/** Milliseconds for one read. */
const readMs = 120_000;
/** A live log arrives in pieces: after this many milliseconds without one, all existing text has arrived. */
const quietMs = 1000;

type Found = Extract<Resolution, {kind: 'found'}>;

/** Prints the log of a job, and nothing else. */
export const logs = async (options: LogsOptions, console: Console, open: OpenSession): Promise<number> => {
	const stop = new AbortController();
	let left = 0;
	const handlers = Object.entries(signals).map(([signal, code]) => {
		const handler = () => {
			left ||= code;
			stop.abort(new Error('interrupted'));
		};
		process.on(signal, handler);
		return () => process.off(signal, handler);
	});
	console.closed.addEventListener('abort', () => stop.abort(console.closed.reason));
	const session = await open();
	try {
		const [resolution] = await resolveRefs(session.connections, [options.ref]);
		if (!resolution || stop.signal.aborted) return left;
		if (resolution.kind !== 'found') return sayUnresolved(resolution, console);
		const code = await print(resolution, session, {options, console, stop: stop.signal});
		return left || code;
	} catch (error) {
		if (!stop.signal.aborted) throw error;
		return left;
	} finally {
		for (const off of handlers) off();
		await session.close();
	}
};

/** How to read a log, where to print it, and what stops it. */
type Reading = {readonly options: LogsOptions; readonly console: Console; readonly stop: AbortSignal};

const print = async (
	{ref, job}: Found,
	session: Session,
	{options, console, stop}: Reading,
): Promise<number> => {
	const {traits, backend} = connectionOf(session.connections, job.profile);
	if (!backend.logs && !(options.follow && backend.listen)) {
		console.say(`jobtop: ${ref}: ${traits.title} has no logs`);
		return 5;
	}
	const printer = createPrinter(options.tail, console);
	if (options.follow) {
		const {get} = backend;
		const complain = createComplaints(ref, console);
		let first = true;
		const failure = await followLog({
			backend,
			id: job.id,
			clock: systemClock,
			signal: stop,
			async hasEnded() {
				if (first || !get) {
					first = false;
					return job.terminal;
				}
				return (await get(job.id, {signal: stop})).job.terminal;
			},
			report(news) {
				complain(news);
				printer.print(news, backend.listen === undefined ? 0 : quietMs, systemClock);
			},
		}).finally(printer.end);
		return failure ? codeOf(failure) : 0;
	}
	try {
		const signal = AbortSignal.any([stop, AbortSignal.timeout(readMs)]);
		const {text, cut} = (await backend.logs?.(job.id, {signal})) ?? {text: ''};
		if (cut && options.tail === undefined) console.say(`jobtop: ${ref}: older text was cut`);
		printer.print({text, ended: true}, 0, systemClock);
		printer.end();
		return 0;
	} catch (error) {
		if (stop.aborted) throw error;
		const failure: Failure =
			(error as Error).name === 'TimeoutError'
				? {kind: 'timeout', detail: `no answer within ${readMs / 1000} s`}
				: failureOf(error);
		console.say(complaint(ref, failure));
		return codeOf(failure);
	}
};

const codeOf = (failure: Failure): number =>
	failure.kind === 'not-found' ? 7 : worstExitCode([exitCodeOfFailures([failure])]);

// A failure of one log says nothing about its profile.
const complaint = (ref: string, failure: Failure): string =>
	failure.kind === 'not-found' || failure.kind === 'rejected' || failure.kind === 'conflict'
		? `jobtop: ${ref}: ${failure.detail}`
		: failureLine(ref, failure);

/** Says once why no text comes, and that a log started over or has a gap. */
const createComplaints = (ref: string, console: Console) => {
	let last: string | undefined;
	let begun = false;
	return ({failure, parked, anew, cut}: LogNews) => {
		if (failure) {
			const words = parked ? complaint(ref, failure) : `jobtop: ${ref}: ${failure.detail}; trying again`;
			if (words !== last) console.say(words);
			last = words;
			return;
		}
		last = undefined;
		if (anew && begun) console.say(`jobtop: ${ref}: the log starts over`);
		else if (cut) console.say(`jobtop: ${ref}: older text was cut`);
		begun = true;
	};
};

/** Prints text as it arrives; with `tail`, only the last lines of the text that exists at the start. */
const createPrinter = (tail: number | undefined, console: Console) => {
	let held: string | undefined = tail === undefined ? undefined : '';
	let takeBack: (() => void) | undefined;
	let open = false;
	const write = (text: string) => {
		if (text === '') return;
		console.data(text);
		open = !text.endsWith('\n');
	};
	const release = () => {
		takeBack?.();
		if (held === undefined) return;
		const text = held;
		held = undefined;
		write(text);
	};
	return {
		print({text, ended}: Pick<LogNews, 'text' | 'ended'>, quiet: number, clock: Clock) {
			if (held === undefined) return write(text);
			held = lastLines(held + text, tail ?? 0);
			takeBack?.();
			if (ended || quiet === 0) release();
			else takeBack = clock.after(quiet, release);
		},
		/** Ends the last line with a newline, even if the job did not. */
		end() {
			release();
			if (open) console.data('\n');
		},
	};
};

const lastLines = (text: string, count: number): string => {
	if (count === 0) return '';
	let from = text.endsWith('\n') ? text.length - 1 : text.length;
	for (let line = 0; line < count; line++) {
		if (from <= 0) return text;
		from = text.lastIndexOf('\n', from - 1);
		if (from < 0) return text;
	}
	return text.slice(from + 1);
};
