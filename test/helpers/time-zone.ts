/*
The zone of the terminal. Frames are held in UTC, wherever the tests run: a test of another zone names it.
*/
import type {TestContext} from 'node:test';
import {zoneNames} from '../../source/process/zone-names.ts';
import {nameZone} from '../../source/text/times.ts';

const setTimeZone = (zone: string): void => {
	process.env.TZ = zone;
	nameZone(() => zoneNames(process.env));
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
