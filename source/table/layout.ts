/*
The heights of the parts of the screen. They never exceed the height of the terminal.
*/
import type {Screen} from '../state/screen.ts';

export type Layout = {
	/** False if there is only room for one line. */
	readonly roomy: boolean;
	/** Whether the details are beside the list, instead of replacing it. */
	readonly beside: boolean;
	/** Cells of the list. */
	readonly listColumns: number;
	/** Cells of the detail. */
	readonly detailColumns: number;
	/** Lines between the chips and the strips. */
	readonly body: number;
	/** Rows of the table: the body without the rule, the titles and the line with the position. */
	readonly tableRows: number;
	/** Lines of the cancellations strip; 0 if there are none. */
	readonly strip: number;
	/** Lines of news; 0 without any. */
	readonly events: number;
};

/** A part of the screen, in cells and lines. */
export type Place = {
	readonly top: number;
	readonly left: number;
	readonly width: number;
	readonly height: number;
};

/** An overlay has the full width if less than this would be left at its two sides together. */
const minCellsBeside = 20;

const acrossOf = (columns: number, maxWidth: number): Pick<Place, 'left' | 'width'> => {
	const width = columns < maxWidth + minCellsBeside ? columns : maxWidth;
	return {left: Math.floor((columns - width) / 2), width};
};

/** The area of overlays: the panes, and on a small screen everything but the footer. */
export const overlayPlace = (screen: Screen, cancellations: boolean, maxWidth: number): Place => {
	const {columns, rows} = screen.size;
	const {body} = layoutOf(screen, cancellations);
	const across = acrossOf(columns, maxWidth);
	return body < 14 ? {top: 0, ...across, height: rows - 3} : {top: 2, ...across, height: body};
};

/** The area of a question: everything but the footer, so that as much of it as possible is in view. */
export const questionPlace = ({size: {columns, rows}}: Screen, maxWidth: number = boxColumns): Place => ({
	top: 0,
	...acrossOf(columns, maxWidth),
	height: rows - 3,
});

/** The preferred width of a box, in cells. */
export const boxColumns = 80;

/** The width of a box whose text would wrap or be cut in the preferred one: longer lines are hard to read. */
export const maxBoxColumns = 110;

/** The minimum screen size. */
export const least = {columns: 40, rows: 10};

/** Screens of at least this width show the details beside the list. */
const columnsForBeside = 100;

/** The lines that news may take from the panes of a screen with so many rows. */
export const maxNewsLines = (rows: number): number => (rows >= 34 ? 4 : rows >= 24 ? 3 : rows >= 14 ? 2 : 0);

/** The part of the screen that the cursor of the terminal is in: what has the keyboard. */
export const cursorPart = ({overlay, detail, pane}: Screen): 'overlay' | 'detail' | Screen['pane'] =>
	overlay ? 'overlay' : detail ? 'detail' : pane;

export const layoutOf = (screen: Screen, cancellations: boolean): Layout => {
	const {columns, rows} = screen.size;
	const roomy = columns >= least.columns && rows >= least.rows;
	const beside = columns >= columnsForBeside && screen.detail !== undefined;
	const listColumns = beside ? Math.floor(columns * 0.52) : columns;
	const events = Math.min(screen.newsLines, maxNewsLines(rows));
	const strip = cancellations && screen.pane === 'table' && rows >= 14 ? 2 : 0;
	// Header and chips above; a rule and two lines below.
	const body = Math.max(0, rows - 2 - 3 - events - strip);
	return {
		roomy,
		beside,
		listColumns,
		detailColumns: beside ? columns - listColumns - 1 : columns,
		body,
		tableRows: Math.max(0, body - 3),
		strip,
		events,
	};
};
