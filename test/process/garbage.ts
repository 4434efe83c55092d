import assert from 'node:assert/strict';
import {test} from 'node:test';
import {collectGarbage, garbageCollection, hasGrown} from '../../source/process/garbage.ts';

/** The plan of a thread that has so many bytes in use. */
const openPlan = (inUse: () => number) => {
	const planned: {readonly ms: number; readonly run: () => void}[] = [];
	let collected = 0;
	const begin = garbageCollection(
		(ms, run) => void planned.push({ms, run}),
		() => void collected++,
		inUse,
	);
	return {planned, begin, count: () => collected};
};

test('garbage is collected soon after the first list, once more, and then rarely', () => {
	const {planned, begin, count} = openPlan(() => 30e6);
	begin();
	begin();
	const [first, look] = planned;
	first?.run();
	for (let index = 2; index < 5; index++) planned[index]?.run();
	assert.equal(count(), 4);
	look?.run();
	assert.equal(count(), 4);
	assert.deepEqual(
		planned.map(({ms}) => ms),
		[5000, 5000, 60_000, 600_000, 600_000, 600_000, 5000],
	);
});

test('garbage is collected when half as much as was in use has come, but not where that would take long', () => {
	let bytes = 100e6;
	const {planned, begin, count} = openPlan(() => bytes);
	begin();
	const [first, look] = planned;
	first?.run();
	bytes = 165e6;
	look?.run();
	assert.equal(count(), 1);
	bytes = 167e6;
	planned.at(-1)?.run();
	assert.equal(count(), 2);
	// That much is in use now, so it is not collected again.
	planned.at(-1)?.run();
	assert.equal(count(), 2);
	assert.equal(hasGrown(400e6, 250e6), true);
	assert.equal(hasGrown(900e6, 300e6), false);
});

test('a collection frees what nothing refers to', async () => {
	const {promise, resolve} = Promise.withResolvers<string>();
	const registry = new FinalizationRegistry<string>(resolve);
	(() => registry.register({}, 'freed'))();
	// The object lives until the end of the current job.
	await new Promise(setImmediate);
	collectGarbage(true);
	assert.equal(await promise, 'freed');
});
