import type {Sort} from '../engine/protocol.ts';
import type {Job} from '../job/job.ts';
import type {Operation} from '../job/operation.ts';
import type {Ref} from '../job/ref.ts';
import type {JobTarget} from '../job/target.ts';
import type {About, Awaited, DismissAct, FilteredMarks} from './message.ts';

/** The user's changes of the screen. Nothing in it can change a job. */
export type Screen = {
	readonly size: Size;
	/** The widths of the columns, from the rows in view. */
	readonly widths: Widths;
	/** How many lines the current news take. */
	readonly newsLines: number;
	readonly cursor: Cursor;
	/** The first visible row of the table. */
	readonly top: number;
	readonly sort: Sort;
	/** Columns that the user turned on or off, by id. The others are shown if they have content. */
	readonly columns: Readonly<Record<string, boolean>>;
	/** Every column has its full width, and the table scrolls sideways. */
	readonly wide: boolean;
	/** The number of columns scrolled out to the left. */
	readonly across: number;
	/** Jobs that belong together share a row. */
	readonly folding: boolean;
	/** The unfolded shared rows. */
	readonly opened: ReadonlySet<Ref>;
	readonly filter: string;
	/** Filters that were used, the latest last. */
	readonly queries: readonly string[];
	/** Only this profile's jobs. */
	readonly only?: string;
	/** The latest marks of all jobs in view, if a filter chose them. */
	readonly allMarked?: FilteredMarks;
	/** Those of them that the latest such batch cancels. */
	readonly filtered?: FilteredMarks;
	readonly pane: 'table' | 'cancellations';
	/** The row of the cancellations pane. */
	readonly chosen: Cursor;
	/** The batch in the pane; the latest if absent. */
	readonly run?: number;
	/** Which cancellations the pane lists; all if absent. */
	readonly outcomes?: OutcomeFilter;
	/** Finished batches that the user has put away, by number. */
	readonly putAway: readonly number[];
	readonly detail?: Detail;
	readonly log: LogLook;
	/** The overlay, which has the keyboard. */
	readonly overlay?: Overlay;
	/** What a tour says about its next keys. */
	readonly caption?: string;
	/** The answer to the last key, until the next one. */
	readonly word?: string;
	/** What the word is about, if it can become untrue. */
	readonly about?: About;
	/** The intentions that the engine has not answered yet, in order. */
	readonly awaited: readonly Awaited[];
	/** The marked jobs. A mark belongs to its job: sorting, filtering and removed rows do not move it. */
	readonly marks: ReadonlySet<Ref>;
	/** The range that is being marked with the cursor. */
	readonly range?: Range;
	/** Only marked jobs have a row, whatever the filter says. */
	readonly onlyMarked?: true;
	/** The theme, if the user has chosen another than the configuration's. */
	readonly theme?: string;
	/** The zone of the moments, if the user has chosen another than the configuration's. */
	readonly timeZone?: string;
	/** Whether the mouse is on, if the user has chosen otherwise than the configuration. */
	readonly mouse?: boolean;
	/** The job whose web page opens as soon as its address is known. */
	readonly opening?: Ref;
	/** Epoch milliseconds when the rows were frozen. */
	readonly frozenAt?: number;
	/** The actions that the user can undo, the latest last. */
	readonly acts: readonly Act[];
	/** Since the list was opened, the user has moved in it or chosen rows of it. Until then its rows are simply sorted. */
	readonly hasMoved?: true;
	/** Epoch milliseconds of the last key. */
	readonly keyAt?: number;
	/** Epoch milliseconds of a first Ctrl-C. */
	readonly leavingAt?: number;
};

export type Widths = {
	/** The cells that the content of a column needed lately, by its id. */
	readonly needs: Readonly<Record<string, number>>;
	/** Epoch milliseconds when the rows in view last needed all of it, to within some seconds. */
	readonly fullAt: number;
};

/** Some of the cancellations of a batch: `unfinished` are those in progress and those that need the user. */
export type OutcomeFilter =
	| {readonly group: 'unfinished' | 'needs-you' | 'on-its-way'}
	/** Those with this word, as in `cancellationWords`. */
	| {readonly kind: string};

export type Size = {readonly columns: number; readonly rows: number};

/** A position in a list: the job, not the line. The index is its last position, for when the job is removed. */
export type Cursor = {
	readonly ref?: Ref;
	readonly index: number;
	/** No key was pressed since the list was empty: the cursor belongs to no job and stays on the first row. */
	readonly unplaced?: true;
	/** Epoch milliseconds when the cursor moved to another job without a key. */
	readonly movedAt?: number;
};

/** The row where a range began, and what was marked before it. */
export type Range = {readonly anchor: Ref; readonly base: ReadonlySet<Ref>};

/** An action, with the data to undo it. */
export type Act =
	| DismissAct
	| {readonly kind: 'marks'; readonly added: readonly Ref[]; readonly removed: readonly Ref[]}
	| {readonly kind: 'filter'; readonly filter: string; readonly only: string | undefined};

export type {Sort, SortKey} from '../engine/protocol.ts';

