import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createSliceSize} from '../../source/cancellation/runner/slice-size.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

test('slices grow for a fast server, stay, and shrink again for a slow one', async () => {
	const {clock, advance} = createManualClock();
	const slice = createSliceSize(clock, 16);
	const after = async (ms: number, times = 1) => {
		for (let time = 0; time < times; time++) {
			await advance(ms);
			slice.filled(false);
		}
		return slice.size();
	};
	slice.filled(true);
	assert.equal(slice.size(), 16, 'the first slice of a batch measures nothing');
	assert.equal(await after(2001 * 2), 16);
	assert.equal(await after(100), 32);
	assert.equal(await after(100, 10), 256);
	assert.equal(await after(1500, 5), 256);
	assert.equal(await after(2500), 128);
	await advance(60_000);
	slice.filled(true);
	assert.equal(slice.size(), 128, 'the time since the batch before is no measure');
	assert.equal(await after(60_000, 10), 16);
});
