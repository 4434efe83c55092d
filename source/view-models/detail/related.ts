import type {Job, JobChild} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import {keyWord} from '../../keys/words.ts';
import type {State} from '../../state/state.ts';
import {phaseLooks, stateInWords} from '../../table/phase-looks.ts';
import type {Canvas} from '../../text/canvas.ts';
import {rule, span} from '../../text/line.ts';
import type {Glyphs, Line} from '../../text/theme.ts';

type Parts = {readonly parent?: Ref; readonly children: readonly JobChild[]};

/** The parent and the children of the job whose details are open. */
export const relatedOf = ({known, screen}: State): Parts => {
	const ref = screen.detail?.ref;
	if (ref === undefined) return {children: []};
	const inspected = known.detail?.ref === ref ? known.detail.detail : undefined;
	const job: Job | undefined = known.jobs.byRef.get(ref) ?? inspected?.job;
	const parent = inspected?.job.parent ?? job?.parent;
	return {...(parent && {parent}), children: inspected?.children ?? []};
};

/** One child in words: its state, its name, why it failed. */
const childSpans = ({ref, name, phase, status, error}: JobChild, glyphs: Glyphs): Line => {
	const {glyph, tone} = phaseLooks[phase];
	return [
		span(` ${glyphs.state[glyph]} `, tone),
		span(`${stateInWords({phase, status})}  `, tone),
		span(name ?? ref),
		span(error ? `  ${error}` : '', 'failed'),
	];
};

/** The label of a related job in a menu. */
export const childLabel = ({ref, name, phase, status}: JobChild): string =>
	`${name ?? ref}  ${stateInWords({phase, status})}`;

/** The children of a job, for its summary. */
export const relatedLines = (state: State, {width, glyphs}: Canvas): readonly Line[] => {
	const {parent, children} = relatedOf(state);
	if (!parent && children.length === 0) return [];
	const words = children.length > 0 ? `children: ${children.length}` : 'parent';
	return [
		[],
		rule(width, glyphs, words, `${keyWord(state, 'open-related')} opens`),
		...(parent ? [[span(' parent  ', 'dim'), span(parent)] satisfies Line] : []),
		...children.map(child => childSpans(child, glyphs)),
	];
};
