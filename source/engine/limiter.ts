import type {Backend, Connection, RequestOptions} from '../backends/backend.ts';
import {type ExchangeListener, watched} from '../backends/exchange.ts';
import type {Clock} from '../clock.ts';
import {BackendError, type Failure} from '../job/failure.ts';
import {createQueue} from '../queue.ts';

/** What goes first when requests wait: cancelling, then looking, then listing. */
const urgency = {cancel: 0, look: 1, list: 2} as const;
type Urgency = keyof typeof urgency;

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

/** How long a failure says that its server wants to be left alone, in milliseconds; 0 for not at all. */
const pauseAfter = (failure: Failure): number => {
	if (failure.kind === 'rate-limited') return failure.retryAfterMs ?? usualPause;
	return failure.kind === 'broken' ? (failure.retryAfterMs ?? 0) : 0;
};

/** No server wants to be left alone. */
const noPause = {until: 0, ms: 0};

/**
Lets so many tasks run at the same time and start in a second, the urgent ones first, and none while the server wants to be left alone. `random` gives numbers from 0 to 1.
*/
export const createLimiter = ({concurrency, rate}: Limits, clock: Clock, random = Math.random) => {
	const queues = [createQueue<() => void>(), createQueue<() => void>(), createQueue<() => void>()];
	const bucket = rate === undefined ? undefined : createBucket(rate, clock);
	// One listener a signal: thousands wait under the same one, and adding a listener compares it with all others.
	const waitingUnder = new WeakMap<AbortSignal, Set<() => void>>();
	let running = 0;
	let pause = noPause;
	let waking = false;

	const wakeIn = (ms: number) => {
		if (waking) return;
		waking = true;
		const those = pause;
		clock.after(ms, () => {
			waking = false;
			// It was waited for, whatever the clock says: that may have been set back.
			if (pause === those) pause = noPause;
			next();
		});
	};

	const next = () => {
		while (running < concurrency) {
			const queue = queues.find(queue => queue.size() > 0);
			if (!queue) return;
			const left = Math.min(pause.ms, Math.max(pause.until - clock.now(), 0));
			const ms = left || (bucket?.take() ?? 0);
			if (ms > 0) return wakeIn(ms);
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

	const turn = (urgent: Urgency, signal: AbortSignal): Promise<void> =>
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

	const run = async <Result>(
		urgent: Urgency,
		task: () => Promise<Result>,
		signal: AbortSignal,
	): Promise<Result> => {
		await turn(urgent, signal);
		try {
			return await task();
		} catch (error) {
			const wanted = error instanceof BackendError ? pauseAfter(error.failure) : 0;
			if (wanted > 0) {
				const ms = Math.ceil(wanted * (1 + jitter * random()));
				const until = clock.now() + ms;
				if (until > pause.until) pause = {until, ms};
			}
			throw error;
		} finally {
			running--;
			next();
		}
	};

	return {run};
};

const alreadyLimited = new WeakSet<Connection>();

/** Who wants to know what is asked, and what went wrong in jobtop itself. */
export type Watch = {
	/** A method is called about these jobs, by their ids; what it sends is told to what is returned. */
	readonly asks?: (method: keyof Backend, ids: readonly string[]) => ExchangeListener;
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
export const limited = (connection: Connection, clock: Clock, {asks, onFault}: Watch = {}): Connection => {
	if (alreadyLimited.has(connection)) return connection;
	const {backend, traits} = connection;
	const {run} = createLimiter(traits, clock);

	const careful = async <Result>(
		method: keyof Backend,
		argument: unknown,
		signal: AbortSignal,
		task: () => Promise<Result>,
	): Promise<Result> => {
		try {
			const ids = typeof argument === 'string' ? [argument] : Array.isArray(argument) ? argument : [];
			return await (asks && ids.length > 0 ? watched(asks(method, ids), task) : task());
		} catch (error) {
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
					return careful(name, argument, request.signal, () => method(argument, request));
				},
				request.signal,
			));
	const {listen} = backend;

	const methods = {
		// A person or a batch waits for it, and it is one small question at most.
		system: backend.system,
		get: through('look', 'get', backend.get),
		getMany: through('look', 'getMany', backend.getMany),
		cancel: through('cancel', 'cancel', backend.cancel),
		cancelMany: through('cancel', 'cancelMany', backend.cancelMany),
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
	} satisfies {[Method in keyof Omit<Backend, 'listPage'>]: Backend[Method] | undefined};
	const listPage: Backend['listPage'] = request =>
		run(
			'list',
			() => careful('listPage', undefined, request.signal, () => backend.listPage(request)),
			request.signal,
		);
	// A capability is a method: one that the backend has not must not be there.
	const present = Object.fromEntries(Object.entries(methods).filter(([, method]) => method !== undefined));
	const result = {...connection, backend: {...(present as Omit<Backend, 'listPage'>), listPage}};
	alreadyLimited.add(result);
	return result;
};
