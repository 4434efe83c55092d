/*
The targets of a cancellation, and the text to type. Both are fixed when the box opens.
*/

import type {Job} from '../../job/job.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import {withoutCovered} from '../../job/set.ts';
import {targetsOf} from '../../job/target.ts';
import type {Asks, CancelBox, Skipped} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {mayAskAgain} from '../../table/cancellation-words.ts';
import {liveJobs} from '../../table/job-count.ts';
import {rememberedLast} from '../../text/remembered.ts';

/** From this number of jobs on, the user types the number. */
const manyJobs = 10;

/** What the question needs to know about a job. */
export type AskedJob = Pick<
	Job,
	'ref' | 'name' | 'phase' | 'status' | 'profile' | 'mine' | 'createdAt' | 'parent' | 'set'
>;

/** A job without a row, as its cancellation knows it. */
export const askedJobOf = ({known}: State, ref: Ref): AskedJob | undefined => {
	const report = known.cancellations.get(ref);
	if (!report) return undefined;
	const {phase, status} = report.seen ?? {phase: 'unknown', status: ''};
	return {
		ref,
		name: report.name,
		phase,
		status,
		profile: profileName(ref),
		mine: true,
		...(report.submittedAt !== undefined && {createdAt: report.submittedAt}),
	};
};

/** The text to type before these jobs are cancelled. */
const asksFor = (state: State, jobs: readonly AskedJob[]): Asks => {
	const profiles = new Set(jobs.map(({profile}) => profile));
	const guarded = state.known.profiles.filter(({name, protect}) => protect && profiles.has(name));
	if (guarded.length > 0) return {kind: 'name', text: guarded.map(({name}) => name).join(' ')};
	const number = liveJobs(jobs).jobs;
	const grave = number >= manyJobs || profiles.size > 1 || jobs.some(({mine}) => !mine);
	return grave ? {kind: 'number', text: String(number)} : {kind: 'plain', text: ''};
};

/** The question about these jobs, with nothing typed yet. */
export const openCancelBox = (
	state: State,
	asked: readonly AskedJob[],
	openedAt: number,
	{skipped = [], hidden = new Set()}: {skipped?: readonly Skipped[]; hidden?: ReadonlySet<Ref>} = {},
): CancelBox => {
	const jobs = withoutCovered(asked);
	return {
		kind: 'box',
		targets: targetsOf(jobs),
		skipped,
		hidden,
		openedAt,
		asks: asksFor(state, jobs),
		typed: '',
		reason: '',
		view: 'answer',
		scroll: 0,
	};
};

/** The question before a force-cancel: the user always types a text, and the key of an ordinary cancel never confirms it. */
export const openForceBox = (state: State, jobs: readonly AskedJob[], openedAt: number): CancelBox => {
	const box = openCancelBox(state, jobs, openedAt);
	const text = box.asks.kind === 'name' ? `force ${box.asks.text}` : 'force';
	return {...box, force: true, asks: {kind: 'name', text}};
};

/** Changes of the targets since the box was opened. */
export type Meanwhile = {
	/** Targets that have ended. */
	readonly ended: number;
	/** Targets of other owners. */
	readonly foreign: number;
	/** Their owners. */
	readonly owners: readonly string[];
};

// Computed once for each change of the jobs: there may be 100,000 targets.
const compareTargets = rememberedLast(
	(jobs: State['known']['jobs'], targets: CancelBox['targets']): Meanwhile => {
		let ended = 0;
		let foreign = 0;
		const owners = new Set<string>();
		for (const {ref} of targets) {
			const job = jobs.byRef.get(ref);
			if (job?.terminal) ended++;
			if (!job || job.mine) continue;
			foreign++;
			owners.add(job.owner ?? 'somebody else');
		}
		return {ended, foreign, owners: [...owners]};
	},
);

/** Changes of the targets of a box since it was opened. */
export const meanwhileOf = ({known: {jobs}}: State, {targets}: CancelBox): Meanwhile =>
	compareTargets(jobs, targets);

/** Whether sending still makes sense: not all targets have ended. */
export const canSend = (state: State, box: CancelBox): boolean =>
	meanwhileOf(state, box).ended < box.targets.length;

/** Whether the required text is typed. */
export const isTyped = ({asks, typed}: CancelBox): boolean => typed === asks.text;

/** What is said about jobs that are still alive after an earlier request; undefined without any. */
export const repeatWords = (
	{known: {cancellations}}: State,
	{targets, force}: CancelBox,
): string | undefined => {
	if (force || cancellations.size === 0) return undefined;
	const again = targets.filter(({ref}) => mayAskAgain(cancellations.get(ref))).length;
	if (again === 0) return undefined;
	const who = targets.length === 1 ? 'it was' : again === 1 ? '1 of them was' : `${again} of them were`;
	return `${who} asked to stop before: jobtop looks at ${again === 1 ? 'it' : 'them'} first, then asks again`;
};

/** The profile of a target. */
export const profileName = (ref: Ref): string => parseRef(ref)?.profile ?? ref;
