/*
The log of a job in rows of the screen: which are visible, what is found in them, how far it can be scrolled.
*/
import type {LogLook} from '../store/screen.ts';
import type {LogLine, LogText} from '../store/state.ts';
import type {State} from '../store/store.ts';
import type {Glyphs, Line, Span} from '../theme.ts';
import {failureWords} from './failure-words.ts';
import {count} from './format.ts';
import {layoutOf} from './layout.ts';
import {fitLine, rule, span} from './line.ts';
import {profileOf} from './subject.ts';
import {hardWrap, sureText, wrap} from './text.ts';

/** Cells before the text: the mark of the line that was found. */
const gutter = 2;
/** Lines of the detail above its text, and of the log below: how it stands. */
export const headLines = 2;
const statusLines = 1;

type Row = {
	/** Place of the line among those that are kept. */
	readonly line: number;
	/** Which row of its line it is. */
	readonly part: number;
	readonly text: string;
};

type Rows = {
	readonly rows: readonly Row[];
	/** The first row of each line. */
	readonly starts: readonly number[];
};

// A line is measured once, and a log put together once, not at every key.
const measured = new WeakMap<LogLine, {readonly how: string; readonly parts: readonly string[]}>();
const composed = new WeakMap<LogText, {readonly how: string; readonly rows: Rows}>();

const partsOf = (line: LogLine, width: number, wraps: boolean, ascii: boolean): readonly string[] => {
	const how = `${wraps ? width : '-'} ${ascii}`;
	const before = measured.get(line);
	if (before?.how === how) return before.parts;
	const sure = sureText(line.text, ascii);
	const parts = wraps ? hardWrap(sure, width) : [sure];
	measured.set(line, {how, parts});
	return parts;
};

const rowsOf = (log: LogText, width: number, wraps: boolean, ascii: boolean): Rows => {
	const how = `${width} ${wraps} ${ascii}`;
	const before = composed.get(log);
	if (before?.how === how) return before.rows;
	const rows: Row[] = [];
	const starts: number[] = [];
	// What follows the last line break is no line as long as it is empty.
	const open = log.lines.at(-1)?.text === '' ? 1 : 0;
	for (const [line, each] of log.lines.slice(0, log.lines.length - open).entries()) {
		starts.push(rows.length);
		for (const [part, text] of partsOf(each, width, wraps, ascii).entries()) rows.push({line, part, text});
	}
	composed.set(log, {how, rows: {rows, starts}});
	return {rows, starts};
};

/** The log of the job that is told in full, once some of it has come. */
const logOf = ({known, screen}: State): LogText | undefined =>
	known.log && known.log.ref === screen.detail?.ref ? known.log : undefined;

/** The whole log as far as it is kept. */
export const logText = (state: State): string | undefined =>
	logOf(state)
		?.lines.map(({text}) => text)
		.join('\n');

type View = {
	readonly log: LogText;
	readonly rows: Rows;
	/** Rows that are visible. */
	readonly room: number;
	/** The first visible row. */
	readonly top: number;
	readonly last: number;
	readonly follows: boolean;
	readonly notes: readonly string[];
};

/** Why the last reading failed, in lines. */
const notesOf = ({failure}: LogText, width: number): readonly string[] =>
	failure ? wrap(failureWords(failure), Math.max(8, width - 2)).slice(0, 3) : [];

const viewOf = (state: State, ascii = false): View | undefined => {
	const log = logOf(state);
	if (!log) return undefined;
	const {detailColumns, body} = layoutOf(state.screen, state.cancellations.length > 0);
	const {wrap: wraps, top: place} = state.screen.log;
	const rows = rowsOf(log, detailColumns - gutter, wraps, ascii);
	const notes = notesOf(log, detailColumns);
	const room = Math.max(1, body - headLines - statusLines - notes.length);
	const last = Math.max(0, rows.rows.length - room);
	const start = place && (rows.starts[Math.max(0, place.line - log.dropped)] ?? last);
	const inLine = place && place.line >= log.dropped ? place.row : 0;
	const top = start === undefined ? last : Math.min(last, start + inLine);
	return {log, rows, room, top, last, follows: place === undefined, notes};
};

