/*
Which columns stay where there is too little room, and which takes the room that is left.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Column} from '../../source/table/columns.ts';
import {fitColumns, fitWide} from '../../source/table/fit-columns.ts';

const column = (id: string, dropOrder: number, ...width: [number, number?]): Column => ({
	id,
	title: id,
	width,
	dropOrder,
	cell: () => ({text: ''}),
});
const widthsOf = (fitted: ReturnType<typeof fitColumns>) => fitted.map(each => [each.column.id, each.width]);

const columns = [
	column('state', 0, 6, 6),
	column('name', 2, 8),
	column('owner', 3, 5, 9),
	column('id', 0, 4, 4),
];

test('the column with the highest number dropOrder first, and 0 stays in any width', () => {
	assert.deepEqual(
		[26, 25, 20, 19, 11, 10, 0].map(width =>
			fitColumns(columns, width)
				.map(each => each.column.id)
				.join(),
		),
		['state,name,owner,id', 'state,name,id', 'state,name,id', 'state,id', 'state,id', 'state,id', 'state,id'],
	);
});

test('the room that is left goes to the column without an end', () => {
	assert.deepEqual(widthsOf(fitColumns(columns, 40)), [
		['state', 6],
		['name', 18],
		['owner', 9],
		['id', 4],
	]);
});

test('on a wide table, too', () => {
	const {fitted, before, after} = fitWide(columns, 100, 0);
	assert.deepEqual(widthsOf(fitted), [
		['state', 6],
		['name', 78],
		['owner', 9],
		['id', 4],
	]);
	assert.deepEqual([before, after], [0, 0]);
	// Without such a column it goes to the last of those that scroll.
	assert.deepEqual(widthsOf(fitWide(columns, 100, 1).fitted), [
		['state', 6],
		['owner', 88],
		['id', 4],
	]);
});
