/*
Derived state: the order, the cursors and the scroll positions. Every new state goes through here, so that none of them lags behind.
*/
import type {CancellationReport} from '../engine/protocol.ts';
import type {Order, TableRow, Touched} from '../state/rows.ts';
import type {Run} from '../state/run.ts';
import type {Cursor, Overlay, Screen} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import {byUrgency} from '../table/cancellation-words.ts';
import {settleWidths} from '../table/column-needs.ts';
import {follow, type ListChange} from '../table/cursor.ts';
import {foldRows, followRows} from '../table/folding.ts';
import {layoutOf, maxNewsLines} from '../table/layout.ts';
import {newsLines} from '../table/news.ts';
import {holdOrder, type OrderInputs, reorder, sortAgain, viewAgain} from '../table/order.ts';
import {readQuery} from '../table/query.ts';
import {runOf} from '../table/runs.ts';
import {zoneOf} from '../table/time-zone.ts';
import {windowTop} from '../table/window.ts';

export type Cause = {
	readonly now: number;
	/** Whether a key did it. */
	readonly byKey: boolean;
	readonly touched: Touched;
	/** Sort waiting rows in. */
	readonly sortsIn?: true;
};

/** Milliseconds for which rows keep their places after a key, so that no row moves under the cursor. */
export const holdMs = 3000;

const questions: ReadonlySet<Overlay['kind'] | undefined> = new Set([
	'box',
	'delete-box',
	'dismiss-box',
	'actions',
	'command',
] as const);

/** Whether rows must keep their places: a key was just pressed in a list that the user has moved in, a question or range is open, or rows are frozen. */
export const holds = ({screen}: State, now: number): boolean =>
	questions.has(screen.overlay?.kind) ||
	screen.range !== undefined ||
	screen.frozenAt !== undefined ||
	(screen.hasMoved === true && screen.keyAt !== undefined && now - screen.keyAt < holdMs);

/** Milliseconds between two comparisons of all jobs with a filter by age. */
const agesMs = 5000;

const inputsOf = ({known, screen}: State, now: number): OrderInputs => ({
	known,
	sort: screen.sort,
	filter: screen.filter,
	only: screen.only,
	onlyMarked: screen.onlyMarked ? screen.marks : undefined,
	now,
});

/** The state with its derived parts, given the previous settled state. */
export const settle = (before: State, state: State, cause: Cause): State => {
	const order = settleOrder(before, state, cause);
	const cancellations = settleCancellations(before, state);
	const run = settleRun(before, state);
	const {run: _run, ...rest} = state;
	const rows = settleRows(before, {...state, order}, cause);
	const next: State = {...rest, order, rows, cancellations, ...(run && {run})};
	return {...next, screen: settleScreen(before, next, cause)};
};

const settleCancellations = (before: State, {known, screen}: State): readonly CancellationReport[] => {
	const same = known.cancellations === before.known.cancellations && screen.putAway === before.screen.putAway;
	if (same) return before.cancellations;
	const all = [...known.cancellations.values()];
	return byUrgency(all.filter(({batch}) => !screen.putAway.includes(batch)));
};

const settleRun = (before: State, {known, screen}: State): Run | undefined => {
	const same =
		known.reports === before.known.reports &&
		known.batches === before.known.batches &&
		screen.run === before.screen.run &&
		screen.outcomes === before.screen.outcomes &&
		screen.putAway === before.screen.putAway;
	return same ? before.run : runOf(known, screen);
};

const settleOrder = (before: State, state: State, {now, touched, sortsIn}: Cause): Order => {
	const inputs = inputsOf(state, now);
	const {screen, known, order} = {...state, order: before.order};
	if (sortsIn || screen.sort !== before.screen.sort) return sortAgain(order, inputs);
	const {onlyMarked} = inputs;
	if (
		screen.filter !== before.screen.filter ||
		screen.only !== before.screen.only ||
		onlyMarked !== (before.screen.onlyMarked && before.screen.marks)
	) {
		const narrower =
			screen.only === before.screen.only &&
			!onlyMarked &&
			!before.screen.onlyMarked &&
			readQuery(before.screen.filter).plain &&
			readQuery(screen.filter).plain &&
			screen.filter.startsWith(before.screen.filter);
		return viewAgain(reorder(order, inputs, touched), inputs, narrower);
	}
	const held = holds(state, now) && order.all.length > 0;
	const next = held ? holdOrder(order, inputs, touched) : reorder(order, inputs, touched, isAway(state));
	const {asks} = readQuery(screen.filter);
	const again =
		known.dismissed !== before.known.dismissed ||
		(asks.outcome && known.cancellations !== before.known.cancellations) ||
		(asks.time && !held && now - order.viewedAt >= agesMs);
	return again ? viewAgain(next, inputs, false) : next;
};

