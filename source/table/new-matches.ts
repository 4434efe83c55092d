/*
Jobs that match a filter since all its jobs were cancelled.
*/
import type {Job} from '../job/job.ts';
import type {FilteredBatch} from '../state/message.ts';
import type {CancelBox} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import {rememberedLast} from '../text/remembered.ts';
import {isOnItsWay} from './cancellation-words.ts';
import {jobsOfRows} from './job-count.ts';

/** The batch of this question, if it holds every live job in view that is not being cancelled or left out, and a filter chose them. `at`: epoch milliseconds of the confirmation. */
export const filteredBatch = (
	{screen, order, known}: State,
	{targets, skipped, hidden}: CancelBox,
	at: number,
): FilteredBatch | undefined => {
	const {filter, only} = screen;
	if ((filter === '' && only === undefined) || screen.onlyMarked || hidden.size > 0) return undefined;
	const refs = new Set(targets.map(({ref}) => ref));
	const left = new Set(skipped.map(({ref}) => ref));
	const isWhole = order.inView.every(({ref, terminal}) => {
		const isLive = !(known.jobs.byRef.get(ref)?.terminal ?? terminal);
		return !isLive || refs.has(ref) || left.has(ref) || isOnItsWay(known.cancellations.get(ref));
	});
	return isWhole ? {filter, at, refs, ...(only !== undefined && {only})} : undefined;
};

// There may be 100,000 rows, and the strip is drawn once a second.
const countNew = rememberedLast(
	(
		inView: readonly Job[],
		jobs: State['known']['jobs'],
		cancellations: State['known']['cancellations'],
		{refs, at}: FilteredBatch,
	): number =>
		jobsOfRows(
			inView
				.map(({ref}) => jobs.byRef.get(ref))
				.filter((job): job is Job => job !== undefined)
				.filter(
					({ref, terminal, createdAt}) =>
						!terminal &&
						createdAt !== undefined &&
						createdAt > at &&
						!refs.has(ref) &&
						(cancellations.get(ref)?.askedAt ?? 0) < at,
				),
		),
);

/** The number of live jobs that match the filter of the latest filtered batch, and were created since; 0 once the filter is another one. */
export const newMatches = ({screen, order, known}: State): number => {
	const {filtered, filter, only, onlyMarked} = screen;
	if (!filtered || filtered.filter !== filter || filtered.only !== only || onlyMarked) return 0;
	return countNew(order.inView, known.jobs, known.cancellations, filtered);
};

/** `3 new jobs match since`; empty without any. */
export const newMatchesWords = (state: State): string => {
	const number = newMatches(state);
	if (number === 0) return '';
	return number === 1 ? '1 new job matches since' : `${number} new jobs match since`;
};
