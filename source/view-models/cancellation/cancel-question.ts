/*
The box before any cancellation: its targets, the typed text, and, one key away, the list of all targets and of all requests.
*/

import type {CommandId} from '../../keys/bindings.ts';
import {keyLabel, keyWord, keyWords} from '../../keys/words.ts';
import type {CancelBox} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {liveJobs} from '../../table/job-count.ts';
import {zoneOf} from '../../table/time-zone.ts';
import type {Canvas} from '../../text/canvas.ts';
import {span, typedText, withCursor} from '../../text/line.ts';
import {asciiGlyphs, type Line} from '../../text/theme.ts';
import {cutStart, safeText} from '../../text/width.ts';
import {framed, insideFrame} from '../overlays/frame.ts';
import {type BoxContent, oneJobContent, paragraph} from './cancel-box.ts';
import {boxList} from './cancel-list.ts';
import {manyJobsContent} from './cancel-many.ts';
import {canSend} from './cancel-targets.ts';

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

/** The keys that close the box without sending; `short` if there is little room. */
const keepWords = (state: State, {asks}: CancelBox, short: boolean): string => {
	const {id, shown} = keepKeys[asks.kind];
	const keys = keyWords(state, id).slice(0, shown);
	const [first = ''] = keys;
	// Where a text is required, Esc cannot be mistaken for one of its letters.
	const clear = keys.find(key => key === keyLabel('escape')) ?? first;
	if (short || keys.length === 1) return asks.kind === 'plain' ? first : clear;
	return `${keys.slice(0, -1).join(', ')} or ${keys.at(-1)}`;
};

/** The first two keys of a command: `Esc or p`. */
const eitherKey = (state: State, id: CommandId): string => keyWords(state, id).slice(0, 2).join(' or ');

/** How to answer the box, and the text typed so far. */
const answerWords = (state: State, box: CancelBox, width: number): string => {
	const {asks, typed, view} = box;
	const one = liveJobs(box.targets).jobs === 1;
	const short = width < 45;
	const keep = keepWords(state, box, short);
	if (!canSend(state, box))
		return `${keepWords(state, {...box, asks: {kind: 'plain', text: ''}}, false)} closes this`;
	if (view === 'reason') return `${eitherKey(state, 'leave-reason')} goes back to the question`;
	const send = sendWord(state, box);
	if (asks.kind !== 'plain')
		return `type ${asks.text} then ${send} to send, ${keep} keeps ${one ? 'it' : 'them'}: ${typed}_`;
	if (short) return one ? `${send} sends it    ${keep} keeps it` : `${send} sends them    ${keep} keeps them`;
	return one ? `${send} sends it    ${keep} keeps the job` : `${send} sends them    ${keep} keeps the jobs`;
};

/** Whether the box has room for everything that must be visible. What was not shown is not sent. */
export const fitsBox = (state: State, box: CancelBox, place: Omit<Canvas, 'glyphs' | 'zone'>): boolean => {
	const inner = insideFrame({...place, glyphs: asciiGlyphs, zone: zoneOf(state)});
	const answer = paragraph(answerWords(state, {...box, view: 'answer'}, inner.width), inner);
	return contentOf(state, box, inner).must.length + answer.length <= inner.height;
};

const reasonLines = ({reason, view}: CancelBox, {width, glyphs}: Canvas): readonly Line[] => {
	if (reason === '' && view !== 'reason') return [];
	const label = 'reason: ';
	const room = width - label.length;
	if (view === 'reason') return [[span(label), ...typedText(reason, room, glyphs, 'strong')]];
	const shown = cutStart(safeText(reason, glyphs.ascii), room - 1, glyphs.ellipsis);
	return [[span(label), span(shown, 'strong')]];
};

/** The lines of the answer, with the cursor where the required text is typed, else on the first line. */
const answerLines = (words: string, typing: boolean, canvas: Canvas): readonly Line[] => {
	const lines = paragraph(words, canvas, 'strong');
	if (!typing) return lines.map((line, index) => (index === 0 ? withCursor(line) : line));
	const last = lines.at(-1)?.[0]?.text ?? '';
	const field = withCursor([span(last.slice(-1), 'strong')], 'typed');
	return [...lines.slice(0, -1), [span(last.slice(0, -1), 'strong'), ...field]];
};

const questionLines = (state: State, box: CancelBox, canvas: Canvas, fits: boolean) => {
	const {width, height} = canvas;
	const {title, must, may} = contentOf(state, box, canvas);
	const words = fits ? answerWords(state, box, width) : 'too small to show everything: nothing is sent';
	const typing = fits && box.view === 'answer' && box.asks.kind !== 'plain' && canSend(state, box);
	const answer = answerLines(words, typing, canvas);
	const reason = reasonLines(box, canvas);
	// A reason that is not being typed must not take the room of the targets.
	const roomForReason = box.view === 'reason' || must.length + answer.length + reason.length <= height;
	const answers = roomForReason ? [...reason, ...answer] : answer;
	const air: Line = [span('')];
	// If there is too little room, blank lines go first, then explanations, never targets.
	let kept = may;
	const lines = (withAir: boolean): readonly Line[] => [
		...must,
		...kept.flat(),
		...(withAir ? [air] : []),
		...answers,
	];
	while (kept.length > 0 && lines(false).length > height) kept = kept.slice(0, -1);
	const content = lines(true).length <= height ? lines(true) : lines(false);
	const cut =
		content.length <= height
			? content
			: [...content.slice(0, Math.max(0, height - answers.length)), ...answers].slice(0, height);
	return {title, content: cut};
};

export const boxLines = (state: State, box: CancelBox, canvas: Canvas): readonly Line[] => {
	const tone = box.asks.kind === 'name' ? 'guarded' : 'needs-you';
	const inner = insideFrame(canvas);
	if (box.view === 'list' || box.view === 'dry-run') {
		const {title, total, lineAt} = boxList(state, box, inner);
		const shown = inner.height - 1;
		const top = Math.max(0, Math.min(box.scroll, total - shown));
		const lines = Array.from({length: Math.min(shown, total)}, (_, index) =>
			index === 0 ? withCursor(lineAt(top)) : lineAt(top + index),
		);
		const hint: Line = [
			span(
				`${keyWord(state, 'list-down')} ${keyWord(state, 'list-up')} scroll, ${eitherKey(state, 'leave-list')} goes back to the question`,
				'dim',
			),
		];
		const place = total > shown ? `, ${top + 1}-${top + lines.length} of ${total}` : '';
		return framed(`${title}${place}`, [...lines, hint], canvas, tone);
	}
	const {title, content} = questionLines(state, box, inner, fitsBox(state, box, canvas));
	return framed(title, content, canvas, tone);
};

/** The furthest scroll position of the list of a box. */
export const lastBoxScroll = (
	state: State,
	box: CancelBox,
	place: Omit<Canvas, 'glyphs' | 'zone'>,
): number => {
	const inner = insideFrame({...place, glyphs: asciiGlyphs, zone: zoneOf(state)});
	return Math.max(0, boxList(state, box, inner).total - (inner.height - 1));
};