/** The place of a row; none at the very end, which is followed. */
const placeOf = ({log, rows, last}: View, row: number): LogLook['top'] => {
	const at = rows.rows[Math.max(0, row)];
	return row >= last || !at ? undefined : {line: log.dropped + at.line, row: at.part};
};

const looked = ({screen}: State, changes: {top?: LogLook['top']; found?: number | undefined}): LogLook => {
	const {top, found, ...rest} = {...screen.log, ...changes};
	return {...rest, ...(top && {top}), ...(found !== undefined && {found})};
};

/** The look after scrolling by so many rows. At the end, it is followed again. */
export const scrollLog = (state: State, by: number): LogLook => {
	const view = viewOf(state);
	if (!view) return state.screen.log;
	const row = Math.max(0, Math.min(view.last, view.top + by));
	// A log that is not longer than the room cannot be scrolled, and does not stand still.
	const top = by < 0 && view.last > 0 && row === view.last ? state.screen.log.top : placeOf(view, row);
	return looked(state, {top});
};

/** Stands still where it is, or follows the end. */
export const toggleFollow = (state: State): LogLook => {
	const view = viewOf(state);
	if (!view?.follows) return looked(state, {top: undefined});
	const at = view.rows.rows[view.top];
	return looked(state, {top: {line: view.log.dropped + (at?.line ?? 0), row: at?.part ?? 0}});
};

/** Long lines go on in the next row, or are cut. The line at the top stays there. */
export const toggleWrap = ({screen}: State): LogLook => ({
	...screen.log,
	wrap: !screen.log.wrap,
	...(screen.log.top && {top: {line: screen.log.top.line, row: 0}}),
});

/** Rows that a page key scrolls. */
export const logPage = (state: State): number => Math.max(1, Math.floor((viewOf(state)?.room ?? 2) / 2));

// Capital letters are looked for as they are, else they do not count.
const folded = (text: string, wanted: string): string =>
	wanted === wanted.toLowerCase() ? text.toLowerCase() : text;

const matches = ({lines, dropped}: LogText, find: string): readonly number[] =>
	find === ''
		? []
		: lines.flatMap(({text}, index) => (folded(text, find).includes(find) ? index + dropped : []));

/** How many lines hold what is looked for. */
export const matchCount = (state: State): number => {
	const log = logOf(state);
	return log ? matches(log, state.screen.log.find).length : 0;
};

/** The look at the next line that holds what is looked for, or at the one before; from the end it goes on at the beginning. `here` counts the line at the top. */
export const findInLog = (state: State, by: 1 | -1, here = false): LogLook => {
	const view = viewOf(state);
	if (!view) return state.screen.log;
	const {found, find} = state.screen.log;
	const {log, rows, room, last} = view;
	const lines = matches(log, find);
	const topLine = log.dropped + (rows.rows[view.top]?.line ?? 0);
	const from = here || found === undefined ? topLine - by : found;
	const next =
		by > 0
			? (lines.find(line => line > from) ?? lines[0])
			: (lines.findLast(line => line < from) ?? lines.at(-1));
	if (next === undefined) return looked(state, {found: undefined});
	const row = rows.starts[next - log.dropped] ?? 0;
	const inSight = row >= view.top && row < view.top + room;
	const top = inSight ? view.top : Math.max(0, Math.min(last, row - Math.floor(room / 3)));
	const at = rows.rows[top];
	// It stands still, or the next line would push away what was found.
	return looked(state, {found: next, top: {line: log.dropped + (at?.line ?? 0), row: at?.part ?? 0}});
};

