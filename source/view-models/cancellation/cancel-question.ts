/*
The box before any cancellation: its targets, the typed text, and, one key away, the list of all targets and of all requests.
*/

import type {CommandId} from '../../keys/bindings.ts';
import {keyLabel, keyWord, keyWords} from '../../keys/words.ts';
import type {CancelBox} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {liveJobs, liveJobsWords} from '../../table/job-count.ts';
import {zoneOf} from '../../table/time-zone.ts';
import type {Canvas} from '../../text/canvas.ts';
import {paragraph, span, typedText, withCursor} from '../../text/line.ts';
import {asciiGlyphs, type Line} from '../../text/theme.ts';
import {cutStart, safeText} from '../../text/width.ts';
import {calmFrame, framed, insideFrame} from '../overlays/frame.ts';
import {answerLines, type Question} from '../overlays/question.ts';
import {type BoxContent, oneJobContent} from './cancel-box.ts';
import {boxList} from './cancel-list.ts';
import {manyJobsContent} from './cancel-many.ts';
import {canSend, verbOf, whyNotOnlyMine} from './cancel-targets.ts';

/** The content of the box, at any length. */
export const contentOf = (state: State, box: CancelBox, canvas: Canvas): BoxContent =>
	(box.targets.length === 1 ? oneJobContent : manyJobsContent)(state, box, canvas);

/** The key that confirms the box. */
export const sendWord = (state: State, {asks}: CancelBox): string =>
	keyWord(state, asks.kind === 'name' ? 'send-typed' : 'send');

/** The command that closes the box without sending, and how many of its keys are shown. */
const keepKeys = {
	plain: {id: 'keep', shown: 3},
	number: {id: 'keep-counted', shown: 2},
	name: {id: 'keep-protected', shown: 1},
} as const;

/** The keys that close the box without sending: `n/Esc/Enter`; `short` if there is little room. */
const keepWords = (state: State, {asks}: CancelBox, short: boolean): string => {
	const {id, shown} = keepKeys[asks.kind];
	const keys = keyWords(state, id).slice(0, shown);
	const [first = ''] = keys;
	if (!short) return keys.join('/');
	// Where a text is required, Esc cannot be mistaken for one of its letters.
	return asks.kind === 'plain' ? first : (keys.find(key => key === keyLabel('escape')) ?? first);
};

/** The first two keys of a command: `Esc/p`. */
const firstKeys = (state: State, id: CommandId): string => keyWords(state, id).slice(0, 2).join('/');

/** How to answer the box, and the text typed so far. */
const answerOf = (state: State, box: CancelBox, canvas: Canvas): readonly Line[] => {
	const {asks, typed, view, targets} = box;
	if (!canSend(state, box))
		return answerLines(
			[`${keepWords(state, {...box, asks: {kind: 'plain', text: ''}}, false)}  close`],
			canvas,
		);
	if (view === 'reason')
		return answerLines([`${firstKeys(state, 'leave-reason')}  back to the question`], canvas);
	const one = liveJobs(targets).jobs === 1;
	const keys = [
		`${sendWord(state, box)}  ${verbOf(box)} ${one ? 'the job' : liveJobsWords(targets)}`,
		`${keepWords(state, box, canvas.width < 45)}  keep ${one ? 'it' : 'them'}`,
	];
	return answerLines(keys, canvas, asks.kind === 'plain' ? undefined : {wanted: `type ${asks.text}:`, typed});
};

const reasonLines = ({reason, view}: CancelBox, {width, glyphs}: Canvas): readonly Line[] => {
	if (reason === '' && view !== 'reason') return [];
	const label = 'reason: ';
	const room = width - label.length;
	if (view === 'reason') return [[span(label), ...typedText(reason, room, glyphs, 'strong')]];
	const shown = cutStart(safeText(reason, glyphs.ascii), room - 1, glyphs.ellipsis);
	return [[span(label), span(shown, 'strong')]];
};

/** The key that leaves out the jobs of other people, if there are any beside one's own. */
const onlyMineLines = (state: State, box: CancelBox, canvas: Canvas): readonly Line[] => {
	if (whyNotOnlyMine(box) !== undefined) return [];
	const key = keyWord(state, box.asks.kind === 'name' ? 'only-mine-protected' : 'only-mine');
	return paragraph(`${key} leaves out what is not yours`, canvas);
};

/** The question of the box, in the area inside its frame. */
export const cancelQuestion = (state: State, box: CancelBox, inner: Canvas): Question => {
	const answer = answerOf(state, box, inner);
	const reason = reasonLines(box, inner);
	const typing = box.view === 'reason';
	const hint = typing ? [] : onlyMineLines(state, box, inner);
	const height = inner.height - reason.length - hint.length;
	const {parts: facts, ...content} = contentOf(state, box, {...inner, height});
	// It follows the warnings: what follows them stands apart.
	const apart = facts.findIndex(part => part.apart);
	const parts = facts.toSpliced(apart < 0 ? facts.length : apart, 0, {kind: 'note', lines: hint});
	return {
		...content,
		guarded: box.asks.kind === 'name',
		parts: typing || reason.length === 0 ? parts : [...parts, {kind: 'note', lines: reason, apart: true}],
		answer: typing ? [...reason, ...answer] : answer,
		tooSmall: 'this screen is too small for the answer: nothing is sent',
	};
};

/** The keys and the position of a list. They never take the room of the list. */
const listHint = (state: State, place: string, canvas: Canvas): readonly Line[] =>
	answerLines(
		[
			...(place ? [place] : []),
			`${keyWord(state, 'list-down')}/${keyWord(state, 'list-up')}  scroll`,
			`${firstKeys(state, 'leave-list')}  back`,
		],
		canvas,
	).map(line => line.map(({text}) => span(text, 'dim')));

/** The position in a list; a job can have two lines. */
const placeWords = (from: number, to: number, total: number): string => `lines ${from}-${to} of ${total}`;

/** The number of lines of the list that are in view. */
const listRoom = (state: State, total: number, inner: Canvas): number => {
	const place = placeWords(total, total, total);
	return Math.max(1, inner.height - listHint(state, place, inner).length);
};

/** The list of a box, or its dry run. */
export const boxListLines = (state: State, box: CancelBox, canvas: Canvas): readonly Line[] => {
	const inner = insideFrame(canvas);
	const {title, total, lineAt} = boxList(state, box, inner);
	const shown = listRoom(state, total, inner);
	const top = Math.max(0, Math.min(box.scroll, total - shown));
	const lines = Array.from({length: Math.min(shown, total)}, (_, index) =>
		index === 0 ? withCursor(lineAt(top)) : lineAt(top + index),
	);
	const place = total > shown ? placeWords(top + 1, top + lines.length, total) : '';
	return framed(title, [...lines, ...listHint(state, place, inner)], canvas, calmFrame);
};

/** The furthest scroll position of the list of a box. */
export const lastBoxScroll = (
	state: State,
	box: CancelBox,
	place: Omit<Canvas, 'glyphs' | 'zone'>,
): number => {
	const inner = insideFrame({...place, glyphs: asciiGlyphs, zone: zoneOf(state)});
	const {total} = boxList(state, box, inner);
	return Math.max(0, total - listRoom(state, total, inner));
};
