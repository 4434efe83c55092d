/*
Wraps one call of a backend's method: reports its requests and rate limits, and turns an internal error into a failure of this one call.
*/
import type {Backend} from '../../backends/backend.ts';
import {type ExchangeListener, watched} from '../../backends/exchange.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import {wishIn} from './patience.ts';

/** Listens to the requests of a profile, and to internal errors. */
export type Watch = {
	/** A method is called for the jobs with these ids. Returns a listener to its requests. */
	readonly asks?: (method: keyof Backend, ids: readonly string[]) => ExchangeListener;
	/** The server limits requests. */
	readonly onPatience?: (method: keyof Backend, failure: Failure) => void;
	/** A method failed with an error that is not a `BackendError`. */
	readonly onFault?: (method: keyof Backend, error: unknown) => void;
};

/** Failing to read an answer is an internal error and costs only this answer. The server may have acted on the request. */
const faultOf = (error: unknown): BackendError => {
	const name = error instanceof Error ? error.name : 'not an Error';
	const detail = `jobtop could not read an answer (${name}, an internal error; see faults.log in the state directory)`;
	return new BackendError({kind: 'malformed', detail}, {cause: error});
};

/** Calls methods and reports to a watch. Rejects with a `BackendError`, or with the reason of an aborted signal. */
export const containing =
	({asks, onPatience, onFault}: Watch) =>
	async <Result>(
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
