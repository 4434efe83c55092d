/*
The changes of the screen: pure functions from one screen to the next. A change is one of these, or several in order.
*/
import type {Ref} from '../job/ref.ts';
import type {About, Awaited} from './message.ts';
import type {
	Act,
	CancelBox,
	Cursor,
	Detail,
	LogLook,
	OutcomeFilter,
	Overlay,
	Range,
	Screen,
	Size,
	Sort,
} from './screen.ts';

export type Transition = (screen: Screen) => Screen;

/** The optional properties of a screen. */
type OptionalKey = {
	[Key in keyof Screen]-?: Record<never, never> extends Pick<Screen, Key> ? Key : never;
}[keyof Screen];

/** Sets a property, or removes it without a value. */
const withOptional =
	<Key extends OptionalKey>(key: Key, value: Screen[Key] | undefined): Transition =>
	screen => {
		const {[key]: _before, ...rest} = screen;
		return (value === undefined ? rest : {...rest, [key]: value}) as unknown as Screen;
	};

/** An index inside a list of this length. */
const clampIndex = (index: number, length: number): number => Math.max(0, Math.min(length - 1, index));

// Keys and their answers.

/** A key was pressed: the answer to the one before has been read. A first Ctrl-C is forgotten by any other key. */
export const pressed =
	(now: number, isInterrupt: boolean): Transition =>
	({word: _word, about: _about, leavingAt, ...screen}) => ({
		...touch(now)(screen),
		...(isInterrupt && leavingAt !== undefined && {leavingAt}),
	});

/** Keyboard input that answers nothing: a paste, or a line. */
export const touch =
	(now: number): Transition =>
	screen => ({...screen, keyAt: now, cursor: placed(screen.cursor)});

/** The cursor as that of its job. */
const placed = (cursor: Cursor): Cursor => {
	if (!cursor.unplaced) return cursor;
	const {unplaced: _unplaced, ...rest} = cursor;
	return rest;
};

/** Another list of jobs is opened. */
export const openList: Transition = withOptional('hasMoved', undefined);

const moveInList: Transition = withOptional('hasMoved', true);

/** The answer to the last key, and what it is about if it can become untrue; without a word, no answer. */
export const say =
	(word: string | undefined, about?: About): Transition =>
	screen =>
		withOptional('about', word === undefined ? undefined : about)(withOptional('word', word)(screen));

/** Waits for the engine's answer to this intention. */
export const awaitAnswer =
	(awaited: Awaited): Transition =>
	screen =>
		say(awaited.meanwhile)({...screen, awaited: [...screen.awaited, awaited]});

/** A tour explains its next keys; without a text, nothing is explained. */
export const explain = (caption: string | undefined): Transition => withOptional('caption', caption);

/** A first Ctrl-C: another one soon quits. */
export const askToLeave = (now: number): Transition => withOptional('leavingAt', now);

// What lies over the panes.

export const openOverlay = (overlay: Overlay): Transition => withOptional('overlay', overlay);

export const closeOverlay: Transition = withOptional('overlay', undefined);

/** The entry of the open menu with this index is chosen. */
export const chooseEntry =
	(index: number): Transition =>
	screen => {
		const {overlay} = screen;
		return overlay && 'index' in overlay ? {...screen, overlay: {...overlay, index}} : screen;
	};

/** Another entry of the open menu is chosen, `by` further down of `length`. */
export const moveChoice =
	(by: number, length: number): Transition =>
	screen => {
		const {overlay} = screen;
		return overlay && 'index' in overlay
			? {...screen, overlay: {...overlay, index: clampIndex(overlay.index + by, length)}}
			: screen;
	};

/** The open text is scrolled, at most until `last` is its first line. */
export const scrollOverlay =
	(by: number, last: number): Transition =>
	screen => {
		const {overlay} = screen;
		if (!overlay || !('scroll' in overlay)) return screen;
		const scroll = Math.max(0, Math.min(last, Math.min(last, overlay.scroll) + by));
		return {...screen, overlay: {...overlay, scroll}};
	};

