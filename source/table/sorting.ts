/*
The sort of the table, and its description.
*/
import type {Job} from '../job/job.ts';
import type {Known} from '../state/known.ts';
import type {Sort, SortKey} from '../state/screen.ts';
import {columns} from './columns.ts';

export type Compare = (a: Job, b: Job) => number;

/** More keys would make no visible difference. */
const maxKeys = 3;

const keysOf = ({others = [], ...first}: Sort): readonly SortKey[] => [first, ...others];

const sortOf = ([first, ...others]: readonly [SortKey, ...SortKey[]]): Sort => ({
	...first,
	...(others.length > 0 && {others: others.slice(0, maxKeys - 1)}),
});

const without = (sort: Sort, column: string): readonly SortKey[] =>
	keysOf(sort).filter(key => key.column !== column);

/** Sorts by that column first, then by the former ones. Reverses the order if it is already the first. */
export const sortBy = (sort: Sort, column: string): Sort =>
	column === sort.column ? reversed(sort) : sortOf([{column, descending: false}, ...without(sort, column)]);

/** Replaces the first column by that one. */
export const sortInstead = (sort: Sort, column: string): Sort =>
	sortOf([{column, descending: false}, ...without(sort, column).filter(key => key.column !== sort.column)]);

/** Reverses the order of the first column. */
export const reversed = (sort: Sort): Sort => ({...sort, descending: !sort.descending});

/** Whether the sort depends on the cancellations, so that a job alone does not determine its place. */
export const goesByCancellations = (sort: Sort): boolean =>
	keysOf(sort).some(({column}) => column === 'cancel');

const byRef: Compare = (a, b) => (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : 0);

/** A total order: two jobs never have the same place. */
export const compareBy = (sort: Sort, {cancellations}: Pick<Known, 'cancellations'>): Compare => {
	const keys = keysOf(sort).flatMap(({column, descending}) => {
		const compare = columns.find(({id}) => id === column)?.compare;
		return compare ? [{compare, sign: descending ? -1 : 1}] : [];
	});
	return (a, b) => {
		for (const {compare, sign} of keys) {
			const difference = compare(a, b, cancellations);
			if (difference !== 0) return sign * difference;
		}
		return byRef(a, b);
	};
};

const titleOf = (column: string): string => columns.find(({id}) => id === column)?.title ?? column;

/** `STATE, AGE reversed` */
export const sortWords = (sort: Sort): string =>
	keysOf(sort)
		.map(({column, descending}) => `${titleOf(column)}${descending ? ' reversed' : ''}`)
		.join(', ');
