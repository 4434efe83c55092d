/*
What the lines of a journal add up to when requests and answers repeat.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type JournalLine, journalRow, readRow} from '../../../source/cancellation/journal/lines.ts';
import {batchOf} from '../../../source/cancellation/journal/read-batch.ts';
import {targetOf} from '../../../source/job/target.ts';

const ref = 'p/1';
const head: JournalLine = {
	type: 'batch',
	at: 0,
	version: 2,
	batch: 1,
	by: 'alice@host',
	targets: [{ref, name: 'a', phase: 'running', status: 'RUNNING'}],
};
const sending = (attempt: number, at: number): JournalLine => ({type: 'sending', at, ref, attempt});
const answered = (attempt: number, at: number, receipt: string): JournalLine => ({
	type: 'answered',
	at,
	ref,
	attempt,
	receipt,
});
const read = (...lines: readonly JournalLine[]) => batchOf(1, {lines: [head, ...lines]})?.cancellations[0];

test('a line that is there twice is one request', () => {
	const once = read(sending(1, 1), answered(1, 3, 'already'));
	const twice = read(sending(1, 1), sending(1, 2), answered(1, 3, 'already'));
	assert.deepEqual(twice, once);
	assert.deepEqual([twice?.attempts, twice?.mayHaveWorked], [1, false]);
});

test('the time of the first acceptance stays', () => {
	const twice = read(
		sending(1, 1),
		answered(1, 100, 'accepted'),
		sending(2, 150),
		answered(2, 200, 'accepted'),
	);
	assert.equal(twice?.acceptedAt, 100);
	assert.deepEqual([twice?.attempts, twice?.left], [2, 2]);
});

test('an odd submission time of a system costs no target its line', () => {
	const job = {ref, name: 'a', phase: 'running', status: 'RUNNING', mine: true} as const;
	for (const createdAt of [-1, 8.64e15 + 1, 1e300, Number.POSITIVE_INFINITY, Number.NaN]) {
		const written = targetOf({...job, createdAt});
		const row = readRow(journalRow({...head, targets: [written]}));
		assert.deepEqual(row?.line.type === 'batch' && row.line.targets, [written], String(createdAt));
	}
});
