import type {Backend, Connection} from '../backends/backend.ts';
import type {Clock} from '../clock.ts';
import {BackendError} from '../job/failure.ts';

/** What goes first when requests wait: cancelling, then looking, then listing. */
const urgency = {cancel: 0, look: 1, list: 2} as const;
type Urgency = keyof typeof urgency;

/** Milliseconds for which a profile is left alone when it asks for patience without saying how long. */
const usualPause = 5000;

type Waiting = {readonly start: () => void};

/** Lets at most `most` tasks run at the same time, the urgent ones first, and none during a pause. */
export const createLimiter = (most: number, clock: Clock) => {
	const queues: readonly Waiting[][] = [[], [], []];
	let running = 0;
	let pausedUntil = 0;
	let waking = false;

	const next = () => {
		const pause = pausedUntil - clock.now();
		if (pause > 0) {
			if (waking) return;
			waking = true;
			clock.after(pause, () => {
				waking = false;
				next();
			});
			return;
		}
		while (running < most) {
			const waiting = queues.find(queue => queue.length > 0)?.shift();
			if (!waiting) return;
			running++;
			waiting.start();
		}
	};

	const run = async <Result>(
		urgent: Urgency,
		task: () => Promise<Result>,
		signal: AbortSignal,
	): Promise<Result> => {
		await new Promise<void>((resolve, reject) => {
			const queue = queues[urgency[urgent]] as Waiting[];
			const waiting: Waiting = {
				start() {
					signal.removeEventListener('abort', abort);
					resolve();
				},
			};
			const abort = () => {
				const index = queue.indexOf(waiting);
				if (index >= 0) queue.splice(index, 1);
				reject(signal.reason);
			};
			if (signal.aborted) return reject(signal.reason);
			signal.addEventListener('abort', abort, {once: true});
			queue.push(waiting);
			next();
		});
		try {
			return await task();
		} catch (error) {
			if (error instanceof BackendError && error.failure.kind === 'rate-limited') {
				pausedUntil = Math.max(pausedUntil, clock.now() + (error.failure.retryAfterMs ?? usualPause));
			}
			throw error;
		} finally {
			running--;
			next();
		}
	};

	return {run};
};

/** The same connection, with every request of its profile going through one limiter. */
export const limited = (connection: Connection, clock: Clock): Connection => {
	const {backend, traits} = connection;
	const {run} = createLimiter(traits.concurrency, clock);
	const through = <Argument, Request extends {readonly signal: AbortSignal}, Result>(
		urgent: Urgency,
		method: ((argument: Argument, request: Request) => Promise<Result>) | undefined,
	) =>
		method &&
		((argument: Argument, request: Request) => run(urgent, () => method(argument, request), request.signal));

	const methods = {
		get: through('look', backend.get),
		getMany: through('look', backend.getMany),
		cancel: through('cancel', backend.cancel),
		cancelMany: through('cancel', backend.cancelMany),
		forceCancel: through('cancel', backend.forceCancel),
		hide: through('look', backend.hide),
		unhide: through('look', backend.unhide),
		delete: through('cancel', backend.delete),
		logs: through('look', backend.logs),
		// A conversation that goes on for hours must not keep a place from short requests.
		listen: backend.listen,
		results: through('look', backend.results),
		close: backend.close,
	} satisfies {[Method in keyof Omit<Backend, 'listPage'>]: Backend[Method] | undefined};
	const listPage: Backend['listPage'] = request =>
		run('list', () => backend.listPage(request), request.signal);
	// A capability is a method: one that the backend has not must not be there.
	const present = Object.fromEntries(Object.entries(methods).filter(([, method]) => method !== undefined));
	return {...connection, backend: {...(present as Omit<Backend, 'listPage'>), listPage}};
};
