/*
Which part of the screen gets how many lines. The parts add up to the height of the terminal, never more.
*/
import type {Screen} from '../store/screen.ts';

export type Layout = {
	/** False where there is no room for anything but one line. */
	readonly roomy: boolean;
	/** Whether the detail stands beside the list; else it takes its place. */
	readonly beside: boolean;
	/** Cells of the list. */
	readonly listColumns: number;
	/** Cells of the detail. */
	readonly detailColumns: number;
	/** Lines between the chips and the strips. */
	readonly body: number;
	/** Rows of the table: the body without the rule, the titles and the line with the position. */
	readonly tableRows: number;
	/** Rows of the list of cancellations, and lines below it about the chosen one. */
	readonly cancellationRows: number;
	readonly chosenLines: number;
	/** Lines of the strip with the cancellations; 0 where there are none. */
	readonly strip: number;
	readonly events: number;
};

/** The smallest screen that is drawn on. */
export const least = {columns: 40, rows: 10};

/** Screens of at least this many cells show the detail beside the list. */
const columnsForBeside = 100;

export const layoutOf = (screen: Screen, cancellations: boolean): Layout => {
	const {columns, rows} = screen.size;
	const roomy = columns >= least.columns && rows >= least.rows;
	const beside = columns >= columnsForBeside && screen.detail !== undefined;
	const listColumns = beside ? Math.floor(columns * 0.48) : columns;
	const events = rows >= 34 ? 3 : rows >= 14 ? 1 : 0;
	const strip = cancellations && screen.pane === 'table' && rows >= 14 ? 2 : 0;
	// Header and chips above; a rule and two lines below.
	const body = Math.max(0, rows - 2 - 3 - events - strip);
	// Rule and titles above the cancellations, another rule below them.
	const chosenLines = Math.max(0, Math.min(12, Math.floor((body - 3) / 3)));
	return {
		roomy,
		beside,
		listColumns,
		detailColumns: beside ? columns - listColumns - 1 : columns,
		body,
		tableRows: Math.max(0, body - 3),
		cancellationRows: Math.max(0, body - 3 - chosenLines),
		chosenLines,
		strip,
		events,
	};
};
