import {keyWord, keyWords} from '../../keys/words.ts';
import type {State} from '../../state/state.ts';
import {completeQuery} from '../../table/complete-query.ts';
import {queryFacts} from '../../table/order.ts';
import {partHint, problemWords, type QueryProblem, readQuery} from '../../table/query.ts';
import {queryProblem} from '../../table/query-problem.ts';
import {subjectOf} from '../../table/subject.ts';
import type {Canvas} from '../../text/canvas.ts';
import {count} from '../../text/format.ts';
import {fitLine, span, spread} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';
import {cutMiddle, widthOf} from '../../text/width.ts';
import {nextCancel, stagedBatch} from '../cancellation/next-cancel.ts';

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

/** Completions of the last word; undefined if the mistake is before it, or if there are none. */
const offerWords = (state: State, text: string, problem: QueryProblem | undefined): string | undefined => {
	const {overlay} = state.screen;
	if (overlay?.kind !== 'filter' && overlay?.kind !== 'mark') return undefined;
	const {offered} = overlay;
	if (offered) {
		const {options, index} = offered;
		// The inserted completion comes first, so that the next ones are visible.
		const turned = [...options.slice(index), ...options.slice(0, index)];
		return `${keyWord(state, 'complete')}: [${turned[0]}] ${turned.slice(1).join(' ')}`.trimEnd();
	}
	const {at, options} = completeQuery(text, state.known);
	const begun = text.length > at;
	return begun && options.length > 0 && (problem === undefined || problem.at >= at)
		? `${keyWord(state, 'complete')}: ${options.join(' ')}`
		: undefined;
};

/** The meaning of the typed text, or its mistake. */
const typingWords = (state: State, now: number): string | undefined => {
	const {overlay, filter} = state.screen;
	if (overlay?.kind === 'mark') {
		const {matches} = readQuery(overlay.text);
		const problem = queryProblem(overlay.text, state.known, 'typing');
		const offers = problem || overlay.offered ? offerWords(state, overlay.text, problem) : undefined;
		if (offers) return offers;
		if (problem) return problemWords(problem);
		if (!matches) return 'jobs to mark: words (a|b: either), or fields such as state:running age>2h';
		const facts = queryFacts(state.known, now);
		const number = state.order.inView.filter(job => matches(job, facts)).length;
		const hint = number === 0 ? partHint(overlay.text) : undefined;
		if (hint !== undefined) return hint;
		return `${keyWord(state, 'mark-matches')} marks ${count(number, 'job')} in view`;
	}
	if (overlay?.kind !== 'filter') return undefined;
	const problem = queryProblem(filter, state.known, 'typing');
	const offers = offerWords(state, filter, problem);
	if (offers !== undefined || problem === undefined) return offers;
	// A value that no job has is readable: it applies.
	return `${problemWords(problem)}${readQuery(filter).problem ? '; the part before it applies' : ''}`;
};

/** Shown as long as no request of the batch has left. */
export const stagedWords = (state: State): string => `staged: ${keyWord(state, 'undo')} recalls it`;

/** The text with the job under the cursor cut in the middle as far as the width needs: the words around it are more useful. */
const withShortRef = (
	text: string,
	state: State,
	{width, glyphs}: Pick<Canvas, 'width' | 'glyphs'>,
): string => {
	const ref = subjectOf(state);
	const tooMuch = widthOf(text) - width;
	if (tooMuch <= 0 || ref === undefined) return text;
	const shown = cutMiddle(ref, Math.max(minRefWidth, widthOf(ref) - tooMuch), glyphs.ellipsis);
	return text.replace(ref, () => shown);
};

/** Enough for the profile and both ends of an id. */
const minRefWidth = 16;

/** `? help` and how to leave, on every screen that is not a box. */
const generalHints = (state: State, width: number): string => {
	const {screen, known} = state;
	// The keys may be others, and wait for the engine; this one never does.
	if (known.connecting) return '  Ctrl-C quit ';
	const root = !screen.detail && screen.pane === 'table';
	const back = root
		? keyWord(state, 'quit')
		: keyWords(state, screen.detail ? 'close-detail' : 'close-cancellations').at(-1);
	const named = width < 100 ? '' : `${keyWord(state, 'command')} command  `;
	return `  ${named}${keyWord(state, 'help')} help  ${back} ${root ? 'quit' : 'back'} `;
};

/** The last two lines: the key hints, and the answer to the last key or else the effect of the next `c`. */
export const footerLines = (
	state: State,
	hints: readonly string[],
	{width, glyphs, now}: Canvas,
): readonly Line[] => {
	const {screen} = state;
	const asks = screen.overlay === undefined || screen.overlay.kind === 'filter';
	const staged = asks && stagedBatch(state) !== undefined ? stagedWords(state) : undefined;
	const next = asks ? (staged ?? nextCancel(state, now)) : '';
	const word = screen.word && staged ? `${screen.word}; ${staged}` : screen.word;
	const below = word ?? typingWords(state, now) ?? next;
	const tone = screen.word ? 'strong' : 'plain';
	const general = screen.overlay ? '' : generalHints(state, width);
	return [
		spread(
			[span(hintsThatFit(state.known.connecting ? [] : hints, width - widthOf(general)), 'dim')],
			[span(general, 'dim')],
			width,
			glyphs,
		),
		fitLine([span(` ${withShortRef(below, state, {width: width - 1, glyphs})}`, tone)], width, glyphs),
	];
};
