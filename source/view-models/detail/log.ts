/*
The log of a job in rows of the screen: which are visible, what is found in them, how far it can be scrolled.
*/

import {keyWord} from '../../keys/words.ts';
import type {LogLine, LogText} from '../../state/known.ts';
import type {LogLook} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {layoutOf} from '../../table/layout.ts';
import {profileOf} from '../../table/subject.ts';
import type {Canvas} from '../../text/canvas.ts';
import {count} from '../../text/format.ts';
import {fitLine, rule, span} from '../../text/line.ts';
import {rememberedBy, rememberedLast} from '../../text/remembered.ts';
import type {Line, Span} from '../../text/theme.ts';
import {hardWrap, sureText, wrap} from '../../text/width.ts';
import {failureWords} from './failure-words.ts';

/** Cells before the text: the mark of the line that was found. */
const gutter = 2;
/** Lines of the detail above its text, and of the log below: how it stands. */
export const headLines = 2;
const statusLines = 1;

/** A row: a line by its place among those that are kept, and which of its rows. */
type Place = {readonly line: number; readonly row: number};

// A line is measured once, and only when it is near: a long log costs no more than what is seen of it.
const partsOf = rememberedBy(({text}: LogLine) =>
	rememberedLast((width: number, wraps: boolean, ascii: boolean): readonly string[] => {
		// What is cut at the edge need not be known to its end.
		const sure = sureText(wraps ? text : text.slice(0, width * 8), ascii);
		return wraps ? hardWrap(sure, width) : [sure];
	}),
);

/** A log in rows of one width. */
type Rows = {
	readonly log: LogText;
	/** Lines: what follows the last line break is none as long as it is empty. */
	readonly count: number;
	readonly parts: (line: number) => readonly string[];
};

const down = ({count, parts}: Rows, {line, row}: Place, by: number): Place => {
	let [at, left] = [line, row + by];
	for (; at < count - 1 && left >= parts(at).length; at++) left -= parts(at).length;
	return {line: at, row: Math.min(left, Math.max(0, parts(at).length - 1))};
};

const up = ({parts}: Rows, {line, row}: Place, by: number): Place => {
	if (by === Number.POSITIVE_INFINITY) return {line: 0, row: 0};
	let [at, left] = [line, row - by];
	while (left < 0 && at > 0) left += parts(--at).length;
	return {line: at, row: Math.max(0, left)};
};

const isBefore = (a: Place, b: Place): boolean => a.line < b.line || (a.line === b.line && a.row < b.row);

/** The log of the job that is told in full, once some of it has come. */
const logOf = ({known, screen}: State): LogText | undefined =>
	known.log && known.log.ref === screen.detail?.ref ? known.log : undefined;

/** The whole log as far as it is kept. */
export const logText = (state: State): string | undefined =>
	logOf(state)
		?.lines.map(({text}) => text)
		.join('\n');

type View = {
	readonly rows: Rows;
	/** Rows that are visible. */
	readonly room: number;
	/** The first visible row, and the furthest that it can be. */
	readonly top: Place;
	readonly bottom: Place;
	readonly follows: boolean;
	readonly notes: readonly string[];
};

/** Why the last reading failed, in lines. */
const notesOf = (state: State, {failure}: LogText, width: number): readonly string[] =>
	failure ? wrap(failureWords(state, failure), Math.max(8, width - 2)).slice(0, 3) : [];

const viewOf = (state: State, ascii = false): View | undefined => {
	const log = logOf(state);
	if (!log) return undefined;
	const {detailColumns, body} = layoutOf(state.screen, state.cancellations.length > 0);
	const {wrap: wraps, top: place} = state.screen.log;
	const nothing: LogLine = {text: ''};
	const rows: Rows = {
		log,
		count: log.lines.length - (log.lines.at(-1)?.text === '' ? 1 : 0),
		parts: line => partsOf(log.lines[line] ?? nothing)(detailColumns - gutter, wraps, ascii),
	};
	const notes = notesOf(state, log, detailColumns);
	const room = Math.max(1, body - headLines - statusLines - notes.length);
	const final = Math.max(0, rows.count - 1);
	const bottom = up(rows, {line: final, row: rows.parts(final).length - 1}, room - 1);
	const kept = place && Math.max(0, place.line - log.dropped);
	const wanted =
		kept === undefined ? bottom : {line: kept, row: place?.line === kept + log.dropped ? place.row : 0};
	return {
		rows,
		room,
		top: isBefore(wanted, bottom) ? wanted : bottom,
		bottom,
		follows: place === undefined,
		notes,
	};
};

/** The rows that are seen. */
const visibleRows = ({rows, top, room}: View): readonly Place[] => {
	const places: Place[] = [];
	for (let {line, row} = top; line < rows.count && places.length < room; line++, row = 0) {
		for (; row < rows.parts(line).length && places.length < room; row++) places.push({line, row});
	}
	return places;
};

/** A place that stays when older lines are let go of. */
const lasting = ({rows}: View, {line, row}: Place): Place => ({line: rows.log.dropped + line, row});

const looked = ({screen}: State, changes: {top?: Place | undefined; found?: number | undefined}): LogLook => {
	const {top, found, ...rest} = {...screen.log, ...changes};
	return {...rest, ...(top && {top}), ...(found !== undefined && {found})};
};

