/*
Which answers ask for a pause, and how pauses grow.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createGrowth, pauseAfter, wishIn} from '../../../source/engine/limiter/patience.ts';
import type {Failure} from '../../../source/job/failure.ts';

const limited: Failure = {kind: 'rate-limited', detail: 'slower'};

test('a rate limit makes a pause, for the time that its server names or for five seconds', () => {
	assert.equal(pauseAfter(limited), 5000);
	assert.equal(pauseAfter({...limited, retryAfterMs: 7000}), 7000);
});

test('another failure makes a pause only if its server names a time', () => {
	assert.equal(pauseAfter({kind: 'broken', detail: '503', retryAfterMs: 7000}), 7000);
	assert.equal(pauseAfter({kind: 'broken', detail: '500'}), undefined);
	assert.equal(pauseAfter({kind: 'timeout', detail: 'no answer'}), undefined);
});

test('the rate limit in an answer about many jobs is found, and nothing else is one', () => {
	const refused: Failure = {kind: 'conflict', detail: 'locked'};
	const answers = new Map<string, unknown>([
		['1', {kind: 'accepted'}],
		['2', refused],
		['3', limited],
	]);
	assert.equal(wishIn(answers), limited);
	assert.equal(wishIn({jobs: new Map(), failures: answers}), limited);
	for (const other of [undefined, null, 'text', [limited], {}, new Map([['2', refused]]), {failures: []}])
		assert.equal(wishIn(other), undefined);
});

test('each pause is twice as long as the one before, up to five minutes', () => {
	const growth = createGrowth();
	const pauses = Array.from({length: 9}, () => growth.longer('look', 2000, growth.last()) / 1000);
	assert.deepEqual(pauses, [2, 4, 8, 16, 32, 64, 128, 256, 300]);
	for (let more = 0; more < 2000; more++) assert.equal(growth.longer('look', 2000, growth.last()), 300_000);
});

test('requests that left before the last pause make no longer one', () => {
	const growth = createGrowth();
	const since = growth.last();
	assert.equal(growth.longer('look', 1000, since), 1000);
	assert.equal(growth.longer('look', 1000, since), 1000);
	assert.equal(growth.longer('look', 1000, since), 1000);
	assert.equal(growth.longer('look', 1000, growth.last()), 2000);
});

test('a late answer does not count for a request that left after the pause', () => {
	const growth = createGrowth();
	const early = growth.last();
	growth.longer('look', 1000, early);
	const later = growth.last();
	growth.longer('list', 1000, later);
	assert.equal(growth.longer('look', 1000, early), 1000);
	assert.equal(growth.longer('look', 1000, later), 2000);
});

test('requests of another sort have their own pauses', () => {
	const growth = createGrowth();
	growth.longer('look', 1000, growth.last());
	growth.longer('look', 1000, growth.last());
	assert.equal(growth.longer('list', 1000, growth.last()), 1000);
	assert.equal(growth.longer('look', 1000, growth.last()), 4000);
});

test('an answer ends the growth for its sort of requests', () => {
	const growth = createGrowth();
	for (const sort of ['look', 'list', 'look', 'list'] as const) growth.longer(sort, 1000, growth.last());
	growth.over('look');
	assert.equal(growth.longer('look', 1000, growth.last()), 1000);
	assert.equal(growth.longer('list', 1000, growth.last()), 4000);
});
