import type {CursorKind} from './terminal-cursor.ts';
import type {Glyphs, Line, Span, Tone} from './theme.ts';
import {cutEnd, cutStart, safeText, widthOf, wrap} from './width.ts';

export const span = (text: string, tone?: Tone): Span => (tone ? {text, tone} : {text});

/** The width of a line, in cells. */
export const widthOfLine = (line: Line): number => line.reduce((sum, {text}) => sum + widthOf(text), 0);

/** The line with the cursor of the terminal on its first cell. */
export const withCursor = ([first = span(' '), ...rest]: Line, cursor: CursorKind = 'here'): Line => [
	{...first, cursor},
	...rest,
];

/** The line as that of the entry of a menu with this index. */
export const withEntry = ([first = span(' '), ...rest]: Line, entry: number): Line => [
	{...first, entry},
	...rest,
];

/** The index of the entry of a menu that the line shows, or undefined. */
export const entryOf = (line: Line): number | undefined => line.find(({entry}) => entry !== undefined)?.entry;

/** The text in lines of at most `width` cells. */
export const paragraph = (
	text: string,
	{width, glyphs}: {readonly width: number; readonly glyphs: Glyphs},
	tone?: Tone,
): readonly Line[] => wrap(safeText(text, glyphs.ascii), width).map(line => [span(line, tone)]);

/** What stands where the next character is typed. */
const insertionPoint = '_';

/** Text that is being typed, with the cursor after it, in at most `width` cells: its end is visible. */
export const typedText = (text: string, width: number, glyphs: Glyphs, tone?: Tone): Line => [
	span(cutStart(safeText(text, glyphs.ascii), Math.max(0, width - 1), glyphs.ellipsis), tone),
	{...span(insertionPoint, tone), cursor: 'typed'},
];

/** The line in at most `width` cells, cut at its end. */
const cutLine = (line: Line, width: number, glyphs: Glyphs): Line => {
	const fitted: Span[] = [];
	let left = width;
	const safe = line.map(piece => ({...piece, text: safeText(piece.text, glyphs.ascii)}));
	const tooWide = widthOfLine(safe) > width;
	for (const piece of safe) {
		const wide = widthOf(piece.text);
		if (tooWide && wide >= left) {
			const text = cutEnd(`${piece.text} `, left, glyphs.ellipsis);
			fitted.push({...piece, text});
			left -= widthOf(text);
			break;
		}
		fitted.push(piece);
		left -= wide;
	}
	return fitted;
};

/** A line of exactly `width` cells: cut at its end, or padded. */
export const fitLine = (line: Line, width: number, glyphs: Glyphs): Line => {
	const cut = cutLine(line, width, glyphs);
	const left = width - widthOfLine(cut);
	return left > 0 ? [...cut, {text: ' '.repeat(left)}] : cut;
};

/** A line of exactly `width` cells with `right` at its end, if there is room. */
export const spread = (left: Line, right: Line, width: number, glyphs: Glyphs): Line => {
	const end = right.map(piece => ({...piece, text: safeText(piece.text, glyphs.ascii)}));
	const room = width - widthOfLine(end);
	if (room < 1) return fitLine(left.length > 0 ? left : end, width, glyphs);
	return [...fitLine(left, room, glyphs), ...end];
};

/** Cells for what must be seen at the beginning of a label of a rule, whatever follows it there. */
export const ruleRoom = (width: number): number => Math.max(0, width - ruleEnds - 1);

/** The lines and blanks around the label of a rule. */
const ruleEnds = 5;

/** A horizontal rule with labels: `─ jobs ────── sort: AGE ─`. */
export const rule = (width: number, glyphs: Glyphs, left: string | Line = '', right = ''): Line => {
	const line = glyphs.horizontal;
	const words = cutLine(
		typeof left === 'string' ? [span(left)] : left,
		Math.max(0, width - ruleEnds),
		glyphs,
	);
	const isEmpty = words.every(({text}) => text === '');
	const front = isEmpty ? [] : [span(' '), ...words, span(' ')];
	const label = right ? ` ${safeText(right, glyphs.ascii)} ` : '';
	const back = widthOfLine(front) + widthOf(label) + 3 <= width ? label : '';
	const middle = Math.max(0, width - 2 - widthOfLine(front) - widthOf(back));
	return [
		span(line, 'frame'),
		...front,
		span(line.repeat(middle), 'frame'),
		span(back, 'dim'),
		span(line, 'frame'),
	];
};
