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

test('a key moves the cursor inside its list', () => {
	assert.deepEqual(moveCursor({index: 1, ref: 'p/b'}, abc, 9), {index: 2, ref: 'p/c'});
	assert.deepEqual(moveCursor({index: 1, ref: 'p/b'}, abc, -9), {index: 0, ref: 'p/a'});
	const nowhere = {index: 0};
	assert.equal(moveCursor(nowhere, [], 1), nowhere);
});
