/*
A batch as a file for other programs.
*/
import assert from 'node:assert/strict';
import {existsSync, readFileSync, realpathSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {exportBatch} from '../../source/cancellation/export-batch.ts';
import type {JournalLine} from '../../source/cancellation/journal/lines.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {batchOfOne, keepJournal} from '../helpers/kept-journal.ts';

const lines: readonly JournalLine[] = [batchOfOne, {at: 2, type: 'sending', ref: 'w/1', attempt: 1}];

test('the file holds the batch with every step, and only its owner can read it', context => {
	const state = keepJournal(context, lines);
	const path = exportBatch(state, 1);
	assert.equal(path, join(state, 'exports', 'batch-1.json'));
	assert.equal(statSync(path).mode & 0o777, 0o600);
	const {batch, results} = JSON.parse(readFileSync(path, 'utf8'));
	assert.equal(batch, 1);
	assert.deepEqual(
		results.map((each: {ref: string; steps: readonly {step: string}[]}) => [
			each.ref,
			each.steps.map(({step}) => step),
		]),
		[['w/1', ['sending']]],
	);
});

test('in the working directory, it replaces no file', context => {
	const state = keepJournal(context, lines);
	const before = process.cwd();
	const folder = realpathSync(temporaryDirectory(context));
	context.after(() => process.chdir(before));
	process.chdir(folder);
	const paths = [1, 2].map(() => exportBatch(state, 1, 'working-directory'));
	assert.deepEqual(paths, [join(folder, 'jobtop-batch-1.json'), join(folder, 'jobtop-batch-1-2.json')]);
	for (const path of paths) {
		assert.equal(statSync(path).mode & 0o777, 0o600);
		assert.equal(JSON.parse(readFileSync(path, 'utf8')).batch, 1);
	}
	assert.ok(!existsSync(join(state, 'exports')));
});

test('a batch whose journal is empty or missing is not exported', context => {
	const empty = keepJournal(context, '');
	assert.throws(() => exportBatch(empty, 1), /its journal is empty/);
	assert.ok(!existsSync(join(empty, 'exports')));
	assert.throws(() => exportBatch(temporaryDirectory(context), 1), /ENOENT/);
});
