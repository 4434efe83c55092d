import type {Fold} from '../../state/rows.ts';
import type {State} from '../../state/state.ts';
import {cancellationWords, isBeingCancelled, needsWords} from '../../table/cancellation-words.ts';
import type {FittedColumn} from '../../table/fit-columns.ts';
import {foldTexts, profileOfFold, refsOf, stateCounts} from '../../table/folding.ts';
import {span} from '../../text/line.ts';
import type {Glyphs, Line, Span} from '../../text/theme.ts';
import {cutEnd, padEnd, safeText} from '../../text/width.ts';
import {cellText} from './table.ts';

export type FoldLook = {
	readonly fold: Fold;
	readonly state: State;
	/** Whether the profile answers. */
	readonly sure: boolean;
	readonly now: number;
	readonly glyphs: Glyphs;
};

/** How many of the jobs are being cancelled or need the user: `3 cancelling`. */
const cancelling = ({fold, state, now}: FoldLook): Span => {
	const {cancellations} = state.known;
	let [onTheWay, needsYou] = [0, 0];
	if (cancellations.size > 0) {
		for (const {ref} of fold.members) {
			const report = cancellations.get(ref);
			const group = report && cancellationWords(report, now).group;
			if (group === 'needs-you') needsYou++;
			else if (isBeingCancelled(report)) onTheWay++;
		}
	}
	if (needsYou > 0) return span(needsWords(needsYou), 'needs-you');
	return onTheWay > 0 ? span(`${onTheWay} cancelling`, 'cancelling') : span('');
};

/**
The line of a shared row: the number of jobs, their common name, and counts by state. `*` before it means that all are marked, `+` that some are.
*/
export const foldLine = (fitted: readonly FittedColumn[], look: FoldLook, underCursor: boolean): Line => {
	const {fold, state, sure, glyphs} = look;
	const {marks} = state.screen;
	const marked = marks.size === 0 ? 0 : refsOf(fold).filter(ref => marks.has(ref)).length;
	const all = marked === fold.members.length;
	const {words, live} = stateCounts(fold, state.known.jobs);
	const tone = marked > 0 ? 'strong' : live === 0 || !sure ? 'dim' : undefined;
	const cells: Readonly<Record<string, string>> = {
		...foldTexts(fold),
		profile: profileOfFold(fold),
	};
	const line: Span[] = [span(underCursor ? '>' : ' '), span(marked === 0 ? ' ' : all ? '*' : '+', 'strong')];
	// Everything without its own cell is one text across the columns between.
	let room = -1;
	const flush = (last: boolean) => {
		if (room < 0) return;
		// An unreadable name is left out.
		const name = room - words.length > 8 ? `  ${fold.members[0]?.name ?? ''}` : '';
		const text = safeText(`${words}${name}`, glyphs.ascii);
		line.push(span(padEnd(cutEnd(text, room, glyphs.ellipsis), room), tone));
		if (!last) line.push(span(' '));
		room = -1;
	};
	for (const each of fitted) {
		const {id} = each.column;
		const cell = cells[id];
		if (id === 'cancel') {
			flush(false);
			const {text, tone: own} = cancelling(look);
			line.push(span(cellText(text, each, glyphs), own ?? tone));
		} else if (cell !== undefined) {
			flush(false);
			line.push(span(cellText(cell, each, glyphs), tone), span(' '));
		} else room += each.width + 1;
	}
	flush(true);
	return line;
};
