import type {ExchangeListener} from '../backends/exchange.ts';
import type {Ref} from '../job/ref.ts';
import type {Clock} from '../process/clock.ts';
import {createExchanges} from './exchanges.ts';
import type {Report} from './protocol.ts';

export type RequestReports = {
	/** Listens to one call of a method about these jobs; `what` says in a word or two why it is asked. */
	readonly about: (refs: readonly Ref[], what: string) => ExchangeListener;
	/** Reports what is asked about this job, now and with each request and answer, until another is shown or none. */
	readonly show: (ref: Ref | undefined) => void;
};

/** Keeps what is asked about each job, and reports it of the job whose requests the reader looks at. */
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
