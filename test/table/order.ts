/*
Which jobs have a row, and where a job that changed twice stood.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Job} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import type {Order} from '../../source/state/rows.ts';
import {applyPatches, nothingKnown} from '../../source/store/apply-patches.ts';
import {
	emptyOrder,
	holdOrder,
	type OrderInputs,
	queryFacts,
	reorder,
	sortAgain,
	viewAgain,
} from '../../source/table/order.ts';
import {compareBy} from '../../source/table/sorting.ts';
import {fc} from '../helpers/fast-check.ts';
import {hello, job, jobs, profile, report} from '../helpers/screen-facts.ts';

const inputsOf = (dismissed: readonly Ref[], ...list: readonly Job[]): OrderInputs => ({
	known: applyPatches(nothingKnown(), [hello([profile('p')], {dismissed}), jobs(...list)]),
	sort: {column: 'name', descending: false},
	filter: '',
	only: undefined,
	onlyMarked: undefined,
	now: 0,
});
const refsOf = (list: readonly Job[]) => list.map(({ref}) => ref);

test('a dismissed job is hidden once it has ended, and shown when it lives again', () => {
	const listed = job('p/1', {phase: 'failed'});
	const order = sortAgain(emptyOrder, inputsOf(['p/1'], listed));
	assert.deepEqual(refsOf(order.inView), []);
	const alive = viewAgain(order, inputsOf(['p/1'], job('p/1')), false);
	assert.deepEqual(refsOf(alive.inView), ['p/1']);
});

test('of a job that changed twice while rows are held, the first place is kept', () => {
	const first = job('p/1');
	const second = job('p/1', {name: 'second'});
	const third = job('p/1', {name: 'third'});
	const order = sortAgain(emptyOrder, inputsOf([], first));
	const once = holdOrder(order, inputsOf([], second), new Map([['p/1', first]]));
	const twice = holdOrder(once, inputsOf([], third), new Map([['p/1', second]]));
	assert.equal(twice.waiting.get('p/1'), first);
});

test('a job has a row if its profile is shown, the filter includes it, or it is one of the marked ones', () => {
	const listed = [job('p/1', {name: 'a'}), job('p/2', {name: 'b'}), job('q/3', {name: 'c'})];
	const inView = (changes: Partial<OrderInputs>, dismissed: readonly Ref[] = []) =>
		refsOf(sortAgain(emptyOrder, {...inputsOf(dismissed, ...listed), ...changes}).inView);
	assert.deepEqual(inView({}), ['p/1', 'p/2', 'q/3']);
	assert.deepEqual(inView({only: 'p'}), ['p/1', 'p/2']);
	assert.deepEqual(inView({filter: 'name:b'}), ['p/2']);
	assert.deepEqual(inView({only: 'p', filter: 'name:a,c'}), ['p/1']);
	assert.deepEqual(inView({onlyMarked: new Set<Ref>(['q/3', 'p/9']), only: 'p', filter: 'zzz'}), ['q/3']);
	assert.deepEqual(inView({}, ['p/9']), ['p/1', 'p/2', 'q/3']);
});

test('a query asks about the latest cancellation of a job', () => {
	const {known} = inputsOf([], job('p/1'));
	const cancellations = new Map([
		['p/1', report('p/1', {outcome: {kind: 'overdue'}})],
		['p/2', report('p/2', {step: 'settled', outcome: {kind: 'denied'}})],
	] as const);
	const {now, outcomeOf, isCancelling} = queryFacts({...known, cancellations}, 7);
	assert.equal(now, 7);
	assert.deepEqual(
		(['p/1', 'p/2', 'p/3'] as const).map(ref => [outcomeOf(ref), isCancelling?.(ref)]),
		[
			['overdue', true],
			['denied', false],
			[undefined, false],
		],
	);
});

test('the view says when it was last compared with the filter', () => {
	const inputs = {...inputsOf([], job('p/1')), now: 5};
	const order = sortAgain(emptyOrder, inputs);
	assert.equal(order.viewedAt, 5);
	assert.equal(viewAgain(order, {...inputs, now: 9}, false).viewedAt, 9);
});

test('nothing changes where nothing was touched', () => {
	const inputs = inputsOf([], job('p/1'));
	const order = sortAgain(emptyOrder, inputs);
	assert.equal(reorder(order, inputs, new Map()), order);
	assert.equal(reorder(order, inputs, new Map(), true), order);
	assert.equal(holdOrder(order, inputs, new Map()), order);
	// Newcomers that wait stay until they are asked for.
	const more = inputsOf([], job('p/1'), job('p/0', {name: 'a'}));
	const aside = reorder(order, more, new Map([['p/0', undefined]]), true);
	assert.deepEqual([refsOf(aside.inView), aside.aside], [['p/1', 'p/0'], true]);
	assert.equal(reorder(aside, more, new Map(), true), aside);
	assert.deepEqual(refsOf(reorder(aside, more, new Map()).inView), ['p/0', 'p/1']);
	const held = holdOrder(order, more, new Map([['p/0', undefined]]));
	assert.deepEqual([refsOf(held.inView), held.aside], [['p/1', 'p/0'], false]);
});

test('where most rows are new, none waits at the end', () => {
	const order = sortAgain(emptyOrder, inputsOf([], job('p/5')));
	const come = (...ids: readonly number[]) =>
		refsOf(
			reorder(
				order,
				inputsOf([], job('p/5'), ...ids.map(id => job(`p/${id}`))),
				new Map(ids.map(id => [`p/${id}` as Ref, undefined])),
				true,
			).inView,
		);
	assert.deepEqual(come(1), ['p/5', 'p/1']);
	assert.deepEqual(come(1, 2), ['p/1', 'p/2', 'p/5']);
});

// ---- any sequence of changes -------------------------------------------------------------------------

const id = fc.nat({max: 6});
const change = fc.record({id, name: fc.constantFrom('a', 'b', 'c', undefined)});
const step = fc.record({
	how: fc.constantFrom('reorder', 'aside', 'hold', 'hold', 'view', 'sort'),
	changes: fc.array(change, {maxLength: 3}),
	/** The jobs that are being cancelled. */
	cancelling: fc.array(id, {maxLength: 2}),
});
const column = fc.constantFrom('name', 'cancel');
const filter = fc.constantFrom('', 'name:a,b');

