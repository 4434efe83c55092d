import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createRows, maxUnlisted} from '../../../source/engine/polling/rows.ts';
import type {Job} from '../../../source/job/job.ts';
import {isEnd, type Phase} from '../../../source/job/phase.ts';
import {type Ref, refOf} from '../../../source/job/ref.ts';
import {sameJson} from '../../../source/job/same-json.ts';
import {fc} from '../../helpers/fast-check.ts';

const mineActive = {everyone: false, ended: false};

const job = (id: string, phase: Phase = 'running', extra: Partial<Job> = {}): Job => ({
	ref: refOf('p', id),
	profile: 'p',
	backend: 'weaver',
	id,
	name: id,
	mine: true,
	phase,
	status: phase,
	terminal: isEnd(phase),
	...extra,
});

test('an unchanged job is no change, and a changed one is', () => {
	const rows = createRows();
	assert.equal(rows.see([job('a'), job('b')], 1).length, 2);
	assert.deepEqual(rows.see([job('a'), job('b', 'stopping')], 2), [job('b', 'stopping')]);
});

test('a job whose nested facts are equal is no change, and is known as it was before', () => {
	const rows = createRows();
	const facts = () => ({progress: {percent: 5}, labels: {node: 'n1'}, error: {kind: 'k', message: 'm'}});
	const before = job('a', 'running', facts());
	rows.see([before], 1);
	const {changed} = rows.take([job('a', 'running', facts())], 2);
	assert.deepEqual(changed, []);
	assert.equal(rows.get('p/a'), before);
	const other = job('a', 'running', {...facts(), progress: {percent: 6}});
	assert.deepEqual(rows.take([other], 3), {changed: [other], added: 1});
});

test('a job that had ended, came back and ended again was watched, and stays', () => {
	const rows = createRows();
	rows.see([job('a', 'failed')], 1);
	rows.see([job('a', 'running')], 2);
	rows.see([job('a', 'failed')], 3);
	assert.deepEqual(rows.missingFrom(4, mineActive).removes, []);
	assert.equal(rows.get('p/a')?.phase, 'failed');
});

test('of the ended jobs that no list holds, only the latest stay', () => {
	const rows = createRows();
	const ids = Array.from({length: maxUnlisted + 2}, (_, index) => String(index));
	rows.see(
		ids.map(id => job(id)),
		1,
	);
	rows.see([job('live')], 1);
	rows.see(
		ids.slice(0, 2).map(id => job(id, 'cancelled')),
		2,
	);
	rows.see(
		ids.slice(2).map(id => job(id, 'cancelled')),
		3,
	);
	rows.take([job('5', 'cancelled')], 4);
	const {removes, missing} = rows.missingFrom(4, mineActive);
	assert.deepEqual(removes, ['p/0']);
	assert.deepEqual(
		missing.map(({ref}) => ref),
		['p/live'],
	);
	assert.equal(rows.size(), maxUnlisted + 2);
});

test('an answer to an older question never overwrites a newer one', () => {
	const rows = createRows();
	rows.see([job('a', 'cancelled')], 5);
	assert.deepEqual(rows.see([job('a', 'running')], 4), []);
	assert.equal(rows.get('p/a')?.phase, 'cancelled');
});

test('a live job that is missing has to be asked for and keeps its row meanwhile', () => {
	const rows = createRows();
	rows.see([job('a')], 1);
	const {missing, removes} = rows.missingFrom(2, mineActive);
	assert.deepEqual(missing, [job('a')]);
	assert.deepEqual(removes, []);
	assert.equal(rows.size(), 1);
});

test('a job that was seen by a later question is not missing from an earlier list', () => {
	const rows = createRows();
	rows.see([job('new')], 7);
	assert.deepEqual(rows.missingFrom(6, mineActive), {missing: [], removes: []});
});

test('a job that ended while it was watched stays, one that had ended before goes with its list', () => {
	const rows = createRows();
	rows.see([job('watched')], 1);
	rows.see([job('watched', 'succeeded'), job('old', 'failed')], 2);
	assert.deepEqual(rows.missingFrom(3, mineActive), {missing: [], removes: ['p/old']});
	assert.equal(rows.get('p/watched')?.phase, 'succeeded');
});

test('a narrower scope takes away what it does not ask for', () => {
	const rows = createRows();
	rows.see([job('mine'), job('theirs', 'running', {mine: false}), job('old', 'succeeded')], 1);
	assert.deepEqual(rows.narrow(mineActive), ['p/theirs', 'p/old']);
});

const anyJobs = fc.uniqueArray(
	fc.record({
		id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
		phase: fc.constantFrom<Phase>('queued', 'running', 'failed'),
	}),
	{selector: ({id}) => id},
);

test('after any lists, the reported changes add up to the known rows', () => {
	fc.assert(
		fc.property(fc.array(anyJobs, {size: 'max', maxLength: 12}), lists => {
			const rows = createRows();
			const told = new Map<Ref, Job>();
			lists.forEach((list, index) => {
				const jobs = new Map(list.map(({id, phase}) => [refOf('p', id), job(id, phase)] as const));
				const {changed, added} = rows.take([...jobs.values()], index + 1);
				assert.equal(added, jobs.size);
				assert.equal(rows.take([...jobs.values()], index + 1).added, 0, 'each is counted once');
				for (const each of changed) told.set(each.ref, each);
				for (const ref of rows.missingFrom(index + 1, mineActive).removes) told.delete(ref);
				assert.deepEqual(new Set([...rows.listed(index + 1)].map(({ref}) => ref)), new Set(jobs.keys()));
				for (const [ref, known] of told) assert.equal(rows.get(ref), known, 'the same object');
				for (const [ref, listed] of jobs) assert.ok(sameJson(told.get(ref) as Job, listed));
				assert.equal(told.size, rows.size());
			});
		}),
	);
});
