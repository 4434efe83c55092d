import type {TableRow} from '../../state/rows.ts';
import type {Cursor, Range} from '../../state/screen.ts';
import {chooseCancellation, mark, putCursor, say} from '../../state/transitions.ts';
import {moveCursor} from '../../table/cursor.ts';
import {isFold} from '../../table/folding.ts';
import {layoutOf} from '../../table/layout.ts';
import {marksOfRange} from '../../table/marks.ts';
import {paneLayout} from '../../view-models/cancellation/pane-layout.ts';
import type {CommandContext, CommandDefinition} from '../command.ts';
import {showDetail} from '../detail/show-detail.ts';
import {closeRange} from '../program/acts.ts';
import {scrollCommands} from '../scrolling.ts';

/** Moves the cursor of the open list; open details follow. */
const moveTo = (
	{state, store}: CommandContext,
	move: (cursor: Cursor, list: readonly {readonly ref: Cursor['ref'] & string}[]) => Cursor,
) => {
	const {screen, rows, run} = state;
	const inPane = screen.pane === 'cancellations';
	const {detail} = screen;
	const moved = inPane ? move(screen.chosen, run?.listed ?? []) : move(screen.cursor, rows);
	// A shared row has no details.
	const cursor = detail && !inPane ? pastFolds(screen.cursor, moved, rows) : moved;
	store.change(inPane ? chooseCancellation(cursor) : putCursor(cursor));
	if (screen.range && !inPane && !detail) extendRange(store, screen.range);
	if (detail && cursor.ref !== undefined && cursor.ref !== detail.ref) {
		showDetail(store, {ref: cursor.ref, tab: detail.tab, scroll: 0});
	}
};

/** Puts the cursor of the open list on this row, as arrows would. A shared row has no details: open details leave the cursor where it is. */
export const goToRow = (context: CommandContext, index: number): void => {
	const {screen, rows} = context.state;
	const row = screen.pane === 'table' ? rows[index] : undefined;
	if (screen.detail && row && isFold(row)) return;
	moveTo(context, (cursor, list) => moveCursor(cursor, list, index - cursor.index));
};

/** Moves to the next job in the same direction; without one, the cursor stays. */
const pastFolds = (from: Cursor, to: Cursor, rows: readonly TableRow[]): Cursor => {
	const step = to.index < from.index ? -1 : 1;
	for (let index = to.index; index >= 0 && index < rows.length; index += step) {
		const row = rows[index];
		if (row && !isFold(row)) return index === to.index ? to : {ref: row.ref, index};
	}
	return from;
};

/** Marks the rows between the start of the range and the cursor. */
const extendRange = (store: CommandContext['store'], range: Range) => {
	const {rows, screen} = store.getState();
	const marks = marksOfRange(range, rows, screen.cursor.index);
	if (marks) return store.change(mark(marks));
	closeRange(store);
	store.change(say('the first row of the range was removed: the range has ended'));
};

const moveBy = (context: CommandContext, by: number) =>
	moveTo(context, (cursor, list) => moveCursor(cursor, list, by));

/** Half of the visible rows of the open list. */
const halfPage = ({state}: CommandContext): number => {
	const {screen, cancellations} = state;
	const visible =
		screen.pane === 'cancellations'
			? paneLayout(state).rows
			: layoutOf(screen, cancellations.length > 0).tableRows;
	return Math.max(1, Math.floor(visible / 2));
};

export const movingCommands: readonly CommandDefinition[] = scrollCommands(
	[
		{id: 'down', help: 'Go to the next job.', lines: 1},
		{id: 'up', help: 'Go to the previous job.', lines: -1},
		{id: 'page-down', label: 'page down', help: 'Go down half a page.', pages: 1},
		{id: 'page-up', help: 'Go up half a page.', pages: -1},
		{id: 'top', help: 'Go to the first job.', to: 'top'},
		{id: 'bottom', help: 'Go to the last job.', to: 'bottom'},
	],
	{page: halfPage, scroll: moveBy},
).map(command => ({...command, goesOnWithRange: true}));
