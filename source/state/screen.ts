import type {Sort} from '../engine/protocol.ts';
import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {JobTarget} from '../job/target.ts';

/** What the user has done with the screen. Nothing in it can change a job. */
/** What the engine was asked to do: an answer that names this job is the answer. */
export type Awaited = {
	readonly kind: 'cancel' | 'force' | 'delete' | 'dismiss' | 'restore';
	readonly ref: Ref;
	/** The word until then. */
	readonly meanwhile: string;
	/** The word once it was taken on; none where a notice says what came of it. */
	readonly word?: string;
};

export type Screen = {
	readonly size: Size;
	readonly cursor: Cursor;
	/** The first visible row of the table. */
	readonly top: number;
	readonly sort: Sort;
	/** Columns that the reader wants, or does not, by id; the others are there where they say something. */
	readonly columns: Readonly<Record<string, boolean>>;
	/** Every column has the room that it can use; what does not fit is scrolled to. */
	readonly wide: boolean;
	/** Columns that were scrolled over. */
	readonly across: number;
	/** Jobs that belong together share a row. */
	readonly folding: boolean;
	/** The shared rows that are open, so that each of their jobs has a row too. */
	readonly opened: ReadonlySet<Ref>;
	readonly filter: string;
	/** Filters that were used, the latest last. */
	readonly queries: readonly string[];
	/** Only this profile's jobs. */
	readonly only?: string;
	readonly pane: 'table' | 'cancellations';
	/** The row of the cancellations pane. */
	readonly chosen: Cursor;
	/** The batch that the pane shows; the latest where it is absent. */
	readonly run?: number;
	/** The pane lists only what is not over. */
	readonly unfinishedOnly: boolean;
	/** Finished batches that the reader has put away, by number. */
	readonly putAway: readonly number[];
	readonly detail?: Detail;
	readonly log: LogLook;
	/** What lies over the panes and has the keyboard. */
	readonly overlay?: Overlay;
	/** The answer to the last key, until the next one. */
	readonly word?: string;
	/** What the engine was asked to do, and has not answered yet. */
	readonly awaited?: Awaited;
	/** Jobs that the reader marked. A mark belongs to its job: no sorting, narrowing or going of rows moves it. */
	readonly marks: ReadonlySet<Ref>;
	/** A range that is being marked with the cursor. */
	readonly range?: Range;
	/** Only marked jobs have a row, and all of them, whatever else narrows the view. */
	readonly onlyMarked?: true;
	/** The name of the colours, where the reader has chosen others than the configuration. */
	readonly theme?: string;
	/** The job whose page is to be opened as soon as its address is known. */
	readonly opening?: Ref;
	/** Epoch milliseconds since which the rows stand still. */
	readonly frozenAt?: number;
	/** What the reader did here and can undo, the latest last. */
	readonly acts: readonly Act[];
	/** Epoch milliseconds of the last key. */
	readonly keyAt?: number;
	/** Epoch milliseconds of a first Ctrl-C. */
	readonly leavingAt?: number;
};

export type Size = {readonly columns: number; readonly rows: number};

/** A place in a list: the job, not the line. The index is where it was last, for when it is no more. */
export type Cursor = {
	readonly ref?: Ref;
	readonly index: number;
	/** Epoch milliseconds in which the cursor came to another job without a key. */
	readonly movedAt?: number;
};

/** The row where a range began, and what was marked before it. */
export type Range = {readonly anchor: Ref; readonly base: ReadonlySet<Ref>};

/** Something that was done here, as what takes it back needs it. */
export type Act =
	| {readonly kind: 'dismiss'; readonly refs: readonly Ref[]; readonly unmarked: readonly Ref[]}
	| {readonly kind: 'marks'; readonly added: readonly Ref[]; readonly removed: readonly Ref[]}
	| {readonly kind: 'filter'; readonly filter: string; readonly only: string | undefined};

export type {Sort, SortKey} from '../engine/protocol.ts';

/** A job told in full. It stays with its job, wherever the lists go. */
export type Detail = {
	readonly ref: Ref;
	readonly tab: DetailTab;
	readonly scroll: number;
	/** Where it was opened from another job: what closing goes back to. */
	readonly from?: Detail;
};

export type DetailTab = 'summary' | 'timeline' | 'logs' | 'results' | 'raw' | 'requests';

/** How a log is looked at. Lines are counted from its beginning, those too that were let go of. */
export type LogLook = {
	/** Long lines go on in the next row; else they are cut. */
	readonly wrap: boolean;
	/** What is looked for; empty where nothing is. */
	readonly find: string;
	/** The line that was found last. */
	readonly found?: number;
	/** The row at the top: a line, and which of its rows. Without it, the end is followed. */
	readonly top?: {readonly line: number; readonly row: number};
};

