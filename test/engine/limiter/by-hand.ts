/*
Requests that a person makes while a server wants to be left alone.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createLimiter} from '../../../source/engine/limiter/limiter.ts';
import {BackendError, type Failure} from '../../../source/job/failure.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';

const {signal} = new AbortController();

/** A limiter in a pause of five minutes, and what it started since. */
const openPaused = async (concurrency = 1) => {
	const {clock, advance} = createManualClock();
	const {run, goOn} = createLimiter({concurrency}, clock, () => 0);
	const failure: Failure = {kind: 'rate-limited', detail: 'slower', retryAfterMs: 300_000};
	const limited = () => Promise.reject(new BackendError(failure));
	await assert.rejects(run('list', limited, signal));
	const started: string[] = [];
	const request = (name: string, task = async () => undefined as unknown) => {
		void run(
			'look',
			() => {
				started.push(name);
				return task();
			},
			signal,
		).catch(() => undefined);
	};
	return {request, goOn, advance, started, limited};
};

test('a request by hand starts in spite of the pause, and its answer ends the pause', async () => {
	const {request, goOn, advance, started} = await openPaused();
	request('waiting');
	await advance(1000);
	assert.deepEqual(started, []);
	goOn();
	request('by hand');
	await advance(0);
	assert.deepEqual(started, ['by hand', 'waiting']);
});

test('a person has a minute for it', async () => {
	for (const [ms, names] of [
		[59_999, ['by hand']],
		[60_000, []],
	] as const) {
		const {request, goOn, advance, started} = await openPaused();
		goOn();
		await advance(ms);
		request('by hand');
		await advance(0);
		assert.deepEqual(started, names);
	}
});

test('only as many requests go first as may run at the same time', async () => {
	const {request, goOn, advance, started} = await openPaused(2);
	goOn();
	const never = () => new Promise(() => undefined);
	for (const name of ['first', 'second', 'third']) request(name, never);
	await advance(0);
	assert.deepEqual(started, ['first', 'second']);
});

test('a request by hand that is told to wait ends the priority of the others', async () => {
	const {request, goOn, advance, started, limited} = await openPaused(2);
	goOn();
	request('refused', limited);
	await advance(0);
	request('after it');
	await advance(1000);
	assert.deepEqual(started, ['refused']);
});

test('a failure that asks for no pause leaves the others their priority', async () => {
	const {request, goOn, advance, started} = await openPaused(2);
	goOn();
	request('failing', () => Promise.reject(new BackendError({kind: 'broken', detail: '500'})));
	await advance(0);
	request('after it');
	await advance(0);
	assert.deepEqual(started, ['failing', 'after it']);
});

test('what was started by hand does not end a pause by failing', async () => {
	const {request, goOn, advance, started} = await openPaused();
	goOn();
	request('failing', () => Promise.reject(new BackendError({kind: 'broken', detail: '500'})));
	request('waiting');
	await advance(1000);
	assert.deepEqual(started, ['failing']);
	await advance(300_000);
	assert.deepEqual(started, ['failing', 'waiting']);
});
