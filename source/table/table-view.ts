import type {Sort, TableView} from '../engine/protocol.ts';
import type {Screen} from '../state/screen.ts';
import {columns} from './columns.ts';

/** The part of the screen that is saved for the next run. */
export const viewOf = ({sort, columns, wide, folding, queries}: Screen): TableView => ({
	sort,
	columns,
	wide,
	folding,
	queries,
});

const isColumn = (id: string): boolean => columns.some(column => column.id === id);

/** The sort without unknown columns; undefined if the first one is unknown. */
const knownSort = ({others: savedKeys, ...first}: Sort): Sort | undefined => {
	if (!isColumn(first.column)) return undefined;
	const others = savedKeys?.filter(({column}) => isColumn(column)) ?? [];
	return {...first, ...(others.length > 0 && {others})};
};

/** The screen with the saved layout. Ignores values of other versions that this one does not know. */
export const withView = (screen: Screen, view: TableView): Screen => {
	const sort = view.sort && knownSort(view.sort);
	return {
		...screen,
		...view,
		sort: sort ?? screen.sort,
		columns: Object.fromEntries(Object.entries(view.columns ?? {}).filter(([id]) => isColumn(id))),
	};
};
