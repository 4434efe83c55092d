import {jittered, tempo} from '../../engine/polling/tempo.ts';
import type {Job} from '../../job/job.ts';
import {jobJson} from '../../job/job-json.ts';
import type {Ref} from '../../job/ref.ts';
import {systemClock, wait} from '../../process/clock.ts';
import {endlessList} from '../../table/health.ts';
import {partHint} from '../../table/query.ts';
import type {Console} from '../output/console.ts';
import {untilSignal} from '../output/signals.ts';
import {exitCodeOfFailures, failureLine} from '../profiles/failure-words.ts';
import type {OpenSession, Session} from '../session.ts';
import {type JobFormat, jobFormats, type Written} from './job-formats.ts';
import {readQuery} from './query.ts';
import {type ProfileList, readProfiles} from './read-profiles.ts';

export type ListOptions = {
	readonly query: string;
	readonly output: JobFormat;
	/** Ended jobs too. */
	readonly all: boolean;
	/** Other people's jobs too. */
	readonly everyone: boolean;
	readonly limit?: number;
	/** Continue until interrupted. */
	readonly watch: boolean;
};

/** Prints the jobs of all profiles, once or repeatedly. */
export const list = async (options: ListOptions, console: Console, open: OpenSession): Promise<number> => {
	const query = readQuery(options.query);
	const session = await open();
	try {
		const look = () => readJobs(options, query(session), session);
		if (options.watch) return await watch(options, look, session, console);
		const seen = await look();
		console.data(jobFormats[options.output](written(seen, console)));
		for (const line of remarks(seen, options)) console.say(line);
		return exitCodeOf(seen);
	} finally {
		await session.close();
	}
};

type Seen = {
	readonly lists: readonly ProfileList[];
	/** All matching jobs, and the shown ones. */
	readonly found: number;
	readonly jobs: readonly Job[];
	/** Whether complete lists were requested. */
	readonly whole: boolean;
};

const readJobs = async (
	{query, all, everyone, limit = Number.POSITIVE_INFINITY}: ListOptions,
	matches: (job: Job) => boolean,
	{connections}: Session,
): Promise<Seen> => {
	const whole = query.trim() !== '' || !Number.isFinite(limit);
	// One more than shown, to know whether there are more.
	const lists = await readProfiles(connections, {everyone, ended: all}, whole ? {} : {maxJobs: limit + 1});
	const found = lists.flatMap(({list}) => [...(list?.jobs.values() ?? [])].filter(matches));
	return {lists, found: found.length, jobs: found.slice(0, limit), whole};
};

const written = ({jobs, lists}: Seen, {theme, colour, columns}: Console): Written => ({
	jobs,
	lists,
	theme,
	colour,
	columns,
	now: systemClock.now(),
});

const exitCodeOf = ({lists}: Seen): number => exitCodeOfFailures(lists.flatMap(({failure}) => failure ?? []));

/** Messages beside the data. */
const remarks = ({lists, found, jobs, whole}: Seen, {all, query, limit}: ListOptions): readonly string[] => {
	const lines: string[] = [];
	for (const {profile, list, failure} of lists) {
		if (failure) lines.push(failureLine(profile, failure));
		if (list?.unreadable) {
			const records = list.unreadable === 1 ? '1 record' : `${list.unreadable} records`;
			const are = list.unreadable === 1 ? 'is' : 'are';
			lines.push(`jobtop: ${profile}: ${records} could not be read and ${are} not shown`);
		}
		if (list?.endless) lines.push(`jobtop: ${profile}: ${endlessList(list.jobs.size)}`);
		else if (list?.covers === 'part' && whole)
			lines.push(
				`jobtop: ${profile}: the list may be incomplete: it was cut, or it changed while it was read`,
			);
	}
	if (found > jobs.length) lines.push(`jobtop: only the first ${limit} are shown`);
	if (found === 0 && lists.some(({failure}) => failure === undefined)) {
		lines.push(`jobtop: no ${all ? '' : 'active '}job${query.trim() ? ' matches' : ''}`);
		const hint = partHint(query);
		if (hint !== undefined) lines.push(`jobtop: ${hint}`);
	}
	return lines;
};

// ---- repeatedly ------------------------------------------------------------------------------------

/** At a terminal, tables are redrawn in place; formats for programs print only new and changed jobs. */
const tables: ReadonlySet<JobFormat> = new Set(['table', 'wide']);
const documents: ReadonlySet<JobFormat> = new Set(['json']);

/** Clears the screen from the top left corner. */
const repaint = '\u001b[H\u001b[J';

const watch = async (
	options: ListOptions,
	look: () => Promise<Seen>,
	{connections}: Session,
	console: Console,
): Promise<number> => {
	const {signal: interrupted, code, off} = untilSignal();
	const stop = AbortSignal.any([interrupted, console.closed]);
	const ms = Math.max(...connections.map(({traits}) => traits.intervalMs));
	const leastMs = Math.max(0, ...connections.map(({minInterval}) => minInterval?.ms ?? 0));
	const isNew = createNews();
	const over = new Promise<undefined>(resolve => {
		stop.addEventListener('abort', () => resolve(undefined), {once: true});
	});
	let printed: readonly string[] = [];
	let first = true;
	let last = 0;
	try {
		while (!stop.aborted) {
			const began = systemClock.now();
			const seen = await Promise.race([look(), over]);
			if (seen === undefined) break;
			last = exitCodeOf(seen);
			const lines = remarks(seen, options);
			if (tables.has(options.output) && console.rows !== undefined) {
				console.data(repaint + fit(jobFormats[options.output](written(seen, console)), lines, console.rows));
			} else {
				const whole = tables.has(options.output) || documents.has(options.output);
				const jobs = whole ? seen.jobs : seen.jobs.filter(isNew);
				const text = jobFormats[options.output](written({...seen, jobs}, console));
				// The column titles are printed once.
				console.data(options.output === 'csv' && !first ? text.slice(text.indexOf('\n') + 1) : text);
				for (const line of lines) if (!printed.includes(line)) console.say(line);
				printed = lines;
			}
			first = false;
			const took = systemClock.now() - began;
			const {everyMs} = tempo({
				intervalMs: ms,
				quietMs: 0,
				away: false,
				tookMs: took,
				strain: 1,
				urgent: false,
				workMs: 0,
			});
			await wait(systemClock, jittered(everyMs, Math.random(), leastMs), stop).catch(() => undefined);
		}
		return code() ?? (console.closed.aborted ? 0 : last);
	} finally {
		off();
	}
};

/** As many lines as the terminal has, with the messages below. */
const fit = (text: string, remarks: readonly string[], rows: number): string => {
	const lines = text.split('\n').filter(line => line !== '');
	const room = Math.max(1, rows - 1 - remarks.length);
	const shown =
		lines.length <= room ? lines : [...lines.slice(0, room - 1), `and ${lines.length - room + 1} more`];
	return [...shown, ...remarks].map(line => `${line}\n`).join('');
};

/** Whether a job has changed since it was last printed. */
const createNews = () => {
	const known = new Map<Ref, string>();
	return (job: Job): boolean => {
		const text = JSON.stringify(jobJson(job));
		if (known.get(job.ref) === text) return false;
		known.set(job.ref, text);
		return true;
	};
};
