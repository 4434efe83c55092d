/*
The question before a job is deleted on its server. It names the job in full and what is lost with it, and requires a text that nobody types by reflex.
*/

import {parseRef, shownRef} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import {keyWord} from '../../keys/words.ts';
import type {State} from '../../state/state.ts';
import {stateInWords} from '../../table/phase-looks.ts';
import {profileOf} from '../../table/subject.ts';
import type {Canvas} from '../../text/canvas.ts';
import {paragraph, span} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';
import {cutEnd, safeText} from '../../text/width.ts';
import {answerLines, type Question, type QuestionPart, warningPart} from './question.ts';
import {targetFacts} from './target-facts.ts';

export type DeleteBox = {
	readonly target: JobTarget;
	/** The text typed so far. */
	readonly typed: string;
};

/** Letters of the id to type; all of a shorter id. */
const lettersAsked = 4;

/** The text to type before anything is deleted: the end of the id, or the name of a protected profile. */
export const wantedText = (
	state: State,
	{target}: DeleteBox,
): {readonly what: string; readonly text: string} => {
	const profile = profileOf(state, target.ref);
	if (profile?.protect) return {what: 'the name of this protected profile', text: profile.name};
	return endOfId(parseRef(target.ref)?.id ?? target.ref);
};

/** The part of an id to type, and its description. */
export const endOfId = (id: string): {readonly what: string; readonly text: string} => {
	const letters = Array.from(id);
	return letters.length <= lettersAsked
		? {what: 'its id', text: id}
		: {what: 'the end of its id', text: letters.slice(-lettersAsked).join('')};
};

/** Whether the job is still as the box shows it. jobtop looks at a job that is no longer listed before it sends anything. */
export const canDelete = ({known}: State, {target}: DeleteBox): boolean => {
	const job = known.jobs.byRef.get(target.ref);
	return !job || (job.terminal && job.phase === target.phase && job.status === target.status);
};

/** What is to be deleted, and what is lost with it. */
const facts = (state: State, box: DeleteBox, canvas: Canvas): readonly QuestionPart[] => {
	const {width, glyphs, now} = canvas;
	const {target} = box;
	const {profile, job, age, warnings: common} = targetFacts(state, target, now);
	const warnings = [
		canDelete(state, box)
			? undefined
			: `it is now ${job ? stateInWords(job) : 'another job'}: jobtop will not delete it`,
		job ? undefined : 'no longer listed; jobtop looks at it before it deletes anything',
		...common,
		profile?.deleteConsequence,
	];
	return [
		{
			kind: 'fact',
			lines: [
				...paragraph(shownRef(target.ref), canvas, 'strong'),
				...paragraph(`${stateInWords(target)}${age}`, canvas),
				[span(cutEnd(safeText(target.name, glyphs.ascii), width, glyphs.ellipsis))],
			],
		},
		...warnings.flatMap(text => (text ? warningPart(text, canvas) : [])),
	];
};

/** How to delete the job, and the text typed so far. */
const answerOf = (state: State, box: DeleteBox, canvas: Canvas): readonly Line[] => {
	const keep = keyWord(state, 'keep-undeleted');
	if (!canDelete(state, box)) return answerLines([`${keep}  close`], canvas);
	const {what, text} = wantedText(state, box);
	const keys = [`${keyWord(state, 'send-deletion')}  delete the job`, `${keep}  keep it`];
	return answerLines(keys, canvas, {wanted: `type ${text} (${what}):`, typed: box.typed});
};

/** The question before a deletion, in the area inside its frame. */
export const deleteQuestion = (state: State, box: DeleteBox, inner: Canvas): Question => ({
	title: 'delete this job permanently?',
	parts: facts(state, box, inner),
	answer: answerOf(state, box, inner),
	tooSmall: 'this screen is too small for the answer: nothing is deleted',
});
