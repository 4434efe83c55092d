import type {Sort, TableView} from '../engine/protocol.ts';
import type {Screen} from '../state/screen.ts';
import {columns} from './columns.ts';

/** What is kept of the screen for the next run. */
export const viewOf = ({sort, columns, wide, folding, queries}: Screen): TableView => ({
	sort,
	columns,
	wide,
	folding,
	queries,
});

const isColumn = (id: string): boolean => columns.some(column => column.id === id);

/** The sort without columns that there are not; undefined where the first of them is one. */
const knownSort = ({others: said, ...first}: Sort): Sort | undefined => {
	if (!isColumn(first.column)) return undefined;
	const others = said?.filter(({column}) => isColumn(column)) ?? [];
	return {...first, ...(others.length > 0 && {others})};
};

/** The screen as the table was left. What another version kept, and this one does not know, is passed over. */
export const withView = (screen: Screen, view: TableView): Screen => {
	const sort = view.sort && knownSort(view.sort);
	return {
		...screen,
		...view,
		sort: sort ?? screen.sort,
		columns: Object.fromEntries(Object.entries(view.columns ?? {}).filter(([id]) => isColumn(id))),
	};
};
