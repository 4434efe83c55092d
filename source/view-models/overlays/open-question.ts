/*
The question that is open: one before a cancellation, a deletion or a dismissal. All of them scroll alike, and none is answered before its facts and warnings have been in view.
*/

import {keyWord} from '../../keys/words.ts';
import type {Overlay} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {maxBoxColumns, type Place, questionPlace} from '../../table/layout.ts';
import {zoneOf} from '../../table/time-zone.ts';
import type {Canvas} from '../../text/canvas.ts';
import {rememberedLast} from '../../text/remembered.ts';
import {type Line, unicodeGlyphs} from '../../text/theme.ts';
import {boxListLines, cancelQuestion} from '../cancellation/cancel-question.ts';
import {placeThatFits} from './box-place.ts';
import {deleteQuestion} from './delete-box.ts';
import {dismissQuestion} from './dismiss-box.ts';
import {insideFrame} from './frame.ts';
import {
	type Question,
	type QuestionWindow,
	questionLines,
	questionWindow,
	type ScrollKeys,
	whyUnread,
} from './question.ts';

/** The overlays that ask before something is changed. */
export type QuestionOverlay = Extract<Overlay, {kind: 'box' | 'delete-box' | 'dismiss-box'}>;

const questionOf = (state: State, overlay: QuestionOverlay, inner: Canvas): Question => {
	if (overlay.kind === 'box') return cancelQuestion(state, overlay, inner);
	return overlay.kind === 'delete-box'
		? deleteQuestion(state, overlay, inner)
		: dismissQuestion(state, overlay, inner);
};

const scrollKeys = (state: State): ScrollKeys => ({
	down: keyWord(state, 'question-down'),
	up: keyWord(state, 'question-up'),
});

/** The lines of a question, or of the list that is one key away from it. */
export const questionOverlayLines = (
	state: State,
	overlay: QuestionOverlay,
	canvas: Canvas,
): readonly Line[] => {
	if (overlay.kind === 'box' && (overlay.view === 'list' || overlay.view === 'dry-run'))
		return boxListLines(state, overlay, canvas);
	const inner = insideFrame(canvas);
	const question = questionOf(state, overlay, inner);
	const view = questionWindow(question, overlay.questionTop ?? 0, inner);
	return questionLines(question, view, scrollKeys(state), canvas);
};

/** The area of an open question at the time `now`, in epoch milliseconds. */
export const questionArea = rememberedLast(
	(state: State, overlay: QuestionOverlay, now: number): Place =>
		placeThatFits(
			questionPlace(state.screen),
			questionPlace(state.screen, maxBoxColumns),
			canvas => questionOverlayLines(state, overlay, canvas),
			{now, zone: zoneOf(state)},
		),
);

/** What of an open question is in view at the time `now`, in epoch milliseconds; undefined if none is open. */
export const openQuestionWindow = (state: State, now: number): QuestionWindow | undefined => {
	const {overlay} = state.screen;
	if (overlay?.kind !== 'box' && overlay?.kind !== 'delete-box' && overlay?.kind !== 'dismiss-box')
		return undefined;
	// Text in ASCII never takes more lines.
	const canvas = {...questionArea(state, overlay, now), glyphs: unicodeGlyphs, now, zone: zoneOf(state)};
	const inner = insideFrame(canvas);
	return questionWindow(questionOf(state, overlay, inner), overlay.questionTop ?? 0, inner);
};

/** Why the open question cannot be answered yet: what was not in view is not sent. */
export const whyNotAnswer = (state: State, now: number): string | undefined => {
	const view = openQuestionWindow(state, now);
	if (view && !view.roomy) return 'this screen is too small to show what would be sent';
	return view && whyUnread(view, scrollKeys(state));
};