type Step = {
	readonly how: string;
	readonly changes: readonly {readonly id: number; readonly name: string | undefined}[];
	readonly cancelling: readonly number[];
};
type World = {readonly inputs: OrderInputs; readonly order: Order};

/** The world after some jobs changed, came or left, and what was touched by that. */
const changed = ({inputs}: World, {how, changes, cancelling}: Step) => {
	const byRef = new Map(inputs.known.jobs.byRef);
	const touched = new Map<Ref, Job | undefined>();
	for (const {id, name} of changes) {
		const ref: Ref = `p/${id}`;
		if (!touched.has(ref)) touched.set(ref, byRef.get(ref));
		if (name === undefined) byRef.delete(ref);
		else byRef.set(ref, job(ref, {name}));
	}
	const reports = cancelling.map(id => [`p/${id}` as Ref, report(`p/${id}`)] as const);
	// While rows are held, no row moves for its cancellation.
	const cancellations = how === 'hold' || touched.size === 0 ? inputs.known.cancellations : new Map(reports);
	const known = {...inputs.known, jobs: {byRef}, cancellations};
	return {touched, inputs: {...inputs, known}};
};

/** All jobs with a row, sorted. */
const sorted = ({known, filter, sort}: OrderInputs, refs: Iterable<Ref> = known.jobs.byRef.keys()) =>
	[...refs]
		.flatMap(ref => known.jobs.byRef.get(ref) ?? [])
		.filter(({name}) => filter === '' || name === 'a' || name === 'b')
		.sort(compareBy(sort, known))
		.map(({ref}) => ref);

test('whatever comes and goes: sorted rows are those of all jobs, and held rows stay with newcomers at the end', () => {
	fc.assert(
		fc.property(column, filter, fc.array(step, {maxLength: 12}), (column, filter, steps) => {
			const first = {...inputsOf([]), sort: {column, descending: false}, filter};
			let world: World = {inputs: first, order: emptyOrder};
			/** The rows that have their place, and the jobs that have none yet. */
			let placed: readonly Ref[] = [];
			let listed = new Set<Ref>();
			for (const step of steps) {
				const {how} = step;
				const {touched, inputs} = changed(world, step);
				const {byRef} = inputs.known.jobs;
				const before = world.order;
				const fresh = [...byRef.keys()].filter(ref => !listed.has(ref));
				if (how === 'hold') {
					world = {inputs, order: holdOrder(before, inputs, touched)};
					if (touched.size === 0) continue;
				} else if (how === 'aside') {
					const order = reorder(before, inputs, touched, true);
					world = {inputs, order};
					if (order === before) continue;
					// Where most rows are new, all come to their place.
					if (fresh.length > before.shown.length) listed = new Set(byRef.keys());
					else listed = new Set([...byRef.keys()].filter(ref => listed.has(ref)));
					placed = sorted(inputs, listed);
				} else {
					const order = how === 'sort' ? sortAgain(before, inputs) : reorder(before, inputs, touched);
					world = {inputs, order: how === 'view' ? viewAgain(order, inputs, false) : order};
					if (order === before) continue;
					listed = new Set(byRef.keys());
					placed = sorted(inputs);
				}
				const newcomers = sorted(
					inputs,
					[...byRef.keys()].filter(ref => !listed.has(ref)),
				);
				const expected = [...placed.filter(ref => byRef.has(ref)), ...newcomers];
				assert.deepEqual(refsOf(world.order.inView), expected, how);
			}
		}),
		{numRuns: 500},
	);
});

test('a narrower filter finds among the shown what it finds among all', () => {
	const listed = ['ab', 'b', 'abc', 'c'].map((name, index) => job(`p/${index}`, {name}));
	const inputs = {...inputsOf([], ...listed), filter: 'name~a'};
	const order = sortAgain(emptyOrder, inputs);
	assert.deepEqual(refsOf(order.inView), ['p/0', 'p/2']);
	const narrower = viewAgain(order, {...inputs, filter: 'name~abc'}, true);
	assert.deepEqual(refsOf(narrower.inView), ['p/2']);
	assert.equal(narrower.all, order.all);
	assert.deepEqual(refsOf(viewAgain(narrower, {...inputs, filter: ''}, false).inView), [
		'p/0',
		'p/2',
		'p/1',
		'p/3',
	]);
});
