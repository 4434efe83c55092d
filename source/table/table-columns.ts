/*
Which columns the table has now, and how wide each is.
*/

import type {Job} from '../job/job.ts';
import type {State} from '../state/state.ts';
import {rememberedBy} from '../text/remembered.ts';
import {type Column, columns} from './columns.ts';
import {type FittedColumn, fitColumns, fitWide} from './fit-columns.ts';
import {layoutOf} from './layout.ts';

/** Cells before the first column: the cursor's, and that of the mark. */
export const gutter = 2;

/** The columns that say something about one of these jobs, of those that do not about every job. A list is gone through once. */
const toldOf = rememberedBy((jobs: readonly Job[]): ReadonlySet<Column> => {
	const found = new Set<Column>();
	let open = columns.filter(({tells}) => tells !== undefined);
	for (const job of jobs) {
		if (open.length === 0) break;
		for (const column of open) if (column.tells?.(job)) found.add(column);
		if (found.size > 0) open = open.filter(column => !found.has(column));
	}
	return found;
});

type Wanting = {
	readonly known: Pick<State['known'], 'scope'>;
	readonly screen: Pick<State['screen'], 'columns'>;
	readonly order: Pick<State['order'], 'inView'>;
};

/** Whether a column could say something here. */
export const applies = (column: Column, {known, order}: Wanting): boolean =>
	(column.when?.(known.scope) ?? true) && (column.tells === undefined || toldOf(order.inView).has(column));

/** Whether a column is wanted: as the reader said, else where it says something. */
export const isWanted = (column: Column, state: Wanting): boolean =>
	column.leaves === 0 ||
	(state.screen.columns[column.id] ?? (column.unusual === undefined && applies(column, state)));

const wantedColumns = (state: Wanting): readonly Column[] =>
	columns.filter(column => isWanted(column, state));

/** The columns by which the table can be sorted now. */
export const sortableColumns = (state: Wanting): readonly Column[] =>
	columns.filter(
		column =>
			column.compare !== undefined &&
			(column.tells === undefined || applies(column, state) || isWanted(column, state)),
	);

export type TableColumns = {
	readonly fitted: readonly FittedColumn[];
	/** Columns to the left and to the right that are wanted and have no place. */
	readonly before: number;
	readonly after: number;
};

/** The columns that are drawn. */
export const tableColumns = (state: State): TableColumns => {
	const {screen} = state;
	const {listColumns} = layoutOf(screen, state.cancellations.length > 0);
	const wanted = wantedColumns(state);
	if (screen.wide) return fitWide(wanted, listColumns - gutter, screen.across);
	const fitted = fitColumns(wanted, listColumns - gutter);
	return {fitted, before: 0, after: wanted.length - fitted.length};
};
