/*
What each key of the configuration file means, in one sentence: for editors that read the schema, and for the reference.
*/

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

/** Keys of a profile. */
export const profileDescriptions: Readonly<Record<string, string>> = {
	backend: 'The kind of job system.',
	url: 'Its address, before the paths of its API. A slurmrestd may be unix:/path.',
	token_env: 'The environment variable that holds the token.',
	token_command: 'The program, and its arguments, that prints the token.',
	token_file: 'The file that holds the token; only you may be able to read it (mode 0600).',
	token_dotenv:
		'The .env file whose line TENSORPOOL_KEY= holds the key, as tp writes it; it must be yours, and nobody else may be able to write it.',
	auth: 'How the token is sent.',
	header: 'With auth = "header": the header that takes the token.',
	username: 'With auth = "basic": the name; the token is the password.',
	headers: 'More headers for every request.',
	allow_http: 'Send credentials over plain http to another machine.',
	protect: 'Cancelling asks for the name of this profile.',
	read_only: 'Change nothing there.',
	interval: 'Time between two looks at its list.',
	concurrency: 'Requests at the same time.',
	rate: 'Requests a second.',
	page: 'The page of a job for people, with {id} in it: o opens it.',
	bin: 'The folder of squeue, scancel, scontrol and sacct.',
	ssh: 'The host where these programs run, as ssh knows it.',
	clusters: 'The clusters to ask, as squeue -M knows them.',
	user: 'The name that goes with the token.',
	organization: 'The id of the organization.',
	account: 'The id of the account.',
	project: 'The id of one project.',
	projects: 'The ids of several projects, or "all".',
};
