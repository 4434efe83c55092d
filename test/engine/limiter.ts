import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Backend, Connection} from '../../source/backends/backend.ts';
import {reportRequest} from '../../source/backends/exchange.ts';
import {weaver} from '../../source/backends/weaver/index.ts';
import {createBucket} from '../../source/engine/limiter/bucket.ts';
import {limited} from '../../source/engine/limiter/limited.ts';
import {createLimiter} from '../../source/engine/limiter/limiter.ts';
import {pace} from '../../source/engine/polling/pace.ts';
import {BackendError, type Failure} from '../../source/job/failure.ts';
import {fc} from '../helpers/fast-check.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

const {signal} = new AbortController();
const tick = () => new Promise<void>(resolve => setImmediate(resolve));

test('tasks never exceed the concurrency, and all of them run', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.integer({min: 1, max: 4}),
			fc.array(fc.constantFrom('cancel', 'look', 'list'), {maxLength: 20}),
			async (most, wanted) => {
				const {run} = createLimiter({concurrency: most}, createManualClock().clock);
				let running = 0;
				let done = 0;
				await Promise.all(
					wanted.map(urgency =>
						run(
							urgency as 'look',
							async () => {
								running++;
								assert.ok(running <= most);
								await null;
								running--;
								done++;
							},
							signal,
						),
					),
				);
				assert.equal(done, wanted.length);
			},
		),
		{numRuns: 50},
	);
});

test('what waits goes in the order of its urgency', async () => {
	const {run} = createLimiter({concurrency: 1}, createManualClock().clock);
	const first = Promise.withResolvers<void>();
	const order: string[] = [];
	const note = (word: string) => async () => void order.push(word);
	const all = [
		run('list', () => first.promise, signal),
		run('list', note('list'), signal),
		run('look', note('look'), signal),
		run('cancel', note('cancel'), signal),
	];
	first.resolve();
	await Promise.all(all);
	assert.deepEqual(order, ['cancel', 'look', 'list']);
});

test('a wish for patience in an answer about many is heard as any other', async () => {
	const limited: Failure = {kind: 'rate-limited', detail: 'slower'};
	for (const answer of [
		new Map<string, unknown>([
			['1', {kind: 'accepted'}],
			['2', limited],
		]),
		{jobs: new Map(), failures: new Map([['2', limited]])},
	]) {
		const {clock, advance} = createManualClock();
		const {run} = createLimiter({concurrency: 2}, clock, () => 0);
		await run<unknown>('cancel', async () => answer, signal);
		let asked = false;
		const ask = async () => {
			asked = true;
		};
		void run('list', ask, signal);
		await advance(4000);
		assert.equal(asked, false);
		await advance(2000);
		assert.equal(asked, true);
	}
});

test('a server that asks for patience is left alone for as long as it said', async () => {
	const {clock, advance} = createManualClock();
	const {run} = createLimiter({concurrency: 2}, clock, () => 0);
	const failure: Failure = {kind: 'rate-limited', detail: 'slow down', retryAfterMs: 7000};
	await assert.rejects(run('list', () => Promise.reject(new BackendError(failure)), signal));
	let asked = false;
	const next = run(
		'cancel',
		async () => {
			asked = true;
		},
		signal,
	);
	await advance(6999);
	assert.equal(asked, false);
	await advance(1);
	await next;
	assert.equal(asked, true);
});

for (const wished of [0, -5000, 1]) {
	test(`a server that wishes for ${wished} ms again and again is asked later and later`, async () => {
		const {clock, advance} = createManualClock();
		const {run} = createLimiter({concurrency: 4}, clock, () => 0);
		const failure: Failure = {kind: 'rate-limited', detail: 'slow down', retryAfterMs: wished};
		const starts: number[] = [];
		const ask = async (): Promise<void> => {
			while (starts.length < 12) {
				await run(
					'cancel',
					() => {
						starts.push(clock.now());
						return Promise.reject(new BackendError(failure));
					},
					signal,
				).catch(() => undefined);
				// A look is answered well all the while.
				await run('look', async () => undefined, signal);
			}
		};
		const asking = ask();
		await advance(3_600_000);
		await asking;
		const pauses = starts.slice(1).map((at, index) => (at - (starts[index] ?? 0)) / 1000);
		assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
	});
}

