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

const luxury = (id: string, dropOrder: number, ...width: [number, number?]): Column => ({
	...column(id, dropOrder, ...width),
	optional: true,
});
const generous = [
	{...column('state', 0, 4, 6), preferred: 5},
	{...column('name', 1, 4), preferred: 8},
	luxury('queue', 2, 3, 5),
];

test('an optional column appears only where the others have their preferred width', () => {
	// 5, 8 and 3, and a gap between two columns.
	assert.deepEqual(widthsOf(fitColumns(generous, 18)), [
		['state', 5],
		['name', 8],
		['queue', 3],
	]);
	// Without it, they need no more than their minimum, and share what is left.
	assert.deepEqual(widthsOf(fitColumns(generous, 17)), [
		['state', 6],
		['name', 10],
	]);
});

test('without an optional column, the others need no more than their minimum', () => {
	assert.deepEqual(widthsOf(fitColumns(generous, 10)), [
		['state', 5],
		['name', 4],
	]);
	assert.deepEqual(widthsOf(fitColumns([column('a', 1, 5, 9)], 5)), [['a', 5]]);
});

test('width goes to what is dropped last, a third of what is left to each, and the rest to the one without a maximum', () => {
	assert.deepEqual(widthsOf(fitColumns(generous, 19)), [
		['state', 6],
		['name', 8],
		['queue', 3],
	]);
	assert.deepEqual(widthsOf(fitColumns(generous, 23)), [
		['state', 6],
		['name', 10],
		['queue', 5],
	]);
	const bounded = [column('a', 0, 2, 20), column('b', 1, 2, 20)];
	const later = [column('b', 2, 2, 20), column('c', 1, 2, 20), column('a', 0, 2, 20)];
	assert.deepEqual(widthsOf(fitColumns(later, 18)), [
		['b', 4],
		['c', 4],
		['a', 8],
	]);
	// Of ten cells a third is four, then two, and the last column has the rest.
	assert.deepEqual(widthsOf(fitColumns(bounded, 15)), [
		['a', 6],
		['b', 8],
	]);
});

test('columns that are never dropped keep their minimum where nothing fits', () => {
	assert.deepEqual(widthsOf(fitColumns(columns, 3)), [
		['state', 6],
		['id', 4],
	]);
	assert.deepEqual(fitColumns([], 10), []);
});

const row = [
	column('state', 0, 4, 6),
	column('a', 1, 5, 9),
	column('b', 2, 5, 9),
	column('c', 3, 5, 9),
	column('id', 0, 3, 4),
];

test('at full width, columns scroll between the pinned ones, one more is squeezed in, and the others are counted', () => {
	const at = (width: number, across: number) => {
		const {fitted, before, after} = fitWide(row, width, across);
		return [widthsOf(fitted).flat().join(' '), before, after];
	};
	// The pinned columns and one more: 6 + 9 + 4 and two gaps.
	assert.deepEqual(at(21, 0), ['state 6 a 9 id 4', 0, 2]);
	assert.deepEqual(at(21, 1), ['state 6 b 9 id 4', 1, 1]);
	assert.deepEqual(at(21, 2), ['state 6 c 9 id 4', 2, 0]);
	// One column always stays to scroll back from.
	assert.deepEqual(at(21, 9), ['state 6 c 9 id 4', 2, 0]);
	assert.deepEqual(at(21, -1), ['state 6 a 9 id 4', 0, 2]);
	// Five cells and a gap are the minimum of one more.
	assert.deepEqual(at(27, 0), ['state 6 a 9 b 5 id 4', 0, 1]);
	assert.deepEqual(at(26, 0), ['state 6 a 14 id 4', 0, 2]);
	assert.deepEqual(at(41, 0), ['state 6 a 9 b 9 c 9 id 4', 0, 0]);
	assert.deepEqual(at(45, 0), ['state 6 a 9 b 9 c 13 id 4', 0, 0]);
});

test('where the pinned columns leave no room for another, they have their minimum', () => {
	const {fitted} = fitWide(row, 16, 0);
	assert.deepEqual(widthsOf(fitted), [
		['state', 4],
		['a', 7],
		['id', 3],
	]);
	assert.deepEqual(widthsOf(fitWide(row, 17, 0).fitted), [
		['state', 6],
		['a', 5],
		['id', 4],
	]);
	const broad = [column('state', 0, 4, 20), column('a', 1, 5, 6)];
	assert.deepEqual(widthsOf(fitWide(broad, 20, 0).fitted), [
		['state', 4],
		['a', 15],
	]);
	// On no screen is a width negative.
	assert.deepEqual(widthsOf(fitWide(row, 3, 0).fitted), [
		['state', 0],
		['id', 3],
	]);
	const pinned = [column('state', 0, 4, 6), column('id', 0, 3, 4)];
	assert.deepEqual(widthsOf(fitWide(pinned, 12, 0).fitted), [
		['state', 7],
		['id', 4],
	]);
	assert.deepEqual(widthsOf(fitWide([column('state', 0, 4, 6)], 10, 0).fitted), [['state', 10]]);
});

test('a column without a maximum has forty cells before the next one appears', () => {
	const open = [column('state', 0, 4, 4), column('name', 1, 8), column('a', 2, 5, 9)];
	assert.deepEqual(widthsOf(fitWide(open, 4 + 1 + 40 + 1 + 9, 0).fitted), [
		['state', 4],
		['name', 40],
		['a', 9],
	]);
	assert.deepEqual(widthsOf(fitWide(open, 4 + 1 + 40 + 1 + 8, 0).fitted), [
		['state', 4],
		['name', 40],
		['a', 8],
	]);
	assert.deepEqual(widthsOf(fitWide(open, 4 + 1 + 40 + 1 + 5, 0).fitted), [
		['state', 4],
		['name', 40],
		['a', 5],
	]);
	assert.deepEqual(widthsOf(fitWide(open, 4 + 1 + 40 + 1 + 4, 0).fitted), [
		['state', 4],
		['name', 45],
	]);
});
