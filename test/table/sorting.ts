/*
By which columns the table sorts.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Sort} from '../../source/state/screen.ts';
import {
	compareBy,
	goesByCancellations,
	reversed,
	sortBy,
	sortInstead,
	sortWords,
} from '../../source/table/sorting.ts';
import {job} from '../helpers/screen-facts.ts';

const up = (column: string) => ({column, descending: false});
const down = (column: string) => ({column, descending: true});

test('another column comes first, and the former ones decide where it finds no difference', () => {
	assert.deepEqual(sortBy(down('age'), 'state'), {...up('state'), others: [down('age')]});
	assert.deepEqual(sortBy({...up('age'), others: [up('name')]}, 'state'), {
		...up('state'),
		others: [up('age'), up('name')],
	});
});

test('a column decides once, and there are three at most', () => {
	assert.deepEqual(sortBy({...up('age'), others: [down('name'), up('id')]}, 'name'), {
		...up('name'),
		others: [up('age'), up('id')],
	});
	assert.deepEqual(sortBy({...up('age'), others: [up('name'), up('id')]}, 'state'), {
		...up('state'),
		others: [up('age'), up('name')],
	});
});

test('the first column again turns the order round and keeps the others', () => {
	const sort: Sort = {...up('age'), others: [down('name')]};
	assert.deepEqual(sortBy(sort, 'age'), {...down('age'), others: [down('name')]});
	assert.deepEqual(reversed(reversed(sort)), sort);
});

test('a column in the place of the first leaves the others', () => {
	const sort: Sort = {...down('age'), others: [down('name'), up('id')]};
	assert.deepEqual(sortInstead(sort, 'state'), {...up('state'), others: [down('name'), up('id')]});
	assert.deepEqual(sortInstead(sort, 'name'), {...up('name'), others: [up('id')]});
	assert.deepEqual(sortInstead(up('age'), 'state'), up('state'));
});

test('an order by cancellations is known as one, wherever that column stands', () => {
	assert.equal(goesByCancellations(up('cancel')), true);
	assert.equal(goesByCancellations({...up('age'), others: [up('cancel')]}), true);
	assert.equal(goesByCancellations({...up('age'), others: [up('name')]}), false);
});

test('jobs compare by each column in turn, in its direction, and at last by ref', () => {
	const none = {cancellations: new Map()};
	const a = job('p/1', {name: 'b', queue: 'x'});
	const b = job('p/2', {name: 'a', queue: 'x'});
	const signs = (sort: Sort) => [compareBy(sort, none)(a, b), compareBy(sort, none)(b, a)].map(Math.sign);
	assert.deepEqual(signs(up('name')), [1, -1]);
	assert.deepEqual(signs(down('name')), [-1, 1]);
	assert.deepEqual(signs({...up('queue'), others: [up('name')]}), [1, -1]);
	assert.deepEqual(signs({...up('queue'), others: [down('name')]}), [-1, 1]);
	assert.deepEqual(signs(down('queue')), [-1, 1]);
	assert.deepEqual(signs(up('no such column')), [-1, 1]);
	assert.equal(compareBy(up('name'), none)(a, a), 0);
});

test('an order in words has the titles of its columns', () => {
	assert.equal(sortWords({...up('state'), others: [down('age')]}), 'STATE, AGE reversed');
	assert.equal(sortWords(up('no such column')), 'no such column');
});
