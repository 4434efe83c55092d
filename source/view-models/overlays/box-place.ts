/*
How wide a box is: it grows where its text would wrap or be cut, as far as lines stay readable.
*/
import type {Place} from '../../table/layout.ts';
import type {Canvas} from '../../text/canvas.ts';
import {type Line, unicodeGlyphs} from '../../text/theme.ts';

/** Enough for every entry of a box, so that its width does not change while it is scrolled. */
const height = 1000;

/** The words of each line, without the frame and without room that nothing needs. */
const wordsIn = (lines: readonly Line[]): string =>
	lines
		.map(line =>
			line
				.map(({text}) => text)
				.join('')
				.replace(/[┌┐└┘─│\s]+/g, ' ')
				.trim(),
		)
		.join('\n');

/** The preferred place of a box, or the wide one if fewer lines wrap or are cut there. */
export const placeThatFits = (
	usual: Place,
	wide: Place,
	linesOn: (canvas: Canvas) => readonly Line[],
	{now, zone}: Pick<Canvas, 'now' | 'zone'>,
): Place => {
	if (wide.width <= usual.width) return usual;
	// The glyphs of both sets have equal widths.
	const wordsAt = ({width}: Place) => wordsIn(linesOn({width, height, glyphs: unicodeGlyphs, now, zone}));
	return wordsAt(usual) === wordsAt(wide) ? usual : wide;
};
