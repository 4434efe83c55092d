/*
Moments for people: local and UTC, across changes of the clock, in zones without a name, and without a valid zone.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
	clockTime,
	moment,
	momentInBoth,
	nameZone,
	recordedTime,
	shortStamp,
	stampInBoth,
	timeOfDay,
	zoneName,
} from '../../source/text/times.ts';
import {inTimeZone} from '../helpers/time-zone.ts';

const noon = Date.UTC(2026, 10, 23, 12);

test('UTC is UTC, wherever the terminal is', () => {
	inTimeZone('America/New_York', () => {
		assert.equal(clockTime(noon, 'utc'), '12:00 UTC');
		assert.equal(timeOfDay(noon, 'utc'), '12:00:00');
		assert.equal(moment(noon - 86_400_000, noon, 'utc'), '2026-11-22 12:00:00');
		assert.equal(momentInBoth(noon, noon, 'utc'), '12:00:00 UTC (07:00:00 EST)');
		assert.equal(stampInBoth(noon, noon, 'utc'), '12:00:00 (07:00:00 EST)');
	});
});

test('the zone of the terminal has its own hours and days', () => {
	inTimeZone('America/New_York', () => {
		assert.equal(clockTime(noon, 'local'), '07:00 EST');
		assert.equal(clockTime(Date.UTC(2026, 6, 1, 12), 'local'), '08:00 EDT');
		// Four o'clock UTC is still the evening before.
		assert.equal(moment(Date.UTC(2026, 10, 23, 4), noon, 'local'), '2026-11-22 23:00:00');
		assert.equal(
			momentInBoth(Date.UTC(2026, 10, 23, 4), noon, 'local'),
			'2026-11-22 23:00:00 EST (2026-11-23 04:00:00 UTC)',
		);
		assert.equal(momentInBoth(noon, undefined, 'local'), '2026-11-23 07:00:00 EST (12:00:00 UTC)');
	});
	inTimeZone('Europe/Berlin', () => assert.equal(clockTime(noon, 'local'), '13:00 CET'));
	inTimeZone('Europe/London', () => assert.equal(clockTime(noon, 'local'), '12:00 GMT'));
});

test('an hour that comes twice differs in UTC', () => {
	// Daylight saving time ends on 2026-11-01 at 06:00 UTC.
	const first = Date.UTC(2026, 10, 1, 5, 30);
	const second = Date.UTC(2026, 10, 1, 6, 30);
	inTimeZone('America/New_York', () => {
		assert.equal(timeOfDay(first, 'local'), timeOfDay(second, 'local'));
		assert.equal(momentInBoth(first, second, 'local'), '01:30:00 EDT (05:30:00 UTC)');
		assert.equal(momentInBoth(second, second, 'local'), '01:30:00 EST (06:30:00 UTC)');
		assert.equal(shortStamp(first, second, 'local'), '01:30:00 EDT');
		assert.equal(shortStamp(second, second, 'local'), '01:30:00 EST');
		assert.equal(shortStamp(first, second, 'utc'), '05:30:00');
		assert.equal(stampInBoth(first, second, 'local'), '01:30:00 (05:30:00Z)');
		assert.equal(stampInBoth(second, second, 'local'), '01:30:00 (06:30:00Z)');
	});
});

test('an hour that never comes is left out', () => {
	// Daylight saving time begins on 2026-03-08 at 07:00 UTC.
	inTimeZone('America/New_York', () => {
		assert.equal(clockTime(Date.UTC(2026, 2, 8, 6, 59), 'local'), '01:59 EST');
		assert.equal(clockTime(Date.UTC(2026, 2, 8, 7), 'local'), '03:00 EDT');
	});
});

test('a zone without a short name shows its offset, also in quarters of an hour', () => {
	inTimeZone('Asia/Kathmandu', () => {
		assert.equal(clockTime(noon, 'local'), '17:45 +05:45');
		assert.equal(momentInBoth(noon, noon, 'local'), '17:45:00 +05:45 (12:00:00 UTC)');
	});
	inTimeZone('America/Sao_Paulo', () => assert.equal(clockTime(noon, 'local'), '09:00 -03:00'));
});

test('an invalid zone is UTC and says so', () => {
	for (const zone of ['Nonsense/Nowhere', '', '../../etc/passwd', '<+25>-25:61']) {
		inTimeZone(zone, () => {
			assert.equal(clockTime(noon, 'local'), '12:00 UTC');
			assert.equal(momentInBoth(noon, noon, 'local'), '12:00:00 UTC');
			assert.equal(stampInBoth(noon, noon, 'local'), '12:00:00');
		});
	}
});

test('a time of a record is shown in both zones, and other text stays', () => {
	inTimeZone('America/New_York', () => {
		assert.equal(
			recordedTime('2026-11-23 04:00:00 UTC', 'local'),
			'2026-11-22 23:00:00 EST (2026-11-23 04:00:00 UTC)',
		);
		for (const text of ['2026-11-23 04:00:00', 'at 2026-11-23 04:00:00 UTC', '2026-13-99 04:00:00 UTC', ''])
			assert.equal(recordedTime(text, 'local'), text);
	});
});

test('without names of its zone, a moment has its offset', () => {
	inTimeZone('Europe/Berlin', () => {
		nameZone(() => new Map());
		assert.equal(clockTime(noon, 'local'), '13:00 +01:00');
	});
});

test('an impossible time is shown as such', () => {
	for (const zone of ['local', 'utc'] as const) {
		for (const never of [Number.MAX_VALUE, Number.NaN]) {
			assert.equal(moment(never, noon, zone), '????-??-?? ??:??:??');
			assert.equal(momentInBoth(never, noon, zone), '????-??-?? ??:??:?? UTC');
			assert.equal(zoneName(never, zone), 'UTC');
		}
	}
	assert.equal(moment(noon, noon, 'utc'), '12:00:00');
});
