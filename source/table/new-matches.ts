/*
Jobs that match a filter since all its jobs were marked and cancelled.
*/
import type {Job} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {FilteredMarks} from '../state/message.ts';
import type {CancelBox, Screen} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import {rememberedLast} from '../text/remembered.ts';
import {jobsOfRows} from './job-count.ts';

const stands = ({filter, only}: FilteredMarks, screen: Screen): boolean =>
	filter === screen.filter && only === screen.only && !screen.onlyMarked;

/** The marks that this question is about, if all jobs in view were marked under the filter that still stands. */
export const filteredMarks = ({screen}: State, {targets}: CancelBox): FilteredMarks | undefined => {
	const {allMarked} = screen;
	if (!allMarked || !stands(allMarked, screen)) return undefined;
	return targets.every(({ref}) => screen.marks.has(ref) && allMarked.refs.has(ref)) ? allMarked : undefined;
};

// There may be 100,000 rows, and the strip is drawn once a second.
const countNew = rememberedLast(
	(
		inView: readonly Job[],
		jobs: State['known']['jobs'],
		cancellations: State['known']['cancellations'],
		refs: ReadonlySet<Ref>,
	): number =>
		jobsOfRows(
			inView.flatMap(({ref}) => {
				const job = jobs.byRef.get(ref);
				return job && !job.terminal && !refs.has(ref) && !cancellations.has(ref) ? [job] : [];
			}),
		),
);

/** `3 more jobs match now`: live jobs in view that did not match when all were marked for the latest such batch. Empty without any, and once the filter is another one. */
export const newMatchesWords = ({screen, order, known}: State): string => {
	const {filtered} = screen;
	if (!filtered || !stands(filtered, screen)) return '';
	const number = countNew(order.inView, known.jobs, known.cancellations, filtered.refs);
	if (number === 0) return '';
	return number === 1 ? '1 more job matches now' : `${number} more jobs match now`;
};
