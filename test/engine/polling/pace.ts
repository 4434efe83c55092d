/*
When a profile that fails is asked again.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {intervalBeside, intervals, pace} from '../../../source/engine/polling/pace.ts';
import type {Failure} from '../../../source/job/failure.ts';

const broken: Failure = {kind: 'broken', detail: 'broken'};

test('a profile that fails is asked later and later, a minute at most', () => {
	assert.deepEqual(
		[1, 2, 3, 4, 5, 6, 50].map(failures => pace(5000, failures, broken)),
		[5000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000],
	);
});

test('a profile that answers is polled at its interval', () => {
	assert.equal(pace(5000, 0), 5000);
});

test('a profile that fails is never asked more often than one that answers', () => {
	for (const failures of [1, 2, 10]) assert.equal(pace(300_000, failures, broken), 300_000);
});

test('a wish for more patience counts, and a profile without access waits for a person', () => {
	assert.equal(pace(5000, 1, {...broken, retryAfterMs: 90_000}), 90_000);
	assert.equal(pace(5000, 3, {...broken, retryAfterMs: 1000}), 20_000);
	assert.equal(pace(5000, 1, {kind: 'unauthorized', detail: 'no'}), undefined);
});

test('the intervals that a reader goes through, up and down, with an end on each side', () => {
	assert.deepEqual(intervals, [1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000]);
	assert.deepEqual(
		[1000, 5000, 7000, 300_000].map(interval => intervalBeside(interval, 'longer')),
		[2000, 10_000, 10_000, 300_000],
	);
	assert.deepEqual(
		[1000, 5000, 7000, 300_000].map(interval => intervalBeside(interval, 'shorter')),
		[1000, 2000, 5000, 120_000],
	);
});
