/*
The frame of every question before something is changed. Its text scrolls, and how to answer is always visible. Nothing of the text is cut without a line that counts what is not shown and names the key that shows it.
*/

import type {Canvas} from '../../text/canvas.ts';
import {count} from '../../text/format.ts';
import {paragraph, span, typedText, widthOfLine, withCursor} from '../../text/line.ts';
import type {Glyphs, Line} from '../../text/theme.ts';
import {safeText, widthOf} from '../../text/width.ts';
import {calmFrame, type FrameTones, framed, insideFrame, titleRoom} from './frame.ts';

/** A part of the text of a question, whose lines belong together. */
export type QuestionPart = {
	/** Facts and warnings must have been in view before anything is sent; notes need not. */
	readonly kind: 'fact' | 'warning' | 'note';
	readonly lines: readonly Line[];
	/** A blank line stands before it, if there is room. */
	readonly apart?: true;
};

/** A question at one width. */
export type Question = {
	readonly title: string;
	/** More than the usual care is asked for. */
	readonly guarded?: boolean;
	readonly parts: readonly QuestionPart[];
	/** If not all of the text fits, the warnings stand before the facts above them, unless the first one fits below these. */
	readonly warningsFirst?: true;
	/** How to answer. */
	readonly answer: readonly Line[];
	/** What is said instead of the answer if there is no room for it. */
	readonly tooSmall: string;
};

/** The keys that scroll the text, as they are called. */
export type ScrollKeys = {readonly down: string; readonly up: string};

/** The part of the text that is in view. */
export type QuestionWindow = {
	/** False if there is no room for the answer and a line of text. */
	readonly roomy: boolean;
	/** All of the text, with the blank lines that there is room for. */
	readonly lines: readonly Line[];
	/** The first line in view. */
	readonly top: number;
	/** The number of lines in view. */
	readonly shown: number;
	/** The furthest `top`. */
	readonly last: number;
	/** Warnings that begin below the view. */
	readonly warningsBelow: number;
	/** Whether a warning that begins in the view, or above it, ends below it. */
	readonly warningBroken: boolean;
	/** Whether a fact or a warning ends below the view. */
	readonly unread: boolean;
};

/** Between the pieces of a line. */
const pieceGap = '   ';

const air: Line = [span('')];

/** The parts, with the title first if the frame cannot show all of it. */
const partsOf = ({title, parts}: Question, canvas: Canvas): readonly QuestionPart[] =>
	widthOf(safeText(title, canvas.glyphs.ascii)) <= titleRoom(canvas.width + 4)
		? parts
		: [{kind: 'fact', lines: paragraph(title, canvas, 'strong')}, ...parts];

const countLines = (parts: readonly QuestionPart[]): number =>
	parts.reduce((sum, {lines}) => sum + lines.length, 0);

/** The parts in the order for so many lines. */
const inOrder = (parts: readonly QuestionPart[], room: number): readonly QuestionPart[] => {
	const first = parts.findIndex(({kind}) => kind === 'warning');
	const firstFits = countLines(parts.slice(0, first + 1)) < room;
	if (first <= 0 || firstFits || countLines(parts) <= room) return parts;
	const notes = parts.findLastIndex(({kind}) => kind !== 'note') + 1;
	return [...parts.slice(first, notes), ...parts.slice(0, first), ...parts.slice(notes)];
};

/** The view of a question in the area inside its frame, from the line `top` on. */
export const questionWindow = (question: Question, top: number, inner: Canvas): QuestionWindow => {
	const room = inner.height - question.answer.length;
	const all = partsOf(question, inner).filter(({lines}) => lines.length > 0);
	const parts = question.warningsFirst ? inOrder(all, room) : all;
	const number = countLines(parts);
	const gaps = parts.filter(({apart}, index) => apart && index > 0).length;
	// If there is too little room, blank lines go first.
	const spaced = number + gaps <= room;
	const lines: Line[] = [];
	const placed: {readonly kind: QuestionPart['kind']; readonly begin: number; readonly end: number}[] = [];
	for (const part of parts) {
		if (spaced && part.apart && lines.length > 0) lines.push(air);
		const begin = lines.length;
		for (const line of part.lines) lines.push(line);
		placed.push({kind: part.kind, begin, end: lines.length});
	}
	const whole = lines.length <= room;
	// A line counts what is not in view.
	const shown = whole ? lines.length : Math.max(0, room - 1);
	const last = lines.length - shown;
	const from = Math.max(0, Math.min(last, top));
	const below = placed.filter(({end}) => end > from + shown);
	const warnings = below.filter(({kind}) => kind === 'warning');
	const warningsBelow = warnings.filter(({begin}) => begin >= from + shown).length;
	return {
		roomy: whole || shown > 0,
		lines,
		top: from,
		shown,
		last,
		warningsBelow,
		warningBroken: warnings.length > warningsBelow,
		unread: below.some(({kind}) => kind !== 'note'),
	};
};

/** Lines that a key scrolls: what was the last line stays in view, unless there are few. */
export const questionPage = ({shown}: QuestionWindow): number => Math.max(1, shown > 3 ? shown - 1 : shown);

