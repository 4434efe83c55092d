/*
The zone of the terminal. Frames are held in UTC, wherever the tests run: a test of another zone names it.
*/
import type {TestContext} from 'node:test';
import {namesOfRule} from '../../source/process/zone-names.ts';
import {nameZone} from '../../source/text/times.ts';

// A machine may have no zone files.
const rules: Readonly<Record<string, string>> = {
	'America/New_York': 'EST5EDT,M3.2.0,M11.1.0',
	'Asia/Tokyo': 'JST-9',
	'Europe/Berlin': 'CET-1CEST,M3.5.0,M10.5.0/3',
	'Europe/London': 'GMT0BST,M3.5.0/1,M10.5.0',
};

const setTimeZone = (zone: string): void => {
	process.env.TZ = zone;
	nameZone(() => namesOfRule(rules[zone] ?? ''));
};

setTimeZone('UTC');

/** Runs `use` as if the terminal were in this zone. */
export const inTimeZone = (zone: string, use: () => void): void => {
	setTimeZone(zone);
	try {
		use();
	} finally {
		setTimeZone('UTC');
	}
};

/** The terminal is in this zone until the test ends. */
export const useTimeZone = (context: TestContext, zone: string): void => {
	setTimeZone(zone);
	context.after(() => setTimeZone('UTC'));
};
