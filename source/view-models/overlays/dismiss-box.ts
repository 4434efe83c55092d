/*
The question before several ended jobs are dismissed: which they are, and where else they disappear.
*/
import type {Job} from '../../job/job.ts';
import {parseRef, shownRef} from '../../job/ref.ts';
import {keyWord} from '../../keys/words.ts';
import type {DismissBox} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {stateInWords} from '../../table/phase-looks.ts';
import {askedThere} from '../../table/subject.ts';
import {zoneOf} from '../../table/time-zone.ts';
import type {Canvas} from '../../text/canvas.ts';
import {count} from '../../text/format.ts';
import {span, withCursor} from '../../text/line.ts';
import {asciiGlyphs, type Line} from '../../text/theme.ts';
import {cutEnd, safeText} from '../../text/width.ts';
import {paragraph} from '../cancellation/cancel-box.ts';
import {framed, insideFrame} from './frame.ts';

/** The jobs of the box that may be dismissed now: a job that runs again, or is another one of the same id, stays. */
export const stillEnded = ({known}: State, {jobs}: DismissBox): readonly Job[] =>
	jobs.filter(({ref, createdAt}) => {
		if (known.dismissed.has(ref)) return false;
		const job = known.jobs.byRef.get(ref);
		return job === undefined || (job.terminal && job.createdAt === createdAt);
	});

/** What must be seen: how many of which profiles, what stays, what their servers are asked. */
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

const answers = (state: State, canvas: Canvas): readonly Line[] =>
	paragraph(
		`${keyWord(state, 'send-dismissal')} dismisses them; ${keyWord(state, 'keep')} keeps them`,
		canvas,
		'strong',
	).map((line, index) => (index === 0 ? withCursor(line) : line));

/** Whether the box shows all that must be seen in so much room. */
export const fitsDismissBox = (
	state: State,
	box: DismissBox,
	place: Omit<Canvas, 'glyphs' | 'zone'>,
): boolean => {
	const inner = insideFrame({...place, glyphs: asciiGlyphs, zone: zoneOf(state)});
	return facts(state, box, inner).length + answers(state, inner).length <= inner.height;
};

/** The lines of the box. Jobs are listed as far as there is room. */
export const dismissBoxLines = (state: State, box: DismissBox, canvas: Canvas): readonly Line[] => {
	const inner = insideFrame(canvas);
	const {width, height, glyphs} = inner;
	const title = `dismiss ${count(box.jobs.length, 'ended job')}?`;
	const must = facts(state, box, inner);
	const asks = answers(state, inner);
	if (!fitsDismissBox(state, box, canvas)) {
		const small = withCursor([span('too small to show everything: nothing is dismissed', 'strong')]);
		return framed(title, [small, ...must].slice(0, Math.max(0, height)), canvas, 'needs-you');
	}
	const room = Math.min(10, height - must.length - asks.length - 2);
	const shown = box.jobs.length <= room ? room : room - 1;
	const list = box.jobs
		.slice(0, Math.max(0, shown))
		.map(
			(job): Line => [
				span(
					cutEnd(
						`${safeText(shownRef(job.ref), glyphs.ascii)}  ${stateInWords(job)}  ${safeText(job.name, glyphs.ascii)}`,
						width,
						glyphs.ellipsis,
					),
				),
			],
		);
	const more = box.jobs.length - list.length;
	const rest: readonly Line[] = list.length > 0 && more > 0 ? [[span(`and ${more} more`)]] : [];
	const listed = list.length > 0 ? [[span('')], ...list, ...rest, [span('')]] : [];
	return framed(title, [...must, ...listed, ...asks], canvas, 'needs-you');
};
