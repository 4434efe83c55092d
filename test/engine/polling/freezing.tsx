/*
Rows that stand still, and how often profiles are asked.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Connection} from '../../../source/backends/backend.ts';
import {weaver} from '../../../source/backends/weaver/index.ts';
import {intervalBeside, intervals} from '../../../source/engine/polling/pace.ts';
import {createPoller} from '../../../source/engine/polling/poller.ts';
import type {Patch, ProfileHealth} from '../../../source/engine/protocol.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';
import {renderScreen} from '../../helpers/render-screen.tsx';
import {renderText} from '../../helpers/render-text.tsx';
import {health, hello, job, jobs, profile, report, start} from '../../helpers/screen-facts.ts';

const facts: readonly Patch[] = [
	hello([profile('a'), profile('b')]),
	{type: 'health', health: health('a')},
	{type: 'health', health: health('b', {intervalMs: 30_000})},
	jobs(job('a/1'), job('a/2', {createdAt: start - 90_000}), job('b/3', {createdAt: start - 99_000})),
];

test('frozen rows stay until they are unfrozen, and cancellations are reported meanwhile', async context => {
	const screen = await renderText(context);
	await screen.receive(...facts);
	await screen.press('z');
	await screen.advance(20_000);
	await screen.receive(
		jobs(job('a/1', {phase: 'succeeded'}), job('a/9')),
		{type: 'jobs', upserts: [], removes: ['a/2']},
		{type: 'health', health: health('a', {lastGoodAt: start + 20_000, jobs: 2})},
		{type: 'cancellations', reports: [report('b/3', {acceptedAt: start})]},
	);
	const text = screen.text();
	assert.match(text, /FROZEN 20s/);
	assert.match(text, /a +1 +name-1/);
	assert.match(text, /RUNNING +a +2 /);
	assert.doesNotMatch(text, /SUCCEEDED|name-9/);
	assert.match(text, /b +3 .*asked, stopping/);
	assert.match(text, /1 a STALE 20s/, 'the rows are as old as they are');
	await screen.press('z');
	assert.doesNotMatch(screen.text(), /FROZEN/);
	assert.match(screen.text(), /SUCCEEDED +a +1 /);
	assert.match(screen.text(), /name-9/);
	assert.doesNotMatch(screen.text(), /name-2/);
	assert.match(screen.text(), /1 a ok 0s/);
});

test('a target of a frozen list is sent as it was shown, after a look', async context => {
	const screen = await renderText(context);
	await screen.receive(...facts);
	await screen.press('z');
	await screen.receive(jobs(job('a/1', {phase: 'succeeded'})));
	await screen.press('c');
	assert.match(screen.text(), /RUNNING, as of 0s ago/);
	await screen.press('y');
	const [cancel] = screen.sent.filter(({type}) => type === 'cancel');
	assert.deepEqual(cancel, {
		type: 'cancel',
		targets: [{ref: 'a/1', name: 'name-1', phase: 'running', status: 'RUNNING', submittedAt: start - 60_000}],
	});
});

test('what is cleared away while the rows stand still is gone at once, and back by u', async context => {
	const screen = await renderText(context);
	await screen.receive(...facts, jobs(job('a/5', {phase: 'failed', createdAt: start})));
	await screen.press('z', 'g', 'd');
	assert.doesNotMatch(screen.text(), /name-5/);
	await screen.press('u');
	assert.match(screen.text(), /name-5/);
});

test('other jobs that are asked for let unfrozen', async context => {
	const screen = await renderText(context);
	await screen.receive(...facts);
	await screen.press('z', 'f', 'j', '\r');
	assert.equal(screen.sent.at(-1)?.type, 'scope');
	assert.equal(screen.store.getState().screen.frozenAt, undefined);
});

for (const [columns, rows, wanted] of [
	[120, 36, / FROZEN 0s {2}every 5s-30s {2}12:00 UTC$/],
	[80, 24, / FROZEN 0s {2}every 5s-30s {2}12:00 UTC$/],
	[40, 10, / FROZEN 0s$/],
] as const) {
	test(`the header at ${columns}x${rows} says that the rows stand still`, async context => {
		const screen = await renderScreen(context, {columns, rows});
		await screen.receive(...facts);
		await screen.press('z');
		assert.match(screen.lines()[0] ?? '', wanted);
		assert.equal(screen.lines()[0]?.length, columns - 1);
	});
}

test('profiles are asked more or less often, by a key or by a time', async context => {
	const screen = await renderText(context);
	await screen.receive(...facts);
	await screen.press('+', '-', ':interval 10s', '\r');
	assert.deepEqual(
		screen.sent.filter(({type}) => type === 'interval'),
		[
			{type: 'interval', to: 'longer'},
			{type: 'interval', to: 'shorter'},
			{type: 'interval', to: 10_000},
		],
	);
	for (const [text, says] of [
		['9s', /:interval: choose one of 1s, 2s, .*, 5m/],
		['100ms', /:interval: 100ms is too short; it must be at least 1s/],
		['1h', /:interval: 1h is too long; it must be at most 5m/],
		['10', /:interval: 10 needs a unit, such as 10s or 2m/],
		['soon', /there is no time soon; there are 1s/],
	] as const) {
		await screen.press(`:interval ${text}`, '\r');
		assert.match(screen.lines().at(-1) ?? '', says);
	}
	assert.equal(screen.sent.filter(({type}) => type === 'interval').length, 3);
});

test('intervals go up and down and stay within their ends', () => {
	assert.equal(intervalBeside(5000, 'longer'), 10_000);
	assert.equal(intervalBeside(7000, 'shorter'), 5000);
	assert.equal(intervalBeside(1000, 'shorter'), 1000);
	assert.equal(intervalBeside(intervals.at(-1) ?? 0, 'longer'), 300_000);
});

test('another interval holds from the next poll on, which comes at once where it is due', async () => {
	const {clock, advance} = createManualClock();
	const polls: number[] = [];
	let told: ProfileHealth | undefined;
	const connection: Connection = {
		profile: 'w',
		traits: weaver.traits,
		backend: {
			system: async () => ({kind: 'weaver', address: 'http://127.0.0.1:1'}),
			async listPage() {
				polls.push(clock.now() - start);
				return {jobs: [], unreadable: 0, covers: 'everything'};
			},
		},
	};
	let moments = 0;
	const poller = createPoller({
		connection,
		clock,
		intervalMs: 10_000,
		random: () => 0.5,
		scope: () => ({everyone: false, ended: false}),
		moment: () => ++moments,
		onPage: jobs => jobs.length,
		onList: () => undefined,
		onHealth: health => {
			told = health;
		},
	});
	poller.now();
	await advance(4000);
	poller.every(2000);
	await advance(0);
	assert.deepEqual(polls, [0, 4000]);
	assert.equal(told?.intervalMs, 2000);
	await advance(2000);
	assert.deepEqual(polls, [0, 4000, 6000]);
	poller.every(60_000);
	await advance(30_000);
	assert.deepEqual(polls, [0, 4000, 6000]);
	poller.stop();
	poller.every(1000);
	await advance(60_000);
	assert.equal(polls.length, 3);
});
