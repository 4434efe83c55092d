/*
What a damaged journal still tells: never another job, never a request or an end that was not there, and never nothing about what is lost.
*/
import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {batchNumbers} from '../../../source/cancellation/journal/batch-files.ts';
import {type JournalLine, journalRow, journalVersion} from '../../../source/cancellation/journal/lines.ts';
import {
	batchOf,
	parseJournal,
	readBatch,
	readJournal,
} from '../../../source/cancellation/journal/read-batch.ts';
import {resumeBatch} from '../../../source/cancellation/journal/write-batch.ts';
import {keepJournal} from '../../helpers/kept-journal.ts';

const lines: readonly JournalLine[] = [
	{
		at: 1_760_000_000_000,
		type: 'batch',
		version: journalVersion,
		batch: 1,
		by: 'alice@login3',
		reason: 'wrong mesh',
		systems: {w: {kind: 'weaver', address: 'http://127.0.0.1:1'}},
		targets: [
			{
				ref: 'w/1001',
				name: 'mesh-ä',
				phase: 'running',
				status: 'running',
				submittedAt: 1_759_999_000_000,
				uid: 'c040679b-a77b',
			},
			{ref: 'w/1002', name: 'mesh-b', phase: 'queued', status: 'accepted'},
		],
	},
	{at: 1_760_000_000_001, type: 'sending', ref: 'w/1001', attempt: 1},
	{at: 1_760_000_000_002, type: 'answered', ref: 'w/1001', attempt: 1, receipt: 'accepted'},
	{at: 1_760_000_000_003, type: 'sending', ref: 'w/1002', attempt: 1},
	{at: 1_760_000_000_004, type: 'answered', ref: 'w/1002', attempt: 1, failure: 'timeout', detail: 'none'},
	{at: 1_760_000_000_005, type: 'ended', ref: 'w/1002'},
	{at: 1_760_000_000_006, type: 'settled', ref: 'w/1001', outcome: {kind: 'cancelled'}, attempts: 1},
];
const text = lines.map(journalRow).join('');

test('every flipped bit of a journal is detected, and changes no other line', () => {
	const whole = parseJournal(text);
	assert.equal(whole.damage, undefined);
	const written = new Set(whole.lines.map(line => JSON.stringify(line)));
	const bytes = Buffer.from(text);
	for (let bit = 0; bit < bytes.length * 8; bit++) {
		const flipped = Buffer.from(bytes);
		flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
		const journal = parseJournal(flipped.toString('utf8'));
		const {lines: read, damage} = journal;
		for (const line of read)
			assert.ok(written.has(JSON.stringify(line)), `bit ${bit}: ${JSON.stringify(line)}`);
		assert.ok(read.length === lines.length || damage, `bit ${bit}: a line is lost without a word`);
		const batch = batchOf(1, journal);
		for (const {ref} of batch?.cancellations ?? []) assert.match(ref, /^w\/100[12]$/);
		if (damage) assert.equal(batch?.finished, false, `bit ${bit}: nobody has been told`);
	}
});

test('a line that was being written when its process ended is no damage, wherever it was cut', async context => {
	const bytes = Buffer.from(text);
	for (let length = 1; length <= bytes.length; length += 7) {
		const state = keepJournal(context, bytes.subarray(0, length));
		assert.equal(readJournal(state, 1).damage, undefined, `cut at ${length}`);
		await (await resumeBatch(state, 1)).close();
		assert.equal(readJournal(state, 1).damage, undefined, `cut at ${length}, taken up`);
		const after = readFileSync(join(state, 'batches', '1.jsonl'), 'utf8');
		assert.ok(after === '' || after.endsWith('\n'));
		assert.ok(text.startsWith(after));
	}
});

test('jobs that only later lines name are kept when the first line is lost', context => {
	const [, ...others] = lines.map(journalRow);
	const state = keepJournal(context, `${'\0'.repeat(64)}\n${others.join('')}`);
	const batch = readBatch(state, 1);
	assert.deepEqual(batch?.damage, {lines: 1, targets: true});
	assert.equal(batch?.finished, false);
	assert.deepEqual(
		batch?.cancellations.map(({ref, attempts, mayHaveWorked}) => [ref, attempts, mayHaveWorked]),
		[
			['w/1001', 1, true],
			['w/1002', 1, true],
		],
	);
});

test('a line that holds something else than it may is damage, not a crash', context => {
	const [head = ''] = lines.map(journalRow);
	const strange = [
		{type: 'settled', ref: 'w/1001', outcome: {kind: 'vanished'}, attempts: 1},
		{type: 'settled', ref: 'w/1001', outcome: null, attempts: 1},
		{type: 'settled', ref: 'w/1001', attempts: 1},
		{type: 'sending', ref: 'w/1001', attempt: 1, at: 9e15},
		{type: 'sending', attempt: 1},
		{type: 'answered', ref: 'w/1001', attempt: 1, failure: 'bored'},
		{type: 'constructor', ref: 'w/1001'},
	];
	for (const line of strange) {
		const state = keepJournal(context, head + journalRow({at: 1, ...line} as unknown as JournalLine));
		assert.deepEqual(readBatch(state, 1)?.damage, {lines: 1, targets: false}, JSON.stringify(line));
	}
	for (const targets of [
		[null],
		[{name: 'x'}],
		'all',
		[{ref: 'w', name: '', phase: 'running', status: ''}],
	]) {
		const state = keepJournal(context, journalRow({...lines[0], targets} as unknown as JournalLine));
		assert.deepEqual(readBatch(state, 1)?.damage, {lines: 1, targets: true}, JSON.stringify(targets));
	}
});

test('a journal of version 1 is read, and one without checksums that calls itself version 2 is not', context => {
	const old = lines.map(line => `${JSON.stringify(line.type === 'batch' ? {...line, version: 1} : line)}\n`);
	assert.equal(readBatch(keepJournal(context, old.join('')), 1)?.damage, undefined);
	const bare = lines.map(line => `${JSON.stringify(line)}\n`);
	assert.deepEqual(readBatch(keepJournal(context, bare.join('')), 1)?.damage, {
		lines: lines.length,
		targets: true,
	});
});

test('control codes in a journal are not shown', context => {
	const evil = '\u001b]0;owned\u0007\u009b31m\u202e';
	const state = keepJournal(
		context,
		journalRow({...lines[0], by: `eve${evil}`, reason: `r${evil}`} as JournalLine) +
			journalRow({at: 2, type: 'answered', ref: 'w/1001', attempt: 1, failure: 'broken', detail: evil}),
	);
	const told = JSON.stringify([readBatch(state, 1), readJournal(state, 1)]);
	assert.doesNotMatch(told, /[\u0000-\u001f\u007f-\u009f\u202e]|\\u00/u);
});

test('a copy of a journal under another number is no batch', context => {
	const state = keepJournal(context, text);
	writeFileSync(join(state, 'batches', '2.jsonl'), text, {mode: 0o600});
	assert.equal(readBatch(state, 1)?.number, 1);
	assert.throws(() => readBatch(state, 2), /it is a copy of batch 1; remove it/);
});

test('a file with a number that no batch has is none', context => {
	const state = keepJournal(context, text);
	writeFileSync(join(state, 'batches', '9007199254740992.jsonl'), '');
	assert.deepEqual(batchNumbers(state), [1]);
});
