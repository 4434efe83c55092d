/*
Which cancellations of a batch the pane lists: all, a group, or those with one outcome.
*/
import type {CancellationReport} from '../engine/protocol.ts';
import type {OutcomeFilter} from '../state/screen.ts';
import {cancellationWords, needsUser, needsWords} from './cancellation-words.ts';

/** Whether the filter lists a cancellation. */
export const isListedBy =
	(filter: OutcomeFilter) =>
	(report: CancellationReport): boolean => {
		// Neither depends on the time.
		const {kind, group} = cancellationWords(report, 0);
		if ('kind' in filter) return kind === filter.kind;
		if (filter.group === 'unfinished') return report.step !== 'settled' || needsUser(report);
		return group === filter.group;
	};

/** The filter in words: `unfinished`, `denied`. */
export const filterWords = (filter: OutcomeFilter): string => {
	if ('kind' in filter) return filter.kind;
	return {unfinished: 'unfinished', 'needs-you': 'needs you', 'on-its-way': 'in progress'}[filter.group];
};

/** How many the filter lists: `3 unfinished`, `2 need you`. */
export const filterCount = (filter: OutcomeFilter, number: number): string =>
	'group' in filter && filter.group === 'needs-you' ? needsWords(number) : `${number} ${filterWords(filter)}`;

export const isSameFilter = (one: OutcomeFilter | undefined, other: OutcomeFilter | undefined): boolean =>
	JSON.stringify(one) === JSON.stringify(other);

const groups: readonly OutcomeFilter[] = [{group: 'unfinished'}, {group: 'needs-you'}, {group: 'on-its-way'}];

/** The filters that list something, and the current one, each with the number of its cancellations. Words that pass within moments have none of their own. */
export const outcomeFilters = (
	reports: readonly CancellationReport[],
	current: OutcomeFilter | undefined,
): readonly {readonly filter: OutcomeFilter; readonly number: number}[] => {
	const words = reports.map(report => cancellationWords(report, 0));
	const kinds = new Set(words.filter(({group}) => group !== 'on-its-way').map(({kind}) => kind));
	const filters: readonly OutcomeFilter[] = [...groups, ...[...kinds].map(kind => ({kind}))];
	const all = current && !filters.some(each => isSameFilter(each, current)) ? [...filters, current] : filters;
	return all
		.map(filter => ({filter, number: reports.filter(isListedBy(filter)).length}))
		.filter(({filter, number}) => number > 0 || isSameFilter(filter, current));
};