/** The details of a job. They stay with the job, whatever happens to the lists. */
export type Detail = {
	readonly ref: Ref;
	readonly tab: DetailTab;
	readonly scroll: number;
	/** The details that closing returns to, if it was opened from another job. */
	readonly from?: Detail;
};

export type DetailTab = 'summary' | 'timeline' | 'logs' | 'results' | 'raw' | 'requests';

/** The view of a log. Line numbers count from its beginning, including dropped lines. */
export type LogLook = {
	/** Wrap long lines instead of cutting them. */
	readonly wrap: boolean;
	/** The search text, or empty. */
	readonly find: string;
	/** The line that was found last. */
	readonly found?: number;
	/** The row at the top: a line, and which of its rows. If absent, the view follows the end. */
	readonly top?: {readonly line: number; readonly row: number};
};

export type Overlay =
	/** The text of the filter is being typed; `before` is what it was. */
	| ({readonly kind: 'filter'; readonly before: string} & Typing)
	/** The search text of a log is being typed. */
	| {readonly kind: 'find'}
	| CancelBox
	/** Which jobs to mark is being typed. */
	| ({readonly kind: 'mark'; readonly text: string} & Typing)
	/** The actions on a job. They stay with the job, whatever happens to the lists. */
	| {readonly kind: 'actions'; readonly ref: Ref; readonly index: number}
	/** The question before a job is deleted on its server. Its target is frozen. */
	| {
			readonly kind: 'delete-box';
			readonly target: JobTarget;
			/** The part of the required text that has been typed. */
			readonly typed: string;
			readonly questionTop?: number;
	  }
	| DismissBox
	| {readonly kind: 'menu'; readonly menu: MenuName; readonly index: number}
	/** What can be copied of a job. It stays with the job, whatever happens to the lists. */
	| {readonly kind: 'copies'; readonly ref: Ref; readonly index: number}
	/** The profiles, one of which is chosen. */
	| {readonly kind: 'profiles'; readonly index: number}
	| {
			readonly kind: 'help';
			readonly scroll: number;
			/** The search text. */
			readonly find?: string;
			/** The search text is being typed. */
			readonly typing?: true;
	  }
	| CommandLine;

/** The question before several ended jobs are dismissed. They are frozen: these are dismissed, and no others. */
export type DismissBox = {
	readonly kind: 'dismiss-box';
	readonly jobs: readonly Job[];
	/** How many marked jobs, or jobs of the row, have not ended and stay. */
	readonly staying: number;
	readonly questionTop?: number;
};

/** The `:` prompt. It cannot answer a question, because none is open with it. */
export type CommandLine = {
	readonly kind: 'command';
	readonly text: string;
	/** The selected job when the prompt was opened. */
	readonly subject?: Ref;
	/** Set by Tab: which of the completions of `stem` is shown. */
	readonly completed?: {readonly stem: string; readonly index: number};
	/** Set by Up: how far back in the history, and the text before that. */
	readonly recalled?: {readonly back: number; readonly draft: string};
};

/** The completions offered for a query. The next letter accepts the shown one. */
type Typing = {
	/** The texts that Tab cycles through, and which one is shown. */
	readonly offered?: {
		readonly options: readonly string[];
		readonly texts: readonly string[];
		readonly index: number;
	};
	/** How far back in the history, and the text before that. */
	readonly past?: {readonly steps: number; readonly draft: string};
};

/** The confirmation of a cancellation, or of another operation. Its targets are frozen: requests go to these jobs, whatever happens to the lists. */
export type CancelBox = {
	readonly kind: 'box';
	readonly targets: readonly JobTarget[];
	/** Selected jobs that are not targets, each with the reason. */
	readonly skipped: readonly Skipped[];
	/** Targets that had no row when the box was opened. */
	readonly hidden: ReadonlySet<Ref>;
	/** Epoch milliseconds. */
	readonly openedAt: number;
	readonly asks: Asks;
	/** What is requested. */
	readonly operation: Operation;
	/** Force-cancel jobs that are already being cancelled. */
	readonly force?: true;
	/** The part of the required text that has been typed. */
	readonly typed: string;
	readonly reason: string;
	/** What has the keyboard: the answer, the reason, the list of targets, or the dry run. */
	readonly view: 'answer' | 'reason' | 'list' | 'dry-run';
	/** The first line of the list, or of the dry run. */
	readonly scroll: number;
	/** The first line in view of the text of the question; the first of all if absent. */
	readonly questionTop?: number;
};

export type Skipped = {readonly ref: Ref; readonly why: string};

/** The required text before `y` sends: none, the number of jobs, or the names of the protected profiles. */
export type Asks = {readonly kind: 'plain' | 'number' | 'name'; readonly text: string};

export type MenuName = 'sort' | 'columns' | 'scope' | 'related' | 'outcomes';

export const initialScreen: Screen = {
	size: {columns: 80, rows: 24},
	widths: {needs: {}, fullAt: 0},
	newsLines: 0,
	cursor: {index: 0, unplaced: true},
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
	putAway: [],
	awaited: [],
	marks: new Set(),
	acts: [],
};
