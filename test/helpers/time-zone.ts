/*
The zone of the terminal. Frames are held in UTC, wherever the tests run: a test of another zone names it.
*/
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
