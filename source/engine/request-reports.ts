import type {ExchangeListener} from '../backends/exchange.ts';
import type {Ref} from '../job/ref.ts';
import type {Clock} from '../process/clock.ts';
import {createExchanges} from './exchanges.ts';
import type {Report} from './protocol.ts';

export type RequestReports = {
	/** Returns a listener for one call about these jobs; `what` says why, in a word or two. */
	readonly about: (refs: readonly Ref[], what: string) => ExchangeListener;
	/** Reports the requests about this job, now and after each change, until another job or none is shown. */
	readonly show: (ref: Ref | undefined) => void;
};

/** Keeps the requests about each job, and reports those of the job that is shown. */
export const createRequestReports = (clock: Pick<Clock, 'now'>, report: Report): RequestReports => {
	let shown: Ref | undefined;
	const exchanges = createExchanges({
		clock,
		onChange(ref) {
			if (ref === shown) report([{type: 'requests', ref, exchanges: exchanges.of(ref)}]);
		},
	});
	return {
		about: exchanges.about,
		show(ref) {
			shown = ref;
			if (ref !== undefined) report([{type: 'requests', ref, exchanges: exchanges.of(ref)}]);
		},
	};
};
