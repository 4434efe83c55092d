/*
The current columns of the table, and their widths.
*/

import type {Job} from '../job/job.ts';
import type {State} from '../state/state.ts';
import {rememberedBy} from '../text/remembered.ts';
import {type Column, columns, type Surroundings} from './columns.ts';
import {type FittedColumn, fitColumns, fitWide} from './fit-columns.ts';
import {layoutOf} from './layout.ts';

/** Cells before the first column: for the cursor and the mark. */
export const gutter = 2;

/** The columns with `appliesTo` that have content for one of these jobs, computed once per list. */
const columnsWithContent = rememberedBy((jobs: readonly Job[]): ReadonlySet<Column> => {
	const found = new Set<Column>();
	let open = columns.filter(({appliesTo}) => appliesTo !== undefined);
	for (const job of jobs) {
		if (open.length === 0) break;
		for (const column of open) if (column.appliesTo?.(job)) found.add(column);
		if (found.size > 0) open = open.filter(column => !found.has(column));
	}
	return found;
});

type Wanting = {
	readonly known: Pick<State['known'], 'scope' | 'profiles'>;
	readonly cancellations: State['cancellations'];
	readonly screen: Pick<State['screen'], 'columns'>;
	readonly order: Pick<State['order'], 'inView'>;
};

const surroundingsOf = ({known, cancellations}: Wanting): Surroundings => ({
	scope: known.scope,
	profiles: known.profiles.length,
	cancelling: cancellations.length > 0,
});

/** Whether a column has content here. */
export const applies = (column: Column, state: Wanting): boolean =>
	(column.visibleIn?.(surroundingsOf(state)) ?? true) &&
	(column.appliesTo === undefined || columnsWithContent(state.order.inView).has(column));

/** Whether a column is on: as the user chose, else if it has content. */
export const isWanted = (column: Column, state: Wanting): boolean =>
	(column.dropOrder === 0 && applies(column, state)) ||
	(state.screen.columns[column.id] ?? (column.hiddenByDefault === undefined && applies(column, state)));

const wantedColumns = (state: Wanting): readonly Column[] =>
	columns.filter(column => isWanted(column, state));

/** The columns that can sort the table now. */
export const sortableColumns = (state: Wanting): readonly Column[] =>
	columns.filter(
		column =>
			column.compare !== undefined &&
			(column.appliesTo === undefined || applies(column, state) || isWanted(column, state)),
	);

export type TableColumns = {
	readonly fitted: readonly FittedColumn[];
	/** The number of columns that are scrolled out to the left and to the right. */
	readonly before: number;
	readonly after: number;
};

/** The visible columns. */
export const tableColumns = (state: State): TableColumns => {
	const {screen} = state;
	const {listColumns} = layoutOf(screen, state.cancellations.length > 0);
	const wanted = wantedColumns(state);
	if (screen.wide) return fitWide(wanted, listColumns - gutter, screen.across, screen.widths.needs);
	const fitted = fitColumns(wanted, listColumns - gutter, screen.widths.needs);
	return {fitted, before: 0, after: wanted.length - fitted.length};
};
