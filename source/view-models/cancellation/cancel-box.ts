/*
The question before one job is cancelled. It names the job in full and says what has changed since it opened; its target never changes.
*/

import type {ProfileInfo} from '../../engine/protocol.ts';
import {phases} from '../../job/phase.ts';
import {type Ref, shownRef} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import type {CancelBox} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {endWord, liveJobs, othersOf, setWords} from '../../table/job-count.ts';
import {reasonFor, reasonsOf} from '../../table/marks.ts';
import {stateInWords} from '../../table/phase-looks.ts';
import type {Canvas} from '../../text/canvas.ts';
import {count} from '../../text/format.ts';
import {paragraph} from '../../text/line.ts';
import {cutEnd, safeText} from '../../text/width.ts';
import {type Question, type QuestionPart, warningPart} from '../overlays/question.ts';
import {targetFacts} from '../overlays/target-facts.ts';
import {repeatWords, verbOf} from './cancel-targets.ts';

/** Changes of the job since the box was opened, if they matter. */
const sinceOpened = ({known}: State, target: JobTarget, {operation}: CancelBox): string | undefined => {
	const job = known.jobs.byRef.get(target.ref);
	if (!job) return 'no longer listed; jobtop looks at it before it sends anything';
	if (job.terminal)
		return `it has ended in the meantime: ${phases[job.phase].label.toLowerCase()}. Nothing to ${operation}`;
	if (job.status !== target.status || job.phase !== target.phase) return `it is now ${stateInWords(job)}`;
	return undefined;
};

/** What a box says before its answer. */
export type BoxContent = Pick<Question, 'title' | 'parts' | 'warningsFirst'>;

/** Maximum number of named jobs; a het job of Slurm has at most 128 components. */
const maxNamed = 128;

/** What else ends with a job, by name. */
export const togetherWords = (target: JobTarget, others: readonly Ref[] = othersOf(target)): string => {
	const more = others.length > maxNamed ? ` and ${others.length - maxNamed} more` : '';
	const names = `${others.slice(0, maxNamed).join(', ')}${more}`;
	return `${count(others.length, 'job')} ${endWord(target.set ?? {}, others.length)} with ${target.ref}: ${names}`;
};

/** The selected jobs that are left out, with the reasons; empty if no job is. */
export const leftOutParts = ({skipped}: CancelBox, canvas: Canvas): readonly QuestionPart[] =>
	skipped.length === 0 ? [] : [{kind: 'fact', lines: paragraph(leftOutWords(skipped), canvas), apart: true}];

const leftOutWords = (skipped: CancelBox['skipped']): string => {
	const reasons = reasonsOf(skipped);
	const [[only = ''] = []] = reasons;
	if (reasons.length === 1) return `${skipped.length} left out: ${reasonFor(only, skipped.length)}`;
	const words = reasons.slice(0, 3).map(([why, number]) => `${number}: ${reasonFor(why, number)}`);
	return `${skipped.length} left out (${words.join('; ')}${reasons.length > 3 ? '; and others' : ''})`;
};

/** The facts about one job that must be visible: the whole ref, the state and its age, the name, all warnings. */
export const oneJobContent = (state: State, box: CancelBox, canvas: Canvas): BoxContent => {
	const {width, height, glyphs, now} = canvas;
	const target = box.targets[0] as JobTarget;
	const {profile, job, age, warnings: common} = targetFacts(state, target, now);
	const warnings = [
		sinceOpened(state, target, box),
		box.hidden.has(target.ref) ? 'not in view' : undefined,
		repeatWords(state, box),
		box.operation === 'cancel' ? job?.caution : undefined,
		...common,
	];
	const {jobs} = liveJobs(box.targets);
	const these = jobs === 1 ? 'this job' : `these ${count(jobs, 'job')}`;
	const ends = box.operation === 'cancel' && othersOf(target).length > 0;
	const whole = ends ? togetherWords(target) : setWords(target);
	// A name can have any length.
	const nameLines = height < 10 ? 1 : 2;
	const name = cutEnd(safeText(target.name, glyphs.ascii), width * nameLines - 1, glyphs.ellipsis);
	const consequence = profile && consequenceOf(profile, box);
	const verb = verbOf(box);
	return {
		title:
			!box.force && box.asks.kind === 'name'
				? `${verb} ${these}? ${jobs === 1 ? 'its' : 'their'} profile is protected`
				: `${verb} ${these}?`,
		parts: [
			{
				kind: 'fact',
				lines: [
					...paragraph(shownRef(target.ref), canvas, 'strong'),
					...paragraph(`${stateInWords(target)}${age}`, canvas),
				],
			},
			...(whole ? [warningPart(whole, canvas)] : []),
			{kind: 'fact', lines: paragraph(name, canvas).slice(0, nameLines)},
			...warnings.flatMap(text => (text ? warningPart(text, canvas) : [])),
			...leftOutParts(box, canvas),
			...(consequence ? [{...warningPart(consequence, canvas, 'sign'), apart: true as const}] : []),
		],
	};
};

/** What the request of this box does on a profile. */
export const consequenceOf = (
	{
		consequence,
		forceConsequence = consequence,
		suspendConsequences,
	}: Pick<ProfileInfo, 'consequence' | 'forceConsequence' | 'suspendConsequences'>,
	{force, operation}: Pick<CancelBox, 'force' | 'operation'>,
): string => {
	if (operation !== 'cancel') return suspendConsequences?.[operation] ?? '';
	return force ? forceConsequence : consequence;
};
