/*
What a failure means for those who wait.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
	adviceOf,
	BackendError,
	boundedWish,
	type Failure,
	failureOf,
	failurePolicies,
	isParking,
	localCauseOf,
	localRemedies,
	wishOf,
} from '../../source/job/failure.ts';

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

test('polls stop only where a server refuses a credential, not where there is none to send', () => {
	assert.equal(isParking({kind: 'unauthorized', detail: '401'}), true);
	assert.equal(isParking({kind: 'unauthorized', detail: 'no token', sent: false}), false);
	assert.equal(isParking({kind: 'unauthorized', detail: '401', sent: undefined} as unknown as Failure), true);
	assert.equal(isParking({kind: 'broken', detail: '500'}), false);
});

test('what fails on this machine has its own advice, and any other failure that of its kind', () => {
	const local: Failure = {kind: 'unreachable', detail: 'no such program', local: 'program'};
	assert.equal(localCauseOf(local), 'program');
	assert.equal(adviceOf(local), `${localRemedies.program}; jobtop keeps trying`);
	const far: Failure = {kind: 'unreachable', detail: 'refused'};
	assert.equal(localCauseOf(far), undefined);
	assert.equal(adviceOf(far), failurePolicies.unreachable.advice);
});

test('an error of a backend says its failure, and any other error is thrown again', () => {
	const failure = {kind: 'conflict', detail: 'locked'} as const;
	const error = new BackendError(failure, {cause: 'a lock'});
	assert.equal(failureOf(error), failure);
	assert.deepEqual([error.name, error.message, error.cause], ['BackendError', 'conflict: locked', 'a lock']);
	const bug = new TypeError('bug');
	assert.throws(() => failureOf(bug), bug);
});
