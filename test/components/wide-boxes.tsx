/*
Boxes on wide screens: they grow where their text would wrap or be cut, as far as lines stay readable.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {widthOf} from '../../source/text/width.ts';
import {renderScreen} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile} from '../helpers/screen-facts.ts';

/** The width of the box on the screen, in cells. */
const boxWidth = (lines: readonly string[]): number => {
	const top = lines.find(line => line.includes('┌')) ?? '';
	return widthOf(top.slice(top.indexOf('┌'), top.indexOf('┐') + 1));
};

const facts = (consequence: string, queries: readonly {name: string; text: string}[] = []) => [
	hello([profile('hpc', {consequence})], {settings: {notify: 'off', queries}}),
	{type: 'health', health: health('hpc')} as const,
	jobs(job('hpc/1')),
];

const short = 'Slurm ends the job.';
const long = 'Slurm sends TERM, waits, and then sends KILL to every step; what is not saved by then is lost.';

for (const [columns, consequence, width] of [
	[80, long, 80],
	[200, short, 80],
	[200, long, 110],
] as const)
	test(`the question is ${width} cells wide on ${columns} columns, for ${consequence.length} characters`, async context => {
		const screen = await renderScreen(context, {columns, rows: 40});
		await screen.receive(...facts(consequence));
		await screen.press('c');
		assert.equal(boxWidth(screen.lines()), width);
		if (columns > 80) assert.ok(screen.text().includes(consequence), screen.text());
	});

test('a menu grows for a saved filter that it would cut', async context => {
	const screen = await renderScreen(context, {columns: 200, rows: 40});
	const text = 'state:running age>10m -profile:tapis name~mosaic owner:alice';
	await screen.receive(...facts(short, [{name: 'long', text}]));
	await screen.press('f');
	assert.ok(screen.text().includes(`long:  ${text} `), screen.text());
	assert.equal(boxWidth(screen.lines()), 110);
	await screen.press('\u001b', 's');
	assert.equal(boxWidth(screen.lines()), 44);
});
