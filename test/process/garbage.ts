import assert from 'node:assert/strict';
import {test} from 'node:test';
import {collectGarbage, garbageCollection} from '../../source/process/garbage.ts';

test('garbage is collected soon after the first list, once more, and then rarely', () => {
	const planned: {readonly ms: number; readonly run: () => void}[] = [];
	let collected = 0;
	const begin = garbageCollection(
		(ms, run) => void planned.push({ms, run}),
		() => void collected++,
	);
	begin();
	begin();
	for (let index = 0; index < 4; index++) planned[index]?.run();
	assert.equal(collected, 4);
	assert.deepEqual(
		planned.map(({ms}) => ms),
		[5000, 60_000, 600_000, 600_000, 600_000],
	);
});

test('a collection frees what nothing refers to', async () => {
	const {promise, resolve} = Promise.withResolvers<string>();
	const registry = new FinalizationRegistry<string>(resolve);
	(() => registry.register({}, 'freed'))();
	// The object lives until the end of the current job.
	await new Promise(setImmediate);
	collectGarbage();
	assert.equal(await promise, 'freed');
});
