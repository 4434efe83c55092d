import type {Backend, Connection, ManyLooks, RequestOptions} from '../backends/backend.ts';
import {type ExchangeListener, watched} from '../backends/exchange.ts';
import {backendOf} from '../backends/methods.ts';
import type {Clock} from '../clock.ts';
import {BackendError, boundedWish, type Failure, wishOf} from '../job/failure.ts';
import {createQueue} from '../queue.ts';

/** What goes first when requests wait: what somebody waits for, then cancelling, looking, and listing. */
const urgency = {hand: 0, cancel: 1, look: 2, list: 3} as const;
type Urgency = Exclude<keyof typeof urgency, 'hand'>;

/** Milliseconds for which a profile is left alone when it asks for patience without saying how long. */
const usualPause = 5000;
/** Those who were all told the same time should not all come back in the same moment. */
const jitter = 0.1;

export type Limits = {
	/** Requests at the same time. */
	readonly concurrency: number;
	/** Requests a second; any number where it is absent. */
	readonly rate?: number | undefined;
};

/**
A bucket of tokens, one a request, that fills with `rate` tokens a second. It holds a quarter of a second's worth, one at least: what was not used earlier makes no burst.
*/
const createBucket = (rate: number, clock: Clock) => {
	const most = Math.max(1, rate / 4);
	let tokens = most;
	let filledAt = clock.now();
	return {
		/** Takes a token, or says in how many milliseconds there is one. */
		take(): number {
			const now = clock.now();
			tokens = Math.min(most, tokens + (Math.max(0, now - filledAt) * rate) / 1000);
			filledAt = now;
			// The thousandth is for what adding up fractions loses.
			if (tokens < 0.999) return Math.ceil(((1 - tokens) * 1000) / rate);
			tokens -= 1;
			return 0;
		},
	};
};

/** How long a failure says that its server wants to be left alone, in milliseconds; undefined for not at all. */
const pauseAfter = (failure: Failure): number | undefined =>
	wishOf(failure) ?? (failure.kind === 'rate-limited' ? usualPause : undefined);

/** The wish for patience in an answer about many; undefined where there is none. */
const wishIn = (result: unknown): Failure | undefined => {
	const answers: unknown = result instanceof Map ? result : (result as Partial<ManyLooks>)?.failures;
	if (!(answers instanceof Map)) return undefined;
	for (const answer of answers.values() as Iterable<Failure>) {
		if (answer.kind === 'rate-limited') return answer;
	}
	return undefined;
};

/** No server wants to be left alone. */
const noPause = {until: 0, ms: 0};

/** Milliseconds within which what somebody asked for has to be about to leave. */
const handMs = 60_000;
/** Nobody waits for anything. */
const noHand = {left: 0, until: 0};

/**
How long the pauses become: each is twice as long as the one before, as long as requests of one sort are only answered with a wish for patience. Those that were under way together count as one.
*/
const createGrowth = () => {
	let pauses = 0;
	const sorts = new Map<Urgency, {readonly times: number; readonly pause: number}>();
	return {
		/** The number of the last pause. */
		last: () => pauses,
		/** The wish, made longer; `since` is the number of the last pause when the request left. */
		longer(sort: Urgency, wanted: number, since: number): number {
			const before = sorts.get(sort) ?? {times: 0, pause: 0};
			const anew = since >= before.pause;
			const times = anew ? before.times + 1 : before.times;
			if (anew) pauses++;
			sorts.set(sort, {times, pause: anew ? pauses : before.pause});
			return boundedWish(wanted * 2 ** Math.min(Math.max(times, 1) - 1, 20));
		},
		/** A request of this sort was answered. */
		over: (sort: Urgency) => void sorts.delete(sort),
	};
};

