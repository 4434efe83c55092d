/*
The meaning of each key of the configuration file, in one sentence: for the schema in editors, and for the reference.
*/
import {type BackendKind, backends} from '../backends/index.ts';
import type {commonKeys} from './common-keys.ts';

/** Keys at the head of the file. */
export const headDescriptions: Readonly<Record<string, string>> = {
	interval: 'Time between two polls, such as "5s"; at least one second. A profile can override it.',
	read_only: 'Read-only: change nothing on any profile.',
	theme: 'How the screen looks.',
	plain: 'Print lines instead of a screen, for screen readers and simple terminals; same as --plain.',
	mouse:
		'Use the mouse: the wheel scrolls, a click selects. The terminal then selects text only with Shift. Off by default; :mouse changes it until you quit.',
	time_zone:
		'The zone of all times that are shown: that of the terminal (TZ), or UTC. JSON and CSV are always in UTC.',
	notify: 'How jobtop notifies you when a batch ends or needs you while the terminal has no focus.',
	queries: 'Saved filters by name, for the `f` menu: `long = "age>2h state:active"`.',
	keys: 'Keys for commands, by command id: `cancel = ["c", "f9"]`. jobtop keys lists the ids.',
	limits:
		'Limits that nothing else can lift. A site sets them in its own file, for all profiles or in [limits.BACKEND] for one backend.',
	profiles: 'The job systems, one table each: [profiles.NAME].',
};

/** Keys of `[limits]`. */
export const limitDescriptions: Readonly<Record<string, string>> = {
	min_interval: 'Shortest time between two polls.',
	max_rate: 'Maximum requests per second to one profile.',
	read_only: 'Read-only: change nothing.',
	protect: 'To cancel, you type the name of the profile.',
};

/** Keys that every profile can have. A backend describes its own keys in its folder. */
const commonDescriptions: {readonly [Key in 'backend' | keyof ReturnType<typeof commonKeys>]: string} = {
	backend: 'The kind of job system.',
	protect: 'To cancel, you type the name of the profile.',
	read_only: 'Read-only: change nothing on this profile.',
	interval: 'Time between two polls.',
	concurrency: 'Concurrent requests.',
	rate: 'Requests per second.',
	page: 'The web page of a job, with {id} for its id: o opens it.',
};

/** Keys of a profile of this backend. */
export const profileDescriptions = async (kind: BackendKind): Promise<Readonly<Record<string, string>>> => ({
	...commonDescriptions,
	...(await backends[kind].load()).profile.descriptions,
});
