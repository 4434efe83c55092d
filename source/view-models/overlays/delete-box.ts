/*
The question before a job is deleted on its server. It names the job in full and what is lost with it, and requires a text that nobody types by reflex.
*/

import {parseRef, shownRef} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import {keyWord} from '../../keys/words.ts';
import type {State} from '../../state/state.ts';
import {stateInWords} from '../../table/phase-looks.ts';
import {profileOf} from '../../table/subject.ts';
import {zoneOf} from '../../table/time-zone.ts';
import type {Canvas} from '../../text/canvas.ts';
import {span, typedText, withCursor} from '../../text/line.ts';
import {asciiGlyphs, type Line} from '../../text/theme.ts';
import {cutEnd, safeText} from '../../text/width.ts';
import {paragraph} from '../cancellation/cancel-box.ts';
import {framed, insideFrame} from './frame.ts';
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

/** The facts that must be visible before anything may be deleted. */
const facts = (state: State, box: DeleteBox, canvas: Canvas): readonly Line[] => {
	const {width, glyphs, now} = canvas;
	const {target} = box;
	const {profile, job, age, warnings: common} = targetFacts(state, target, now);
	const warnings = [
		canDelete(state, box)
			? undefined
			: `it is now ${job ? stateInWords(job) : 'another job'}: jobtop will not delete it`,
		job ? undefined : 'no longer listed; jobtop looks at it before it deletes anything',
		...common,
	];
	return [
		...paragraph(shownRef(target.ref), canvas, 'strong'),
		...paragraph(`${stateInWords(target)}${age}`, canvas),
		[span(cutEnd(safeText(target.name, glyphs.ascii), width, glyphs.ellipsis))],
		...warnings.flatMap(text => (text ? paragraph(`! ${text}`, canvas, 'needs-you') : [])),
		...(profile?.deleteConsequence ? paragraph(profile.deleteConsequence, canvas, 'needs-you') : []),
	];
};

/** How to delete the job, and the text typed so far. */
const answers = (state: State, box: DeleteBox, canvas: Canvas): readonly Line[] => {
	const {width, glyphs} = canvas;
	const keep = keyWord(state, 'keep-undeleted');
	if (!canDelete(state, box)) return [withCursor([span(`${keep} closes this`, 'strong')])];
	const {what, text} = wantedText(state, box);
	return [
		...paragraph(
			`to delete it, type ${text} (${what}), then ${keyWord(state, 'send-deletion')}; ${keep} keeps it`,
			canvas,
			'strong',
		),
		[span('> ', 'strong'), ...typedText(box.typed, width - 2, glyphs, 'strong')],
	];
};

/** Whether the box has room for everything that must be visible, what is lost included. */
export const fitsDeleteBox = (
	state: State,
	box: DeleteBox,
	place: Omit<Canvas, 'glyphs' | 'zone'>,
): boolean => {
	const inner = insideFrame({...place, glyphs: asciiGlyphs, zone: zoneOf(state)});
	return [...facts(state, box, inner), ...answers(state, box, inner)].length <= inner.height;
};

export const deleteBoxLines = (state: State, box: DeleteBox, canvas: Canvas): readonly Line[] => {
	const inner = insideFrame(canvas);
	const room = inner.height;
	const must = facts(state, box, inner);
	const asks: readonly Line[] = fitsDeleteBox(state, box, canvas)
		? answers(state, box, inner)
		: [withCursor([span('too small to show everything: nothing is deleted', 'strong')])];
	const full = [...must, [span('')], ...asks];
	const content = full.length <= room ? full : [...must.slice(0, Math.max(0, room - asks.length)), ...asks];
	return framed('delete this job on its server permanently?', content, canvas, 'needs-you');
};
