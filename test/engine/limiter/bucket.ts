/*
How often requests may start.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createBucket} from '../../../source/engine/limiter/bucket.ts';
import {fc} from '../../helpers/fast-check.ts';

/** A bucket and its clock, which stands still until `wait`. */
const open = (rate: number) => {
	let now = 1_000_000;
	const {take} = createBucket(rate, {now: () => now});
	const wait = (ms: number) => {
		now += ms;
	};
	return {take, wait};
};
const grants = (take: () => number, tries: number) =>
	Array.from({length: tries}, take).filter(ms => ms === 0).length;

test('at first there are the requests of a quarter of a second, but at least one', () => {
	assert.equal(grants(open(20).take, 50), 5);
	assert.equal(grants(open(2).take, 50), 1);
	assert.equal(grants(open(0.5).take, 50), 1);
});

test('the next request waits for as long as the rate says', () => {
	for (const [rate, ms] of [
		[20, 50],
		[2, 500],
		[0.5, 2000],
	] as const) {
		const {take, wait} = open(rate);
		grants(take, 50);
		assert.equal(take(), ms);
		wait(ms / 2);
		assert.equal(take(), ms / 2);
		wait(ms / 2);
		assert.equal(take(), 0);
		assert.equal(take(), ms);
	}
});

test('unused requests make no burst', () => {
	const {take, wait} = open(20);
	wait(3_600_000);
	assert.equal(grants(take, 50), 5);
});

test('a clock that is set back takes nothing away', () => {
	const {take, wait} = open(20);
	grants(take, 3);
	wait(-60_000);
	assert.equal(grants(take, 50), 2);
});

test('whatever the pauses are, there are never more than the rate allows, and the promised wait is enough', () => {
	fc.assert(
		fc.property(
			fc.integer({min: 1, max: 40}),
			fc.array(fc.nat({max: 300}), {maxLength: 60}),
			(rate, pauses) => {
				const {take, wait} = open(rate);
				let elapsed = 0;
				let granted = 0;
				for (const pause of pauses) {
					wait(pause);
					elapsed += pause;
					const ms = take();
					if (ms > 0) {
						wait(ms);
						elapsed += ms;
						assert.equal(take(), 0);
					}
					granted++;
				}
				// A hundredth of a request is for rounding.
				assert.ok(granted <= Math.max(1, rate / 4) + (elapsed * rate) / 1000 + granted / 100);
			},
		),
	);
});
