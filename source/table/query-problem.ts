/*
The problem of a query on the screen.
*/

import type {Known} from '../state/known.ts';
import {seenValues} from './complete-query.ts';
import {type QueryProblem, type QueryValue, readQuery} from './query.ts';
import {type ClosedValues, outcomeWords, problemOfValues, stateWords} from './query-values.ts';

/** The values that jobs here can have. */
const allowedHere = (known: Known): ClosedValues => ({
	state: [...stateWords, ...known.profiles.flatMap(({statuses}) => statuses)],
	outcome: outcomeWords,
	profile: known.profiles.map(({name}) => name),
	backend: [...new Set(known.profiles.map(({backend}) => backend))],
});

/** The problem of a query on the screen: an unreadable part, or else a value that no job here can have. While it is typed, the beginning of a value is no problem. */
export const queryProblem = (
	text: string,
	known: Known,
	how: 'typing' | 'complete' = 'complete',
): QueryProblem | undefined => {
	const {problem, values} = readQuery(text);
	if (problem || values.length === 0) return problem;
	const allowed = allowedHere(known);
	const isBegun = ({field, value, last}: QueryValue) =>
		how === 'typing' && last && allowed[field]?.some(each => each.toLowerCase().startsWith(value));
	const whole = values.filter(value => !isBegun(value));
	const wrong = problemOfValues(whole, allowed);
	// A status that jobtop does not know can be that of a job: looking for it takes longer.
	const seen = () => [...(allowed.state ?? []), ...seenValues('state', known)];
	return wrong && problemOfValues(whole, {...allowed, state: seen()});
};
