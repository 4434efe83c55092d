/*
Which jobs share a row, and what a shared row stands for.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Job} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import type {Fold, TableRow} from '../../source/state/rows.ts';
import {
	type FoldInputs,
	foldRef,
	foldRows,
	foldsIn,
	followRows,
	grewByItself,
	isFold,
	isFoldRef,
	profileOfFold,
	refsOf,
	stateCounts,
} from '../../source/table/folding.ts';
import {job} from '../helpers/screen-facts.ts';

/** Tasks 1 to `number` of an array. */
const tasks = (number: number, parent: Ref = 'p/a'): readonly Job[] =>
	Array.from({length: number}, (_, index) => job(`${parent}_${index + 1}`, {parent}));
const fold = (jobs: readonly Job[], more: Partial<FoldInputs> = {}, before: readonly TableRow[] = []) =>
	foldRows(before, {
		jobs,
		newcomers: 0,
		folding: true,
		opened: new Set(),
		held: false,
		byKey: false,
		now: 5,
		...more,
	});
const refs = (rows: readonly TableRow[]) => rows.map(({ref}) => ref);
const onlyFold = (rows: readonly TableRow[]): Fold => {
	const [first] = foldsIn(rows).values();
	assert.ok(first);
	return first;
};

test('more than three jobs of one parent share a row in the place of the first', () => {
	const [first, ...others] = tasks(4);
	const single = job('p/x');
	assert.deepEqual(refs(fold([first as Job, single, ...others])), ['/p/a', 'p/x']);
	assert.deepEqual(refs(fold(tasks(3))), ['p/a_1', 'p/a_2', 'p/a_3']);
});

test('jobs without a parent, and jobs of different parents, share no row', () => {
	const jobs = [job('p/1'), job('p/2'), job('p/3'), job('p/4'), ...tasks(2), ...tasks(2, 'p/b')];
	assert.equal(fold(jobs), jobs);
});

test('without folding every job has its row', () => {
	const jobs = tasks(9);
	assert.equal(fold(jobs, {folding: false}), jobs);
});

test('an open row has its jobs below it', () => {
	const rows = fold(tasks(4), {opened: new Set<Ref>(['/p/a'])});
	assert.deepEqual(refs(rows), ['/p/a', 'p/a_1', 'p/a_2', 'p/a_3', 'p/a_4']);
	assert.equal(onlyFold(rows).open, true);
	assert.equal(onlyFold(fold(tasks(4))).open, false);
});

test('newcomers keep their own rows until they are sorted in', () => {
	assert.deepEqual(refs(fold(tasks(5), {newcomers: 1})), ['/p/a', 'p/a_5']);
	assert.deepEqual(refs(fold(tasks(4), {newcomers: 1})), ['p/a_1', 'p/a_2', 'p/a_3', 'p/a_4']);
});

test('while rows are held, none is folded or unfolded, except by a key', () => {
	const folded = fold(tasks(4));
	assert.deepEqual(refs(fold(tasks(2), {held: true}, folded)), ['/p/a']);
	assert.equal(fold(tasks(4), {held: true}).length, 4);
	assert.deepEqual(refs(fold(tasks(4), {held: true, byKey: true})), ['/p/a']);
	assert.equal(fold(tasks(2), {held: true, byKey: true}, folded).length, 2);
});

test('a row says when it last gained a job without a key', () => {
	const first = fold(tasks(4), {now: 10});
	assert.equal(onlyFold(first).grownAt, 10);
	const same = fold(tasks(4), {now: 20}, first);
	assert.equal(onlyFold(same).grownAt, 10);
	const fewer = fold(tasks(5).slice(0, 4), {now: 30}, fold(tasks(5), {now: 10}));
	assert.equal(onlyFold(fewer).grownAt, 10);
	assert.equal(onlyFold(fold(tasks(5), {now: 30}, same)).grownAt, 30);
	assert.equal(onlyFold(fold(tasks(5), {now: 30, byKey: true}, same)).grownAt, undefined);
});

