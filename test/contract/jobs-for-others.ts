/*
The jobs of Dex and Ionworks that stand for others.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import * as dex from '../../source/backends/dex/wire.ts';
import {readRecord, withProgress, withUnknownChildren} from '../../source/backends/ionworks/wire.ts';

const batch = (status: string, progress: object) => {
	const wire = dex.readRecord({id: 'b', status, progress});
	assert.ok(wire);
	return dex.toJob(wire, 'b', 'd').set;
};

test('a batch of Dex stands for its documents', () => {
	const running = batch('running', {total: 18, succeeded: 3, failed: 1, cancelled: 0});
	assert.deepEqual(running, {counts: {live: 14, cancelled: 0, ended: 4, lost: 0}, apart: []});
	const over = batch('cancelled', {total: 18, succeeded: 3, failed: 1, cancelled: 12});
	assert.deepEqual(over?.counts, {live: 0, cancelled: 12, ended: 4, lost: 2});
	assert.equal(batch('running', {}), undefined);
});

test('a job of Ionworks stands for itself and its children, where a whole list names them', () => {
	const records = [
		{id: 'p', status: 'waiting'},
		{id: 'a', status: 'running', parent_job_id: 'p'},
		{id: 'b', status: 'completed', parent_job_id: 'p'},
		{id: 'c', status: 'pending', parent_job_id: 'p'},
	].map(record => readRecord(record, 'i') ?? assert.fail());
	const [parent, child] = withProgress(records);
	assert.deepEqual(parent?.set, {
		counts: {live: 3, cancelled: 0, ended: 1, lost: 0},
		apart: ['i/p', 'i/a', 'i/c'],
	});
	assert.equal(child?.set, undefined);
	assert.deepEqual(withUnknownChildren(records[0] ?? assert.fail()).set, {});
	assert.equal(withUnknownChildren(records[1] ?? assert.fail()).set, undefined);
});
