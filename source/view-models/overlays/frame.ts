import type {Canvas} from '../../text/canvas.ts';
import {fitLine, span} from '../../text/line.ts';
import type {Line, Tone} from '../../text/theme.ts';
import {cutEnd, safeText, widthOf} from '../../text/width.ts';

/** The tones of a frame and of the title in it. */
export type FrameTones = {readonly frame: Tone; readonly title: Tone};

/** The frame of a question: only its warnings are loud. */
export const calmFrame: FrameTones = {frame: 'plain', title: 'strong'};

/** Cells for the title of a frame that is `width` cells wide. */
export const titleRoom = (width: number): number => width - 6;

/** Lines with a frame around them and a title in it; every line is `width` cells wide. */
export const framed = (
	title: string,
	content: readonly Line[],
	canvas: Pick<Canvas, 'width' | 'glyphs'>,
	{frame: tone, title: titleTone}: FrameTones = {frame: 'strong', title: 'strong'},
): readonly Line[] => {
	const {width, glyphs} = canvas;
	const [topLeft, topRight, bottomLeft, bottomRight] = glyphs.corners;
	const inner = width - 4;
	const words = cutEnd(safeText(title, glyphs.ascii), titleRoom(width), glyphs.ellipsis);
	const rest = Math.max(0, width - 5 - widthOf(words));
	return [
		[
			span(`${topLeft}${glyphs.horizontal} `, tone),
			span(words, titleTone),
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