test('for one second a row is said to have grown by itself', () => {
	const row = onlyFold(fold(tasks(4), {now: 10}));
	assert.deepEqual([grewByItself(row, 1009), grewByItself(row, 1010)], [true, false]);
	assert.equal(grewByItself(onlyFold(fold(tasks(4), {byKey: true})), 0), false);
});

test('a shared row stands for its jobs, and no job has its ref', () => {
	const row = onlyFold(fold(tasks(4)));
	assert.deepEqual(refsOf(row), ['p/a_1', 'p/a_2', 'p/a_3', 'p/a_4']);
	assert.deepEqual(refsOf(job('p/1')), ['p/1']);
	assert.equal(row.ref, foldRef('p/a'));
	assert.deepEqual([isFoldRef(row.ref), isFoldRef('p/1')], [true, false]);
	assert.deepEqual([isFold(row), isFold(job('p/1'))], [true, false]);
	assert.equal(profileOfFold({...row, members: row.members.slice(0, 1)}), 'p');
	assert.equal(profileOfFold({...row, members: []}), '');
	assert.equal(foldsIn([job('p/1')]).size, 0);
});

const change = {byKey: false, now: 7};

test('a job that loses its row to a shared one is found there, and the other way round', () => {
	const jobs = [job('p/x'), ...tasks(4)];
	const folded = fold(jobs);
	assert.deepEqual(followRows({index: 3, ref: 'p/a_3'}, jobs, folded, change), {
		index: 1,
		ref: '/p/a',
		movedAt: 7,
	});
	assert.deepEqual(followRows({index: 1, ref: '/p/a'}, folded, jobs, change), {
		index: 1,
		ref: 'p/a_1',
		movedAt: 7,
	});
	assert.deepEqual(followRows({index: 1, ref: '/p/a'}, folded, jobs, {...change, byKey: true}), {
		index: 1,
		ref: 'p/a_1',
	});
});

test('a cursor whose job keeps its row stays there, and one without a home goes to the nearest', () => {
	const jobs = [job('p/x'), ...tasks(4)];
	const folded = fold(jobs);
	const cursor = {index: 0, ref: 'p/x'} as const;
	assert.equal(followRows(cursor, jobs, folded, change), cursor);
	assert.deepEqual(followRows(cursor, folded, fold(tasks(4)), change), {
		index: 0,
		ref: '/p/a',
		movedAt: 7,
	});
	assert.equal(followRows({index: 1, ref: '/p/a'}, folded, [job('p/x')], change).ref, 'p/x');
	// Another shared row is no home of its job.
	const others = fold([...tasks(4, 'p/b'), ...tasks(4)]);
	assert.equal(followRows({index: 3, ref: 'p/a_3'}, jobs, others, change).ref, '/p/a');
	// Also where that is the first row, and another one is nearer.
	assert.equal(
		followRows({index: 3, ref: 'p/a_3'}, jobs, fold([...tasks(4), job('p/x')]), change).ref,
		'/p/a',
	);
	assert.deepEqual(followRows({index: 0}, [], folded, change), {index: 0, ref: 'p/x'});
});

test('a shared row counts where its jobs are now, members of sets among them, and how many live', () => {
	const members = tasks(4);
	const [one, two, three] = members as [Job, Job, Job];
	const row = onlyFold(fold(members));
	const now = [
		{...one, phase: 'failed', terminal: true} as const,
		{...two, set: {counts: {live: 2, cancelled: 0, ended: 1, lost: 0}}},
		{...three, phase: 'queued'} as const,
	];
	const counted = stateCounts(row, {byRef: new Map(now.map(each => [each.ref, each]))});
	assert.deepEqual(counted, {words: '3 run 1 queued 1 failed', live: 4});
	assert.deepEqual(stateCounts(row, {byRef: new Map()}), {words: '4 run', live: 4});
});
