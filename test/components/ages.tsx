/*
How often the ages on the screen change: every second where something happens, every five where nothing does.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {renderScreen} from '../helpers/render-screen.tsx';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';

const seconds = (screen: {lines: () => string[]}) => /ok (\d+)s/.exec(screen.lines()[1] ?? '')?.[1];

test('in a quiet table ages change every five seconds, and never understate by more', async context => {
	const screen = await renderScreen(context);
	await screen.receive(
		hello([profile('hpc2')]),
		{type: 'health', health: health('hpc2')},
		jobs(job('hpc2/1', {name: 'mesh', createdAt: start - 60_000})),
	);
	assert.equal(seconds(screen), '0');
	const written = screen.bytes();
	await screen.advance(4000);
	assert.equal(screen.bytes(), written, 'nothing before the step is over');
	await screen.advance(1000);
	assert.equal(seconds(screen), '5');
	await screen.advance(3000);
	assert.equal(seconds(screen), '5');
	await screen.press('?');
	await screen.press('\u001b');
	assert.equal(seconds(screen), '8', 'where a box opens, its ages are those of now');
});

test('a clock has no seconds, and an open cancellation has its ages every second', async context => {
	const screen = await renderScreen(context);
	await screen.receive(
		hello([profile('hpc2')]),
		{type: 'health', health: health('hpc2')},
		jobs(job('hpc2/1', {name: 'mesh', createdAt: start - 60_000})),
	);
	assert.match(screen.lines()[0] ?? '', / 12:00 UTC$/);
	await screen.advance(60_000);
	assert.match(screen.lines()[0] ?? '', / 12:01 UTC$/);
	await screen.receive(
		{type: 'health', health: health('hpc2', {lastGoodAt: start + 60_000})},
		{type: 'cancellations', reports: [report('hpc2/1', {step: 'following'})]},
	);
	await screen.advance(1000);
	assert.equal(seconds(screen), '1');
	await screen.advance(1000);
	assert.equal(seconds(screen), '2');
});