/** Shows the text of the open question from this line on. */
export const showQuestionFrom =
	(questionTop: number): Transition =>
	screen => {
		const {overlay} = screen;
		if (overlay?.kind === 'box' || overlay?.kind === 'delete-box' || overlay?.kind === 'dismiss-box')
			return {...screen, overlay: {...overlay, questionTop}};
		return screen;
	};

/** Changes the view of an open confirmation, or the typed text. */
export const changeBox =
	(changes: Partial<Pick<CancelBox, 'view' | 'scroll' | 'typed' | 'reason'>>): Transition =>
	screen =>
		screen.overlay?.kind === 'box' ? {...screen, overlay: {...screen.overlay, ...changes}} : screen;

/** Sets the completions or the history position of the query that is being typed. */
export const offer =
	(offers: Pick<Extract<Overlay, {kind: 'filter'}>, 'offered' | 'past'>): Transition =>
	screen => {
		const {overlay} = screen;
		return overlay?.kind === 'filter' || overlay?.kind === 'mark'
			? {...screen, overlay: {...overlay, ...offers}}
			: screen;
	};

/** Starts or ends typing the search text of the help. */
export const typeHelpFind =
	(typing: boolean): Transition =>
	screen => {
		if (screen.overlay?.kind !== 'help') return screen;
		const {typing: _typing, ...help} = screen.overlay;
		return {...screen, overlay: {...help, ...(typing && {typing})}};
	};

// The lists.

/** The row of the table. */
export const putCursor =
	(cursor: Cursor): Transition =>
	screen =>
		moveInList({...screen, cursor});

/** The row of the cancellations. */
export const chooseCancellation =
	(chosen: Cursor): Transition =>
	screen => ({...screen, chosen});

export const showPane =
	(pane: Screen['pane']): Transition =>
	screen => ({...screen, pane});

/** The batch that the cancellations are of; the latest one without a number. */
export const showBatch = (batch: number | undefined): Transition => withOptional('run', batch);

/** Lists these cancellations; all without a filter. */
export const listOutcomes = (outcomes: OutcomeFilter | undefined): Transition =>
	withOptional('outcomes', outcomes);

/** Puts a finished batch away, and shows the latest of the others. */
export const putAwayBatch =
	(batch: number): Transition =>
	screen =>
		showBatch(undefined)({...screen, putAway: [...screen.putAway, batch]});

export const sortTable =
	(sort: Sort): Transition =>
	screen => ({...screen, sort});

/** Turns columns on and off, by id. */
export const chooseColumns =
	(columns: Screen['columns']): Transition =>
	screen => ({...screen, columns});

/** Toggles between full column widths and columns that fit the screen, from the first column. */
export const turnWide: Transition = screen => ({...screen, wide: !screen.wide, across: 0});

/** Scrolls a wide table sideways. */
export const scrollAcross =
	(across: number): Transition =>
	screen => ({...screen, across: Math.max(0, across)});

/** Whether jobs that belong together share a row. */
export const shareRows =
	(folding: boolean): Transition =>
	screen => ({...screen, folding});

/** A shared row is opened, or closed. */
export const turnRow =
	(fold: Ref): Transition =>
	screen => {
		const opened = new Set(screen.opened);
		if (!opened.delete(fold)) opened.add(fold);
		return moveInList({...screen, opened});
	};

/** Freezes the rows. */
export const freeze = (now: number): Transition => withOptional('frozenAt', now);

/** Unfreezes the rows. */
export const thaw: Transition = withOptional('frozenAt', undefined);

// Which jobs are in view.

export const filterBy =
	(filter: string): Transition =>
	screen =>
		filter === screen.filter ? screen : openList({...screen, filter});

/** Shows only the jobs of this profile, or of all. */
export const narrowTo =
	(profile: string | undefined): Transition =>
	screen =>
		openList(withOptional('only', profile)(screen));

/** Only marked jobs have a row, or all again. */
export const showOnlyMarked = (only: boolean): Transition => withOptional('onlyMarked', only || undefined);

/** Filters that were used, the latest last. */
export const keepQueries =
	(queries: readonly string[]): Transition =>
	screen => ({...screen, queries});

