/*
Values in a query that no job can have: a slip in a word of a closed set. Such a query matches nothing, or with `-` everything.
*/

import {outcomes} from '../cancellation/outcomes.ts';
import {normalizeStatus, phases} from '../job/phase.ts';
import {didYouMean, nearest} from '../text/nearest.ts';
import type {ClosedField, QueryProblem, QueryValue} from './query.ts';

/** The possible values of the closed fields. A field without any is not checked. */
export type ClosedValues = Readonly<Partial<Record<ClosedField, readonly string[]>>>;

/** jobtop's own words for a state. */
export const stateWords: readonly string[] = ['active', 'ended', ...Object.keys(phases)];

/** The words for an outcome. */
export const outcomeWords: readonly string[] = ['cancelling', ...Object.keys(outcomes)];

const formOf = (field: ClosedField, value: string): string =>
	field === 'state' ? normalizeStatus(value) : value.toLowerCase();

const wordsFor = ({field, value}: QueryValue, allowed: readonly string[]): string => {
	const none = `there is no ${field} ${value}`;
	if (field !== 'state' || nearest(value, allowed) !== undefined)
		return `${none}; ${didYouMean(value, allowed)}`;
	return `${none}; ${didYouMean(value, stateWords)}; state~${value} also finds a system's own word`;
};

/** The problem of the first value that is not in its set. */
export const problemOfValues = (
	values: readonly QueryValue[],
	allowed: ClosedValues,
): QueryProblem | undefined => {
	for (const value of values) {
		const set = allowed[value.field] ?? [];
		const typed = formOf(value.field, value.value);
		if (set.length > 0 && !set.some(each => formOf(value.field, each) === typed))
			return {at: value.at, words: wordsFor(value, set)};
	}
	return undefined;
};
