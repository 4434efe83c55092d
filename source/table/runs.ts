/*
The batches in the cancellations pane: one at a time, with the cancellations that need the user first.
*/

import type {Known} from '../state/known.ts';
import type {Run} from '../state/run.ts';
import type {Screen} from '../state/screen.ts';
import type {State} from '../state/state.ts';
import {byUrgency, needsUser} from './cancellation-words.ts';
import {isListedBy} from './outcome-filter.ts';

/** The batches that can be shown, the oldest first. */
export const runNumbers = (
	{batches, reports}: Pick<Known, 'batches' | 'reports'>,
	{putAway}: Pick<Screen, 'putAway'>,
): readonly number[] => {
	const numbers = new Set([...batches.map(({number}) => number), ...reports.byBatch.keys()]);
	return [...numbers].filter(number => !putAway.includes(number)).sort((a, b) => a - b);
};

/** The batch in the pane: the chosen one, else the latest. Undefined without batches. */
export const runOf = (known: Pick<Known, 'batches' | 'reports'>, screen: Screen): Run | undefined => {
	const numbers = runNumbers(known, screen);
	const number = screen.run !== undefined && numbers.includes(screen.run) ? screen.run : numbers.at(-1);
	if (number === undefined) return undefined;
	const batch = known.batches.find(each => each.number === number);
	const reports = byUrgency([...(known.reports.byBatch.get(number)?.values() ?? [])]);
	return {
		number,
		place: numbers.indexOf(number) + 1,
		of: numbers.length,
		...(batch && {batch}),
		reports,
		listed: screen.outcomes ? reports.filter(isListedBy(screen.outcomes)) : reports,
	};
};

/** The batch before or after the shown one, or undefined. */
export const neighbourRun = (
	known: Pick<Known, 'batches' | 'reports'>,
	screen: Screen,
	by: number,
): number | undefined => {
	const numbers = runNumbers(known, screen);
	const shown = runOf(known, screen)?.number;
	return shown === undefined ? undefined : numbers[numbers.indexOf(shown) + by];
};

/** The batch in which something needs the user: the shown one if possible, else the latest. Undefined if there is no such batch. */
export const needyBatch = ({
	cancellations,
	run,
}: Pick<State, 'cancellations' | 'run'>): number | undefined => {
	const numbers = cancellations.filter(needsUser).map(({batch}) => batch);
	return run && numbers.includes(run.number) ? run.number : numbers.sort((a, b) => a - b).at(-1);
};
