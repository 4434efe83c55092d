/*
Which jobs are in view, and in which order.

With 100,000 jobs, a change of one must not sort or scan the others. So the lists hold each job as it was when it got its place, which is how its place is found again. Its current state is in the known jobs, by ref.
*/
import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {Known} from '../state/known.ts';
import type {Order, Touched} from '../state/rows.ts';
import type {Sort} from '../state/screen.ts';
import {isBeingCancelled} from './cancellation-words.ts';
import {type QueryFacts, readQuery} from './query.ts';
import {type Compare, compareBy as compareSorted, goesByCancellations} from './sorting.ts';
import {isHidden} from './state-counts.ts';

export type OrderInputs = {
	readonly known: Known;
	readonly sort: Sort;
	readonly filter: string;
	readonly only: string | undefined;
	/** If present, exactly these jobs have a row. */
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

/** Whether a job has a row: it is not dismissed and ended, and the filters include it. Undefined if all jobs have one. */
const showsBy = ({known, filter, only, onlyMarked, now}: OrderInputs): Shows | undefined => {
	if (onlyMarked) return ({ref}) => onlyMarked.has(ref);
	const {matches} = readQuery(filter);
	if (!matches && !only && known.dismissed.size === 0) return undefined;
	const facts = queryFacts(known, now);
	// Its current state counts.
	const hidden = (job: Job) => isHidden(known, known.jobs.byRef.get(job.ref) ?? job);
	return job =>
		(!only || job.profile === only) && !hidden(job) && (matches === undefined || matches(job, facts));
};

/** The facts for a query besides the job. */
export const queryFacts = ({cancellations}: Known, now: number): QueryFacts => ({
	now,
	outcomeOf: ref => cancellations.get(ref)?.outcome?.kind,
	isCancelling: ref => isBeingCancelled(cancellations.get(ref)),
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
	// Keep the oldest version: that is the one in the sorted lists.
	waiting.size === 0 ? touched : new Map([...touched, ...waiting]);

/** Sorts all jobs except `fresh`: for a new sort, or one that depends on more than the jobs. */
export const sortAgain = (order: Order, inputs: OrderInputs, fresh: Touched = nothing): Order => {
	const {byRef: known} = inputs.known.jobs;
	const all: Job[] = [];
	// Start from the previous order: nearly sorted lists sort fast.
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

/** The rows after a change of the filters. `narrower`: no job can come into view. */
export const viewAgain = (order: Order, inputs: OrderInputs, narrower: boolean): Order => {
	const shows = showsBy(inputs);
	const list = narrower ? order.shown : order.all;
	const shown = shows ? list.filter(shows) : list;
	return display({...order, shown, viewedAt: inputs.now}, inputs);
};

const setAside = (order: Order, inputs: OrderInputs, fresh: Touched): Order =>
	fresh.size === 0 ? order : {...display({...order, waiting: fresh}, inputs), aside: true};

/** The newcomers that wait. If most rows are new, none waits. */
const freshOf = (changes: Touched, order: Order, {known}: OrderInputs): Touched => {
	const fresh = new Map<Ref, undefined>();
	for (const [ref, old] of changes) if (!old && known.jobs.byRef.has(ref)) fresh.set(ref, undefined);
	return fresh.size > order.shown.length ? nothing : fresh;
};

/** Sorts changed jobs in. `aside`: newcomers wait at the end. */
export const reorder = (order: Order, inputs: OrderInputs, touched: Touched, aside = false): Order => {
	if (touched.size === 0 && (order.waiting.size === 0 || (aside && order.aside))) return order;
	const waiting = together(order.waiting, touched);
	const fresh = aside ? freshOf(waiting, order, inputs) : nothing;
	// This sort depends on the cancellations, so a job alone does not determine its place.
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

/** Like `reorder` without moving rows: rows change in place, removed ones disappear, newcomers wait at the end. */
export const holdOrder = (order: Order, inputs: OrderInputs, touched: Touched): Order => {
	if (touched.size === 0) return order;
	let known = false;
	for (const ref of touched.keys()) known ||= order.waiting.has(ref);
	const held = {...order, waiting: together(order.waiting, touched), aside: false};
	return display(held, inputs, known ? undefined : touched);
};

/** The rows while some wait. `added`: the newly waiting jobs, if there are no other changes. */
const display = (order: Order, inputs: OrderInputs, added?: Touched): Order => {
	const removed: Job[] = [];
	const newRows: Job[] = [];
	const shows = showsBy(inputs);
	const {byRef} = inputs.known.jobs;
	for (const [ref, old] of order.waiting) if (old && !byRef.has(ref)) removed.push(old);
	for (const [ref, old] of added ?? order.waiting) {
		const job = byRef.get(ref);
		if (!old && job && (!shows || shows(job))) newRows.push(job);
	}
	const compare = compareBy(inputs);
	newRows.sort(compare);
	const newcomers = added ? merge(order.newcomers, [], newRows, compare) : newRows;
	const rest = removed.length > 0 ? withoutRemoved(order.shown, removed, inputs) : order.shown;
	return {...order, newcomers, inView: newcomers.length > 0 ? [...rest, ...newcomers] : rest};
};

const withoutRemoved = (
	list: readonly Job[],
	removed: readonly Job[],
	inputs: OrderInputs,
): readonly Job[] => {
	if (!goesByCancellations(inputs.sort)) return merge(list, removed, [], compareBy(inputs));
	// This sort depends on the cancellations, which have changed since, so places cannot be found again.
	const removedJobs = new Set(removed);
	return list.filter(job => !removedJobs.has(job));
};

/** The place of the job in a sorted list. */
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

/** Removes and adds jobs in a sorted list; `others` are sorted too. Searches only for their places. */
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
	// A copy takes exactly its room; a list that grows element by element takes half as much again, and leaves its earlier copies.
	const merged = list.slice();
	let to = 0;
	let from = 0;
	let next = 0;
	const copyTo = (place: number) => {
		while (from < place) {
			if (removed[next] === from) next++;
			else merged[to++] = list[from] as Job;
			from++;
		}
	};
	for (const job of others) {
		copyTo(placeOf(list, job, compare));
		merged[to++] = job;
	}
	copyTo(list.length);
	merged.length = to;
	return merged;
};
