/*
Which jobs of a list cross to the screen, and which of them stay.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createRows, sameJob} from '../../../source/engine/polling/rows.ts';
import {job} from '../../helpers/screen-facts.ts';

test('jobs with equal nested fields are the same, and with different ones are not', () => {
	const at = (done: number) => job('p/1', {progress: {done, total: 4}});
	assert.equal(sameJob(at(1), at(1)), true);
	assert.equal(sameJob(at(1), at(2)), false);
	assert.equal(sameJob(at(1), job('p/1')), false);
	const rows = createRows();
	rows.see([at(1)], 1);
	assert.deepEqual(rows.see([at(1)], 2), [], 'an unchanged job does not cross');
});

test('an unchanged job keeps its identity', () => {
	const rows = createRows();
	const first = job('p/1');
	rows.take([first], 1);
	const {known, changed} = rows.take([job('p/1')], 2);
	assert.equal(known[0], first);
	assert.deepEqual(changed, []);
});

test('a job that came back to life and ended again stays, and one that ended unseen leaves', () => {
	const scope = {everyone: false, ended: false};
	const rows = createRows();
	const ended = [job('p/1', {phase: 'failed'}), job('p/2', {phase: 'failed'})];
	rows.see(ended, 1);
	rows.see([job('p/1')], 2);
	rows.see(ended, 3);
	assert.deepEqual(rows.missingFrom(new Set(), 4, scope).removes, ['p/2']);
});
