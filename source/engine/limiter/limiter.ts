import {BackendError, type Failure} from '../../job/failure.ts';
import type {Clock} from '../../process/clock.ts';
import {createQueue} from '../../process/queue.ts';
import {createBucket} from './bucket.ts';
import {createGrowth, pauseAfter, wishIn} from './patience.ts';
import {type Urgency, urgency} from './urgency.ts';
import {createAbortWaits} from './when-aborted.ts';

/** Requests that all have to wait for the same time should not all leave in the same moment. */
const jitter = 0.1;

export type Limits = {
	/** Requests at the same time. */
	readonly concurrency: number;
	/** Requests a second; any number where it is absent. */
	readonly rate?: number | undefined;
};

/** No server wants to be left alone. */
const noPause = {until: 0, ms: 0};

/** Milliseconds within which what somebody asked for has to be about to leave. */
const handMs = 60_000;
/** Nobody waits for anything. */
const noHand = {left: 0, until: 0};

/**
Bounds how many tasks run at the same time and how many start in a second, and starts the urgent ones first. None starts while the server wants to be left alone, but what a person asks for by hand. `random` gives numbers from 0 to 1.
*/
export const createLimiter = ({concurrency, rate}: Limits, clock: Clock, random = Math.random) => {
	const queues = Object.values(urgency).map(() => createQueue<() => void>());
	const growth = createGrowth();
	const bucket = rate === undefined ? undefined : createBucket(rate, clock);
	const whenAborted = createAbortWaits();
	let running = 0;
	let pause = noPause;
	let hand = noHand;
	let waking: {readonly reason: object; readonly takeBack: () => void} | undefined;

	/** Goes on in so many milliseconds: for one reason at a time, the last. */
	const wakeIn = (ms: number, reason: object) => {
		if (waking?.reason === reason) return;
		waking?.takeBack();
		const takeBack = clock.after(ms, () => {
			waking = undefined;
			// It was waited for, whatever the clock says: that may have been set back.
			if (pause === reason) pause = noPause;
			next();
		});
		waking = {reason, takeBack};
	};

	const next = () => {
		while (running < concurrency) {
			const queue = queues.find(queue => queue.size() > 0);
			if (!queue) return;
			const byHand = queue === queues[urgency.hand];
			const left = byHand ? 0 : Math.min(pause.ms, Math.max(pause.until - clock.now(), 0));
			if (left > 0) return wakeIn(left, pause);
			const full = bucket?.take() ?? 0;
			if (full > 0) return wakeIn(full, queues);
			running++;
			queue.take()?.();
		}
	};

	const turn = (urgent: keyof typeof urgency, signal: AbortSignal): Promise<void> =>
		new Promise((resolve, reject) => {
			if (signal.aborted) return reject(signal.reason);
			const queue = queues[urgency[urgent]];
			const start = () => {
				stopListening();
				resolve();
			};
			const stopListening = whenAborted(signal, () => {
				queue?.remove(start);
				reject(signal.reason);
			});
			queue?.add(start);
			next();
		});

	/** Leaves the server alone for as long as the failure of a request says; `since` is when that began. */
	const rest = (urgent: Urgency, failure: Failure, since: ReturnType<typeof growth.last>) => {
		const wanted = pauseAfter(failure);
		if (wanted === undefined) return;
		hand = noHand;
		const ms = Math.ceil(growth.longer(urgent, wanted, since) * (1 + jitter * random()));
		const until = clock.now() + ms;
		if (until > pause.until) pause = {until, ms};
	};

	const run = async <Result>(
		urgent: Urgency,
		task: () => Promise<Result>,
		signal: AbortSignal,
	): Promise<Result> => {
		const byHand = hand.left > 0 && clock.now() < hand.until;
		if (byHand) hand = {...hand, left: hand.left - 1};
		await turn(byHand ? 'hand' : urgent, signal);
		const since = growth.last();
		try {
			const result = await task();
			const wish = wishIn(result);
			if (wish) {
				rest(urgent, wish, since);
				return result;
			}
			growth.over(urgent);
			// The server is well again, whatever it wished for.
			if (byHand) pause = noPause;
			return result;
		} catch (error) {
			if (error instanceof BackendError) rest(urgent, error.failure, since);
			throw error;
		} finally {
			running--;
			next();
		}
	};

	/** Somebody wants something now: the next few requests go first, whatever the server wished for, until it wishes so again. */
	const goOn = () => {
		hand = {left: concurrency, until: clock.now() + handMs};
	};

	return {run, goOn};
};
