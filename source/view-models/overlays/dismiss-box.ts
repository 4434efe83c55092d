/*
The question before several ended jobs are dismissed: which they are, and where else they disappear.
*/
import type {Job} from '../../job/job.ts';
import {parseRef, shownRef} from '../../job/ref.ts';
import {keyWord, keyWords} from '../../keys/words.ts';
import type {DismissBox} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {stateInWords} from '../../table/phase-looks.ts';
import {askedThere} from '../../table/subject.ts';
import type {Canvas} from '../../text/canvas.ts';
import {count} from '../../text/format.ts';
import {paragraph, span} from '../../text/line.ts';
import type {Line} from '../../text/theme.ts';
import {cutEnd, cutMiddle, safeText, widthOf} from '../../text/width.ts';
import {answerLines, type Question} from './question.ts';

/** The jobs of the box that may be dismissed now: a job that runs again, or is another one of the same id, stays. */
export const stillEnded = ({known}: State, {jobs}: DismissBox): readonly Job[] =>
	jobs.filter(({ref, createdAt}) => {
		if (known.dismissed.has(ref)) return false;
		const job = known.jobs.byRef.get(ref);
		return job === undefined || (job.terminal && job.createdAt === createdAt);
	});

/** How many of which profiles, what stays, what their servers are asked. */
const facts = (state: State, {jobs, staying}: DismissBox, canvas: Canvas): readonly Line[] => {
	const perProfile = new Map<string, number>();
	for (const {ref} of jobs) {
		const profile = parseRef(ref)?.profile ?? ref;
		perProfile.set(profile, (perProfile.get(profile) ?? 0) + 1);
	}
	const refs = jobs.map(({ref}) => ref);
	return [
		...paragraph(
			[...perProfile].map(([profile, number]) => `${profile} ${number}`).join(', ') + askedThere(state, refs),
			canvas,
			'strong',
		),
		...(staying > 0 ? paragraph(`${staying} not ended stay`, canvas) : []),
		...paragraph(`${keyWord(state, 'undo')} restores them`, canvas),
	];
};

/** The number of jobs that are listed by name. */
const maxListed = 10;

/** The first jobs, each in a line, and the number of the others. */
const listLines = ({jobs}: DismissBox, {width, glyphs}: Canvas): readonly Line[] => {
	const shown = jobs.length <= maxListed ? jobs : jobs.slice(0, maxListed - 1);
	const list = shown.map((job): Line => {
		const state = stateInWords(job);
		const ref = cutMiddle(
			safeText(shownRef(job.ref), glyphs.ascii),
			width - widthOf(state) - 2,
			glyphs.ellipsis,
		);
		return [span(cutEnd(`${ref}  ${state}  ${safeText(job.name, glyphs.ascii)}`, width, glyphs.ellipsis))];
	});
	return list.length < jobs.length ? [...list, [span(`and ${jobs.length - list.length} more`)]] : list;
};

/** The question before jobs are dismissed, in the area inside its frame. */
export const dismissQuestion = (state: State, box: DismissBox, inner: Canvas): Question => {
	const number = count(box.jobs.length, 'job');
	const keys = [
		`${keyWord(state, 'send-dismissal')}  dismiss ${number}`,
		`${keyWords(state, 'keep')
			.slice(0, inner.width < 45 ? 1 : 3)
			.join('/')}  keep them`,
	];
	return {
		title: `dismiss ${count(box.jobs.length, 'ended job')}?`,
		parts: [
			{kind: 'fact', lines: facts(state, box, inner)},
			{kind: 'note', lines: listLines(box, inner), apart: true},
		],
		answer: answerLines(keys, inner),
		tooSmall: 'this screen is too small for the answer: nothing is dismissed',
	};
};
