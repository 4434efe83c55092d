import {keyWord} from '../../keys/words.ts';
import type {Sort} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import type {Row} from '../../table/columns.ts';
import type {FittedColumn} from '../../table/fit-columns.ts';
import {phaseLooks} from '../../table/phase-looks.ts';
import {gutter} from '../../table/table-columns.ts';
import {span} from '../../text/line.ts';
import type {Glyphs, Line, Tone} from '../../text/theme.ts';
import {cutEnd, cutMiddle, padEnd, padStart, safeText} from '../../text/width.ts';

export const cellText = (text: string, {column, width}: FittedColumn, glyphs: Glyphs): string => {
	const cut = column.cut === 'middle' ? cutMiddle : cutEnd;
	const pad = column.align === 'right' ? padStart : padEnd;
	return pad(cut(safeText(text, glyphs.ascii), width, glyphs.ellipsis), width);
};

/** The line with the titles; an arrow marks the sort column. */
export const titleLine = (fitted: readonly FittedColumn[], sort: Sort, glyphs: Glyphs): Line => [
	span(' '.repeat(gutter)),
	...fitted.flatMap((each, index) => {
		const sorts = each.column.id === sort.column;
		const title = sorts
			? `${each.column.title}${sort.descending ? glyphs.up : glyphs.down}`
			: each.column.title;
		return [span(index > 0 ? ' ' : ''), span(cellText(title, each, glyphs), sorts ? 'strong' : 'dim')];
	}),
];

/** The line of one job. A marked job is bold. Otherwise the row is dim if its state may be old, or if the job has ended well. */
export const rowLine = (
	fitted: readonly FittedColumn[],
	row: Row,
	{underCursor, marked}: {readonly underCursor: boolean; readonly marked: boolean},
): Line => {
	const {job, sure} = row;
	const failed = phaseLooks[job.phase].tone === 'failed';
	const dim: Tone | undefined = !sure || (job.terminal && !failed) ? 'dim' : undefined;
	const usual: Tone | undefined = marked ? 'strong' : dim;
	const line = [span(underCursor ? '>' : ' '), span(marked ? '*' : ' ', 'strong')];
	for (const [index, each] of fitted.entries()) {
		const {text, tone} = each.column.cell(row);
		if (index > 0) line.push(span(' '));
		line.push(span(cellText(text, each, row.glyphs), wins(tone) ? tone : (usual ?? tone)));
	}
	return line;
};

// What a person looks for stands out on a dim or marked row too.
const wins = (tone: Tone | undefined): boolean =>
	tone === 'needs-you' || tone === 'cancelling' || tone === 'failed';

/** `  3 new at the end, r to sort`: new rows that wait unsorted at the end of the table. */
export const newcomerWords = (state: State): string => {
	const {length} = state.order.newcomers;
	return length > 0 ? `  ${length} new at the end, ${keyWord(state, 'refresh')} to sort` : '';
};

/** `1-12 of 108 (184)` */
export const positionWords = (
	top: number,
	height: number,
	{rows, jobs, everything}: {readonly rows: number; readonly jobs: number; readonly everything: number},
): string => {
	if (rows === 0) return '';
	const last = Math.min(rows, top + height);
	const inAll = jobs === everything ? '' : ` in view (${everything} in all)`;
	const of = rows === jobs ? `${jobs}${inAll}` : `${rows} rows, ${jobs} jobs${inAll}`;
	return `${top + 1}-${last} of ${of}`;
};
