/*
What an id that means many jobs counts for.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import type {JobSet, MemberCounts} from '../../source/job/job.ts';
import type {Ref} from '../../source/job/ref.ts';
import {
	countLive,
	jobsOfRow,
	noMembers,
	sharesOf,
	sizeOfSet,
	standingOfSet,
	withoutCovered,
} from '../../source/job/set.ts';

const members = (live: number, ended = 0): MemberCounts => ({live, cancelled: 0, ended, lost: 0});
const asked = (ref: Ref, set?: JobSet, parent?: Ref) => ({ref, ...(set && {set}), ...(parent && {parent})});
const refsOf = (jobs: readonly {readonly ref: Ref}[]) => jobs.map(({ref}) => ref);

test('a set has all its members, wherever they are', () => {
	assert.equal(sizeOfSet(noMembers), 0);
	assert.equal(sizeOfSet({live: 1, cancelled: 20, ended: 300, lost: 4000}), 4321);
});

test('a set whose own state is an end is stopping while a member lives', () => {
	const ended = {phase: 'failed', status: 'FAILED', terminal: true} as const;
	assert.deepEqual(standingOfSet({...ended, set: {counts: members(1)}}), {
		phase: 'stopping',
		status: 'FAILED, and 1 of its jobs not ended',
		terminal: false,
	});
	for (const set of [{counts: members(0, 3)}, {}]) assert.deepEqual(standingOfSet({...ended, set}), ended);
	const live = {phase: 'running', status: 'RUNNING', terminal: false} as const;
	assert.deepEqual(standingOfSet({...live, set: {counts: members(2)}}), live);
});

test('a job counts as one, a set as its live members, and as one if none lives', () => {
	assert.deepEqual(countLive([asked('p/1'), asked('p/2', {counts: members(5, 2)})]), {jobs: 6, unknown: 0});
	assert.deepEqual(countLive([asked('p/2', {counts: members(0, 3)})]), {jobs: 1, unknown: 0});
});

test('a job that several of them name counts once', () => {
	const set = {counts: members(3), apart: ['p/1', 'p/2', 'p/3']} as const;
	assert.deepEqual(countLive([asked('p/1', set), asked('p/2', set), asked('p/3'), asked('p/4')]), {
		jobs: 4,
		unknown: 0,
	});
});

test('a set with members of their own counts as these, whatever its counts say', () => {
	assert.deepEqual(countLive([asked('p/1', {counts: members(3), apart: ['p/2']})]), {jobs: 1, unknown: 0});
});

test('each of them has its share, whatever else is among them', () => {
	const batch = asked('p/b', {counts: members(7), apart: []});
	const child = (id: number) => asked(`p/${id}`, undefined, 'p/b');
	// A list names its documents only by number, and each of them by its parent.
	assert.deepEqual(sharesOf([batch, child(1), child(2)]), [5, 1, 1]);
	assert.deepEqual(sharesOf([child(1), child(2), asked('p/b', {counts: members(2), apart: []})]), [1, 1, 1]);
	// A look names them.
	const named = asked('p/b', {counts: members(2), apart: ['p/1', 'p/2', 'p/3']});
	assert.deepEqual(sharesOf([named, child(1)]), [2, 1]);
	assert.deepEqual(sharesOf([named, child(1), child(2), child(3)]), [1, 1, 1, 1]);
	// The rest of an array is none of the tasks beside it.
	assert.deepEqual(sharesOf([asked('p/9', {counts: members(5)}), asked('p/9_1', undefined, 'p/9')]), [5, 1]);
	assert.deepEqual(sharesOf([{...asked('p/b', {counts: members(7)}), jobs: 3}]), [3]);
});

test('shares add up to the count, and do not fall below one', () => {
	const ref = fc.integer({min: 1, max: 8}).map((id): Ref => `p/${id}`);
	const counts = fc.nat(5).map(live => members(live));
	const set = fc.record({counts, apart: fc.uniqueArray(ref)}, {requiredKeys: []});
	const jobs = fc.uniqueArray(
		fc.tuple(ref, fc.option(set, {nil: undefined}), fc.option(ref, {nil: undefined})),
		{selector: ([id]) => id},
	);
	fc.assert(
		fc.property(jobs, all => {
			const list = all.map(each => asked(...each));
			const shares = sharesOf(list);
			assert.equal(shares.length, list.length);
			assert.ok(shares.every(share => share >= 1));
			assert.equal(
				shares.reduce((sum, share) => sum + share, 0),
				countLive(list).jobs,
			);
			// Every job that they name is counted, and only once.
			const refs = new Set(list.flatMap(({ref: each, set: whole}) => [each, ...(whole?.apart ?? [])]));
			if (list.every(({set: whole}) => !whole || (whole.apart?.length ?? 0) > 0))
				assert.ok(countLive(list).jobs <= refs.size);
		}),
	);
});

test('a set of an unknown size counts as one, and is said to be unknown', () => {
	assert.deepEqual(countLive([asked('p/1', {}), asked('p/2', {}), asked('p/3')]), {jobs: 3, unknown: 2});
	assert.deepEqual(countLive([asked('p/1', {apart: []})]), {jobs: 1, unknown: 1});
	assert.deepEqual(countLive([asked('p/1', {apart: ['p/1', 'p/2']})]), {jobs: 2, unknown: 1});
});

test('what the request for another one ends is not asked for again', () => {
	const whole = asked('p/1', {apart: ['p/1', 'p/2'], together: true});
	assert.deepEqual(refsOf(withoutCovered([whole, asked('p/2'), asked('p/3')])), ['p/1', 'p/3']);
	// Also where the whole does not name its parts, but they name it.
	assert.deepEqual(refsOf(withoutCovered([asked('p/9', {together: true}), asked('p/2', undefined, 'p/9')])), [
		'p/9',
	]);
});

test('what no other request ends is asked for: members of a set that does not end together, and parts of another whole', () => {
	const loose = [asked('p/1', {apart: ['p/1', 'p/2']}), asked('p/2', undefined, 'p/1')];
	assert.equal(withoutCovered(loose), loose);
	const whole = asked('p/1', {together: true});
	assert.deepEqual(refsOf(withoutCovered([whole, asked('p/2', undefined, 'p/8')])), ['p/1', 'p/2']);
});

test('a whole that names itself as its parent or its member is asked for', () => {
	const set = {apart: ['p/1', 'p/2'], together: true} as const;
	assert.deepEqual(refsOf(withoutCovered([asked('p/1', set, 'p/1')])), ['p/1']);
});

test('a live row stands for its live members, an ended one for all, unless these have rows of their own', () => {
	assert.equal(jobsOfRow({}), 1);
	assert.equal(jobsOfRow({set: {}}), 1);
	const counts = members(2, 3);
	assert.equal(jobsOfRow({set: {counts}}), 2, 'the ended ones are not in the state of a live row');
	assert.equal(jobsOfRow({set: {counts: members(0, 3)}, terminal: false}), 1);
	assert.equal(jobsOfRow({set: {counts: members(0, 5)}, terminal: true}), 5);
	assert.equal(jobsOfRow({set: {counts: members(2, 3), apart: ['p/2']}}), 1);
});