test('requests that are limited together make one pause, and an answer ends its growth', async () => {
	const {clock, advance} = createManualClock();
	const {run} = createLimiter({concurrency: 4}, clock, () => 0);
	const failure: Failure = {kind: 'rate-limited', detail: 'slow down', retryAfterMs: 1000};
	const refuse = () =>
		run('look', () => Promise.reject(new BackendError(failure)), signal).catch(() => tick());
	const passes = async (ms: number) => {
		const asked: string[] = [];
		const next = run('look', async () => void asked.push('it'), signal);
		await advance(ms - 1);
		assert.deepEqual(asked, []);
		await advance(1);
		await next;
	};
	await Promise.all([refuse(), refuse(), refuse(), refuse()]);
	await passes(1000);
	await refuse();
	await passes(1000);
});

/** A limiter with a request that is under way: what refuses it, with a wish. */
const openRefusable = () => {
	const time = createManualClock();
	const {run} = createLimiter({concurrency: 4}, time.clock, () => 0);
	const refusable = () => {
		const request = Promise.withResolvers<void>();
		const done = run('look', () => request.promise, signal).catch(() => undefined);
		return (retryAfterMs: number) => {
			request.reject(new BackendError({kind: 'rate-limited', detail: 'slow down', retryAfterMs}));
			return done;
		};
	};
	return {...time, run, refusable};
};

test('a shorter wish does not cut a longer one', async () => {
	const {advance, run, refusable} = openRefusable();
	const [refuse, refuseToo] = [refusable(), refusable()];
	await advance(0);
	await refuse(60_000);
	await refuseToo(2000);
	const asked: string[] = [];
	const next = run('cancel', async () => void asked.push('it'), signal);
	await advance(59_999);
	assert.deepEqual(asked, []);
	await advance(1);
	await next;
});

test('a pause that runs out does not end one that was begun since', async () => {
	const {advance, run, refusable} = openRefusable();
	const [refuse, refuseLater] = [refusable(), refusable()];
	await advance(0);
	await refuse(7000);
	const giveUp = new AbortController();
	const givenUp = assert.rejects(run('look', async () => undefined, giveUp.signal));
	await advance(1000);
	giveUp.abort(new Error('given up'));
	await givenUp;
	await refuseLater(60_000);
	await advance(10_000);
	const asked: string[] = [];
	const next = run('cancel', async () => void asked.push('it'), signal);
	await advance(49_999);
	assert.deepEqual(asked, []);
	await advance(1);
	await next;
});

test('no wish of a server is longer than five minutes', async () => {
	const {clock, advance} = createManualClock();
	const {run} = createLimiter({concurrency: 2}, clock, () => 0);
	const failure: Failure = {kind: 'rate-limited', detail: 'slow down', retryAfterMs: 999_999_999_000};
	await assert.rejects(run('list', () => Promise.reject(new BackendError(failure)), signal));
	const next = run('look', async () => 'asked', signal);
	await advance(300_000);
	assert.equal(await next, 'asked');
	assert.equal(pace(2000, 1, failure), 300_000);
});

test('what somebody asks for goes out in spite of a pause, and what waits follows when it is answered', async () => {
	const {clock, advance} = createManualClock();
	const {run, goOn} = createLimiter({concurrency: 2, rate: 4}, clock, () => 0);
	const failure: Failure = {kind: 'rate-limited', detail: 'slow down', retryAfterMs: 200_000};
	const refused = () => Promise.reject(new BackendError(failure));
	await assert.rejects(run('list', refused, signal));
	const asked: string[] = [];
	const note = (word: string) => run('look', async () => void asked.push(word), signal);
	const waiting = note('waiting');
	goOn();
	// It is refused once more: what comes after it waits again.
	const first = assert.rejects(run('cancel', refused, signal));
	await advance(1000);
	await first;
	const second = note('second');
	await advance(1000);
	assert.deepEqual(asked, []);
	goOn();
	const third = note('third');
	await advance(1000);
	assert.deepEqual(asked, ['third', 'waiting', 'second']);
	await Promise.all([waiting, second, third]);
});

test('a clock that is set back makes no pause longer than its server wanted', async () => {
	const time = createManualClock();
	let setBackBy = 0;
	const clock = {...time.clock, now: () => time.clock.now() - setBackBy};
	const failure: Failure = {kind: 'rate-limited', detail: 'slow down', retryAfterMs: 7000};
	const {run} = createLimiter({concurrency: 2}, clock, () => 0);
	await assert.rejects(run('list', () => Promise.reject(new BackendError(failure)), signal));
	// While somebody waits for its end, and once it is long over.
	const during = run('cancel', async () => 'done', signal);
	setBackBy = 3_600_000;
	await time.advance(7000);
	assert.equal(await Promise.race([during, tick().then(() => 'waits')]), 'done');
	await run('list', async () => 'well', signal);
	await assert.rejects(run('list', () => Promise.reject(new BackendError(failure)), signal));
	await time.advance(60_000);
	setBackBy *= 2;
	const later = run('cancel', async () => 'done', signal);
	await time.advance(7000);
	assert.equal(await Promise.race([later, tick().then(() => 'waits')]), 'done');
});

