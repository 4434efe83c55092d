/*
The bar of the cursor goes from one edge of the table to the other.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {renderScreen} from '../helpers/render-screen.tsx';
import {hello, job, jobs, profile} from '../helpers/screen-facts.ts';

for (const [columns, rows] of [
	[40, 10],
	[80, 24],
	[120, 36],
] as const) {
	test(`the bar of the cursor is as wide as the table at ${columns}x${rows}`, async context => {
		const screen = await renderScreen(context, {columns, rows});
		await screen.receive(hello([profile('hpc')]), jobs(job('hpc/1', {name: 'a'}), job('hpc/2', {name: 'b'})));
		const {active} = screen.terminal.buffer;
		const row = screen.lines().findIndex(line => line.startsWith('>'));
		const line = active.getLine(active.baseY + row);
		const bar = Array.from({length: columns}, (_, x) => Boolean(line?.getCell(x)?.isInverse()));
		assert.ok(bar.every(Boolean), screen.text());
	});
}
