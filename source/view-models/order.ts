/*
Which jobs are in view, and in which order.

With 100,000 jobs nothing may be sorted anew because one of them changed: what did not change stays where it is, and what did is merged in.
*/
import type {CancellationReport} from '../engine/protocol.ts';
import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {Sort} from '../store/screen.ts';
import type {Known} from '../store/state.ts';
import {columns} from './columns.ts';
import {createFilter} from './filter.ts';

export type Order = {
	/** Every job, sorted. */
	readonly all: readonly Job[];
	/** Those in view, in the same order. */
	readonly inView: readonly Job[];
	/** False while the order is held: rows changed in place, and newcomers wait at the end. */
	readonly sorted: boolean;
};

export type OrderInputs = {
	readonly known: Known;
	readonly sort: Sort;
	readonly filter: string;
	readonly only: string | undefined;
};

export const emptyOrder: Order = {all: [], inView: [], sorted: true};

type Compare = (a: Job, b: Job) => number;

const byRef: Compare = (a, b) => (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : 0);

const compareBy = (sort: Sort, cancellations: ReadonlyMap<Ref, CancellationReport>): Compare => {
	const compare = columns.find(({id}) => id === sort.column)?.compare;
	if (!compare) return byRef;
	const sign = sort.descending ? -1 : 1;
	return (a, b) => sign * compare(a, b, cancellations) || byRef(a, b);
};

/** Whether the job has a row: it is not dismissed, and no narrowing leaves it out. */
export const isInView = ({known, filter, only}: OrderInputs): ((job: Job) => boolean) | undefined => {
	const matches = createFilter(filter);
	const {dismissed} = known;
	if (!matches && !only && dismissed.size === 0) return undefined;
	return job =>
		(!only || job.profile === only) && !dismissed.has(job.ref) && (matches === undefined || matches(job));
};

const view = (all: readonly Job[], inputs: OrderInputs): readonly Job[] => {
	const shown = isInView(inputs);
	return shown ? all.filter(shown) : all;
};

/** Everything anew: the sort was changed, or the order was held long enough. */
export const sortAgain = (order: Order, inputs: OrderInputs): Order => {
	const all = [...order.all].sort(compareBy(inputs.sort, inputs.known.cancellations));
	return {all, inView: view(all, inputs), sorted: true};
};

/** The same order, seen through another filter. */
export const viewAgain = (order: Order, inputs: OrderInputs): Order => ({
	...order,
	inView: view(order.all, inputs),
});

/** The order after these jobs came, changed or went. `hold`: nobody moves; newcomers wait at the end. */
export const reorder = (
	order: Order,
	inputs: OrderInputs,
	touched: ReadonlySet<Ref>,
	hold: boolean,
): Order => {
	if (touched.size === 0) return order;
	const {jobs, cancellations} = inputs.known;
	const all = hold
		? inPlace(order.all, touched, jobs.byRef)
		: merged(order.all, touched, jobs.byRef, compareBy(inputs.sort, cancellations));
	return {all, inView: view(all, inputs), sorted: order.sorted && !hold};
};

const inPlace = (
	before: readonly Job[],
	touched: ReadonlySet<Ref>,
	known: ReadonlyMap<Ref, Job>,
): readonly Job[] => {
	const newcomers = new Set(touched);
	const all: Job[] = [];
	for (const job of before) {
		if (!touched.has(job.ref)) all.push(job);
		else {
			newcomers.delete(job.ref);
			const now = known.get(job.ref);
			if (now) all.push(now);
		}
	}
	for (const ref of newcomers) {
		const job = known.get(ref);
		if (job) all.push(job);
	}
	return all;
};

const merged = (
	before: readonly Job[],
	touched: ReadonlySet<Ref>,
	known: ReadonlyMap<Ref, Job>,
	compare: Compare,
): readonly Job[] => {
	const changed: Job[] = [];
	for (const ref of touched) {
		const job = known.get(ref);
		if (job) changed.push(job);
	}
	changed.sort(compare);
	const all: Job[] = [];
	let next = 0;
	for (const job of before) {
		if (touched.has(job.ref)) continue;
		while (next < changed.length && compare(changed[next] as Job, job) < 0) all.push(changed[next++] as Job);
		all.push(job);
	}
	while (next < changed.length) all.push(changed[next++] as Job);
	return all;
};
