/*
Which lines of a list or a text are visible.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {clampScroll, windowTop} from '../../source/table/window.ts';
import {fc} from '../helpers/fast-check.ts';

test('the window moves only where it must, and then as little as it can', () => {
	// Ten lines, of which four are visible.
	const top = (from: number, index: number) => windowTop(from, index, 10, 4);
	assert.equal(top(3, 3), 3);
	assert.equal(top(3, 6), 3);
	assert.equal(top(3, 7), 4);
	assert.equal(top(3, 2), 2);
	assert.equal(top(3, 9), 6);
	assert.equal(top(3, 0), 0);
});

test('there are no empty lines below the last one, nor anything above the first', () => {
	assert.equal(windowTop(9, 9, 10, 4), 6);
	assert.equal(windowTop(5, 0, 3, 4), 0);
	assert.equal(windowTop(1, 1, 3, 4), 0);
	assert.equal(windowTop(-2, 0, 10, 4), 0);
	assert.equal(windowTop(1, 0, 0, 4), 0);
});

test('whatever the window was, the line is visible afterwards', () => {
	fc.assert(
		fc.property(
			fc.nat(20),
			fc.nat(20),
			fc.integer({min: 1, max: 20}),
			fc.nat(20),
			(from, some, height, more) => {
				const length = some + more + 1;
				const top = windowTop(from, some, length, height);
				assert.ok(top <= some && some < top + height);
			},
		),
	);
});

test('a text is not scrolled beyond its ends', () => {
	assert.deepEqual(
		[-1, 0, 5, 6, 7].map(scroll => clampScroll(scroll, 10, 4)),
		[0, 0, 5, 6, 6],
	);
	assert.equal(clampScroll(3, 2, 4), 0);
});
