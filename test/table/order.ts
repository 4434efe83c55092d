/*
Which jobs have a row, and where a job that changed twice stood.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Job} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import {applyPatches, nothingKnown} from '../../source/store/apply-patches.ts';
import {emptyOrder, holdOrder, type OrderInputs, sortAgain, viewAgain} from '../../source/table/order.ts';
import {hello, job, jobs, profile} from '../helpers/screen-facts.ts';

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