test('what is given up while it waits never runs, and holds nobody up', async () => {
	const {run} = createLimiter({concurrency: 1}, createManualClock().clock);
	const first = Promise.withResolvers<void>();
	const giveUp = new AbortController();
	const running = run('look', () => first.promise, signal);
	const waiting = run('look', () => assert.fail('it ran'), giveUp.signal);
	const last = run('look', async () => 'last', signal);
	giveUp.abort(new Error('given up'));
	await assert.rejects(waiting, {message: 'given up'});
	first.resolve();
	await running;
	assert.equal(await last, 'last');
	await tick();
});

test('limiters with the same pause do not all continue at the same moment', async () => {
	const {clock, advance} = createManualClock();
	const {run} = createLimiter({concurrency: 2}, clock, () => 0.5);
	const failure: Failure = {kind: 'rate-limited', detail: 'slow down', retryAfterMs: 10_000};
	await assert.rejects(run('look', () => Promise.reject(new BackendError(failure)), signal));
	const asked: string[] = [];
	const next = run('look', async () => void asked.push('it'), signal);
	await advance(10_499);
	assert.deepEqual(asked, []);
	await advance(1);
	await next;
});

test('a server that fails and names a time is left alone for as long, and one that only fails is not', async () => {
	const {clock, advance} = createManualClock();
	const {run} = createLimiter({concurrency: 2}, clock, () => 0);
	const fail = (failure: Failure) =>
		assert.rejects(run('look', () => Promise.reject(new BackendError(failure)), signal));
	await fail({kind: 'broken', detail: 'no'});
	await run('look', async () => undefined, signal);
	await fail({kind: 'broken', detail: 'maintenance', retryAfterMs: 3000});
	const asked: string[] = [];
	const next = run('cancel', async () => void asked.push('it'), signal);
	await advance(2999);
	assert.deepEqual(asked, []);
	await advance(1);
	await next;
});

for (const rate of [0.5, 4, 10, 100]) {
	test(`with a rate of ${rate} no second sees more than that and a quarter of it, and the rate is reached`, async () => {
		const {clock, advance} = createManualClock();
		const {run} = createLimiter({concurrency: 64, rate}, clock);
		const starts: number[] = [];
		const seconds = 8;
		const all = Array.from({length: rate * seconds * 2}, () =>
			run('cancel', async () => void starts.push(clock.now()), signal),
		);
		const from = clock.now();
		await advance(seconds * 1000);
		assert.ok(starts.length >= Math.floor(rate * seconds * 0.9), `${starts.length} in ${seconds} s`);
		for (const start of starts) {
			const within = starts.filter(other => other >= start && other < start + 1000).length;
			assert.ok(within <= Math.ceil(rate) + Math.max(1, rate / 4), `${within} from ${start - from} on`);
		}
		await advance(1_000_000);
		await Promise.all(all);
	});
}

test('ten thousand wait under one signal, a look does not wait for them, and giving up lets all go', async () => {
	const {run} = createLimiter({concurrency: 1}, createManualClock().clock);
	const stopping = new AbortController();
	let listeners = 0;
	const add = stopping.signal.addEventListener.bind(stopping.signal);
	stopping.signal.addEventListener = (...parameters: Parameters<typeof add>) => {
		listeners++;
		add(...parameters);
	};
	const first = Promise.withResolvers<void>();
	const order: string[] = [];
	const running = run('list', () => first.promise, signal);
	const waiting = Array.from({length: 10_000}, (_, index) =>
		run(
			'look',
			async () => {
				order.push(`look ${index}`);
				if (index === 4999) stopping.abort(new Error('given up'));
			},
			stopping.signal,
		),
	);
	const cancel = run('cancel', async () => void order.push('cancel'), signal);
	assert.equal(listeners, 1);
	first.resolve();
	const ends = await Promise.allSettled([running, cancel, ...waiting]);
	assert.equal(order[0], 'cancel');
	assert.deepEqual(
		order.slice(1),
		Array.from({length: 5000}, (_, index) => `look ${index}`),
	);
	assert.equal(ends.filter(({status}) => status === 'rejected').length, 5000);
	assert.equal(await run('look', async () => 'still there', signal), 'still there');
});

