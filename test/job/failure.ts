/*
What a failure means for those who wait.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {BackendError, boundedWish, failureOf, wishOf} from '../../source/job/failure.ts';

test('a server is left alone for a second at least, and five minutes at most', () => {
	assert.deepEqual(
		[-5, 0, 999, 1000, 1001, 299_999, 300_000, 300_001, 1e9].map(boundedWish),
		[1000, 1000, 1000, 1000, 1001, 299_999, 300_000, 300_000, 300_000],
	);
});

test('a failure asks for a pause only where its server names one', () => {
	assert.equal(wishOf({kind: 'rate-limited', detail: 'slower', retryAfterMs: 7000}), 7000);
	assert.equal(wishOf({kind: 'broken', detail: '503', retryAfterMs: 0}), 1000);
	assert.equal(wishOf({kind: 'broken', detail: '500'}), undefined);
	assert.equal(wishOf({kind: 'timeout', detail: 'no answer'}), undefined);
});

test('an error of a backend says its failure, and any other error is thrown again', () => {
	const failure = {kind: 'conflict', detail: 'locked'} as const;
	const error = new BackendError(failure, {cause: 'a lock'});
	assert.equal(failureOf(error), failure);
	assert.deepEqual([error.name, error.message, error.cause], ['BackendError', 'conflict: locked', 'a lock']);
	const bug = new TypeError('bug');
	assert.throws(() => failureOf(bug), bug);
});
