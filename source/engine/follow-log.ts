import type {Backend} from '../backends/backend.ts';
import {BackendError, type Failure} from '../job/failure.ts';
import {type Clock, wait} from '../process/clock.ts';
import {pace} from './polling/pace.ts';
import {jittered} from './polling/tempo.ts';
import type {LogNews} from './protocol.ts';

/** Milliseconds between two requests while text arrives, and the maximum while none does. */
const busyMs = 2000;
const idleMs = 10_000;
/** Milliseconds for which streamed text is batched. */
const gatherMs = 100;

export type LogToFollow = {
	readonly backend: Pick<Backend, 'logs' | 'listen'>;
	readonly id: string;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** Returns a number from 0 to 1. */
	readonly random?: () => number;
	/** Whether the job is known to have ended. Checked before each request: after the end, the answer is the complete log. */
	readonly hasEnded: () => boolean | Promise<boolean>;
	readonly report: (news: LogNews) => void;
};

/**
Reports a log as it grows, from its beginning. Resolves when the log has ended, or with a failure that a retry cannot fix. Rejects with the signal's reason.
*/
export const followLog = async (log: LogToFollow): Promise<Failure | undefined> => {
	const {backend, clock, signal, random = Math.random, report} = log;
	const read = backend.listen ? listener(log) : reader(log);
	let failures = 0;
	let pauseMs = busyMs;
	for (;;) {
		let minMs = 0;
		let over = false;
		try {
			over = await log.hasEnded();
			const {ended, hasNewText} = await read();
			failures = 0;
			if (ended || over) return void report({text: '', ended: true});
			pauseMs = hasNewText ? busyMs : Math.min(idleMs, pauseMs * 1.5);
		} catch (error) {
			signal.throwIfAborted();
			if (!(error instanceof BackendError)) throw error;
			const {failure} = error;
			const later = again(failure, ++failures, over);
			report({text: '', failure, ...(later === undefined && {parked: true as const})});
			if (later === undefined) return failure;
			pauseMs = later;
			minMs = later;
		}
		await wait(clock, jittered(pauseMs, random(), minMs), signal);
	}
};

/** Milliseconds until the next try; undefined if there is none. A live job may print its first line at any moment, an ended one will not. */
const again = (failure: Failure, failures: number, over: boolean): number | undefined => {
	const {kind} = failure;
	const final = kind === 'not-found' || kind === 'rejected' || kind === 'forbidden' || kind === 'conflict';
	if (final && over) return undefined;
	const later = pace(busyMs, failures, failure);
	return kind === 'not-found' && later !== undefined ? Math.min(idleMs, later) : later;
};

type Read = () => Promise<{readonly ended: boolean; readonly hasNewText: boolean}>;

/** Requests new text. If each answer is the whole log, reports only the text after the known part. */
const reader = ({backend, id, signal, report}: LogToFollow): Read => {
	let cursor: string | undefined;
	let whole: string | undefined;
	let first = true;
	return async () => {
		if (!backend.logs) throw new Error('no log to follow');
		const page = await backend.logs(id, {signal, ...(cursor !== undefined && {after: cursor})});
		const known = page.cursor === undefined && !first ? whole : undefined;
		const goesOn = known !== undefined && page.text.startsWith(known);
		const anew =
			!goesOn && (first || page.anew === true || cursor === undefined || page.cursor === undefined);
		const text = goesOn ? page.text.slice(known.length) : page.text;
		cursor = page.cursor;
		whole = page.cursor === undefined ? page.text : undefined;
		first = false;
		report({text, ...(anew && {anew: true as const}), ...(page.cut && !goesOn && {cut: true as const})});
		return {ended: page.ended === true, hasNewText: text !== ''};
	};
};

/** Listens until the log has ended. After a broken connection, the log starts again from its beginning. */
const listener = ({backend, id, clock, signal, report}: LogToFollow): Read => {
	return async () => {
		let gathered = '';
		let first = true;
		let cancelFlush: (() => void) | undefined;
		const flush = () => {
			cancelFlush?.();
			cancelFlush = undefined;
			if (gathered === '' || signal.aborted) return;
			report({text: gathered, ...(first && {anew: true as const})});
			gathered = '';
			first = false;
		};
		const onText = (text: string) => {
			gathered += text;
			cancelFlush ??= clock.after(gatherMs, flush);
		};
		try {
			await backend.listen?.(id, {signal, onText});
		} finally {
			flush();
		}
		// An empty log is a log too.
		if (first) report({text: '', anew: true});
		return {ended: true, hasNewText: true};
	};
};
