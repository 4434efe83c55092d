/*
Which part of the screen gets how many lines and cells.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {initialScreen, type Screen} from '../../source/state/screen.ts';
import {boxColumns, layoutOf, overlayPlace} from '../../source/table/layout.ts';
import {fc} from '../helpers/fast-check.ts';

const screen = (columns: number, rows: number, more: Partial<Screen> = {}): Screen => ({
	...initialScreen,
	size: {columns, rows},
	...more,
});
const detail = {ref: 'p/1', tab: 'summary', scroll: 0} as const;

test('at 80x24 there are sixteen rows, fewer by the news and the strip of cancellations', () => {
	assert.deepEqual(layoutOf(screen(80, 24, {newsLines: 1}), true), {
		roomy: true,
		beside: false,
		listColumns: 80,
		detailColumns: 80,
		body: 16,
		tableRows: 13,
		strip: 2,
		events: 1,
	});
	assert.equal(layoutOf(screen(80, 24), false).tableRows, 16);
});

test('below 40x10 there is no room', () => {
	const roomy = (columns: number, rows: number) => layoutOf(screen(columns, rows), false).roomy;
	assert.deepEqual([roomy(40, 10), roomy(39, 10), roomy(40, 9)], [true, false, false]);
});

test('the detail stands beside the list from 100 cells on, with a line between them', () => {
	const layout = (columns: number) => layoutOf(screen(columns, 24, {detail}), false);
	assert.deepEqual([layout(99).beside, layout(100).beside], [false, true]);
	assert.equal(layout(99).detailColumns, 99);
	const {listColumns, detailColumns} = layout(100);
	assert.equal(listColumns, 52);
	assert.equal(listColumns + 1 + detailColumns, 100);
	assert.equal(layoutOf(screen(200, 24), false).beside, false);
});

test('news take the lines that they need, up to a limit; the strip needs 14 rows, cancellations and the table', () => {
	const events = (rows: number, newsLines = 9) => layoutOf(screen(80, rows, {newsLines}), false).events;
	assert.deepEqual(
		[13, 14, 24, 34].map(rows => events(rows)),
		[0, 2, 3, 4],
	);
	assert.deepEqual([events(24, 0), events(24, 1)], [0, 1]);
	const strip = (rows: number, more: Partial<Screen> = {}) => layoutOf(screen(80, rows, more), true).strip;
	assert.deepEqual([strip(13), strip(14), strip(14, {pane: 'cancellations'})], [0, 2, 0]);
	assert.equal(layoutOf(screen(80, 24), false).strip, 0);
});

test('the parts add up to the height, and none is negative', () => {
	fc.assert(
		fc.property(fc.nat(60), fc.nat(9), fc.boolean(), (rows, newsLines, cancellations) => {
			const {body, events, strip, tableRows} = layoutOf(screen(80, rows, {newsLines}), cancellations);
			// Two lines above, and three below.
			if (rows >= 5) assert.equal(2 + body + strip + events + 3, rows);
			assert.ok(body >= 0);
			assert.equal(tableRows, Math.max(0, body - 3));
		}),
	);
});

test('an overlay stands in the middle of the panes, and on a small screen covers all but the footer', () => {
	assert.equal(overlayPlace(screen(80, 24), false, boxColumns).left, 0);
	assert.deepEqual(overlayPlace(screen(80, 24), false, 76), {top: 2, left: 0, width: 80, height: 19});
	assert.deepEqual(overlayPlace(screen(60, 24), false, 76), {top: 2, left: 0, width: 60, height: 19});
	assert.deepEqual(overlayPlace(screen(97, 24), false, 76), {top: 2, left: 10, width: 76, height: 19});
	assert.deepEqual(overlayPlace(screen(80, 20), false, 76), {top: 2, left: 0, width: 80, height: 15});
	assert.deepEqual(overlayPlace(screen(80, 18), false, 76), {top: 0, left: 0, width: 80, height: 15});
});
