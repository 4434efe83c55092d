/*
Where the cursor goes when its list changes, and when that is noticed.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Ref} from '../../source/job/ref.ts';
import {follow, lookAgainMs, moveCursor, movedByItself} from '../../source/table/cursor.ts';

const list = (...refs: readonly Ref[]) => refs.map(ref => ({ref}));
const abc = list('p/a', 'p/b', 'p/c');

test('the first list puts the cursor on its first job, and nothing moved by itself', () => {
	const cursor = follow({index: 0}, [], abc, {byKey: false, now: 5});
	assert.deepEqual(cursor, {index: 0, ref: 'p/a'});
	assert.equal(movedByItself(cursor, 5), false);
});

test('the cursor stays with its job', () => {
	const cursor = {index: 1, ref: 'p/b'} as const;
	assert.equal(follow(cursor, abc, abc, {byKey: false, now: 5}), cursor);
	assert.deepEqual(follow(cursor, abc, list('p/b', 'p/c'), {byKey: false, now: 5}), {index: 0, ref: 'p/b'});
});

test('where its job left, the cursor goes to the nearest, and says when that was', () => {
	const cursor = {index: 1, ref: 'p/b'} as const;
	const moved = follow(cursor, abc, list('p/a', 'p/c'), {byKey: false, now: 5});
	assert.deepEqual(moved, {index: 1, ref: 'p/c', movedAt: 5});
	assert.deepEqual(follow(cursor, abc, list('p/a'), {byKey: false, now: 5}), {
		index: 0,
		ref: 'p/a',
		movedAt: 5,
	});
	assert.deepEqual(follow(cursor, abc, list('p/x', 'p/y'), {byKey: false, now: 5}), {
		index: 1,
		ref: 'p/y',
		movedAt: 5,
	});
	assert.deepEqual(follow(cursor, abc, list('p/a', 'p/c'), {byKey: true, now: 5}), {index: 1, ref: 'p/c'});
	assert.deepEqual(follow(cursor, abc, [], {byKey: false, now: 5}), {index: 0});
	assert.equal(movedByItself(moved, 5 + lookAgainMs - 1), true);
	assert.equal(movedByItself(moved, 5 + lookAgainMs), false);
});

test('a cursor without a job starts at the top, wherever it stood', () => {
	assert.deepEqual(follow({index: 5}, [], abc, {byKey: false, now: 5}), {index: 0, ref: 'p/a'});
});

test('a job that never had a row leaves the cursor at its place, inside the list', () => {
	const stray = {index: 1, ref: 'p/x'} as const;
	assert.equal(follow(stray, abc, abc, {byKey: true, now: 5}).ref, 'p/b');
	assert.deepEqual(follow({index: 2, ref: 'p/c'}, abc, list('p/x'), {byKey: true, now: 5}), {
		index: 0,
		ref: 'p/x',
	});
});

test('a list that stays empty changes nothing, and one that becomes empty has no job under its cursor', () => {
	const nowhere = {index: 3};
	assert.equal(follow(nowhere, abc, [], {byKey: false, now: 5}), nowhere);
	assert.deepEqual(follow({index: 2, ref: 'p/c', movedAt: 1}, abc, [], {byKey: true, now: 5}), {index: 0});
});

test('of two neighbours at the same distance the lower one gets the cursor', () => {
	const five = list('p/a', 'p/b', 'p/c', 'p/d', 'p/e');
	const cursor = {index: 2, ref: 'p/c'} as const;
	const left = (...refs: readonly Ref[]) => follow(cursor, five, list(...refs), {byKey: true, now: 5}).ref;
	assert.equal(left('p/a', 'p/b', 'p/d', 'p/e'), 'p/d');
	assert.equal(left('p/a', 'p/b', 'p/e'), 'p/b');
	assert.equal(left('p/a', 'p/e'), 'p/e');
	assert.equal(left('p/a'), 'p/a');
});

test('a cursor that follows its job keeps the moment in which it moved by itself', () => {
	const cursor = {index: 1, ref: 'p/b', movedAt: 4} as const;
	assert.deepEqual(follow(cursor, abc, list('p/b'), {byKey: false, now: 5}), {
		index: 0,
		ref: 'p/b',
		movedAt: 4,
	});
});

test('for one second after it moved by itself, a cursor is said to have moved', () => {
	assert.equal(lookAgainMs, 1000);
});

test('a cursor that never moved by itself is not said to have', () => {
	assert.equal(movedByItself({index: 0, ref: 'p/a'}, 0), false);
});

test('a key moves the cursor inside its list', () => {
	assert.deepEqual(moveCursor({index: 0, ref: 'p/a'}, abc, 1), {index: 1, ref: 'p/b'});
	assert.deepEqual(moveCursor({index: 2, ref: 'p/c', movedAt: 3}, abc, -1), {index: 1, ref: 'p/b'});
	assert.deepEqual(moveCursor({index: 1, ref: 'p/b'}, abc, 9), {index: 2, ref: 'p/c'});
	assert.deepEqual(moveCursor({index: 1, ref: 'p/b'}, abc, -9), {index: 0, ref: 'p/a'});
	// The reader has seen where it is.
	assert.deepEqual(moveCursor({index: 0, ref: 'p/a', movedAt: 3}, list('p/a'), 1), {index: 0, ref: 'p/a'});
	const nowhere = {index: 0};
	assert.equal(moveCursor(nowhere, [], 1), nowhere);
});
