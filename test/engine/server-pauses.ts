/*
Which of two pauses counts that a server asks for.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createLimiter} from '../../source/engine/limiter/limiter.ts';
import {BackendError} from '../../source/job/failure.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

const {signal} = new AbortController();
const patience = (retryAfterMs: number) =>
	new BackendError({kind: 'rate-limited', detail: 'slower', retryAfterMs});
const refused = (retryAfterMs: number) => () => Promise.reject(patience(retryAfterMs));
const open = (concurrency: number) => {
	const {clock, advance} = createManualClock();
	const limiter = createLimiter({concurrency}, clock, () => 0);
	let started = 0;
	const start = () => void limiter.run('list', async () => void started++, signal);
	return {...limiter, advance, start, started: () => started};
};

test('a shorter pause does not cut a longer one', async () => {
	const {run, advance, start, started} = open(2);
	const [long, short] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const both = Promise.allSettled([
		run('list', () => long.promise, signal),
		run('list', () => short.promise, signal),
	]);
	long.reject(patience(60_000));
	await advance(0);
	short.reject(patience(1000));
	await both;
	start();
	await advance(59_000);
	assert.equal(started(), 0);
	await advance(1000);
	assert.equal(started(), 1);
});

test('the end of one pause does not end another that began meanwhile', async () => {
	const {run, goOn, advance, start, started} = open(1);
	await assert.rejects(run('list', refused(1000), signal));
	// It waits for the first pause, and nobody waits for it any longer.
	const waiting = new AbortController();
	const given = run('list', async () => undefined, waiting.signal);
	await advance(0);
	waiting.abort(new Error('given up'));
	await assert.rejects(given, /given up/);
	goOn();
	await assert.rejects(run('look', refused(60_000), signal));
	await advance(2000);
	start();
	await advance(50_000);
	assert.equal(started(), 0);
	await advance(10_000);
	assert.equal(started(), 1);
});
