import type {ExchangeListener} from '../backends/exchange.ts';
import type {Ref} from '../job/ref.ts';
import type {Clock} from '../process/clock.ts';
import type {Exchange} from './protocol.ts';

/** Exchanges that are kept of one job, and of all together. */
const maxOfOne = 50;
const maxOfAll = 2000;

export type ExchangesOptions = {
	readonly clock: Pick<Clock, 'now'>;
	/** Something was asked about this job, or answered. */
	readonly onChange: (ref: Ref) => void;
};

/** What was asked about each job and what came back, the latest. What has not been asked about for longest is forgotten first. */
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
			return asked => {
				const at = clock.now();
				let last: Exchange = {at, what, asked};
				for (const ref of refs) keep(ref, last);
				refs.forEach(onChange);
				return (answer, well) => {
					const next: Exchange = {at, what, asked, answer, well, ms: clock.now() - at};
					for (const ref of refs) replace(ref, last, next);
					last = next;
					refs.forEach(onChange);
				};
			};
		},
		of: (ref: Ref): readonly Exchange[] => [...(byRef.get(ref) ?? [])],
	};
};
