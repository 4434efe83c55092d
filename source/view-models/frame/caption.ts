import type {State} from '../../state/state.ts';
import type {Canvas} from '../../text/canvas.ts';
import {fitLine, span} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';
import {wrap} from '../../text/width.ts';

const label = ' tour ';

/** Lines at the bottom of the screen that no overlay covers: the last news or the rule, the hints, and the answer to the last key. */
const uncovered = 3;
/** The answer to the last key stays in view. */
const maxLines = uncovered - 1;

/** The lines at the bottom of the screen, with the caption of a tour in place of the news and the hints. No line moves. */
export const withCaption = (
	lines: readonly Line[],
	{screen: {caption}}: State,
	{width, glyphs}: Pick<Canvas, 'width' | 'glyphs'>,
): readonly Line[] => {
	if (caption === undefined) return lines;
	const [first = '', ...rest] = wrap(caption, Math.max(1, width - label.length - 2));
	const texts = rest.length < maxLines ? [first, ...rest] : [first, rest.join(' ')];
	const drawn = texts.map((text, index) =>
		fitLine(
			[index === 0 ? span(label, 'found') : span(' '.repeat(label.length)), span(` ${text}`, 'strong')],
			width,
			glyphs,
		),
	);
	const from = Math.max(0, lines.length - uncovered);
	return [...lines.slice(0, from), ...drawn, ...lines.slice(from + drawn.length)];
};
