/*
The question before a cancellation, as sentences: everything in its box, and each job in the request.
*/
import type {CancelBox} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {liveJobs, liveJobsWords, setWords} from '../../table/job-count.ts';
import {stateInWords} from '../../table/phase-looks.ts';
import {zoneOf} from '../../table/time-zone.ts';
import {asciiGlyphs, type Glyphs, type Line, unicodeGlyphs} from '../../text/theme.ts';
import {contentOf} from '../cancellation/cancel-question.ts';
import {canSend, isTyped, verbOf, whyNotOnlyMine} from '../cancellation/cancel-targets.ts';

/** Wider than any sentence: the screen reader breaks lines itself. */
const pageWidth = 10_000;

/** The words of a line, without its frame. */
export const wordsOf = (line: Line): string =>
	line
		.filter(({tone}) => tone !== 'frame')
		.map(({text}) => text)
		.join('')
		.trim();

export const glyphsFor = (ascii: boolean): Glyphs => (ascii ? asciiGlyphs : unicodeGlyphs);

/** The line that leaves out the jobs of other people. */
export const onlyMineLine = 'only mine';

/** How to answer the question. */
export const answerSentence = (state: State, box: CancelBox): string => {
	const them = liveJobs(box.targets).jobs === 1 ? 'it' : 'them';
	if (!canSend(state, box)) return `it has ended in the meantime: nothing to ${box.operation}`;
	const first = isTyped(box) ? '' : `type ${box.asks.text}, and then `;
	const mine = whyNotOnlyMine(box) === undefined ? `; ${onlyMineLine} leaves out those of other people` : '';
	return `${first}${first ? '' : 'type '}yes to ${verbOf(box)} ${them}${mine}; anything else keeps ${them}`;
};

export const questionSentences = (
	state: State,
	box: CancelBox,
	now: number,
	ascii: boolean,
): readonly string[] => {
	const page = {width: pageWidth, height: pageWidth, glyphs: glyphsFor(ascii), now, zone: zoneOf(state)};
	const {title, parts} = contentOf(state, box, page);
	const each =
		box.targets.length > 1
			? box.targets.map(target =>
					[`${target.ref}: ${stateInWords(target)}`, setWords(target), target.name]
						.filter(Boolean)
						.join(', '),
				)
			: [];
	return [
		title,
		...each,
		...parts
			.flatMap(({lines}) => lines)
			.map(wordsOf)
			.filter(Boolean),
		answerSentence(state, box),
	];
};

/** Says that the request is being sent. That it was sent is reported once it is in the journal. */
export const sentSentence = ({targets}: CancelBox): string =>
	targets.length === 1
		? `sending: ${targets[0]?.ref}; the result follows here`
		: `sending: ${liveJobsWords(targets)}; the results follow here, and recall stops requests that are not sent yet`;
