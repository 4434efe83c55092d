import type {State} from '../state/state.ts';
import {foldRef, foldsIn, isFold, profileOfFold} from '../table/folding.ts';
import {isSure} from '../table/health.ts';
import {cursorPart, layoutOf} from '../table/layout.ts';
import {markedJobs} from '../table/marks.ts';
import {phaseCounts} from '../table/state-counts.ts';
import {tableColumns} from '../table/table-columns.ts';
import {zoneOf} from '../table/time-zone.ts';
import type {Canvas} from '../text/canvas.ts';
import {fitLine, span, spread, withCursor} from '../text/line.ts';
import type {Line, Theme} from '../text/theme.ts';
import {safeText, wrap} from '../text/width.ts';
import {tableRule} from '../view-models/frame/header.ts';
import {emptyLines} from '../view-models/table/empty.ts';
import {foldLine} from '../view-models/table/fold-line.ts';
import {newcomerWords, positionWords, rowLine, titleLine} from '../view-models/table/table.ts';
import {useScreen} from './context.ts';
import {Lines} from './lines.tsx';
import {useLines, useText} from './use-app-state.ts';

const TableHead = () => (
	<Lines
		lines={useLines((state, screen) => {
			const {glyphs} = screen;
			const {listColumns} = layoutOf(state.screen, state.cancellations.length > 0);
			const {fitted} = tableColumns(state);
			return [
				tableRule(state, {...screen, width: listColumns}),
				fitLine(titleLine(fitted, state.screen.sort, glyphs), listColumns, glyphs),
			];
		})}
	/>
);

/** The visible rows, with the cursor row inverse. */
const rowTexts = (state: State, now: number, theme: Theme): readonly string[] => {
	const {screen, rows, known, cancellations} = state;
	const {glyphs} = theme;
	const {listColumns, tableRows} = layoutOf(screen, cancellations.length > 0);
	const {fitted} = tableColumns(state);
	const hasCursor = cursorPart(screen) === 'table';
	const painted = (line: Line, underCursor: boolean) => {
		const fitted = fitLine(line, listColumns, glyphs);
		return theme.paint(underCursor && hasCursor ? withCursor(fitted) : fitted, underCursor);
	};
	const zone = zoneOf(state);
	const sure = new Map(known.profiles.map(({name}) => [name, isSure(known.health.get(name), now)]));
	return rows.slice(screen.top, screen.top + tableRows).map((placed, index) => {
		if (isFold(placed)) {
			const look = {fold: placed, state, sure: sure.get(profileOfFold(placed)) ?? false, now, glyphs};
			const underCursor = screen.top + index === screen.cursor.index;
			return painted(foldLine(fitted, look, underCursor), underCursor);
		}
		// The order keeps the position of a job, not its current state.
		const job = known.jobs.byRef.get(placed.ref) ?? placed;
		const underCursor = screen.top + index === screen.cursor.index;
		const report = known.cancellations.get(job.ref);
		const inside = job.parent !== undefined && foldsIn(rows).has(foldRef(job.parent));
		const row = {job, report, sure: sure.get(job.profile) ?? false, now, zone, glyphs, inside};
		const marked = screen.marks.has(job.ref);
		return painted(rowLine(fitted, row, {underCursor, marked}), underCursor);
	});
};

const emptyTexts = (state: State, openedAt: number, {width, glyphs, now}: Omit<Canvas, 'height' | 'zone'>) =>
	(emptyLines(state, now, openedAt) ?? []).flatMap(([only]) => {
		const {text = '', tone} = only ?? {};
		const indent = /^ */.exec(text)?.[0] ?? '';
		return wrap(safeText(text.trim(), glyphs.ascii), Math.max(10, width - indent.length - 1)).map(line =>
			fitLine([span(`${indent}${line}`, tone)], width, glyphs),
		);
	});

/** Rows, or why there are none; always the same number of lines. */
const TableRows = () => {
	const {store} = useScreen();
	const text = useText((state, now, theme) => {
		const {listColumns, tableRows} = layoutOf(state.screen, state.cancellations.length > 0);
		const shown =
			state.order.inView.length > 0
				? rowTexts(state, now, theme)
				: emptyTexts(state, store.openedAt, {width: listColumns, glyphs: theme.glyphs, now}).map(
						(line, index) =>
							theme.paint(index === 0 && cursorPart(state.screen) === 'table' ? withCursor(line) : line),
					);
		const blank = ' '.repeat(listColumns);
		return Array.from({length: tableRows}, (_, index) => shown[index] ?? blank).join('\n');
	});
	return <Lines lines={text === '' ? [] : text.split('\n')} />;
};

/** Marked jobs without a row, by name. */
const missingWords = (state: State, now: number): string => {
	const {gone} = markedJobs(state, now);
	return gone.length > 0 ? `  no longer listed: ${gone.slice(0, 20).join(' ')}` : '';
};

const TablePosition = () => (
	<Lines
		lines={useLines((state, {glyphs, now}) => {
			const {screen, order, rows, known} = state;
			const {listColumns, tableRows} = layoutOf(screen, state.cancellations.length > 0);
			const numbers = {rows: rows.length, jobs: order.inView.length, everything: phaseCounts(known).rows};
			const position = positionWords(screen.top, tableRows, numbers);
			const unsure = rows
				.slice(screen.top, screen.top + tableRows)
				.map(row => (isFold(row) ? profileOfFold(row) : row.profile))
				.some(profile => !isSure(known.health.get(profile), now));
			const legend = unsure ? '? = last known ' : '';
			const waiting = newcomerWords(state);
			const gone = screen.onlyMarked ? missingWords(state, now) : '';
			return [
				spread(
					[span(` ${position}`, 'dim'), span(waiting, 'strong'), span(gone, 'strong')],
					[span(legend, 'dim')],
					listColumns,
					glyphs,
				),
			];
		})}
	/>
);

/** The table with its rule, its titles and its position line. */
export const JobTable = () => (
	<>
		<TableHead />
		<TableRows />
		<TablePosition />
	</>
);
