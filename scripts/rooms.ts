/*
The rooms of the house, lowest first: what belongs in each, and which rooms it may import. Tests check it, and ARCHITECTURE.md shows it.
*/

export type Room = {
	/** What belongs there. */
	readonly holds: string;
	/** What does not belong there, though one might look for it. */
	readonly not?: string;
	/** Rooms and single files that it may import; after `type`, for types only. */
	readonly imports: readonly string[];
};

/** A file with a line of its own is a room. */
export const rooms: Readonly<Record<string, Room>> = {
	job: {
		holds: 'what a job is: its phases, ref, identity and failures; cleaning of remote text',
		not: 'words of the screen',
		imports: [],
	},
	text: {
		holds: 'pure functions on text: width, cutting, durations, styled lines, themes, spelling',
		not: 'sentences about jobs',
		imports: [],
	},
	process: {
		holds: 'what the process gives: clock, environment, state directory and its safety, a queue',
		imports: ['job', 'text'],
	},
	backends: {
		holds: 'job systems, one folder each: configuration, requests, answers; HTTP and programs',
		not: 'retries, caches, times of polls',
		imports: ['job', 'text', 'process'],
	},
	cancellation: {
		holds: 'how a job is cancelled: the state machine, its runner, outcomes, the journal',
		not: 'polls',
		imports: ['job', 'text', 'process', 'type backends', 'backends/backend.ts'],
	},
	engine: {
		holds: 'what runs on the engine thread: polls, limits, deletions, and the protocol with the screen',
		not: 'anything that is drawn',
		imports: [
			'job',
			'text',
			'process',
			'cancellation',
			'type backends',
			'backends/exchange.ts',
			'backends/methods.ts',
		],
	},
	'engine/thread.ts': {
		holds: 'the engine behind a port, built from the configuration or the demo',
		imports: ['job', 'text', 'process', 'backends', 'config', 'demo'],
	},
	'engine/start-thread.ts': {
		holds: 'the entry point of the engine thread',
		imports: ['engine/thread.ts'],
	},
	keys: {
		holds:
			'which bytes of a terminal are keys; the keys of all commands as data, also from the configuration',
		not: 'what a command does',
		imports: ['text', 'type engine'],
	},
	state: {
		holds: "the types of the screen's state, and its named transitions",
		not: 'what follows from a change: that is in the store',
		imports: ['job', 'type engine'],
	},
	table: {
		holds: 'rules of the lists: order, filter, cursor, folding, marks, columns, and what a key is about',
		not: 'lines that are drawn',
		imports: ['job', 'text', 'keys', 'state', 'cancellation', 'type engine'],
	},
	store: {
		holds: 'the one state, and what has to fit after every change of it',
		imports: ['job', 'text', 'process', 'state', 'table', 'type engine'],
	},
	'view-models': {
		holds: 'what to show, as styled lines and sentences; pure',
		not: 'the store, a clock, React',
		imports: ['job', 'text', 'keys', 'state', 'table', 'cancellation', 'type engine'],
	},
	commands: {
		holds: 'what the user can do, a record each, and how a key finds its command',
		not: 'requests: commands send intentions',
		imports: [
			'job',
			'text',
			'keys',
			'state',
			'table',
			'view-models',
			'cancellation/report.ts',
			'type store',
			'type process',
			'type engine',
		],
	},
	components: {
		holds: 'React components that draw view models with Ink, and the keyboard',
		imports: [
			'job',
			'text',
			'process',
			'keys',
			'state',
			'table',
			'view-models',
			'store',
			'commands',
			'type cancellation',
			'type engine',
		],
	},
	lines: {
		holds: 'the same program in plain lines, for screen readers: in place of the components',
		imports: ['job', 'text', 'process', 'state', 'view-models', 'commands', 'type store'],
	},
	demo: {
		holds: 'the embedded job systems: servers on loopback and programs, with a fixed scenario',
		imports: ['job', 'process', 'text/shell-word.ts'],
	},
	config: {
		holds: 'the files of the site and of the user, the environment, credentials',
		not: "a backend's own settings: they are in its folder",
		imports: ['job', 'text', 'process', 'keys', 'backends', 'table/query.ts', 'table/query-values.ts'],
	},
	'command-line': {
		holds: 'one file for each command of the command line, and how it prints',
		imports: [
			'job',
			'text',
			'process',
			'backends',
			'cancellation',
			'engine',
			'table',
			'view-models',
			'commands',
			'config',
			'demo',
		],
	},
	'opening.ts': {
		holds: 'the first frame, before anything heavy is loaded',
		not: 'what only the engine knows',
		imports: ['text', 'config/files.ts'],
	},
	'start-engine.ts': {
		holds: 'where the engine thread starts from',
		imports: ['type engine/thread.ts'],
	},
	'tui.tsx': {
		holds: 'the terminal thread: store, components or lines, and the port to the engine',
		imports: [
			'job',
			'text',
			'process',
			'cancellation',
			'store',
			'components',
			'lines',
			'type commands',
			'type engine',
			'type engine/thread.ts',
			'type config',
			'type demo',
			'start-engine.ts',
			'type opening.ts',
		],
	},
	'parts.ts': {
		holds: 'where the large parts of the program are loaded from',
		imports: ['command-line', 'tui.tsx'],
	},
	executable: {
		holds: 'the same two places in the executable, whose parts are inside it',
		imports: ['type command-line', 'type tui.tsx', 'type engine/thread.ts'],
	},
	'cli.ts': {
		holds: 'the entry point: reads the command line and loads what it asks for',
		imports: [
			'process',
			'config',
			'command-line',
			'parts.ts',
			'opening.ts',
			'demo/programs/word.ts',
			'demo/programs/call.ts',
			'type demo',
		],
	},
};