// Marks, and what can be undone.

/** Marks exactly these jobs. Without marks, shows all jobs again, because the view would be empty. */
export const mark =
	(marks: ReadonlySet<Ref>): Transition =>
	screen =>
		marks.size === 0 ? showOnlyMarked(false)({...screen, marks}) : moveInList({...screen, marks});

/** Remembers that these are the marks of all jobs in view, if a filter or a profile narrows the view. */
export const rememberAllMarked =
	(refs: ReadonlySet<Ref>): Transition =>
	screen => {
		const {filter, only} = screen;
		const isNarrow = (filter !== '' || only !== undefined) && !screen.onlyMarked;
		const marks = isNarrow ? {filter, refs, ...(only !== undefined && {only})} : undefined;
		return withOptional('allMarked', marks)(screen);
	};

/** Unmarks refs that now belong to other jobs, also in the undo history and in an open range. */
export const unmark =
	(refs: ReadonlySet<Ref>): Transition =>
	screen => {
		if (refs.size === 0) return screen;
		const others = (each: Iterable<Ref>) => [...each].filter(ref => !refs.has(ref));
		const acts = screen.acts.map((act): Act => {
			if (act.kind === 'marks') return {...act, removed: others(act.removed)};
			return act.kind === 'dismiss' ? {...act, unmarked: others(act.unmarked)} : act;
		});
		const {range} = screen;
		return {
			...screen,
			marks: new Set(others(screen.marks)),
			...(range && {range: {...range, base: new Set(others(range.base))}}),
			acts,
		};
	};

/** A range begins at this row; what was marked before it stays. */
export const startRange =
	(range: Range): Transition =>
	screen =>
		moveInList(withOptional('range', range)(screen));

export const endRange: Transition = withOptional('range', undefined);

/** The maximum length of the undo history. */
const maxActs = 100;

/** Adds an action to the undo history. */
export const remember =
	(act: Act): Transition =>
	screen => ({...screen, acts: [...screen.acts, act].slice(-maxActs)});

/** Removes the latest action from the undo history. */
export const forgetLastAct: Transition = screen => ({...screen, acts: screen.acts.slice(0, -1)});

/** The jobs were restored: undoing a dismissal no longer includes them. */
export const forgetDismissal =
	(restored: readonly Ref[]): Transition =>
	screen => {
		const refs = new Set(restored);
		const acts = screen.acts.flatMap((act): readonly Act[] => {
			if (act.kind !== 'dismiss' || !act.refs.some(ref => refs.has(ref))) return [act];
			const left = act.refs.filter(ref => !refs.has(ref));
			return left.length > 0 ? [{...act, refs: left}] : [];
		});
		return {...screen, acts};
	};

// One job in full.

/** Opens or closes the details of a job. The view of another job's log starts at its end. */
export const showInFull =
	(detail: Detail | undefined): Transition =>
	screen => {
		const next = withOptional('detail', detail)(detail ? moveInList(screen) : screen);
		if (detail?.ref === screen.detail?.ref) return next;
		const {wrap, find} = screen.log;
		return {...next, log: {wrap, find}};
	};

export const scrollDetail =
	(scroll: number): Transition =>
	screen =>
		screen.detail ? {...screen, detail: {...screen.detail, scroll}} : screen;

export const lookAtLog =
	(log: LogLook): Transition =>
	screen => ({...screen, log});

/** Opens the web page of this job as soon as its address is known; undefined once it is open. */
export const awaitPage = (ref: Ref | undefined): Transition => withOptional('opening', ref);

// The screen as a whole.

/** Uses another theme than the configuration's. */
export const drawIn = (theme: string): Transition => withOptional('theme', theme);

/** Shows moments in another zone than the configuration's. */
export const showTimesIn = (zone: string): Transition => withOptional('timeZone', zone);

/** Turns the mouse on or off. */
export const turnMouse = (mouse: boolean): Transition => withOptional('mouse', mouse);

export const resizeTo =
	(size: Size): Transition =>
	screen => ({...screen, size});
