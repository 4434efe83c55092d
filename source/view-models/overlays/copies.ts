import type {Job} from '../../job/job.ts';
import {jobJson} from '../../job/job-json.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import {keyWord} from '../../keys/words.ts';
import type {State} from '../../state/state.ts';
import {profileOf} from '../../table/subject.ts';
import type {Canvas} from '../../text/canvas.ts';
import {span, withCursor} from '../../text/line.ts';
import {shellWord} from '../../text/shell-word.ts';
import type {Line} from '../../text/theme.ts';
import {cutEnd, padEnd, safeText} from '../../text/width.ts';
import {framed} from './frame.ts';
import {listLines} from './list-window.ts';

/** Something to copy, or why it is not available. */
export type Copy = {readonly what: string; readonly text?: string; readonly why?: string};

const jobOf = ({known}: State, ref: Ref): Job | undefined =>
	known.jobs.byRef.get(ref) ?? (known.detail?.ref === ref ? known.detail.detail?.job : undefined);

/** The parts of a job to copy, the shortest first. */
export const copiesOf = (state: State, ref: Ref): readonly Copy[] => {
	const {links} = state.known;
	const known = links?.ref === ref ? links : undefined;
	const job = jobOf(state, ref);
	const title = profileOf(state, ref)?.title ?? 'its system';
	const none = (what: string) => (known ? `${title} has no ${what} for it` : 'not known yet');
	const entry = (what: string, text: string | undefined, why: string): Copy =>
		text === undefined ? {what, why} : {what, text};
	return [
		entry('id', parseRef(ref)?.id, ''),
		entry('ref', ref, ''),
		entry('page', known?.page, none('page')),
		entry('record', job && JSON.stringify(jobJson(job), undefined, 2), 'no longer listed by its profile'),
		entry('cancel', `jobtop cancel ${shellWord(ref)}`, ''),
		entry('look', known?.look, none('single request')),
	];
};

/** The copy menu. */
export const copiesLines = (
	state: State,
	{ref, index}: {readonly ref: Ref; readonly index: number},
	canvas: Canvas,
): readonly Line[] => {
	const {width, height, glyphs} = canvas;
	const inner = width - 4;
	const all = copiesOf(state, ref).map(({what, text, why}, place): Line => {
		const here = place === index;
		const shown = safeText((text ?? why ?? '').replace(/\s+/g, ' '), glyphs.ascii);
		const line = [
			span(`${here ? '>' : ' '} ${padEnd(what, 8)}`, here ? 'strong' : 'plain'),
			span(cutEnd(shown, inner - 10, glyphs.ellipsis), text === undefined ? 'dim' : 'plain'),
		];
		return here ? withCursor(line) : line;
	});
	const keys = {down: 'copies-down', up: 'copies-up'} as const;
	const listed = listLines(all, {index, room: Math.max(1, height - 3)}, keys, state);
	const hint = `${keyWord(state, 'copy-this')} copies, ${keyWord(state, 'close-copies')} closes`;
	return framed(`copy of ${ref}`, [...listed, [span(hint, 'dim')]], canvas);
};