test('a failing profile is asked later and later, a minute at most, and never given up', () => {
	const broken: Failure = {kind: 'broken', detail: ''};
	const delays = Array.from({length: 50}, (_, index) => pace(2000, index + 1, broken));
	assert.deepEqual(delays.slice(0, 7), [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
	assert.equal(delays.at(-1), 60_000);
	assert.equal(pace(2000, 0), 2000);
});

test('a failing profile that is polled every five minutes is not asked more often for that', () => {
	const broken: Failure = {kind: 'broken', detail: ''};
	assert.deepEqual([pace(300_000, 1, broken), pace(300_000, 9, broken)], [300_000, 300_000]);
});

test('a refused credential parks a profile, and a server that names a time is not asked before', () => {
	assert.equal(pace(2000, 1, {kind: 'unauthorized', detail: ''}), undefined);
	assert.equal(pace(2000, 1, {kind: 'rate-limited', detail: '', retryAfterMs: 90_000}), 90_000);
	assert.equal(pace(2000, 1, {kind: 'broken', detail: '', retryAfterMs: 30_000}), 30_000);
});

test('a bucket holds a quarter of a second, and fills with its rate', () => {
	let now = 0;
	const bucket = createBucket(8, {now: () => now});
	assert.deepEqual([bucket.take(), bucket.take(), bucket.take()], [0, 0, 125]);
	now += 125;
	assert.deepEqual([bucket.take(), bucket.take()], [0, 125]);
	now += 3_600_000;
	assert.deepEqual([bucket.take(), bucket.take(), bucket.take()], [0, 0, 125]);
});

const connectionTo = (methods: Partial<Backend>): Connection => ({
	profile: 'a',
	traits: weaver.traits,
	backend: {
		system: async () => ({}),
		listPage: async () => ({jobs: [], unreadable: 0, covers: 'everything'}),
		...methods,
	},
});

test('what a method stumbles over is an answer that cannot be read, and is reported; a failure passes', async () => {
	const {clock} = createManualClock();
	const faults: unknown[] = [];
	const failure = {kind: 'conflict', detail: 'no'} as const;
	const {backend} = limited(
		connectionTo({
			async cancel() {
				throw new TypeError('a fault');
			},
			async hide() {
				throw new BackendError(failure);
			},
		}),
		clock,
		{onFault: (method, error) => faults.push(method, error instanceof TypeError)},
	);
	await assert.rejects(
		backend.cancel?.('1', {signal}) ?? Promise.resolve(),
		(error: BackendError) => error.failure.kind === 'malformed' && error.cause instanceof TypeError,
	);
	await assert.rejects(
		backend.hide?.('1', {signal}) ?? Promise.resolve(),
		(error: BackendError) => error.failure === failure,
	);
	assert.deepEqual(faults, ['cancel', true]);
});

test('a stop is no fault: the reason of the signal passes', async () => {
	const {clock} = createManualClock();
	const stopping = new AbortController();
	const reason = new Error('jobtop stops');
	const {backend} = limited(
		connectionTo({
			async cancel() {
				stopping.abort(reason);
				throw reason;
			},
		}),
		clock,
		{onFault: () => assert.fail('it is no fault')},
	);
	await assert.rejects(
		backend.cancel?.('1', {signal: stopping.signal}) ?? Promise.resolve(),
		(error: unknown) => error === reason,
	);
});

test('what is asked about jobs is heard with their ids, and a list is about none', async () => {
	const {clock} = createManualClock();
	const heard: string[] = [];
	const ask = async () => {
		reportRequest('GET')('200', true);
		return {jobs: new Map(), failures: new Map()};
	};
	const {backend} = limited(
		connectionTo({
			getMany: ask,
			async listPage() {
				await ask();
				return {jobs: [], unreadable: 0, covers: 'everything'};
			},
		}),
		clock,
		{
			asks: (method, ids) => request => {
				heard.push(`${method} ${ids.join()} ${request}`);
				return answer => heard.push(answer);
			},
		},
	);
	await backend.getMany?.(['1', '2'], {signal});
	await backend.listPage({signal, everyone: false, ended: false});
	assert.deepEqual(heard, ['getMany 1,2 GET', '200']);
});

test('a limited backend has the methods that it had, and is not limited twice', () => {
	const {clock} = createManualClock();
	const once = limited(connectionTo({pageUrl: () => undefined}), clock);
	assert.deepEqual(Object.keys(once.backend).sort(), ['listPage', 'pageUrl', 'system']);
	assert.equal(limited(once, clock), once);
});
