import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createSliceSize} from '../../source/cancellation/runner/slice-size.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

test('slices grow for a fast server, stay, and shrink again for a slow one', async () => {
	const {clock, advance} = createManualClock();
	const slice = createSliceSize(clock, 16);
	/** The size after half a slice was answered, so many times. */
	const after = async (ms: number, times = 1) => {
		for (let time = 0; time < times; time++) {
			await advance(ms);
			for (let answers = slice.size() / 2; answers > 0; answers--) slice.answered();
		}
		return slice.size();
	};
	slice.begin();
	slice.answered();
	assert.equal(slice.size(), 16, 'one answer measures nothing');
	slice.begin();
	assert.equal(await after(2001 * 2), 16);
	assert.equal(await after(100), 32);
	assert.equal(await after(100, 10), 256);
	assert.equal(await after(1500, 5), 256);
	assert.equal(await after(2500), 128);
	await advance(60_000);
	slice.begin();
	assert.equal(await after(1500), 128, 'the time since the batch before is no measure');
	assert.equal(await after(60_000, 10), 16);
});
