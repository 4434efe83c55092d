/*
Which jobs are in view, and in which order.

With 100,000 jobs nothing may be sorted, or even looked at, because one of them changed. So the lists hold each job as it was when it got its place: that is how its place is found again. What it is now is asked of the known jobs, by its ref.
*/
import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {Known} from '../state/known.ts';
import type {Order, Touched} from '../state/rows.ts';
import type {Sort} from '../state/screen.ts';
import {isOnItsWay} from './cancellation-words.ts';
import {type QueryFacts, readQuery} from './query.ts';
import {type Compare, compareBy as compareSorted, goesByCancellations} from './sorting.ts';

export type OrderInputs = {
	readonly known: Known;
	readonly sort: Sort;
	readonly filter: string;
	readonly only: string | undefined;
	/** Exactly these have a row, where it is there. */
	readonly onlyMarked: ReadonlySet<Ref> | undefined;
	/** Epoch milliseconds: ages are compared with it. */
	readonly now: number;
};

const nothing: Touched = new Map();

export const emptyOrder: Order = {
	all: [],
	shown: [],
	inView: [],
	waiting: nothing,
	newcomers: [],
	aside: false,
	viewedAt: Number.NEGATIVE_INFINITY,
};

type Shows = (job: Job) => boolean;

const compareBy = ({sort, known}: OrderInputs): Compare => compareSorted(sort, known);

/** Whether a job has a row: it has not ended and been dismissed, and no narrowing leaves it out. Undefined where all have. */
const showsBy = ({known, filter, only, onlyMarked, now}: OrderInputs): Shows | undefined => {
	if (onlyMarked) return ({ref}) => onlyMarked.has(ref);
	const {matches} = readQuery(filter);
	const {dismissed} = known;
	if (!matches && !only && dismissed.size === 0) return undefined;
	const facts = queryFacts(known, now);
	// One that came back to life is not hidden: it was dismissed as an ended one. What it is now counts.
	const hidden = (job: Job) => dismissed.has(job.ref) && (known.jobs.byRef.get(job.ref) ?? job).terminal;
	return job =>
		(!only || job.profile === only) && !hidden(job) && (matches === undefined || matches(job, facts));
};

/** What a query may ask beside a job. */
export const queryFacts = ({cancellations}: Known, now: number): QueryFacts => ({
	now,
	outcomeOf: ref => cancellations.get(ref)?.outcome?.kind,
	isCancelling: ref => isOnItsWay(cancellations.get(ref)),
});

const settled = (all: readonly Job[], inputs: OrderInputs): Order => {
	const shows = showsBy(inputs);
	const shown = shows ? all.filter(shows) : all;
	return {
		all,
		shown,
		inView: shown,
		waiting: nothing,
		newcomers: [],
		aside: false,
		viewedAt: inputs.now,
	};
};

const together = (waiting: Touched, touched: Touched): Touched =>
	// What stands in the lists is what was there first.
	waiting.size === 0 ? touched : new Map([...touched, ...waiting]);

/** Everything in its place, but for these: another sort, or one that goes by more than the jobs themselves. */
export const sortAgain = (order: Order, inputs: OrderInputs, fresh: Touched = nothing): Order => {
	const {byRef: known} = inputs.known.jobs;
	const all: Job[] = [];
	// In the order of before: nearly sorted is quick to sort.
	for (const {ref} of order.all) {
		const job = known.get(ref);
		if (job) all.push(job);
	}
	if (all.length < known.size) {
		const before = new Set(all);
		for (const job of known.values()) if (!before.has(job) && !fresh.has(job.ref)) all.push(job);
	}
	return setAside(settled(all.sort(compareBy(inputs)), inputs), inputs, fresh);
};

/** The rows after the reader narrowed or widened the view. `narrower`: nobody can come into view. */
export const viewAgain = (order: Order, inputs: OrderInputs, narrower: boolean): Order => {
	const shows = showsBy(inputs);
	const list = narrower ? order.shown : order.all;
	const shown = shows ? list.filter(shows) : list;
	return display({...order, shown, viewedAt: inputs.now}, inputs);
};

const setAside = (order: Order, inputs: OrderInputs, fresh: Touched): Order =>
	fresh.size === 0 ? order : {...display({...order, waiting: fresh}, inputs), aside: true};

/** Those that came, if they shall wait. Where most rows are new, there is no order that they could disturb. */
const freshOf = (changes: Touched, order: Order, {known}: OrderInputs): Touched => {
	const fresh = new Map<Ref, undefined>();
	for (const [ref, old] of changes) if (!old && known.jobs.byRef.has(ref)) fresh.set(ref, undefined);
	return fresh.size > order.shown.length ? nothing : fresh;
};

