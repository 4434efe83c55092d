import {systemClock} from '../clock.ts';
import type {Console} from './console.ts';
import {exitCodeOfFailures, failureLine} from './failure-words.ts';
import {type JobFormat, jobFormats} from './job-formats.ts';
import {readQuery} from './query.ts';
import {readProfiles} from './read-profiles.ts';
import type {OpenSession} from './session.ts';

export type ListOptions = {
	readonly query: string;
	readonly output: JobFormat;
	/** Ended jobs too. */
	readonly all: boolean;
	/** Other people's too. */
	readonly everyone: boolean;
	readonly limit?: number;
};

/** Prints the jobs of all profiles once. */
export const list = async (options: ListOptions, console: Console, open: OpenSession): Promise<number> => {
	const {limit = Number.POSITIVE_INFINITY} = options;
	const query = readQuery(options.query);
	const session = await open();
	try {
		const matches = query(session);
		const whole = options.query.trim() !== '' || !Number.isFinite(limit);
		const lists = await readProfiles(
			session.connections,
			{everyone: options.everyone, ended: options.all},
			// One more than is shown, to know whether there are more.
			whole ? {} : {most: limit + 1},
		);
		const found = lists.flatMap(({list}) => [...(list?.jobs.values() ?? [])].filter(matches));
		const jobs = found.slice(0, limit);
		console.data(jobFormats[options.output]({...console, jobs, lists, now: systemClock.now()}));

		for (const {profile, list, failure} of lists) {
			if (failure) console.say(failureLine(profile, failure));
			if (list?.unreadable) {
				const records = list.unreadable === 1 ? '1 record' : `${list.unreadable} records`;
				console.say(
					`jobtop: ${profile}: ${records} could not be read and ${list.unreadable === 1 ? 'is' : 'are'} not shown`,
				);
			}
			if (list?.covers === 'part' && whole) {
				console.say(
					`jobtop: ${profile}: the list may lack jobs: it was cut, or it changed while it was read`,
				);
			}
		}
		if (found.length > jobs.length) console.say(`jobtop: only the first ${limit} are shown`);
		const failures = lists.flatMap(({failure}) => failure ?? []);
		if (found.length === 0 && failures.length < lists.length) {
			console.say(`jobtop: no ${options.all ? '' : 'active '}job${options.query.trim() ? ' matches' : ''}`);
		}
		return exitCodeOfFailures(failures);
	} finally {
		await session.close();
	}
};
