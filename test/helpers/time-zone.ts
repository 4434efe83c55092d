/*
The zone of the terminal. Frames are held in UTC, wherever the tests run: a test of another zone names it.
*/
import type {TestContext} from 'node:test';

process.env.TZ = 'UTC';

/** Runs `use` as if the terminal were in this zone. */
export const inTimeZone = (zone: string, use: () => void): void => {
	process.env.TZ = zone;
	try {
		use();
	} finally {
		process.env.TZ = 'UTC';
	}
};

/** The terminal is in this zone until the test ends. */
export const useTimeZone = (context: TestContext, zone: string): void => {
	process.env.TZ = zone;
	context.after(() => {
		process.env.TZ = 'UTC';
	});
};
