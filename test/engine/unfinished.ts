/*
The batches of earlier runs, when jobtop starts: which are reported, which are taken up, and what is said of the others.
*/
import assert from 'node:assert/strict';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {BatchHeldError} from '../../source/cancellation/journal/batch-lock.ts';
import {type JournalLine, journalRow, journalVersion} from '../../source/cancellation/journal/lines.ts';
import {BatchWaitsError} from '../../source/cancellation/journal/whose-batch.ts';
import type {Batch, Patch} from '../../source/engine/protocol.ts';
import {takeUpBatches, type UnfinishedOptions, whyHeld, whyOld} from '../../source/engine/unfinished.ts';
import {temporaryDirectory} from '../helpers/engine.ts';

const dayMs = 86_400_000;
const now = Date.UTC(2026, 10, 23, 12);

type Kept = {readonly number: number; readonly at?: number; readonly finished?: boolean};

/** A state directory with these batches of one job each. */
const keepBatches = (context: TestContext, batches: readonly Kept[]): string => {
	const state = temporaryDirectory(context);
	mkdirSync(join(state, 'batches'), {mode: 0o700});
	for (const {number, at = now, finished = false} of batches) {
		const ref = `w/${number}` as const;
		const settled = {type: 'settled', ref, outcome: {kind: 'cancelled'}, attempts: 1} as const;
		const lines: readonly JournalLine[] = [
			{
				at,
				type: 'batch',
				version: journalVersion,
				batch: number,
				by: 'a@b',
				targets: [{ref, name: 'one', phase: 'running', status: 'running'}],
			},
			...(finished ? [{at: at + 1000, ...settled}] : []),
		];
		const file = join(state, 'batches', `${number}.jsonl`);
		writeFileSync(file, lines.map(journalRow).join(''), {mode: 0o600});
	}
	return state;
};

const start = async (
	stateDirectory: string,
	resume: UnfinishedOptions['resume'] = async number => ({number}) as Batch,
) => {
	const notices: string[] = [];
	const patches: Patch[] = [];
	const asked: unknown[] = [];
	await takeUpBatches({
		stateDirectory,
		clock: {now: () => now},
		async resume(number, manner) {
			asked.push([number, manner]);
			return resume(number, manner);
		},
		report: reported => void patches.push(...reported),
		notify: (tone, text) => void notices.push(`${tone}: ${text}`),
	});
	return {notices, patches, asked};
};

test('what is unfinished and fresh is taken up as a whole, in order, and nothing waits', async context => {
	const state = keepBatches(context, [{number: 2}, {number: 10}, {number: 1}]);
	const {notices, patches, asked} = await start(state);
	assert.deepEqual(
		asked,
		[1, 2, 10].map(number => [number, {whole: true}]),
	);
	assert.deepEqual(notices, [
		'info: batch 1 is resumed',
		'info: batch 2 is resumed',
		'info: batch 10 is resumed',
	]);
	assert.deepEqual(patches, []);
});

test('of what is over the ten latest are reported, the latest first, and none is taken up', async context => {
	const numbers = Array.from({length: 12}, (_, index) => index + 1);
	const {patches, asked} = await start(
		keepBatches(
			context,
			numbers.map(number => ({number, finished: true})),
		),
	);
	assert.deepEqual(asked, []);
	const [earlier, ...others] = patches;
	assert.deepEqual(others, []);
	assert.equal(earlier?.type, 'earlier');
	assert.deepEqual(
		earlier.batches.map(({number}) => number),
		numbers.toReversed().slice(0, 10),
	);
});

test('what is older than a day waits for a person, and so does what is dated ahead', async context => {
	const state = keepBatches(context, [
		{number: 1, at: now - 3 * dayMs - 1},
		{number: 2, at: now + dayMs + 1},
		{number: 3, at: now - dayMs},
	]);
	const {notices, patches, asked} = await start(state);
	assert.deepEqual(asked, [[3, {whole: true}]]);
	const texts = [
		'batch 1 has been unfinished for 3 d; to resume it: jobtop batches resume 1',
		'batch 2 is unfinished and dated 1 d ahead; to resume it: jobtop batches resume 2',
	];
	assert.deepEqual(notices, [...texts.map(text => `warning: ${text}`), 'info: batch 3 is resumed']);
	assert.deepEqual(patches, [
		{
			type: 'waiting',
			batches: texts.map((text, index) => ({number: index + 1, needsYou: true, text})),
		},
	]);
});

test('a batch of exactly a day is not old, in either direction', () => {
	for (const askedAt of [now - dayMs, now + dayMs]) {
		assert.equal(whyOld({number: 1, askedAt}, now), undefined);
	}
	for (const askedAt of [now - dayMs - 1, now + dayMs + 1]) {
		assert.equal(whyOld({number: 1, askedAt}, now)?.needsYou, true);
	}
});

test('one that cannot be taken up waits, and keeps no other from it', async context => {
	const state = keepBatches(context, [{number: 1}, {number: 2}, {number: 3}]);
	const {notices, patches} = await start(state, async number => {
		if (number === 1) throw new BatchHeldError(1, {host: 'elsewhere', pid: 7, started: ''});
		// Nothing was left of it.
		if (number === 2) return undefined;
		return {number} as Batch;
	});
	const text =
		'batch 1 is driven by jobtop, process 7 on elsewhere; if it is dead: jobtop batches resume 1 --take-over';
	assert.deepEqual(notices, [`info: ${text}`, 'info: batch 3 is resumed']);
	assert.deepEqual(patches, [{type: 'waiting', batches: [{number: 1, needsYou: false, text}]}]);
});

test('a person is only asked where their word can help', () => {
	const waits = (elsewhere: readonly (readonly [string, string])[], unproven: readonly string[]) =>
		whyHeld(4, new BatchWaitsError(4, {elsewhere: new Map(elsewhere), unproven, systems: {}}));
	const how = 'jobtop batches resume 4';
	assert.equal(waits([], ['is it the same?']).needsYou, true);
	assert.ok(waits([], ['is it the same?']).text.endsWith(`: ${how}`));
	for (const {needsYou, text} of [
		waits([['w', 'another address']], []),
		waits([['w', 'another address']], ['is it the same?']),
	]) {
		assert.equal(needsYou, false);
		assert.ok(!text.includes(how));
	}
	assert.deepEqual(whyHeld(4, new Error('no space left')), {
		needsYou: true,
		text: 'batch 4 cannot be resumed: no space left; to try again: jobtop batches resume 4',
	});
});

test('a folder that cannot be trusted is said, and nothing of it is taken up', async context => {
	const state = temporaryDirectory(context);
	writeFileSync(join(state, 'batches'), 'no folder');
	const {notices, patches, asked} = await start(state);
	assert.deepEqual([patches, asked], [[], []]);
	assert.match(notices.join(), /^error: earlier batches cannot be read: /);
});
