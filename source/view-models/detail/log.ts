/*
The log of a job in rows of the screen: the visible rows, the matches of a search, the scroll limits.
*/

import {keyWord} from '../../keys/words.ts';
import type {LogLine, LogText} from '../../state/known.ts';
import type {LogLook} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {failureTone, failureWords} from '../../table/failure-words.ts';
import {cursorPart, layoutOf} from '../../table/layout.ts';
import {profileOf} from '../../table/subject.ts';
import type {Canvas} from '../../text/canvas.ts';
import {count} from '../../text/format.ts';
import {fitLine, rule, ruleRoom, span, typedText, withCursor} from '../../text/line.ts';
import {rememberedBy, rememberedLast} from '../../text/remembered.ts';
import type {Line, Span} from '../../text/theme.ts';
import {hardWrap, safeText, wrap} from '../../text/width.ts';

/** Cells before the text: the mark of a match. */
const gutter = 2;
/** Lines of the details above the text, and the status line of the log below it. */
export const headLines = 2;
const statusLines = 1;

/** A row: the index of a kept line, and the row within that line. */
type Place = {readonly line: number; readonly row: number};

// A line is measured once, and only when it is near the window: a long log costs no more than its visible part.
const partsOf = rememberedBy(({text}: LogLine) =>
	rememberedLast((width: number, wraps: boolean, ascii: boolean): readonly string[] => {
		// A cut line need not be measured to its end.
		const sure = safeText(wraps ? text : text.slice(0, width * 8), ascii);
		return wraps ? hardWrap(sure, width) : [sure];
	}),
);

/** A log in rows of one width. */
type Rows = {
	readonly log: LogText;
	/** Number of lines; an empty text after the last line break does not count. */
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

/** The log of the job whose details are open, once some of it has arrived. */
const logOf = ({known, screen}: State): LogText | undefined =>
	known.log && known.log.ref === screen.detail?.ref ? known.log : undefined;

/** All kept lines of the log. */
export const logText = (state: State): string | undefined =>
	logOf(state)
		?.lines.map(({text}) => text)
		.join('\n');

type View = {
	readonly rows: Rows;
	/** Rows that are visible. */
	readonly room: number;
	/** The first visible row, and its largest value. */
	readonly top: Place;
	readonly bottom: Place;
	readonly follows: boolean;
	readonly notes: readonly string[];
};

/** Why the last read failed, in lines. */
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

/** The visible rows. */
const visibleRows = ({rows, top, room}: View): readonly Place[] => {
	const places: Place[] = [];
	for (let {line, row} = top; line < rows.count && places.length < room; line++, row = 0) {
		for (; row < rows.parts(line).length && places.length < room; row++) places.push({line, row});
	}
	return places;
};

/** A position that stays valid when older lines are dropped. */
const lasting = ({rows}: View, {line, row}: Place): Place => ({line: rows.log.dropped + line, row});

const looked = ({screen}: State, changes: {top?: Place | undefined; found?: number | undefined}): LogLook => {
	const {top, found, ...rest} = {...screen.log, ...changes};
	return {...rest, ...(top && {top}), ...(found !== undefined && {found})};
};

/** The view after scrolling by this many rows. At the end, it follows the log again. */
export const scrollLog = (state: State, by: number): LogLook => {
	const view = viewOf(state);
	if (!view) return state.screen.log;
	if (by === Number.POSITIVE_INFINITY) return looked(state, {top: undefined});
	const to = by > 0 ? down(view.rows, view.top, by) : up(view.rows, view.top, -by);
	if (isBefore(to, view.bottom)) return looked(state, {top: lasting(view, to)});
	// A log that fits the window cannot scroll, so it keeps following.
	return by > 0 ? looked(state, {top: undefined}) : state.screen.log;
};

/** Pauses at the current position, or follows the end. */
export const toggleFollow = (state: State): LogLook => {
	const view = viewOf(state);
	return looked(state, {top: view?.follows ? lasting(view, view.top) : undefined});
};

/** Wraps long lines, or cuts them. The line at the top stays there. */
export const toggleWrap = ({screen}: State): LogLook => ({
	...screen.log,
	wrap: !screen.log.wrap,
	...(screen.log.top && {top: {line: screen.log.top.line, row: 0}}),
});

/** Rows that a page key scrolls. */
export const logPage = (state: State): number => Math.max(1, Math.floor((viewOf(state)?.room ?? 2) / 2));

// Smart case: the search is case-sensitive if it contains a capital letter.
const folded = (text: string, wanted: string): string =>
	wanted === wanted.toLowerCase() ? text.toLowerCase() : text;

const matches = ({lines, dropped}: LogText, find: string): readonly number[] =>
	find === ''
		? []
		: lines.flatMap(({text}, index) => (folded(text, find).includes(find) ? index + dropped : []));

/** The number of lines that match the search. */
export const matchCount = (state: State): number => {
	const log = logOf(state);
	return log ? matches(log, state.screen.log.find).length : 0;
};

/** The view at the next or previous match; after the end it continues at the beginning. `here` includes the line at the top. */
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
	// The view pauses, or the next line would push the match away.
	return looked(state, {found: next, top: lasting(view, top)});
};

/** A row with its matches. A match that continues in the next row is marked in both. */
const rowSpans = ({parts}: Rows, {line, row}: Place, find: string): readonly Span[] => {
	const all = parts(line);
	const text = all[row] ?? '';
	if (find === '') return [span(text)];
	const whole = all.join('');
	const sought = folded(whole, find);
	// If case folding changed the length, positions would be wrong.
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

/** The status line below the text. */
const statusLine = (state: State, view: View, {width, glyphs}: Canvas): Line => {
	const {rows, follows} = view;
	const {log, count: lineCount} = rows;
	const {screen} = state;
	const {find, found, wrap: wraps} = screen.log;
	const typing = screen.overlay?.kind === 'find';
	const visible = visibleRows(view);
	const [first, final] = [visible[0], visible.at(-1)];
	const left = [standing(state, log, follows)];
	if (!typing && find !== '') {
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
	const dot = ` ${glyphs.dot} `;
	const field = typing ? [...typedText(`/${find}`, ruleRoom(width), glyphs), span(dot)] : [];
	return rule(width, glyphs, [...field, span(left.join(dot))], right);
};

const alone = (text: string, width: number): readonly Line[] =>
	wrap(text, Math.max(8, width - 2)).map(line => [span(` ${line}`, 'dim')]);

/** The log, as many lines as the canvas has, with its status line. */
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
	const places = visibleRows(view);
	const isFound = ({line, row}: Place) => look.found === log.dropped + line && row === 0;
	// The match, or the newest line of a log that is followed.
	const current = places.find(isFound) ?? (view.follows ? places.at(-1) : places[0]);
	const hasCursor = cursorPart(state.screen) === 'detail';
	const visible = places.map((place): Line => {
		const gap = span(isFound(place) ? '> ' : ' '.repeat(gutter));
		const line = [gap, ...rowSpans(rows, place, look.find)];
		return hasCursor && place === current ? withCursor(line) : line;
	});
	const empty = log.failure ? [] : alone(log.ended ? 'nothing printed' : 'nothing printed yet', width);
	const text = rows.count === 0 ? empty : visible;
	const blank = Array.from({length: Math.max(0, view.room - text.length)}, (): Line => []);
	return [
		...text,
		...blank,
		...notes.map((note): Line => [span(` ${note}`, log.failure ? failureTone(log.failure) : 'plain')]),
		statusLine(state, view, canvas),
	]
		.slice(0, height)
		.map(line => fitLine(line, width, glyphs));
};