export type Overlay =
	/** The text of the filter is being typed; `before` is what it was. */
	| ({readonly kind: 'filter'; readonly before: string} & Typing)
	/** What is looked for in a log is being typed. */
	| {readonly kind: 'find'}
	| CancelBox
	/** Which jobs to mark is being typed. */
	| ({readonly kind: 'mark'; readonly text: string} & Typing)
	/** What can be done about a job. It stays with its job, whatever the lists do. */
	| {readonly kind: 'actions'; readonly ref: Ref; readonly index: number}
	/** The question before a job is deleted on its server. Its target is frozen. */
	| {
			readonly kind: 'delete-box';
			readonly target: JobTarget;
			/** What was typed so far of what has to be typed. */
			readonly typed: string;
	  }
	| DismissBox
	| {readonly kind: 'menu'; readonly menu: MenuName; readonly index: number}
	/** What can be copied of a job. It stays with its job, whatever the lists do. */
	| {readonly kind: 'copies'; readonly ref: Ref; readonly index: number}
	/** The profiles, one of which is chosen. */
	| {readonly kind: 'profiles'; readonly index: number}
	| {
			readonly kind: 'help';
			readonly scroll: number;
			/** What is looked for in it. */
			readonly find?: string;
			/** That is being typed. */
			readonly typing?: true;
	  }
	| CommandLine;

/** The question before several ended jobs are dismissed. They are frozen: these are dismissed, and no others. */
export type DismissBox = {
	readonly kind: 'dismiss-box';
	readonly jobs: readonly Job[];
	/** How many marked jobs, or jobs of the row, have not ended and stay. */
	readonly staying: number;
};

/** A command that is being typed by its name. It answers no question: there is none while it is open. */
export type CommandLine = {
	readonly kind: 'command';
	readonly text: string;
	/** The job that the screen was about when it was opened. */
	readonly subject?: Ref;
	/** What Tab put there: which of the ways to complete `stem`. */
	readonly completed?: {readonly stem: string; readonly index: number};
	/** What Up put there: how far back in what was typed before, and what stood there at first. */
	readonly recalled?: {readonly back: number; readonly draft: string};
};

/** A query that is being typed, as far as keys have offered something for it. The next letter takes it as it is. */
type Typing = {
	/** The whole texts that Tab goes through, and which one is shown. */
	readonly offered?: {
		readonly options: readonly string[];
		readonly texts: readonly string[];
		readonly index: number;
	};
	/** How far back in the history, and what was typed before. */
	readonly past?: {readonly steps: number; readonly draft: string};
};

/** The question before a cancellation. Its targets are frozen: whatever happens to the lists, these are sent. */
export type CancelBox = {
	readonly kind: 'box';
	readonly targets: readonly JobTarget[];
	/** What was meant too, and why it is not among the targets. */
	readonly skipped: readonly Skipped[];
	/** Targets that had no row when the box was opened. */
	readonly hidden: ReadonlySet<Ref>;
	/** Epoch milliseconds. */
	readonly openedAt: number;
	readonly asks: Asks;
	/** The stronger means of their systems are meant, for jobs whose end was asked for before. */
	readonly force?: true;
	/** What was typed so far of what has to be typed. */
	readonly typed: string;
	readonly reason: string;
	/** What has the keyboard: the answer, the reason, the list of all targets, or what would be sent. */
	readonly view: 'answer' | 'reason' | 'list' | 'dry-run';
	/** The first line of the list, or of what would be sent. */
	readonly scroll: number;
};

export type Skipped = {readonly ref: Ref; readonly why: string};

/** What has to be typed before `y` sends: nothing, how many jobs it is, or the names of the protected profiles. */
export type Asks = {readonly kind: 'plain' | 'number' | 'name'; readonly text: string};

export type MenuName = 'sort' | 'columns' | 'scope' | 'related';

export const initialScreen: Screen = {
	size: {columns: 80, rows: 24},
	cursor: {index: 0},
	top: 0,
	sort: {column: 'age', descending: false},
	columns: {},
	wide: false,
	across: 0,
	folding: true,
	opened: new Set(),
	filter: '',
	queries: [],
	pane: 'table',
	chosen: {index: 0},
	log: {wrap: true, find: ''},
	unfinishedOnly: false,
	putAway: [],
	marks: new Set(),
	acts: [],
};
