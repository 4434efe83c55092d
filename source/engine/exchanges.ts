import type {ExchangeListener} from '../backends/exchange.ts';
import type {Ref} from '../job/ref.ts';
import type {Clock} from '../process/clock.ts';
import type {Exchange} from './protocol.ts';

/** The number of exchanges kept for one job, and for all jobs. */
const maxOfOne = 50;
const maxOfAll = 2000;

export type ExchangesOptions = {
	readonly clock: Pick<Clock, 'now'>;
	/** A request about this job left, or was answered. */
	readonly onChange: (ref: Ref) => void;
};

/** The latest requests about each job and their answers. The job without requests for the longest time is dropped first. */
export const createExchanges = ({clock, onChange}: ExchangesOptions) => {
	const byRef = new Map<Ref, Exchange[]>();
	let all = 0;

	const keep = (ref: Ref, exchange: Exchange) => {
		const own = byRef.get(ref) ?? [];
		byRef.delete(ref);
		byRef.set(ref, own);
		own.push(exchange);
		all++;
		if (own.length > maxOfOne) {
			own.shift();
			all--;
		}
		for (const [oldest, others] of byRef) {
			if (all <= maxOfAll) break;
			others.shift();
			all--;
			if (others.length === 0) byRef.delete(oldest);
		}
	};

	const replace = (ref: Ref, before: Exchange, after: Exchange) => {
		const own = byRef.get(ref);
		const place = own?.lastIndexOf(before) ?? -1;
		if (own && place >= 0) own[place] = after;
	};

	return {
		/** Listens to one call of a method about these jobs. */
		about(refs: readonly Ref[], what: string): ExchangeListener {
			return request => {
				const at = clock.now();
				let last: Exchange = {at, what, request};
				for (const ref of refs) keep(ref, last);
				refs.forEach(onChange);
				return (answer, well) => {
					const next: Exchange = {at, what, request, answer, well, ms: clock.now() - at};
					for (const ref of refs) replace(ref, last, next);
					last = next;
					refs.forEach(onChange);
				};
			};
		},
		of: (ref: Ref): readonly Exchange[] => [...(byRef.get(ref) ?? [])],
	};
};
