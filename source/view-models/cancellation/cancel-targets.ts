/*
The targets of a cancellation, and the text to type. Both are fixed when the box opens.
*/

import type {CancellationReport} from '../../engine/protocol.ts';
import type {Job} from '../../job/job.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import {withoutCovered} from '../../job/set.ts';
import {isOthers, type JobTarget, targetsOf, withShares} from '../../job/target.ts';
import type {Asks, CancelBox} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {mayAskAgain} from '../../table/cancellation-words.ts';
import {liveJobs} from '../../table/job-count.ts';
import {rememberedLast} from '../../text/remembered.ts';

/** From this number of jobs on, the user types the number. */
const manyJobs = 10;

/** What the question needs to know about a job. */
export type AskedJob = Pick<
	Job,
	'ref' | 'name' | 'phase' | 'status' | 'profile' | 'mine' | 'owner' | 'createdAt' | 'parent' | 'set'
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
		mine: report.owner === undefined,
		...(report.owner && {owner: report.owner}),
		...(report.submittedAt !== undefined && {createdAt: report.submittedAt}),
		...(report.uid !== undefined && {uid: report.uid}),
	};
};

/** The text to type before these jobs are cancelled. */
const asksFor = (state: State, targets: readonly JobTarget[]): Asks => {
	const profiles = new Set(targets.map(({ref}) => profileName(ref)));
	const guarded = state.known.profiles.filter(({name, protect}) => protect && profiles.has(name));
	if (guarded.length > 0) return {kind: 'name', text: guarded.map(({name}) => name).join(' ')};
	const number = liveJobs(targets).jobs;
	const grave = number >= manyJobs || profiles.size > 1 || targets.some(isOthers);
	return grave ? {kind: 'number', text: String(number)} : {kind: 'plain', text: ''};
};

type BoxOptions = Partial<Pick<CancelBox, 'hidden' | 'operation' | 'skipped'>>;

/** The question about these jobs, with nothing typed yet. */
export const openCancelBox = (
	state: State,
	asked: readonly AskedJob[],
	openedAt: number,
	{skipped = [], hidden = new Set(), operation = 'cancel'}: BoxOptions = {},
): CancelBox => {
	const targets = targetsOf(withoutCovered(asked));
	return {
		kind: 'box',
		operation,
		targets,
		skipped,
		hidden,
		openedAt,
		asks: asksFor(state, targets),
		typed: '',
		reason: '',
		view: 'answer',
		scroll: 0,
	};
};

/** Why the jobs of other people cannot be left out; undefined if they can. */
export const whyNotOnlyMine = ({targets}: CancelBox): string | undefined => {
	const others = targets.filter(isOthers).length;
	if (others === 0) return "none of them is another person's";
	return others === targets.length ? 'all of them are not yours: nothing would be left' : undefined;
};

/** The question without the jobs of other people: a new one, with nothing typed yet. */
export const onlyMine = (state: State, box: CancelBox, openedAt: number): CancelBox => {
	const {questionTop: _questionTop, ...rest} = box;
	const {byRef} = state.known.jobs;
	const kept = box.targets
		.filter(target => !isOthers(target))
		.map(target => ({target, ...(byRef.get(target.ref) && {job: byRef.get(target.ref) as Job})}));
	const targets = withShares(kept).map(({target}) => target);
	const refs = new Set(targets.map(({ref}) => ref));
	const left = box.targets.filter(isOthers).map(({ref}) => ({ref, why: notYours}));
	const asks = asksFor(state, targets);
	const number = {kind: 'number', text: String(liveJobs(targets).jobs)} as const;
	return {
		...rest,
		targets,
		skipped: [...box.skipped, ...left],
		hidden: new Set([...box.hidden].filter(ref => refs.has(ref))),
		// A dry run of the question before is not one of this.
		openedAt: Math.max(openedAt, box.openedAt + 1),
		// What was typed was for another number.
		asks: asks.kind === 'plain' && box.asks.kind !== 'plain' ? number : asks,
		typed: '',
		view: 'answer',
		scroll: 0,
	};
};

/** Why a job is left out. */
export const notYours = 'it is not yours';

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
		for (const {ref, owner} of targets) {
			if (jobs.byRef.get(ref)?.terminal) ended++;
			if (owner === undefined) continue;
			foreign++;
			owners.add(owner || 'somebody else');
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
	{targets, force, operation}: CancelBox,
): string | undefined => {
	if (force || cancellations.size === 0) return undefined;
	const isAgain = (report: CancellationReport | undefined) =>
		report?.operation === operation && mayAskAgain(report);
	const again = targets.filter(({ref}) => isAgain(cancellations.get(ref))).length;
	if (again === 0) return undefined;
	const who = targets.length === 1 ? 'it was' : again === 1 ? '1 of them was' : `${again} of them were`;
	return `${who} asked to ${operation === 'cancel' ? 'stop' : operation} before: jobtop looks at ${again === 1 ? 'it' : 'them'} first, then asks again`;
};

/** What the box does: `suspend`, `force-cancel`. */
export const verbOf = ({force, operation}: Pick<CancelBox, 'force' | 'operation'>): string =>
	force ? 'force-cancel' : operation;

/** The profile of a target. */
export const profileName = (ref: Ref): string => parseRef(ref)?.profile ?? ref;
