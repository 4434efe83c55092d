import {BackendError, type Failure} from '../../job/failure.ts';
import type {Millis} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import {createQueue} from '../../process/queue.ts';
import {createBucket} from './bucket.ts';
import {createGrowth, pauseAfter, wishIn} from './patience.ts';
import {type Urgency, urgency} from './urgency.ts';
import {createAbortWaits} from './when-aborted.ts';

/** Random part added to pauses, so that waiting requests do not all leave at once. */
const jitter = 0.1;

export type Limits = {
	/** Concurrent requests. */
	readonly concurrency: number;
	/** Requests per second; unlimited if absent. */
	readonly rate?: number | undefined;
};

/** No pause. */
const noPause: {readonly until: Millis; readonly ms: number} = {until: 0, ms: 0};

/** Milliseconds for which a request by hand has priority. */
const handMs = 60_000;
/** No request by hand. */
const noHand: {readonly left: number; readonly until: Millis} = {left: 0, until: 0};

/**
Limits concurrent tasks and starts per second, and starts urgent tasks first. During a pause that the server asked for, only requests by hand start. `random` returns numbers from 0 to 1.
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

	/** Continues after `ms`. There is one reason at a time: the latest. */
	const wakeIn = (ms: number, reason: object) => {
		if (waking?.reason === reason) return;
		waking?.takeBack();
		const takeBack = clock.after(ms, () => {
			waking = undefined;
			// The pause is over, whatever the clock says: it may have been set back.
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

	/** Pauses for as long as a failure says. `since`: the number of the last pause when the request left. */
	const rest = (urgent: Urgency, failure: Failure, since: ReturnType<typeof growth.last>) => {
		const pauseMs = pauseAfter(failure);
		if (pauseMs === undefined) return;
		hand = noHand;
		const ms = Math.ceil(growth.longer(urgent, pauseMs, since) * (1 + jitter * random()));
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
			// The server answers again, so end the pause.
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

	/** The user wants something now: the next few requests go first, even during a pause, until the server asks for another. */
	const goOn = () => {
		hand = {left: concurrency, until: clock.now() + handMs};
	};

	return {run, goOn};
};
