/*
The outcome of a set follows from the counts of its members: those alive at the last look before the request, and those it has now.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type EndedSet, outcomeOfSet} from '../../source/cancellation/set-outcome.ts';
import type {MemberCounts} from '../../source/job/job.ts';
import {noMembers, sizeOfSet} from '../../source/job/set.ts';
import {fc} from '../helpers/fast-check.ts';

const members = (some: Partial<MemberCounts>): MemberCounts => ({...noMembers, ...some});
const outcome = (
	before: Partial<MemberCounts> | undefined,
	now: Partial<MemberCounts>,
	{phase = 'cancelled', removed = false}: Partial<Pick<EndedSet, 'phase' | 'removed'>> = {},
) => outcomeOfSet({before: before && members(before), now: members(now), phase, removed});

test('a set is cancelled if every member that lived at the request is, whatever ended before', () => {
	assert.deepEqual(outcome({live: 3, ended: 2}, {cancelled: 3, ended: 2}), {
		kind: 'cancelled',
		counts: {cancelled: 3, all: 5},
	});
	assert.deepEqual(outcome({live: 3, ended: 2}, {cancelled: 3, ended: 2}, {phase: 'failed'}), {
		kind: 'cancelled',
		counts: {cancelled: 3, all: 5},
	});
});

test('a member that was cancelled before the request is none of those that the request cancelled', () => {
	assert.deepEqual(outcome({live: 2, cancelled: 3}, {cancelled: 5}), {
		kind: 'cancelled',
		counts: {cancelled: 2, all: 5},
	});
});

test('a set of one has no counts, and any other has them', () => {
	for (const phase of ['cancelled', 'failed'] as const)
		assert.deepEqual(outcome({live: 1}, {cancelled: 1}, {phase}), {kind: 'cancelled'});
	assert.deepEqual(outcome({live: 2}, {cancelled: 2}), {
		kind: 'cancelled',
		counts: {cancelled: 2, all: 2},
	});
	assert.deepEqual(outcome({live: 1, ended: 2}, {cancelled: 1, ended: 2}), {
		kind: 'cancelled',
		counts: {cancelled: 1, all: 3},
	});
});

test('a set of which some ended by themselves is partly cancelled, with its counts', () => {
	for (const phase of ['cancelled', 'failed'] as const) {
		assert.deepEqual(outcome({live: 3}, {cancelled: 1, ended: 2}, {phase}), {
			kind: 'finished-first',
			phase: 'partial',
			counts: {cancelled: 1, all: 3},
		});
	}
	// The word of the system does not make it cancelled.
	assert.deepEqual(outcome({live: 2}, {ended: 2}), {
		kind: 'finished-first',
		phase: 'partial',
		counts: {cancelled: 0, all: 2},
	});
});

test('a set that ended by itself has the phase in which it ended, and no counts', () => {
	assert.deepEqual(outcome({live: 3}, {ended: 3}, {phase: 'succeeded'}), {
		kind: 'finished-first',
		phase: 'succeeded',
	});
});

test('without a look before the request each member may have lived', () => {
	assert.deepEqual(outcome(undefined, {cancelled: 4}), {
		kind: 'cancelled',
		counts: {cancelled: 4, all: 4},
	});
	assert.deepEqual(outcome(undefined, {cancelled: 2, ended: 2}), {
		kind: 'finished-first',
		phase: 'partial',
		counts: {cancelled: 2, all: 4},
	});
});

test('a member without a record counts as cancelled only where cancelling removes records', () => {
	assert.deepEqual(outcome({live: 2, lost: 1}, {lost: 3}, {phase: 'unknown', removed: true}), {
		kind: 'cancelled',
		counts: {cancelled: 2, all: 3},
	});
	assert.deepEqual(outcome({live: 2, lost: 1}, {lost: 3}, {phase: 'unknown'}), {
		kind: 'finished-first',
		phase: 'unknown',
	});
	assert.deepEqual(outcome({live: 2, cancelled: 2}, {cancelled: 2, lost: 2}, {phase: 'failed'}), {
		kind: 'finished-first',
		phase: 'failed',
	});
	// A record that was gone before the request says nothing about it.
	assert.deepEqual(outcome({live: 3, lost: 2}, {cancelled: 2, lost: 2}, {removed: true}), {
		kind: 'cancelled',
		counts: {cancelled: 2, all: 5},
	});
});

test('nobody can tell how members ended that left no record, beside others that were cancelled', () => {
	for (const removed of [false, true]) {
		const {kind, detail, counts} = outcome(
			{live: 8},
			{cancelled: 2, ended: 1, lost: 5},
			{phase: 'partial', removed},
		);
		assert.deepEqual(
			[kind, detail, counts],
			removed
				? ['finished-first', undefined, {cancelled: 7, all: 8}]
				: ['unknown', '2 of 8 cancelled; 5 left no record of how they ended', {cancelled: 2, all: 8}],
		);
	}
	// What had left no record before the request is not its matter.
	assert.deepEqual(outcome({live: 2, lost: 6}, {cancelled: 2, lost: 6}, {phase: 'partial'}), {
		kind: 'cancelled',
		counts: {cancelled: 2, all: 8},
	});
});

test('where a system says only that the whole set is cancelled, there are no counts', () => {
	assert.deepEqual(outcome({live: 2}, {lost: 2}), {kind: 'cancelled'});
});

test('members that the system forgets still belong to the set', () => {
	assert.deepEqual(outcome({live: 2, cancelled: 1, ended: 1, lost: 1}, {cancelled: 3}), {
		kind: 'cancelled',
		counts: {cancelled: 2, all: 5},
	});
	assert.deepEqual(outcome({live: 2, ended: 3}, {cancelled: 2, ended: 1}), {
		kind: 'cancelled',
		counts: {cancelled: 2, all: 5},
	});
});

test('members that joined the set later are not among those that the request cancelled', () => {
	assert.deepEqual(outcome({live: 2}, {cancelled: 3}), {
		kind: 'cancelled',
		counts: {cancelled: 2, all: 3},
	});
	assert.deepEqual(outcome({live: 1}, {ended: 2}), {
		kind: 'finished-first',
		phase: 'partial',
		counts: {cancelled: 0, all: 2},
	});
});

const count = fc.nat({max: 4});
const anyMembers = fc.record({live: count, cancelled: count, ended: count, lost: count});
const anySet: fc.Arbitrary<EndedSet> = fc.record({
	before: fc.option(anyMembers, {nil: undefined}),
	now: anyMembers.map(now => ({...now, live: 0})),
	phase: fc.constantFrom('cancelled', 'succeeded', 'failed', 'unknown'),
	removed: fc.boolean(),
});

test('no counts name more members than lived at the request, nor fewer than the set has', () => {
	fc.assert(
		fc.property(anySet, set => {
			const {counts} = outcomeOfSet(set);
			if (!counts) return;
			assert.ok(counts.cancelled >= 0 && counts.cancelled <= counts.all);
			assert.ok(counts.all >= sizeOfSet(set.now));
			if (set.before) assert.ok(counts.cancelled <= set.before.live && counts.all >= sizeOfSet(set.before));
		}),
	);
});

test('a set with a member that ended by itself after the request is never called cancelled', () => {
	fc.assert(
		fc.property(anySet, set => {
			if (set.now.ended > (set.before?.ended ?? 0)) assert.notEqual(outcomeOfSet(set).kind, 'cancelled');
		}),
	);
});
