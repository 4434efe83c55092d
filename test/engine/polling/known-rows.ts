/*
Which jobs of a list cross to the screen, and which of them stay.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createRows} from '../../../source/engine/polling/rows.ts';
import type {Job} from '../../../source/job/job.ts';
import {sameJson} from '../../../source/job/same-json.ts';
import {job} from '../../helpers/screen-facts.ts';

test('jobs with equal nested fields are the same, and with different ones are not', () => {
	const at = (done: number) => job('p/1', {progress: {done, total: 4}});
	assert.equal(sameJson(at(1), at(1)), true);
	assert.equal(sameJson(at(1), at(2)), false);
	assert.equal(sameJson(at(1), job('p/1')), false);
	const rows = createRows();
	rows.see([at(1)], 1);
	assert.deepEqual(rows.see([at(1)], 2), [], 'an unchanged job does not cross');
});

test('an unchanged job keeps its identity', () => {
	const rows = createRows();
	const first = job('p/1');
	rows.take([first], 1);
	const {changed} = rows.take([job('p/1')], 2);
	assert.equal(rows.get('p/1'), first);
	assert.deepEqual(changed, []);
});

test('a job that came back to life and ended again stays, and one that ended unseen leaves', () => {
	const scope = {everyone: false, ended: false};
	const rows = createRows();
	const ended = [job('p/1', {phase: 'failed'}), job('p/2', {phase: 'failed'})];
	rows.see(ended, 1);
	rows.see([job('p/1')], 2);
	rows.see(ended, 3);
	assert.deepEqual(rows.missingFrom(4, scope).removes, ['p/2']);
});

test('jobs differ by any value, by a field that one of them lacks, and by fields of different names', () => {
	const {createdAt: _, ...plain} = job('p/1');
	const changes: readonly Partial<Job>[] = [
		{},
		{createdAt: 1},
		{createdAt: 2},
		{queue: 'a'},
		{queue: 'b'},
		{kind: 'a'},
		{labels: {node: 'a'}},
		{labels: {node: 'b'}},
		{labels: {queue: 'a'}},
		{labels: {node: 'a', queue: 'a'}},
		{set: {}},
		{set: {apart: ['p/2']}},
		{set: {apart: ['p/2', 'p/3']}},
		{set: {together: true}},
		{set: {counts: {live: 1, cancelled: 0, ended: 0, lost: 0}}},
		{set: {counts: {live: 2, cancelled: 0, ended: 0, lost: 0}}},
		{set: {counts: null}} as unknown as Partial<Job>,
		{set: {counts: 'none'}} as unknown as Partial<Job>,
		{set: {counts: 'some'}} as unknown as Partial<Job>,
		{set: {counts: 1}} as unknown as Partial<Job>,
		{set: {counts: 2}} as unknown as Partial<Job>,
		{set: {counts: {}}} as unknown as Partial<Job>,
		{set: 'none'} as unknown as Partial<Job>,
	];
	const make = (more: Partial<Job>) => ({...plain, ...structuredClone(more)});
	for (const [index, one] of changes.entries()) {
		for (const [place, other] of changes.entries())
			assert.equal(
				sameJson(make(one), make(other)),
				index === place,
				`${JSON.stringify(one)} and ${JSON.stringify(other)}`,
			);
	}
});

test('the caution of a look stays while lists do not show one, for the same submission', () => {
	const careful = job('p/1', {caution: 'it deletes its results'});
	const open = () => {
		const rows = createRows();
		rows.see([careful], 1);
		return rows;
	};
	assert.deepEqual(open().see([job('p/1')], 2), []);
	const rows = open();
	rows.see([job('p/1')], 2);
	assert.equal(rows.get('p/1')?.caution, 'it deletes its results');
	const [changed] = open().see([job('p/1', {caution: 'another'})], 2);
	assert.equal(changed?.caution, 'another');
	const [successor] = open().see([job('p/1', {createdAt: 5})], 2);
	assert.ok(successor && !('caution' in successor));
});

test('an answer counts unless a later request was answered, also one that changed nothing', () => {
	const rows = createRows();
	const held = job('p/1', {phase: 'held'});
	rows.see([job('p/1')], 1);
	assert.deepEqual(rows.see([held], 1), [held], 'the same request');
	rows.see([held], 3);
	assert.deepEqual(rows.see([job('p/1')], 2), []);
	assert.equal(rows.get('p/1'), held);
});

test('an unchanged job is no change, even if it is the same object', () => {
	const rows = createRows();
	const same = job('p/1');
	assert.deepEqual(rows.see([same], 1), [same]);
	assert.deepEqual(rows.see([same], 2), []);
});

const everyone = {everyone: true, ended: false};
const mine = {everyone: false, ended: false};
const ended = {everyone: false, ended: true};

test('a job that the same request saw is missing if its list does not hold it', () => {
	const rows = createRows();
	rows.see([job('p/1')], 5);
	assert.deepEqual(rows.missingFrom(4, mine).missing, []);
	assert.deepEqual(
		rows.missingFrom(5, mine).missing.map(({ref}) => ref),
		['p/1'],
	);
});

test('of ended jobs that a list does not hold, those stay that were watched, and among others also those of others', () => {
	const open = () => {
		const rows = createRows();
		const live = [job('p/1'), job('p/2', {mine: false})];
		rows.see(live, 1);
		rows.see(
			live.map(each => ({...each, phase: 'failed' as const, terminal: true})),
			2,
		);
		rows.see([job('p/3', {phase: 'failed'})], 2);
		return rows;
	};
	const removed = (scope: typeof mine) => {
		const rows = open();
		const {removes, missing} = rows.missingFrom(3, scope);
		assert.deepEqual(missing, []);
		for (const ref of removes) assert.equal(rows.get(ref), undefined);
		assert.equal(rows.size(), 3 - removes.length);
		return removes;
	};
	assert.deepEqual(removed(mine), ['p/2', 'p/3']);
	assert.deepEqual(removed(everyone), ['p/3']);
});

test('a narrower scope removes the jobs of others, and those that had ended unseen', () => {
	const narrowed = (scope: typeof mine) => {
		const rows = createRows();
		rows.see([job('p/1'), job('p/2', {mine: false}), job('p/3', {phase: 'failed'}), job('p/4')], 1);
		rows.see([job('p/4', {phase: 'failed'})], 2);
		const removes = rows.narrow(scope);
		assert.equal(rows.size(), 4 - removes.length);
		return removes;
	};
	assert.deepEqual(narrowed(mine), ['p/2', 'p/3']);
	assert.deepEqual(narrowed(everyone), ['p/3']);
	assert.deepEqual(narrowed(ended), ['p/2']);
	assert.deepEqual(narrowed({everyone: true, ended: true}), []);
});