/**
Lets so many tasks run at the same time and start in a second, the urgent ones first. None starts while the server wants to be left alone, but what somebody asks for by hand. `random` gives numbers from 0 to 1.
*/
export const createLimiter = ({concurrency, rate}: Limits, clock: Clock, random = Math.random) => {
	const queues = Object.values(urgency).map(() => createQueue<() => void>());
	const growth = createGrowth();
	const bucket = rate === undefined ? undefined : createBucket(rate, clock);
	// One listener a signal: thousands wait under the same one, and adding a listener compares it with all others.
	const waitingUnder = new WeakMap<AbortSignal, Set<() => void>>();
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

	const whenAborted = (signal: AbortSignal, giveUp: () => void): (() => void) => {
		let those = waitingUnder.get(signal);
		if (!those) {
			those = new Set();
			waitingUnder.set(signal, those);
			const all = those;
			signal.addEventListener(
				'abort',
				() => {
					waitingUnder.delete(signal);
					for (const each of all) each();
				},
				{once: true},
			);
		}
		those.add(giveUp);
		return () => those.delete(giveUp);
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

const alreadyLimited = new WeakSet<Connection>();

/** Who wants to know what is asked, and what went wrong in jobtop itself. */
export type Watch = {
	/** A method is called about these jobs, by their ids; what it sends is told to what is returned. */
	readonly asks?: (method: keyof Backend, ids: readonly string[]) => ExchangeListener;
	/** The server asked for patience. */
	readonly onPatience?: (method: keyof Backend, failure: Failure) => void;
	/** A method failed in a way in which none may. */
	readonly onFault?: (method: keyof Backend, error: unknown) => void;
};

/** What stumbles over an answer is a fault of ours, and costs only this answer. It may have been acted upon. */
const faultOf = (error: unknown): BackendError => {
	const name = error instanceof Error ? error.name : 'no Error';
	const detail = `an answer could not be read (${name}: a fault of jobtop, told in faults.log beside the journals)`;
	return new BackendError({kind: 'malformed', detail}, {cause: error});
};

/** The same connection, with every request of its profile going through one limiter; one that has a limiter keeps it. */
export const limited = (
	connection: Connection,
	clock: Clock,
	{asks, onPatience, onFault}: Watch = {},
): Connection => {
	if (alreadyLimited.has(connection)) return connection;
	const {backend, traits} = connection;
	const {run, goOn} = createLimiter(traits, clock);

	const careful = async <Result>(
		method: keyof Backend,
		argument: unknown,
		signal: AbortSignal,
		task: () => Promise<Result>,
	): Promise<Result> => {
		try {
			const ids = typeof argument === 'string' ? [argument] : Array.isArray(argument) ? argument : [];
			const result = await (asks && ids.length > 0 ? watched(asks(method, ids), task) : task());
			const wish = wishIn(result);
			if (wish) onPatience?.(method, wish);
			return result;
		} catch (error) {
			if (error instanceof BackendError && error.failure.kind === 'rate-limited')
				onPatience?.(method, error.failure);
			if (error instanceof BackendError || signal.aborted) throw error;
			onFault?.(method, error);
			throw faultOf(error);
		}
	};
	const through = <Argument, Request extends RequestOptions, Result>(
		urgent: Urgency,
		name: keyof Backend,
		method: ((argument: Argument, request: Request) => Promise<Result>) | undefined,
	) =>
		method &&
		((argument: Argument, request: Request) =>
			run(
				urgent,
				() => {
					request.leaving?.();
					const told = {...request, onPatience: (wish: Failure) => onPatience?.(name, wish)};
					return careful(name, argument, request.signal, () => method(argument, told));
				},
				request.signal,
			));
	const {listen} = backend;

	const limitedBackend = backendOf({
		listPage: request =>
			run(
				'list',
				() => careful('listPage', undefined, request.signal, () => backend.listPage(request)),
				request.signal,
			),
		// A person or a batch waits for it, and it is one small question at most.
		system: backend.system,
		get: through('look', 'get', backend.get),
		look: through('look', 'look', backend.look),
		getMany: through('look', 'getMany', backend.getMany),
		cancel: through('cancel', 'cancel', backend.cancel),
		cancelMany: through('cancel', 'cancelMany', backend.cancelMany),
		partOf: backend.partOf,
		describeCancel: backend.describeCancel,
		forceCancel: through('cancel', 'forceCancel', backend.forceCancel),
		hide: through('look', 'hide', backend.hide),
		unhide: through('look', 'unhide', backend.unhide),
		delete: through('cancel', 'delete', backend.delete),
		logs: through('look', 'logs', backend.logs),
		// A conversation that goes on for hours must not keep a place from short requests.
		listen: listen && ((id, request) => careful('listen', id, request.signal, () => listen(id, request))),
		results: through('look', 'results', backend.results),
		describeLook: backend.describeLook,
		pageUrl: backend.pageUrl,
		logIn: backend.logIn,
		close: backend.close,
	});
	const result = {...connection, goOn, backend: limitedBackend};
	alreadyLimited.add(result);
	return result;
};
