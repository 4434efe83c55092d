import type {Canvas} from '../../text/canvas.ts';
import {fitLine, span} from '../../text/line.ts';
import type {Line, Tone} from '../../text/theme.ts';
import {cutEnd, safeText, widthOf} from '../../text/width.ts';

/** Lines with a frame around them and a title in it; every line is `width` cells wide. */
export const framed = (
	title: string,
	content: readonly Line[],
	canvas: Pick<Canvas, 'width' | 'glyphs'>,
	tone: Tone = 'strong',
): readonly Line[] => {
	const {width, glyphs} = canvas;
	const [topLeft, topRight, bottomLeft, bottomRight] = glyphs.corners;
	const inner = width - 4;
	const words = cutEnd(safeText(title, glyphs.ascii), inner - 2, glyphs.ellipsis);
	const rest = Math.max(0, width - 5 - widthOf(words));
	return [
		[
			span(`${topLeft}${glyphs.horizontal} `, tone),
			span(words, 'strong'),
			span(` ${glyphs.horizontal.repeat(rest)}${topRight}`, tone),
		],
		...content.map(
			(line): Line => [
				span(`${glyphs.vertical} `, tone),
				...fitLine(line, inner, glyphs),
				span(` ${glyphs.vertical}`, tone),
			],
		),
		[span(`${bottomLeft}${glyphs.horizontal.repeat(width - 2)}${bottomRight}`, tone)],
	];
};

/** The canvas inside a frame. */
export const insideFrame = (canvas: Canvas): Canvas => ({
	...canvas,
	width: canvas.width - 4,
	height: canvas.height - 2,
});