/** The look after scrolling by so many rows. At the end, it is followed again. */
export const scrollLog = (state: State, by: number): LogLook => {
	const view = viewOf(state);
	if (!view) return state.screen.log;
	if (by === Number.POSITIVE_INFINITY) return looked(state, {top: undefined});
	const to = by > 0 ? down(view.rows, view.top, by) : up(view.rows, view.top, -by);
	if (isBefore(to, view.bottom)) return looked(state, {top: lasting(view, to)});
	// A log that is no longer than the room cannot be scrolled, and does not stand still.
	return by > 0 ? looked(state, {top: undefined}) : state.screen.log;
};

/** Stands still where it is, or follows the end. */
export const toggleFollow = (state: State): LogLook => {
	const view = viewOf(state);
	return looked(state, {top: view?.follows ? lasting(view, view.top) : undefined});
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
	const {rows, room} = view;
	const {dropped} = rows.log;
	const lines = matches(rows.log, find);
	const from = here || found === undefined ? dropped + view.top.line - by : found;
	const next =
		by > 0
			? (lines.find(line => line > from) ?? lines[0])
			: (lines.findLast(line => line < from) ?? lines.at(-1));
	if (next === undefined) return looked(state, {found: undefined});
	const place = {line: next - dropped, row: 0};
	const inSight = visibleRows(view).some(({line, row}) => line === place.line && row === 0);
	const wanted = inSight ? view.top : up(rows, place, Math.floor(room / 3));
	const top = isBefore(wanted, view.bottom) ? wanted : view.bottom;
	// It stands still, or the next line would push away what was found.
	return looked(state, {found: next, top: lasting(view, top)});
};

/** A row with what was found in it. A match that goes on in the next row is marked in both. */
const rowSpans = ({parts}: Rows, {line, row}: Place, find: string): readonly Span[] => {
	const all = parts(line);
	const text = all[row] ?? '';
	if (find === '') return [span(text)];
	const whole = all.join('');
	const sought = folded(whole, find);
	// Where folding changed the length, places would not fit.
	if (sought.length !== whole.length) return [span(text)];
	const before = all.slice(0, row).join('').length;
	const end = before + text.length;
	const spans: Span[] = [];
	let done = before;
	for (let at = sought.indexOf(find); at >= 0 && at < end; at = sought.indexOf(find, at + find.length)) {
		const [start, stop] = [Math.max(done, at), Math.min(end, at + find.length)];
		if (stop <= done) continue;
		spans.push(span(whole.slice(done, start)), span(whole.slice(start, stop), 'found'));
		done = stop;
	}
	return [...spans, span(whole.slice(done, end))];
};

const thousands = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

const standing = (state: State, {failure, parked, ended}: LogText, follows: boolean): string => {
	if (failure) return parked ? `${keyWord(state, 'refresh')} tries again` : 'trying again';
	if (!follows) return 'paused';
	return ended ? 'it has ended' : 'follows';
};

/** How it stands: below the text. */
const statusLine = (state: State, view: View, {width, glyphs}: Canvas): Line => {
	const {rows, follows} = view;
	const {log, count: lineCount} = rows;
	const {screen} = state;
	const {find, found, wrap: wraps} = screen.log;
	const typing = screen.overlay?.kind === 'find';
	const visible = visibleRows(view);
	const [first, final] = [visible[0], visible.at(-1)];
	const left = [standing(state, log, follows)];
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
	if (!wraps) left.push('long lines cut');
	const away = log.dropped > 0 ? `, ${thousands(log.dropped)} dropped` : log.cut ? ', older text cut' : '';
	const right =
		first && final
			? `${thousands(log.dropped + first.line + 1)}-${thousands(log.dropped + final.line + 1)} of ${thousands(log.dropped + lineCount)}${away}`
			: '';
	return rule(width, glyphs, left.join(` ${glyphs.dot} `), right);
};

const alone = (text: string, width: number): readonly Line[] =>
	wrap(text, Math.max(8, width - 2)).map(line => [span(` ${line}`, 'dim')]);

/** The log, as many lines of it as the canvas has, with how it stands. */
export const logLines = (state: State, canvas: Canvas): readonly Line[] => {
	const {width, height, glyphs} = canvas;
	const {detail, log: look} = state.screen;
	const profile = detail && profileOf(state, detail.ref);
	if (profile?.can.logs === false) {
		return alone(`no logs: ${profile.title} does not provide them`, width);
	}
	const view = viewOf(state, glyphs.ascii);
	if (!view) return alone('loading the log', width);
	const {rows, notes} = view;
	const {log} = rows;
	const visible = visibleRows(view).map((place): Line => {
		const here = look.found === log.dropped + place.line && place.row === 0;
		return [span(here ? '> ' : ' '.repeat(gutter)), ...rowSpans(rows, place, look.find)];
	});
	const empty = log.failure ? [] : alone(log.ended ? 'nothing printed' : 'nothing printed yet', width);
	const text = rows.count === 0 ? empty : visible;
	const blank = Array.from({length: Math.max(0, view.room - text.length)}, (): Line => []);
	return [
		...text,
		...blank,
		...notes.map((note): Line => [span(` ${note}`, 'needs-you')]),
		statusLine(state, view, canvas),
	]
		.slice(0, height)
		.map(line => fitLine(line, width, glyphs));
};