/** A row with what was found in it. A match that goes on in the next row is marked in both. */
const rowSpans = ({rows}: Rows, row: Row, index: number, find: string): readonly Span[] => {
	if (find === '') return [span(row.text)];
	const parts = [row.text];
	let before = 0;
	for (let at = index - 1; rows[at]?.line === row.line; at--) {
		parts.unshift(rows[at]?.text ?? '');
		before += rows[at]?.text.length ?? 0;
	}
	for (let at = index + 1; rows[at]?.line === row.line; at++) parts.push(rows[at]?.text ?? '');
	const whole = folded(parts.join(''), find);
	// Where folding changed the length, places would not fit.
	if (whole.length !== parts.reduce((sum, {length}) => sum + length, 0)) return [span(row.text)];
	const spans: Span[] = [];
	const end = before + row.text.length;
	let done = before;
	for (let at = whole.indexOf(find); at >= 0 && at < end; at = whole.indexOf(find, at + find.length)) {
		const [start, stop] = [Math.max(done, at), Math.min(end, at + find.length)];
		if (stop <= done) continue;
		spans.push(span(row.text.slice(done - before, start - before)));
		spans.push(span(row.text.slice(start - before, stop - before), 'found'));
		done = stop;
	}
	return [...spans, span(row.text.slice(done - before))];
};

const thousands = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

/** How it stands: below the text. */
const statusLine = (state: State, view: View, width: number, glyphs: Glyphs): Line => {
	const {log, rows, top, room, follows} = view;
	const {screen} = state;
	const {find, found, wrap: wraps} = screen.log;
	const typing = screen.overlay?.kind === 'find';
	const first = rows.rows[top];
	const final = rows.rows[Math.min(rows.rows.length, top + room) - 1];
	const left = [follows ? (log.ended ? 'it has ended' : 'follows') : 'stands still'];
	if (typing) left.unshift(`/${find}_`);
	else if (find !== '') {
		const lines = matches(log, find);
		const place = found === undefined ? 0 : lines.indexOf(found) + 1;
		left.unshift(
			lines.length === 0
				? `no "${find}"`
				: `"${find}" ${place ? `${place} of ` : ''}${count(lines.length, 'line')}`,
		);
	}
	if (!follows && log.ended) left.push('it has ended');
	if (!wraps) left.push('cut at the edge');
	const away =
		log.dropped > 0 ? `, ${thousands(log.dropped)} let go` : log.cut ? ', older text left out' : '';
	const right =
		first && final
			? `${thousands(log.dropped + first.line + 1)}-${thousands(log.dropped + final.line + 1)} of ${thousands(log.dropped + rows.starts.length)}${away}`
			: '';
	return rule(width, glyphs, left.join(` ${glyphs.dot} `), right);
};

const alone = (text: string, width: number): readonly Line[] =>
	wrap(text, Math.max(8, width - 2)).map(line => [span(` ${line}`, 'dim')]);

/** The log, `room` lines of it with how it stands. */
export const logLines = (state: State, width: number, room: number, glyphs: Glyphs): readonly Line[] => {
	const {detail, log: look} = state.screen;
	const profile = detail && profileOf(state, detail.ref);
	if (profile?.can.logs === false) {
		return alone(`this system has no logs: ${profile.title} tells nothing of what its jobs print`, width);
	}
	const view = viewOf(state, glyphs.ascii);
	if (!view) return alone('asking for the log', width);
	const {log, rows, top, notes} = view;
	const visible = rows.rows.slice(top, top + view.room).map((row, index): Line => {
		const here = look.found !== undefined && look.found === log.dropped + row.line && row.part === 0;
		return [span(here ? '> ' : ' '.repeat(gutter)), ...rowSpans(rows, row, top + index, look.find)];
	});
	const empty = log.failure
		? []
		: alone(log.ended ? 'it printed nothing' : 'it has printed nothing yet', width);
	const text = rows.rows.length === 0 ? empty : visible;
	const blank = Array.from({length: Math.max(0, view.room - text.length)}, (): Line => []);
	return [
		...text,
		...blank,
		...notes.map((note): Line => [span(` ${note}`, 'needs-you')]),
		statusLine(state, view, width, glyphs),
	]
		.slice(0, room)
		.map(line => fitLine(line, width, glyphs));
};
