/*
The width that the rows in view need, column by column. Columns grow at once; they shrink only after they were too wide for a while, so that none jumps while rows scroll by.
*/
import type {CancellationReport} from '../engine/protocol.ts';
import type {Job} from '../job/job.ts';
import type {Fold} from '../state/rows.ts';
import type {Widths} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import {rememberedBy} from '../text/remembered.ts';
import {asciiGlyphs} from '../text/theme.ts';
import type {TimeZone} from '../text/times.ts';
import {safeText, widthOf} from '../text/width.ts';
import {cancellationWords, isBeingCancelled} from './cancellation-words.ts';
import {type Column, columns, type Row} from './columns.ts';
import {foldRef, foldsIn, foldTexts, isFold} from './folding.ts';
import {layoutOf} from './layout.ts';
import {zoneOf} from './time-zone.ts';

/** Milliseconds after which a column shrinks that was wider than its content all the time. */
const shrinkMs = 30_000;

/** Milliseconds between two looks at the same rows: times grow. */
const checkMs = 5000;

const measured = columns.filter(({id, fixed}) => fixed === undefined && id !== 'cancel');
const timed = measured.filter(column => column.timed);
const timeless = measured.filter(column => !column.timed);

/** Cells by column. */
type Cells = readonly (readonly [id: string, width: number])[];

type Moment = {readonly now: number; readonly zone: TimeZone};

const measure = (list: readonly Column[], job: Job, {now, zone}: Moment): Cells => {
	// The glyphs of both sets have equal widths, and so has a doubted age.
	const row: Row = {job, report: undefined, sure: true, now, zone, glyphs: asciiGlyphs};
	return list.map(column => [column.id, widthOf(safeText(column.cell(row).text))]);
};

// A job that has not changed is measured once.
const timelessCells = rememberedBy((job: Job): Cells => measure(timeless, job, {now: 0, zone: 'utc'}));

const foldCells = (fold: Fold): Cells =>
	Object.entries(foldTexts(fold)).map(([id, text]) => [id, widthOf(safeText(text))]);

/** Cells for every word of a cancellation in progress: its words change often, and the column does not. */
const cancellingCells = 15;

/** The cells of the CANCEL column for a cancellation. */
const cancelCells = (report: CancellationReport, now: number): Cells => {
	const {text, group} = cancellationWords(report, now);
	return [['cancel', group === 'on-its-way' ? cancellingCells : widthOf(text)]];
};

/** Cells by which the name of a job below its shared row is indented. */
const indent = 2;

/** The cells that the rows in view need now, by column. */
const needsOf = (state: State, now: number): Readonly<Record<string, number>> => {
	const {screen, rows, cancellations, known} = state;
	const {tableRows} = layoutOf(screen, cancellations.length > 0);
	const moment = {now, zone: zoneOf(state)};
	const folds = foldsIn(rows);
	const needs: Record<string, number> = {};
	const take = (cells: Cells, more = 0) => {
		for (const [id, width] of cells) {
			const own = id === 'name' ? width + more : width;
			if (own > (needs[id] ?? 0)) needs[id] = own;
		}
	};
	for (const row of rows.slice(screen.top, screen.top + tableRows)) {
		if (isFold(row)) {
			take(foldCells(row));
			if (row.members.some(({ref}) => isBeingCancelled(known.cancellations.get(ref))))
				take([['cancel', cancellingCells]]);
			continue;
		}
		const job = known.jobs.byRef.get(row.ref) ?? row;
		const inside = job.parent !== undefined && folds.has(foldRef(job.parent));
		take(timelessCells(job), inside ? indent : 0);
		take(measure(timed, job, moment));
		// Wide enough until the next look.
		take(measure(timed, job, {...moment, now: now + checkMs}));
		const report = known.cancellations.get(row.ref);
		if (!report) continue;
		take(cancelCells(report, now));
		take(cancelCells(report, now + checkMs));
	}
	return needs;
};

/** Whether the same rows are in view. */
const isSame = (before: State, {rows, known, screen}: State): boolean =>
	rows === before.rows &&
	known.jobs === before.known.jobs &&
	known.cancellations === before.known.cancellations &&
	screen.top === before.screen.top;

const isReset = (before: State, {screen}: State): boolean =>
	screen.filter !== before.screen.filter ||
	screen.only !== before.screen.only ||
	screen.onlyMarked !== before.screen.onlyMarked ||
	screen.size !== before.screen.size;

/** The widths after a change of the state; the same object if nothing changed. `resting`: no key was pressed for a while. */
export const settleWidths = (before: State, state: State, now: number, resting: boolean): Widths => {
	const {widths} = state.screen;
	if (isReset(before, state)) return {needs: needsOf(state, now), fullAt: now};
	if (isSame(before, state) && now - widths.fullAt < checkMs) return widths;
	const needs = needsOf(state, now);
	const ids = Object.keys(needs);
	const grows = ids.some(id => (needs[id] ?? 0) > (widths.needs[id] ?? 0));
	const grown = grows ? {...widths.needs} : widths.needs;
	if (grows)
		for (const id of ids) Object.assign(grown, {[id]: Math.max(needs[id] ?? 0, widths.needs[id] ?? 0)});
	const isFull = Object.keys(grown).every(id => (needs[id] ?? 0) === grown[id]);
	if (!isFull && resting && now - widths.fullAt >= shrinkMs) return {needs, fullAt: now};
	const fullAt = isFull ? now : widths.fullAt;
	// The moment alone does not change the screen.
	return grows || fullAt - widths.fullAt >= checkMs ? {needs: grown, fullAt} : widths;
};
