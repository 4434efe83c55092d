import type {Glyphs, Line, Span, Tone} from './theme.ts';
import {cutEnd, safeText, widthOf} from './width.ts';

export const span = (text: string, tone?: Tone): Span => (tone ? {text, tone} : {text});

const widthOfLine = (line: Line): number => line.reduce((sum, {text}) => sum + widthOf(text), 0);

/** A line of exactly `width` cells: cut at its end, or padded. */
export const fitLine = (line: Line, width: number, glyphs: Glyphs): Line => {
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
	if (left > 0) fitted.push({text: ' '.repeat(left)});
	return fitted;
};

/** A line of exactly `width` cells with `right` at its end, if there is room. */
export const spread = (left: Line, right: Line, width: number, glyphs: Glyphs): Line => {
	const end = right.map(piece => ({...piece, text: safeText(piece.text, glyphs.ascii)}));
	const room = width - widthOfLine(end);
	if (room < 1) return fitLine(left.length > 0 ? left : end, width, glyphs);
	return [...fitLine(left, room, glyphs), ...end];
};

/** A horizontal rule with labels: `─ jobs ────── sort: AGE ─`. */
export const rule = (width: number, glyphs: Glyphs, left = '', right = ''): Line => {
	const line = glyphs.horizontal;
	const front = left
		? ` ${cutEnd(safeText(left, glyphs.ascii), Math.max(0, width - 5), glyphs.ellipsis)} `
		: '';
	const label = right ? ` ${safeText(right, glyphs.ascii)} ` : '';
	const back = widthOf(front) + widthOf(label) + 3 <= width ? label : '';
	const middle = Math.max(0, width - 2 - widthOf(front) - widthOf(back));
	return [
		span(line, 'frame'),
		span(front),
		span(line.repeat(middle), 'frame'),
		span(back, 'dim'),
		span(line, 'frame'),
	];
};
