/*
Where the cursor of the terminal belongs. A line carries it as an underline colour (`SGR 58 ; 5 ; n`, XTerm Control Sequences), which survives Ink's layout and which the frame log never writes (pen.ts).
*/
import {widthOf} from './width.ts';

/** `typed`: text appears here, and the cursor is shown. `here`: the current row, where it is hidden. */
export type CursorKind = 'typed' | 'here';

/** SGR parameters that mark the first cell of a span. */
export const cursorParameters: Readonly<Record<CursorKind, string>> = {typed: '58;5;1', here: '58;5;0'};

const mark = /\u001b\[58;5;([01])[;m]/g;
const sequence = /\u001b\[[\d;]*m/g;

/** A cell from the top left corner of the screen, and whether the cursor is shown there. */
export type FoundCursor = {readonly x: number; readonly y: number; readonly isShown: boolean};

/** The cursor in the lines of a frame; where text is typed comes before the current row. */
export const findCursor = (lines: readonly string[]): FoundCursor | undefined => {
	let found: FoundCursor | undefined;
	for (const [y, line] of lines.entries()) {
		if (!line.includes('\u001b[58;5;')) continue;
		for (const {index, 1: kind} of line.matchAll(mark)) {
			const isShown = kind === '1';
			if (found && !isShown) continue;
			found = {x: widthOf(line.slice(0, index).replace(sequence, '')), y, isShown};
			if (isShown) return found;
		}
	}
	return found;
};
