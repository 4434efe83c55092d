import type {State} from '../store/store.ts';
import type {Glyphs, Line} from '../theme.ts';
import {fitLine, span, spread} from './line.ts';
import {nextCancel} from './next-cancel.ts';
import {problemWords, readQuery} from './query.ts';
import {widthOf} from './text.ts';

/** As many hints as fit, the most used first. */
const hintsThatFit = (hints: readonly string[], width: number): string => {
	let line = '';
	for (const hint of hints) {
		const longer = line ? `${line}  ${hint}` : ` ${hint}`;
		if (widthOf(longer) > width) break;
		line = longer;
	}
	return line;
};

/** Where a filter that is being typed cannot be read. */
const typingWords = ({screen: {overlay, filter}}: State): string | undefined => {
	const {problem} = overlay?.kind === 'filter' ? readQuery(filter) : {};
	return problem && `${problemWords(problem)}; what stands before it holds`;
};

/** The last two lines: what keys do here, and the answer to the last key or else what the next `c` will do. */
export const footerLines = (
	state: State,
	hints: readonly string[],
	now: number,
	width: number,
	glyphs: Glyphs,
): readonly Line[] => {
	const {screen} = state;
	const asks = screen.overlay === undefined || screen.overlay.kind === 'filter';
	const below = screen.word ?? typingWords(state) ?? (asks ? nextCancel(state, now) : '');
	const tone = screen.word ? 'strong' : 'plain';
	const root = !screen.detail && screen.pane === 'table';
	const right = screen.overlay ? '' : `  ? help  q ${root ? 'quit' : 'back'} `;
	return [
		fitLine([span(hintsThatFit(hints, width), 'dim')], width, glyphs),
		spread([span(` ${below}`, tone)], [span(right, 'dim')], width, glyphs),
	];
};