/** Counts what is not in view, and names the key that shows it: in a rule, so that no colour is needed to tell it from the text above. */
const signOf = (
	view: QuestionWindow,
	{down, up}: ScrollKeys,
	{width, glyphs}: Pick<Canvas, 'width' | 'glyphs'>,
): Line => {
	const {lines, top, shown, last, warningsBelow, warningBroken, unread} = view;
	const back = `${up}: back`;
	if (top === last) return ruled([span('end of the text', 'dim')], back, width, glyphs);
	const more =
		warningsBelow > 0
			? `! ${count(warningsBelow, 'more warning')}: ${down}`
			: `${warningBroken ? '! ' : ''}${count(lines.length - top - shown, 'more line')}: ${down}`;
	return ruled([span(more, unread ? 'needs-you' : 'dim')], top > 0 ? back : '', width, glyphs);
};

/** The words in a rule, with `right` at its end; without these where there is too little room. */
const ruled = (words: Line, right: string, width: number, {horizontal}: Glyphs): Line => {
	const front = widthOfLine(words) + 3;
	const end = right !== '' && front + widthOf(right) + 2 <= width ? ` ${right}` : '';
	const fill = width - front - widthOf(end);
	if (fill < 1) return words;
	return [
		span(`${horizontal} `, 'frame'),
		...words,
		span(` ${horizontal.repeat(fill)}`, 'frame'),
		span(end, 'dim'),
	];
};

/** Why nothing may be sent before more of the question has been in view; undefined if all of it was. */
export const whyUnread = (
	{warningsBelow, warningBroken, unread}: QuestionWindow,
	{down}: ScrollKeys,
): string | undefined => {
	if (!unread) return undefined;
	if (warningsBelow > 0) return `${down} first: ${count(warningsBelow, 'warning')} not shown yet`;
	return `${down} first: ${warningBroken ? 'a warning' : 'the text'} goes on below`;
};

/** The lines of a question with its frame. */
export const questionLines = (
	question: Question,
	view: QuestionWindow,
	keys: ScrollKeys,
	canvas: Canvas,
): readonly Line[] => {
	const {title, answer, tooSmall, guarded} = question;
	const {roomy, lines, top, shown, last} = view;
	const inner = insideFrame(canvas);
	const tones: FrameTones = guarded ? {...calmFrame, title: 'guarded'} : calmFrame;
	if (!roomy) {
		const refusal = paragraph(tooSmall, inner, 'needs-you').map((line, index) =>
			index === 0 ? withCursor(line) : line,
		);
		const room = Math.max(0, inner.height - refusal.length);
		return framed(title, [...lines.slice(0, room), ...refusal].slice(0, inner.height), canvas, tones);
	}
	const visible = lines.slice(top, top + shown);
	const sign = last > 0 ? [signOf(view, keys, inner)] : [];
	const gap = visible.length + sign.length + answer.length < inner.height ? [air] : [];
	return framed(title, [...visible, ...sign, ...gap, ...answer], canvas, tones);
};

/** A text to type, and what of it is typed. */
export type TypedPiece = {readonly wanted: string; readonly typed: string};

/** A warning of a question; `sign`: only its sign is loud, for what is true of every such job. */
export const warningPart = (text: string, canvas: Canvas, loud: 'all' | 'sign' = 'all'): QuestionPart => ({
	kind: 'warning',
	lines: paragraph(`! ${text}`, canvas, 'needs-you').map((line, index) => {
		if (loud === 'all') return line;
		const [{text: words = ''} = {}] = line;
		return index === 0 ? [span(words.slice(0, 1), 'needs-you'), span(words.slice(1))] : [span(words)];
	}),
});

/** How to answer: a text to type, then keys with what they do, side by side as far as there is room. A key is never cut. */
export const answerLines = (
	keys: readonly string[],
	canvas: Canvas,
	typing?: TypedPiece,
): readonly Line[] => {
	const {width, glyphs} = canvas;
	const rows: Line[] = [];
	let used = width;
	if (typing) {
		const label = paragraph(typing.wanted, canvas, 'strong');
		const [{text: end = ''} = {}] = label.at(-1) ?? [];
		const room = width - widthOf(end) - 1;
		const cells = widthOf(safeText(typing.typed, glyphs.ascii)) + 1;
		if (cells <= room) {
			const field = typedText(typing.typed, room, glyphs, 'strong');
			rows.push(...label.slice(0, -1), [span(`${end} `, 'strong'), ...field]);
			used = widthOf(end) + 1 + cells;
		} else {
			rows.push(...label, typedText(typing.typed, width, glyphs, 'strong'));
		}
	}
	for (const key of keys) {
		const cells = widthOf(safeText(key, glyphs.ascii));
		if (rows.length > 0 && used + pieceGap.length + cells <= width) {
			rows.push([...(rows.pop() ?? []), span(`${pieceGap}${safeText(key, glyphs.ascii)}`, 'strong')]);
			used += pieceGap.length + cells;
			continue;
		}
		const wrapped =
			cells <= width ? [[span(safeText(key, glyphs.ascii), 'strong')]] : paragraph(key, canvas, 'strong');
		rows.push(...wrapped);
		used = cells <= width ? cells : width;
	}
	return typing ? rows : rows.map((line, index) => (index === 0 ? withCursor(line) : line));
};
