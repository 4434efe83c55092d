/*
What the caller of a backend's method gets, and what is reported beside it.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {reportRequest} from '../../../source/backends/exchange.ts';
import {containing} from '../../../source/engine/limiter/contained.ts';
import {BackendError, type Failure} from '../../../source/job/failure.ts';

const open = () => {
	const reported: (readonly unknown[])[] = [];
	const call = containing({
		asks: (method, ids) => {
			reported.push(['asks', method, ids]);
			return request => {
				reported.push(['request', request]);
				return () => undefined;
			};
		},
		onPatience: (method, failure) => reported.push(['patience', method, failure]),
		onFault: (method, error) => reported.push(['fault', method, error]),
	});
	return {call, reported};
};
const {signal} = new AbortController();
const limited: Failure = {kind: 'rate-limited', detail: 'slower'};

test('the result passes, and the requests are reported with the jobs that they are for', async () => {
	for (const [argument, ids] of [
		['7', ['7']],
		[
			['7', '8'],
			['7', '8'],
		],
	] as const) {
		const {call, reported} = open();
		const result = await call('look', argument, signal, async () => {
			reportRequest('GET /jobs');
			return 'answer';
		});
		assert.equal(result, 'answer');
		assert.deepEqual(reported, [
			['asks', 'look', ids],
			['request', 'GET /jobs'],
		]);
	}
});

test('a method for no job in particular reports no jobs', async () => {
	for (const argument of [undefined, {everyone: true}, []]) {
		const {call, reported} = open();
		assert.equal(await call('listPage', argument, signal, async () => 'page'), 'page');
		assert.deepEqual(reported, []);
	}
});

test('a rate limit is reported, as an error and within an answer about many jobs', async () => {
	const {call, reported} = open();
	const error = new BackendError(limited);
	await assert.rejects(
		call('cancel', undefined, signal, () => Promise.reject(error)),
		error,
	);
	await call('cancelMany', undefined, signal, async () => new Map([['7', limited]]));
	assert.deepEqual(reported, [
		['patience', 'cancel', limited],
		['patience', 'cancelMany', limited],
	]);
});

test('any other failure passes unreported', async () => {
	const {call, reported} = open();
	const error = new BackendError({kind: 'conflict', detail: 'locked'});
	await assert.rejects(
		call('cancel', undefined, signal, () => Promise.reject(error)),
		error,
	);
	assert.deepEqual(reported, []);
});

test('a bug becomes an answer that cannot be read, and is reported', async () => {
	for (const [bug, name] of [
		[new TypeError('bug'), 'TypeError'],
		['bug', 'not an Error'],
	] as const) {
		const {call, reported} = open();
		await assert.rejects(
			call('cancel', undefined, signal, () => Promise.reject(bug)),
			(error: unknown) =>
				error instanceof BackendError &&
				error.failure.kind === 'malformed' &&
				error.failure.detail.includes(`(${name},`) &&
				error.cause === bug,
		);
		assert.deepEqual(reported, [['fault', 'cancel', bug]]);
	}
});

test('the end of an aborted call is no bug', async () => {
	const {call, reported} = open();
	const controller = new AbortController();
	const reason = new Error('quit');
	controller.abort(reason);
	await assert.rejects(
		call('look', undefined, controller.signal, () => Promise.reject(reason)),
		reason,
	);
	assert.deepEqual(reported, []);
});

test('nobody has to listen', async () => {
	const call = containing({});
	assert.equal(await call('look', '7', signal, async () => 'answer'), 'answer');
	await call('cancelMany', ['7'], signal, async () => new Map([['7', limited]]));
	await assert.rejects(
		call('look', '7', signal, () => Promise.reject(new TypeError('bug'))),
		BackendError,
	);
	await assert.rejects(
		call('look', '7', signal, () => Promise.reject(new BackendError(limited))),
		BackendError,
	);
});
