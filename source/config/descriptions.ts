/*
What each key of the configuration file means, in one sentence: for editors that read the schema, and for the reference.
*/
import {type BackendKind, backends} from '../backends/index.ts';
import type {commonKeys} from './common-keys.ts';

/** Keys at the head of the file. */
export const headDescriptions: Readonly<Record<string, string>> = {
	interval: 'Time between two looks at a list, such as "5s"; at least a second. A profile may say otherwise.',
	read_only: 'Change nothing anywhere.',
	theme: 'How the screen looks.',
	plain: 'Lines instead of a screen, for screen readers and simple terminals; as --plain.',
	notify: 'How the end of a batch of cancellations is told to somebody who looks elsewhere.',
	queries: 'Queries by name, for the menu of scopes: `long = "age>2h state:active"`.',
	keys: 'Other keys for commands, by their ids: `cancel = ["c", "f9"]`. jobtop keys lists the ids.',
	limits:
		'What holds whatever anybody else says: for a site, in its own file; for all profiles, or in [limits.BACKEND] for those of a kind.',
	profiles: 'The job systems, a table each: [profiles.NAME].',
};

/** Keys of `[limits]`. */
export const limitDescriptions: Readonly<Record<string, string>> = {
	min_interval: 'Time between two looks at a list, at least.',
	max_rate: 'Requests a second to one profile, at most.',
	read_only: 'Change nothing.',
	protect: 'Cancelling asks for the name of the profile.',
};

/** Keys that every profile can have; those of a backend's own are described in its folder. */
const commonDescriptions: {readonly [Key in 'backend' | keyof typeof commonKeys]: string} = {
	backend: 'The kind of job system.',
	protect: 'Cancelling asks for the name of this profile.',
	read_only: 'Change nothing there.',
	interval: 'Time between two looks at its list.',
	concurrency: 'Requests at the same time.',
	rate: 'Requests a second.',
	page: 'The page of a job for people, with {id} in it: o opens it.',
};

/** Keys of a profile of this backend. */
export const profileDescriptions = (kind: BackendKind): Readonly<Record<string, string>> => ({
	...commonDescriptions,
	...backends[kind].profile.descriptions,
});