/** Everything that changed comes to its place; where `aside` says so, newcomers wait at the end until they are asked for. */
export const reorder = (order: Order, inputs: OrderInputs, touched: Touched, aside = false): Order => {
	if (touched.size === 0 && (order.waiting.size === 0 || (aside && order.aside))) return order;
	const waiting = together(order.waiting, touched);
	const fresh = aside ? freshOf(waiting, order, inputs) : nothing;
	// This sort goes by the cancellations: a place is not found again by the job alone.
	if (goesByCancellations(inputs.sort)) return sortAgain(order, inputs, fresh);
	const changes = fresh.size === 0 ? waiting : new Map([...waiting].filter(([ref]) => !fresh.has(ref)));
	const compare = compareBy(inputs);
	const before: Job[] = [];
	const after: Job[] = [];
	for (const [ref, old] of changes) {
		if (old) before.push(old);
		const job = inputs.known.jobs.byRef.get(ref);
		if (job) after.push(job);
	}
	after.sort(compare);
	const all = merge(order.all, before, after, compare);
	if (all.length + fresh.size !== inputs.known.jobs.byRef.size) return sortAgain(order, inputs, fresh);
	const shows = showsBy(inputs);
	const shown = shows ? merge(order.shown, before, after.filter(shows), compare) : all;
	const placed = {...order, all, shown, inView: shown, waiting: nothing, newcomers: [], aside: false};
	return setAside(placed, inputs, fresh);
};

/** The same, but nobody moves: rows change in place, those that went leave, newcomers wait at the end. */
export const holdOrder = (order: Order, inputs: OrderInputs, touched: Touched): Order => {
	if (touched.size === 0) return order;
	let known = false;
	for (const ref of touched.keys()) known ||= order.waiting.has(ref);
	const held = {...order, waiting: together(order.waiting, touched), aside: false};
	return display(held, inputs, known ? undefined : touched);
};

/** The rows while some wait; `added` are those that were not waiting before, where that is all that is new. */
const display = (order: Order, inputs: OrderInputs, added?: Touched): Order => {
	const gone: Job[] = [];
	const came: Job[] = [];
	const shows = showsBy(inputs);
	const {byRef} = inputs.known.jobs;
	for (const [ref, old] of order.waiting) if (old && !byRef.has(ref)) gone.push(old);
	for (const [ref, old] of added ?? order.waiting) {
		const job = byRef.get(ref);
		if (!old && job && (!shows || shows(job))) came.push(job);
	}
	const compare = compareBy(inputs);
	came.sort(compare);
	const newcomers = added ? merge(order.newcomers, [], came, compare) : came;
	const rest = gone.length > 0 ? withoutGone(order.shown, gone, inputs) : order.shown;
	return {...order, newcomers, inView: newcomers.length > 0 ? [...rest, ...newcomers] : rest};
};

const withoutGone = (list: readonly Job[], gone: readonly Job[], inputs: OrderInputs): readonly Job[] => {
	if (!goesByCancellations(inputs.sort)) return merge(list, gone, [], compareBy(inputs));
	// That column goes by the cancellations, which have gone on since: nobody is found where they stood.
	const those = new Set(gone);
	return list.filter(job => !those.has(job));
};

/** Where the job stands in a sorted list, or would stand. */
const placeOf = (list: readonly Job[], job: Job, compare: Compare): number => {
	let low = 0;
	let high = list.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (compare(list[middle] as Job, job) < 0) low = middle + 1;
		else high = middle;
	}
	return low;
};

/** A sorted list without some and with others, which are sorted too. Only their places are looked for. */
const merge = (
	list: readonly Job[],
	without: readonly Job[],
	others: readonly Job[],
	compare: Compare,
): readonly Job[] => {
	const removed = without
		.map(job => ({job, place: placeOf(list, job, compare)}))
		.filter(({job, place}) => list[place] === job)
		.map(({place}) => place)
		.sort((a, b) => a - b);
	const merged: Job[] = [];
	let from = 0;
	let next = 0;
	const copyTo = (place: number) => {
		while (from < place) {
			if (removed[next] === from) next++;
			else merged.push(list[from] as Job);
			from++;
		}
	};
	for (const job of others) {
		copyTo(placeOf(list, job, compare));
		merged.push(job);
	}
	copyTo(list.length);
	return merged;
};
