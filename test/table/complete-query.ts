/*
What a query that is being typed may become.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Job} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import {applyPatches, nothingKnown} from '../../source/store/apply-patches.ts';
import {completeQuery} from '../../source/table/complete-query.ts';
import {hello, job, jobs, profile} from '../helpers/screen-facts.ts';

const knowing = (...list: readonly Job[]) =>
	applyPatches(nothingKnown(), [hello([profile('hpc1'), profile('hpc2')]), jobs(...list)]);
const options = (text: string, ...list: readonly Job[]) => completeQuery(text, knowing(...list)).options;

test('a word at the end becomes a field, with the sign that it is compared with', () => {
	assert.deepEqual(completeQuery('mesh pro', knowing()), {
		at: 5,
		options: ['profile:', 'progress>'],
		texts: ['mesh profile:', 'mesh progress>'],
	});
	assert.deepEqual(completeQuery('-NA', knowing()), {at: 0, options: ['name:'], texts: ['-name:']});
});

test('the values of a field are offered, also those that no job has now', () => {
	assert.deepEqual(options('profile:'), ['hpc1', 'hpc2']);
	assert.deepEqual(options('state:ac'), ['active']);
	assert.deepEqual(options('state:can'), ['cancelled']);
	assert.deepEqual(options('outcome:canc'), ['cancelling', 'cancelled']);
	assert.deepEqual(options('age>'), ['10m', '1h', '1d', '1w']);
	assert.deepEqual(options('elapsed<1'), ['10m', '1h', '1d', '1w']);
	assert.deepEqual(options('progress>'), ['25', '50', '75']);
	assert.deepEqual(options('name:', job('p/1')), []);
});

test('the values of jobs are offered, the most frequent first and fifty at most', () => {
	const queues = ['a', 'b', 'b', 'c', 'c', 'c'].map((queue, id) => job(`p/${id}`, {queue}));
	assert.deepEqual(options('queue:', ...queues), ['c', 'b', 'a']);
	assert.deepEqual(options('queue:', job('p/1')), []);
	assert.deepEqual(options('owner:', job('p/1')), ['alice']);
	assert.deepEqual(options('backend:', job('p/1')), ['slurm']);
	assert.deepEqual(options('kind:', job('p/1', {kind: 'sbatch'})), ['sbatch']);
	assert.ok(options('state:', job('p/1', {status: 'NODE_FAIL'})).includes('node_fail'));
	const many = Array.from({length: 60}, (_, id) => job(`p/${id}`, {queue: `q${id}`}));
	assert.equal(options('queue:', ...many).length, 50);
});

test('a value with a space is quoted, and one that would end the value is not offered', () => {
	const queues = ['big mem', 'a,b', 'a"b'].map((queue, id) => job(`p/${id}`, {queue}));
	const {options, texts} = completeQuery('queue:', knowing(...queues));
	assert.deepEqual([options, texts], [['big mem'], ['queue:"big mem"']]);
	assert.deepEqual(completeQuery('queue:"bi', knowing(...queues)).texts, ['queue:"big mem"']);
});

test('behind a comma another value begins', () => {
	const {at, options, texts} = completeQuery('mesh -state:failed,un', knowing());
	assert.deepEqual([at, options, texts], [5, ['unknown'], ['mesh -state:failed,unknown']]);
});

test('what is whole needs no completion, and two that fit are both offered', () => {
	assert.deepEqual(options('state:failed'), []);
	assert.deepEqual(options('profile:hpc'), ['hpc1', 'hpc2']);
	const queues = ['gpu', 'gpu2'].map((queue, id) => job(`p/${id}`, {queue}));
	assert.deepEqual(options('queue:gpu', ...queues), ['gpu', 'gpu2']);
});

test('nothing is offered in a quoted text, nor for a comparison that the field does not have', () => {
	for (const text of ['"na', '"cfd me', 'age:', 'state>', 'age~1', 'nosuch:']) {
		assert.deepEqual(options(text), [], text);
	}
	assert.deepEqual(options('constructor:', job('p/1')), []);
	assert.deepEqual(completeQuery('mesh"', knowing()), {at: 5, options: [], texts: []});
});

test('the values are those of the jobs that are known now', () => {
	assert.deepEqual(options('queue:', job('p/1', {queue: 'old'})), ['old']);
	assert.deepEqual(options('queue:', job('p/1', {queue: 'new'})), ['new']);
});

test('the jobs are gone through once for each field', () => {
	const known = knowing(job('p/1', {queue: 'gpu'}));
	let times = 0;
	class Counted extends Map<Ref, Job> {
		override values() {
			times++;
			return super.values();
		}
	}
	const counted = {...known, jobs: {byRef: new Counted(known.jobs.byRef)}};
	for (const text of ['queue:', 'queue:g', 'queue:g']) completeQuery(text, counted);
	assert.equal(times, 1);
});
