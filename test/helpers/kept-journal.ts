import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {type JournalLine, journalRow, journalVersion} from '../../source/cancellation/journal/lines.ts';
import {temporaryDirectory} from './engine.ts';

/** The first line of a batch with one job, `w/1`. */
export const batchOfOne: JournalLine = {
	at: 1,
	type: 'batch',
	version: journalVersion,
	batch: 1,
	by: 'alice@login3',
	targets: [{ref: 'w/1', name: 'mesh', phase: 'running', status: 'RUNNING'}],
};

/** A state directory with the journal of batch 1 in it: as lines, or as what stands in the file. */
export const keepJournal = (
	context: TestContext,
	content: readonly JournalLine[] | string | Buffer,
): string => {
	const state = temporaryDirectory(context);
	mkdirSync(join(state, 'batches'));
	const isText = typeof content === 'string' || Buffer.isBuffer(content);
	const text = isText ? content : (content as readonly JournalLine[]).map(journalRow).join('');
	writeFileSync(join(state, 'batches', '1.jsonl'), text, {mode: 0o600});
	return state;
};
