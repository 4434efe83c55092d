/*
The question before one job is cancelled. It names the job in full and says what has changed since it opened; its target never changes.
*/

import {phases} from '../../job/phase.ts';
import {shownRef} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import type {CancelBox} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {endWord, liveJobs, othersOf, setWords} from '../../table/job-count.ts';
import {stateInWords} from '../../table/phase-looks.ts';
import type {Canvas} from '../../text/canvas.ts';
import {count} from '../../text/format.ts';
import {span} from '../../text/line.ts';
import type {Line, Tone} from '../../text/theme.ts';
import {cutEnd, safeText, wrap} from '../../text/width.ts';
import {targetFacts} from '../overlays/target-facts.ts';

/** Changes of the job since the box was opened, if they matter. */
const sinceOpened = ({known}: State, target: JobTarget): string | undefined => {
	const job = known.jobs.byRef.get(target.ref);
	if (!job) return 'no longer listed; jobtop looks at it before it sends anything';
	if (job.terminal)
		return `it has ended in the meantime: ${phases[job.phase].label.toLowerCase()}. Nothing to cancel`;
	if (job.status !== target.status || job.phase !== target.phase) return `it is now ${stateInWords(job)}`;
	return undefined;
};

/** The lines of a box; `must` are the lines that must be visible before anything may be sent. */
export type BoxContent = {
	readonly title: string;
	readonly must: readonly Line[];
	/** Explanations: the last is dropped first if there is too little room. */
	readonly may: readonly (readonly Line[])[];
};

export const paragraph = (
	text: string,
	{width, glyphs}: Pick<Canvas, 'width' | 'glyphs'>,
	tone?: Tone,
): readonly Line[] => wrap(safeText(text, glyphs.ascii), width).map(line => [span(line, tone)]);

/** Maximum number of named jobs; a het job of Slurm has at most 128 components. */
const maxNamed = 128;

/** What else ends with a job, by name. */
export const togetherWords = (target: JobTarget): string => {
	const others = othersOf(target);
	const more = others.length > maxNamed ? ` and ${others.length - maxNamed} more` : '';
	return `with ${target.ref} ${endWord(target.set ?? {}, others.length)} ${others.slice(0, maxNamed).join(', ')}${more}`;
};

/** The facts about one job that must be visible: the whole ref, the state and its age, the name, all warnings. */
export const oneJobContent = (state: State, box: CancelBox, canvas: Canvas): BoxContent => {
	const {width, height, glyphs, now} = canvas;
	const target = box.targets[0] as JobTarget;
	const {profile, job, age, warnings: common} = targetFacts(state, target, now);
	const warnings = [sinceOpened(state, target), job?.caution, ...common];
	const {jobs} = liveJobs(box.targets);
	const these = jobs === 1 ? 'this job' : `these ${count(jobs, 'job')}`;
	const whole = othersOf(target).length > 0 ? togetherWords(target) : setWords(target);
	// A name can have any length.
	const nameLines = height < 10 ? 1 : 2;
	const name = cutEnd(safeText(target.name, glyphs.ascii), width * nameLines - 1, glyphs.ellipsis);
	return {
		title: box.force
			? `force-cancel ${these}?`
			: box.asks.kind === 'name'
				? `cancel ${these}? ${jobs === 1 ? 'its' : 'their'} profile is protected`
				: `cancel ${these}?`,
		must: [
			...paragraph(shownRef(target.ref), canvas, 'strong'),
			...paragraph(`${stateInWords(target)}${age}`, canvas),
			...(whole ? paragraph(whole, canvas, 'needs-you') : []),
			...paragraph(name, canvas).slice(0, nameLines),
			...warnings.flatMap(text => (text ? paragraph(`! ${text}`, canvas, 'needs-you') : [])),
		],
		may: profile?.consequence ? [[[span('')], ...paragraph(profile.consequence, canvas)]] : [],
	};
};
