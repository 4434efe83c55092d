/*
The marked jobs, and what a key would do with them.
*/

import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {Fold, TableRow} from '../state/rows.ts';
import type {Range, Skipped} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import {rememberedBy} from '../text/remembered.ts';
import {refsOf} from './folding.ts';
import {foldOf, whyNotCancel} from './subject.ts';

/** The marked jobs, grouped by what `c` would do with them. */
export type Marked = {
	/** Jobs that can be cancelled now. */
	readonly targets: readonly Job[];
	/** The others, each with its reason. */
	readonly skipped: readonly Skipped[];
	readonly ended: readonly Job[];
	/** Marked jobs without a row. */
	readonly hidden: ReadonlySet<Ref>;
	/** Targets without a row. */
	readonly unseen: ReadonlySet<Ref>;
	/** Marked jobs that are no longer listed. */
	readonly gone: readonly Ref[];
	/** Profiles of the targets. */
	readonly profiles: readonly string[];
};

/** Whether keys apply to the marks: only in the table. Open details apply to their own job. */
export const marksCount = ({screen}: State): boolean =>
	screen.marks.size > 0 && screen.pane === 'table' && screen.detail === undefined;

/** The refs of the rows, computed once per list of rows. */
const refsInView = rememberedBy(
	(inView: readonly Job[]): ReadonlySet<Ref> => new Set(inView.map(({ref}) => ref)),
);

const sort = (state: State, refs: Iterable<Ref>, now: number): Marked => {
	const {known, order} = state;
	const inView = refsInView(order.inView);
	const targets: Job[] = [];
	const skipped: Skipped[] = [];
	const ended: Job[] = [];
	const hidden = new Set<Ref>();
	const unseen = new Set<Ref>();
	const gone: Ref[] = [];
	for (const ref of refs) {
		const job = known.jobs.byRef.get(ref);
		if (!job) gone.push(ref);
		else if (!inView.has(ref)) hidden.add(ref);
		if (job?.terminal) ended.push(job);
		const why = whyNotCancel(state, ref, now);
		if (why === undefined && job) {
			targets.push(job);
			if (hidden.has(ref)) unseen.add(ref);
		} else skipped.push({ref, why: why ?? 'it is not listed'});
	}
	const profiles = [...new Set(targets.map(({profile}) => profile))];
	return {targets, skipped, ended, hidden, unseen, gone, profiles};
};

/** Memoizes `sort` by its inputs: there may be 100,000 jobs. */
const remembering = () => {
	let last: {readonly from: readonly unknown[]; readonly marked: Marked} | undefined;
	return (state: State, source: object, refs: () => Iterable<Ref>, now: number): Marked => {
		const {known, order} = state;
		const from = [
			source,
			order.inView,
			known.jobs,
			known.cancellations,
			known.profiles,
			known.readOnly,
			known.troubles,
			state.screen.awaited,
		];
		if (last?.from.every((each, index) => each === from[index])) return last.marked;
		last = {from, marked: sort(state, refs(), now)};
		return last.marked;
	};
};

const ofMarks = remembering();
const ofFold = remembering();

/** The marked jobs. */
export const markedJobs = (state: State, now: number): Marked =>
	ofMarks(state, state.screen.marks, () => state.screen.marks, now);

/** The jobs of a shared row, grouped the same way. */
export const foldedJobs = (state: State, fold: Fold, now: number): Marked =>
	ofFold(state, fold.members, () => refsOf(fold), now);

/** The jobs of a key for several jobs: the marked ones, else those of the shared row under the cursor. */
export const meantJobs = (state: State, now: number): Marked | undefined => {
	if (marksCount(state)) return markedJobs(state, now);
	const fold = foldOf(state);
	return fold && foldedJobs(state, fold, now);
};

/** The marks of an open range with the cursor at `index`; undefined if its first row was removed. */
export const marksOfRange = (
	{anchor, base}: Range,
	rows: readonly TableRow[],
	index: number,
): ReadonlySet<Ref> | undefined => {
	const from = rows.findIndex(({ref}) => ref === anchor);
	if (from < 0) return undefined;
	const marks = new Set(base);
	for (const row of rows.slice(Math.min(from, index), Math.max(from, index) + 1)) {
		for (const ref of refsOf(row)) marks.add(ref);
	}
	return marks;
};

/** `marks 6 (2 hidden, 1 gone)`; empty without marks. */
export const markWords = (state: State, now: number): string => {
	const {size} = state.screen.marks;
	if (size === 0) return '';
	const {hidden, gone} = markedJobs(state, now);
	const notes = [
		hidden.size > 0 ? `${hidden.size} hidden` : '',
		gone.length > 0 ? `${gone.length} gone` : '',
	];
	const why = notes.filter(Boolean).join(', ');
	return `marks ${size}${why ? ` (${why})` : ''}`;
};

/** The reasons with their counts, the most frequent first: `2 it has ended: failed`. `reasonFor` fits them to a count. */
export const reasonsOf = (
	skipped: readonly Skipped[],
): readonly (readonly [why: string, number: number])[] => {
	const numbers = new Map<string, number>();
	for (const {why} of skipped) numbers.set(why, (numbers.get(why) ?? 0) + 1);
	return [...numbers].sort((a, b) => b[1] - a[1]);
};

/** A reason that holds for this number of jobs. */
export const reasonFor = (why: string, number: number): string =>
	number === 1 ? why : why.replace(/^it has /, 'they have ').replace(/^it is /, 'they are ');
