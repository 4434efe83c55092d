/*
How far a job is, and the word for where it is.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Job} from '../../source/job/job.ts';
import {phaseWord, stateInWords} from '../../source/table/phase-looks.ts';
import {percentOf, percentWords} from '../../source/table/progress.ts';
import {job} from '../helpers/screen-facts.ts';

const percent = (progress?: Job['progress']) => percentOf(job('p/1', progress && {progress}));

test('the percentage of the system counts, else the part that is done', () => {
	assert.equal(percent({percent: 12, done: 1, total: 2}), 12);
	assert.equal(percent({percent: 0}), 0);
	assert.equal(percent({done: 3, total: 4}), 75);
	assert.equal(percent({done: 0, total: 4}), 0);
	for (const unknown of [undefined, {}, {done: 3}, {total: 4}, {done: 0, total: 0}])
		assert.equal(percent(unknown), undefined);
});

test('100% means all', () => {
	assert.deepEqual([0, 99.99, 100].map(percentWords), ['0%', '99%', '100%']);
});

test("a phase has jobtop's word, and an unknown one the word of its system", () => {
	assert.equal(phaseWord({phase: 'held', status: 'JobHeldUser'}), 'HELD');
	assert.equal(phaseWord({phase: 'unknown', status: 'odd'}), 'ODD');
	assert.equal(phaseWord({phase: 'unknown', status: ''}), 'UNKNOWN');
});

test("the system's own word stands beside it where it says more, and a doubt always", () => {
	assert.equal(stateInWords({phase: 'running', status: 'running'}), 'RUNNING');
	assert.equal(stateInWords({phase: 'held', status: 'JobHeldUser'}), 'HELD (JobHeldUser)');
	assert.equal(stateInWords({phase: 'held', status: ''}), 'HELD');
	assert.match(
		stateInWords({phase: 'cancelled', status: 'dismissed', unproven: 'may-run'}),
		/^CANCELLED \(dismissed\); .*may still run/,
	);
});
