import assert from 'node:assert/strict';
import {test} from 'node:test';
import {readAnyTime, readTime} from '../../source/backends/read-time.ts';
import {fc} from '../helpers/fast-check.ts';

const number = (digits: number) =>
	fc.integer({min: 0, max: 10 ** digits - 1}).map(value => String(value).padStart(digits, '0'));

/** Nearly ISO 8601: also days and hours that do not exist, and stray characters. */
const time = fc
	.tuple(
		fc.oneof(
			fc
				.date({noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01')})
				.map(at => at.toISOString().slice(0, 19)),
			fc
				.tuple(
					number(4),
					number(2),
					number(2),
					fc.constantFrom('T', ' ', 't'),
					number(2),
					number(2),
					number(2),
				)
				.map(
					([year, month, day, between, ...clock]) => `${year}-${month}-${day}${between}${clock.join(':')}`,
				),
		),
		fc.oneof(
			fc.constantFrom('', '.', '.5', '.25', '.123', '.123456', '.123456789'),
			fc.integer({min: 0, max: 10 ** 7}).map(value => `.${value}`),
		),
		fc.constantFrom('', 'Z', 'z', '+00:00', '-00:00', '+0000', '+02:00', '-0530', ' Z', ' ', 'x', '+00:00Z'),
	)
	.map(parts => parts.join(''));

test('the quick way to read a time agrees with the thorough one', () => {
	fc.assert(
		fc.property(time, text => {
			assert.equal(readTime(text), readAnyTime(text));
		}),
		{numRuns: 5000},
	);
});

test('so it does where one character of a time was replaced', () => {
	fc.assert(
		fc.property(
			fc.date({noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01')}),
			fc.nat(23),
			fc.string({unit: 'binary', minLength: 0, maxLength: 2}),
			(at, place, other) => {
				const text = at.toISOString();
				const changed = text.slice(0, place) + other + text.slice(place + 1);
				assert.equal(readTime(changed), readAnyTime(changed));
			},
		),
		{numRuns: 5000},
	);
});

test('a time without a zone is UTC, and what is no time is none', () => {
	assert.equal(readTime('2026-02-28T23:59:59.9999'), Date.UTC(2026, 1, 28, 23, 59, 59, 999));
	assert.equal(readTime('2026-01-31 10:00 +0130'), Date.UTC(2026, 0, 31, 8, 30));
	for (const text of ['', 'N/A', '2026-13-01T00:00:00Z', '2026-01-01T24:00:01Z', '2026-01-01T1a:00:00Z']) {
		assert.equal(readTime(text), undefined, text);
	}
});
