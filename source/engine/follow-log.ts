import type {Backend} from '../backends/backend.ts';
import {BackendError, type Failure} from '../job/failure.ts';
import {type Clock, wait} from '../process/clock.ts';
import {pace} from './polling/pace.ts';
import {jittered} from './polling/tempo.ts';
import type {LogNews} from './protocol.ts';

/** Milliseconds between two questions while text comes, and at most while none does. */
const busyMs = 2000;
const idleMs = 10_000;
/** Milliseconds for which text that comes by itself is gathered, so that many small pieces are one. */
const gatherMs = 100;

export type LogToFollow = {
	readonly backend: Pick<Backend, 'logs' | 'listen'>;
	readonly id: string;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** A number from 0 to 1. */
	readonly random?: () => number;
	/** Whether the job is known to have ended. It is asked before each reading: what is read after the end is all there will be. */
	readonly hasEnded: () => boolean | Promise<boolean>;
	readonly tell: (news: LogNews) => void;
};

/**
Tells a log as it grows, from its beginning. Resolves when it has ended, or with the failure after which asking again is of no use by itself. Rejects with the signal's reason.
*/
export const followLog = async (log: LogToFollow): Promise<Failure | undefined> => {
	const {backend, clock, signal, random = Math.random, tell} = log;
	const read = backend.listen ? listener(log) : reader(log);
	let failures = 0;
	let pauseMs = busyMs;
	for (;;) {
		let leastMs = 0;
		let over = false;
		try {
			over = await log.hasEnded();
			const {ended, came} = await read();
			failures = 0;
			if (ended || over) return void tell({text: '', ended: true});
			pauseMs = came ? busyMs : Math.min(idleMs, pauseMs * 1.5);
		} catch (error) {
			signal.throwIfAborted();
			if (!(error instanceof BackendError)) throw error;
			const {failure} = error;
			const later = again(failure, ++failures, over);
			tell({text: '', failure, ...(later === undefined && {parked: true as const})});
			if (later === undefined) return failure;
			pauseMs = later;
			leastMs = later;
		}
		await wait(clock, jittered(pauseMs, random(), leastMs), signal);
	}
};

/** Milliseconds until the next try; undefined where there is none. A live job may print its first line any moment, an ended one will not. */
const again = (failure: Failure, failures: number, over: boolean): number | undefined => {
	const {kind} = failure;
	const final = kind === 'not-found' || kind === 'rejected' || kind === 'forbidden' || kind === 'conflict';
	if (final && over) return undefined;
	const later = pace(busyMs, failures, failure);
	return kind === 'not-found' && later !== undefined ? Math.min(idleMs, later) : later;
};

type Read = () => Promise<{readonly ended: boolean; readonly came: boolean}>;

/** Asks for what is new. Where each answer is the whole log, only what follows what is known is told. */
const reader = ({backend, id, signal, tell}: LogToFollow): Read => {
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
		tell({text, ...(anew && {anew: true as const}), ...(page.cut && !goesOn && {cut: true as const})});
		return {ended: page.ended === true, came: text !== ''};
	};
};

/** Listens until the log has ended. What is told after a broken connection is told from the beginning again. */
const listener = ({backend, id, clock, signal, tell}: LogToFollow): Read => {
	return async () => {
		let gathered = '';
		let first = true;
		let takeBack: (() => void) | undefined;
		const flush = () => {
			takeBack?.();
			takeBack = undefined;
			if (gathered === '' || signal.aborted) return;
			tell({text: gathered, ...(first && {anew: true as const})});
			gathered = '';
			first = false;
		};
		const onText = (text: string) => {
			gathered += text;
			takeBack ??= clock.after(gatherMs, flush);
		};
		try {
			await backend.listen?.(id, {signal, onText});
		} finally {
			flush();
		}
		// A log without a word is a log too.
		if (first) tell({text: '', anew: true});
		return {ended: true, came: true};
	};
};
