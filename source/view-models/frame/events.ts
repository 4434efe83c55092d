import type {State} from '../../state/state.ts';
import {newsLines} from '../../table/news.ts';
import type {Canvas} from '../../text/canvas.ts';
import {fitLine, span} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';

/** The news, padded with empty lines to the height. */
export const eventLines = (state: State, {width, height, glyphs, now, zone}: Canvas): readonly Line[] => {
	const lines = newsLines(state, {width, height, now, zone});
	return Array.from({length: height}, (_, index) => {
		const line = lines[index];
		return fitLine(line ? [span(' '), span(line.text, line.tone)] : [], width, glyphs);
	});
};
