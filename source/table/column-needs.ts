/*
The width that the rows in view need, column by column. Columns grow at once; they shrink only after they were too wide for a while, so that none jumps while rows scroll by.
*/
import type {TableRow} from '../state/rows.ts';
import type {Widths} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import {count} from '../text/format.ts';
import {asciiGlyphs} from '../text/theme.ts';
import {safeText, widthOf} from '../text/width.ts';
import {type Column, columns, type Row} from './columns.ts';
import {foldRef, foldsIn, isFold} from './folding.ts';
import {jobsOfRows} from './job-count.ts';
import {layoutOf} from './layout.ts';
import {zoneOf} from './time-zone.ts';

/** Milliseconds after which a column shrinks that was wider than its content all the time. */
const shrinkMs = 30_000;

const measured = columns.filter(({fixed}) => fixed === undefined);

type Cells = (column: Column) => string | undefined;

const cellsOfRow = (row: TableRow, state: State, now: number): Cells => {
	if (isFold(row)) {
		const cells: Readonly<Record<string, string>> = {
			state: `+ ${count(jobsOfRows(row.members), 'job')}`,
			id: row.parent.slice(row.parent.indexOf('/') + 1),
		};
		return ({id}) => cells[id];
	}
	const {known, rows} = state;
	const job = known.jobs.byRef.get(row.ref) ?? row;
	const inside = job.parent !== undefined && foldsIn(rows).has(foldRef(job.parent));
	const input: Row = {
		job,
		inside,
		report: undefined,
		sure: true,
		now,
		zone: zoneOf(state),
		// The glyphs of both sets have equal widths.
		glyphs: asciiGlyphs,
	};
	return column => column.cell(input).text;
};

/** The cells that the rows in view need now, by column. */
const needsOf = (state: State, now: number): Readonly<Record<string, number>> => {
	const {screen, rows, cancellations} = state;
	const {tableRows} = layoutOf(screen, cancellations.length > 0);
	const needs: Record<string, number> = {};
	for (const row of rows.slice(screen.top, screen.top + tableRows)) {
		const cells = cellsOfRow(row, state, now);
		for (const column of measured) {
			const text = cells(column);
			if (text === undefined) continue;
			const width = widthOf(safeText(text));
			if (width > (needs[column.id] ?? 0)) needs[column.id] = width;
		}
	}
	return needs;
};

const isReset = (before: State, {screen}: State): boolean =>
	screen.filter !== before.screen.filter ||
	screen.only !== before.screen.only ||
	screen.onlyMarked !== before.screen.onlyMarked ||
	screen.size !== before.screen.size;

/** The widths after a change of the state; the same object if nothing changed. `resting`: no key was pressed for a while. */
export const settleWidths = (before: State, state: State, now: number, resting: boolean): Widths => {
	const {widths} = state.screen;
	const needs = needsOf(state, now);
	if (isReset(before, state)) return {needs, fullAt: now};
	const ids = Object.keys(needs);
	const grows = ids.some(id => (needs[id] ?? 0) > (widths.needs[id] ?? 0));
	const grown = grows ? {...widths.needs} : widths.needs;
	if (grows)
		for (const id of ids) Object.assign(grown, {[id]: Math.max(needs[id] ?? 0, widths.needs[id] ?? 0)});
	const isFull = Object.keys(grown).every(id => (needs[id] ?? 0) === grown[id]);
	if (!isFull && resting && now - widths.fullAt >= shrinkMs) return {needs, fullAt: now};
	const fullAt = isFull ? now : widths.fullAt;
	// The moment alone does not change the screen.
	return grows || fullAt - widths.fullAt >= shrinkMs / 3 ? {needs: grown, fullAt} : widths;
};
