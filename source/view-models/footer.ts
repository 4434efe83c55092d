import type {State} from '../store/store.ts';
import type {Glyphs, Line} from '../theme.ts';
import {count} from './format.ts';
import {fitLine, span, spread} from './line.ts';
import {nextCancel, stagedBatch} from './next-cancel.ts';
import {queryFacts} from './order.ts';
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

/** What a text that is being typed means, or where it cannot be read. */
const typingWords = (state: State, now: number): string | undefined => {
	const {overlay, filter} = state.screen;
	if (overlay?.kind === 'mark') {
		const {problem, matches} = readQuery(overlay.text);
		if (problem) return problemWords(problem);
		if (!matches) return 'which jobs to mark: words, or fields as in state:running age>2h';
		const facts = queryFacts(state.known, now);
		const number = state.order.inView.filter(job => matches(job, facts)).length;
		return `Enter marks ${count(number, 'job')} in view`;
	}
	const {problem} = overlay?.kind === 'filter' ? readQuery(filter) : {};
	return problem && `${problemWords(problem)}; what stands before it holds`;
};

/** Said as long as nothing of a batch has left. */
export const stagedWords = 'staged: u takes it back';

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
	const staged = asks && stagedBatch(state) !== undefined ? stagedWords : undefined;
	const next = asks ? (staged ?? nextCancel(state, now)) : '';
	const word = screen.word && staged ? `${screen.word}; ${staged}` : screen.word;
	const below = word ?? typingWords(state, now) ?? next;
	const tone = screen.word ? 'strong' : 'plain';
	const root = !screen.detail && screen.pane === 'table';
	const general = `  ? help  q ${root ? 'quit' : 'back'} `;
	// What the next key does is worth more than what is always there.
	const right = screen.overlay || widthOf(` ${below}${general}`) > width ? '' : general;
	return [
		fitLine([span(hintsThatFit(hints, width), 'dim')], width, glyphs),
		spread([span(` ${below}`, tone)], [span(right, 'dim')], width, glyphs),
	];
};
