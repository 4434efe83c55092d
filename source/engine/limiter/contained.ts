/*
What is around one call of a backend's method: what it sends is watched, a wish for patience is heard, and a fault of jobtop costs one answer.
*/
import type {Backend} from '../../backends/backend.ts';
import {type ExchangeListener, watched} from '../../backends/exchange.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import {wishIn} from './patience.ts';

/** What listens to the requests of a profile, and to the faults of jobtop itself. */
export type Watch = {
	/** A method is called about these jobs, by their ids; the listener that it returns hears what is sent. */
	readonly asks?: (method: keyof Backend, ids: readonly string[]) => ExchangeListener;
	/** The server asked for patience. */
	readonly onPatience?: (method: keyof Backend, failure: Failure) => void;
	/** A method failed with something else than a `BackendError`. */
	readonly onFault?: (method: keyof Backend, error: unknown) => void;
};

/** What stumbles over an answer is a fault of ours, and costs only this answer. It may have been acted upon. */
const faultOf = (error: unknown): BackendError => {
	const name = error instanceof Error ? error.name : 'not an Error';
	const detail = `jobtop could not read an answer (${name}, an internal error; see faults.log in the state directory)`;
	return new BackendError({kind: 'malformed', detail}, {cause: error});
};

/** Calls methods on behalf of a watch. Rejects with a `BackendError`, or with the signal's reason when it is aborted. */
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
