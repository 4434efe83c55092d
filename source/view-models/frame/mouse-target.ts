/*
What is drawn at a cell of the screen, for the mouse: from the places that the components draw at.
*/
import type {DetailTab} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {layoutOf} from '../../table/layout.ts';
import {gutter, tableColumns} from '../../table/table-columns.ts';
import {firstVisibleCancellation} from '../cancellation/cancellations-pane.ts';
import {linesAboveList, paneLayout} from '../cancellation/pane-layout.ts';
import {tabAt, tabLine} from '../detail/detail.ts';

/** A cell; both counts begin at 0. */
export type Cell = {readonly column: number; readonly row: number};

/** A part of the panes. */
export type MouseTarget =
	/** The open list, and which of its rows. */
	| {readonly part: 'list'; readonly index?: number}
	/** The title of a column of the table, by the id of the column. */
	| {readonly part: 'title'; readonly id: string}
	/** The open details, and which of their tabs. */
	| {readonly part: 'detail'; readonly tab?: DetailTab};

/** Lines above the panes: the header and the chips. */
const headLines = 2;

/** The line of the titles in the table, below the rule; its rows follow. */
const titleLine = 1;
const linesAboveRows = titleLine + 1;

/** The rows of the open list: the line of the first one, their number, the index of the first one, and the length of the list. */
const rowsInView = (
	state: State,
): {readonly above: number; readonly height: number; readonly first: number; readonly length: number} => {
	const {screen, rows, run, order, cancellations} = state;
	if (screen.pane === 'cancellations') {
		const layout = paneLayout(state);
		const {length} = run?.listed ?? [];
		return {
			above: linesAboveList(layout),
			height: layout.rows,
			first: firstVisibleCancellation(length, screen, layout.rows),
			length,
		};
	}
	const {tableRows: height} = layoutOf(screen, cancellations.length > 0);
	const length = order.inView.length > 0 ? rows.length : 0;
	return {above: linesAboveRows, height, first: screen.top, length};
};

/** The id of the column whose title is at a cell of the titles. */
const titleAt = (state: State, cell: number): string | undefined => {
	let left = gutter;
	for (const {column, width} of tableColumns(state).fitted) {
		if (cell >= left && cell < left + width) return column.id;
		left += width + 1;
	}
	return undefined;
};

/** The part of the panes at a cell, whatever overlay is on it; undefined outside of the panes. */
export const mouseTarget = (state: State, {column, row}: Cell): MouseTarget | undefined => {
	const {screen, cancellations} = state;
	const {roomy, beside, listColumns, detailColumns, body} = layoutOf(screen, cancellations.length > 0);
	const line = row - headLines;
	if (!roomy || line < 0 || line >= body || column >= screen.size.columns) return undefined;
	if (screen.detail && (!beside || column >= listColumns)) {
		// A line parts the list from the details beside it.
		const cell = beside ? column - listColumns - 1 : column;
		const tab = line === tabLine ? tabAt(detailColumns, cell) : undefined;
		return {part: 'detail', ...(tab && {tab})};
	}
	if (screen.pane === 'table' && line === titleLine) {
		const id = titleAt(state, column);
		return id === undefined ? {part: 'list'} : {part: 'title', id};
	}
	const {above, height, first, length} = rowsInView(state);
	const place = line - above;
	const index = first + place;
	return place >= 0 && place < height && index < length ? {part: 'list', index} : {part: 'list'};
};