const settleRows = (
	before: State,
	state: State,
	{now, byKey}: Omit<Cause, 'touched'>,
): readonly TableRow[] => {
	const {order, screen} = state;
	const same =
		order.inView === before.order.inView &&
		screen.folding === before.screen.folding &&
		screen.opened === before.screen.opened;
	if (same) return before.rows;
	return foldRows(before.rows, {
		jobs: order.inView,
		newcomers: order.newcomers.length,
		folding: screen.folding,
		opened: screen.opened,
		held: holds(state, now),
		byKey,
		now,
	});
};

/** Whether the user has moved away from the top: then new rows wait at the end, and are announced. */
const isAway = ({screen: {hasMoved, cursor}}: State): boolean => hasMoved === true && cursor.index > 0;

/** The state with waiting rows sorted in. */
export const release = (state: State, now: number): State => {
	const order = reorder(state.order, inputsOf(state, now), new Map(), isAway(state));
	const cause: Cause = {now, byKey: false, touched: new Map()};
	const rows = settleRows(state, {...state, order}, cause);
	return {...state, order, rows, screen: settleScreen(state, {...state, order, rows}, cause)};
};

const settleScreen = (before: State, state: State, {now, byKey}: Cause): Screen => {
	const {rows} = state;
	let {screen} = state;
	if (rows !== before.rows || screen.cursor !== before.screen.cursor) {
		const cursor = settleCursor(before, state, {byKey, now});
		if (cursor !== screen.cursor) screen = {...screen, cursor};
	}
	const chosen = settleChosen(before, state, {byKey, now});
	if (chosen !== screen.chosen) screen = {...screen, chosen};
	screen = withNews({...state, screen}, now);
	screen = withTop({...state, screen}, topAfter(before, screen));
	return withWidths(before, {...state, screen}, now);
};

/** The screen with room for the news. */
const withNews = (state: State, now: number): Screen => {
	const {screen} = state;
	const {columns, rows} = screen.size;
	const {length} = newsLines(state, {width: columns, height: maxNewsLines(rows), now, zone: zoneOf(state)});
	return length === screen.newsLines ? screen : {...screen, newsLines: length};
};

/** The screen with the cursor row in the window, which is moved as little as possible from `top`. */
const withTop = ({screen, rows, cancellations}: State, wanted: number): Screen => {
	const {tableRows} = layoutOf(screen, cancellations.length > 0);
	const top = windowTop(wanted, screen.cursor.index, rows.length, tableRows);
	return top === screen.top ? screen : {...screen, top};
};

/** The screen with the widths that the rows in view need. */
const withWidths = (before: State, state: State, now: number): Screen => {
	const {screen} = state;
	const widths = settleWidths(before, state, now, !holds(state, now));
	return widths === screen.widths ? screen : {...screen, widths};
};

/** The state after some time without an event: old news leave, and answers become stale. */
export const elapse = (state: State, now: number): State => {
	const news = withNews(state, now);
	const placed = news === state.screen ? news : withTop({...state, screen: news}, news.top);
	const screen = withWidths(state, {...state, screen: placed}, now);
	return screen === state.screen ? state : {...state, screen};
};

/** Before the first key in a list, the cursor belongs to no job and stays on the first row. */
const settleCursor = (before: State, state: State, change: ListChange): Cursor => {
	const {screen, rows} = state;
	const {cursor} = screen;
	if (rows.length === 0)
		return cursor.unplaced && cursor.ref === undefined ? cursor : {index: 0, unplaced: true};
	if (!cursor.unplaced) return followRows(cursor, before.rows, rows, change);
	const ref = rows[0]?.ref;
	if (ref === cursor.ref) return cursor;
	const replaced = ref !== undefined && cursor.ref !== undefined;
	return {index: 0, unplaced: true, ...(ref !== undefined && {ref}), ...(replaced && {movedAt: change.now})};
};

/** The row of the cancellations. Until a key is pressed there, it belongs to no job and stays the first row: what is most urgent. */
const settleChosen = (before: State, {screen, run}: State, change: ListChange): Cursor => {
	const {chosen, pane} = screen;
	const sameRun = run?.number === before.run?.number;
	const [old, listed] = [before.run?.listed ?? [], run?.listed ?? []];
	if (sameRun && chosen.ref !== undefined)
		return run === before.run ? chosen : follow(chosen, old, listed, change);
	const ref = listed[0]?.ref;
	const wasOpen = pane === 'cancellations' && before.screen.pane === pane;
	if (sameRun && wasOpen && change.byKey && ref !== undefined) return {...chosen, index: 0, ref};
	const isMoved = wasOpen && !change.byKey && ref !== old[before.screen.chosen.index]?.ref;
	if (isMoved) return {index: 0, movedAt: change.now};
	return chosen.ref === undefined && chosen.index === 0 ? chosen : {index: 0};
};

/** Moves the window along with the cursor, so that the cursor line stays in place. At the very top, the window stays. */
const topAfter = (before: State, screen: Screen): number => {
	const same = screen.cursor.ref === before.screen.cursor.ref;
	return same && screen.top > 0 ? screen.top + screen.cursor.index - before.screen.cursor.index : screen.top;
};
