/*
Which batch the pane of cancellations shows.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Batch, CancellationReport} from '../../source/engine/protocol.ts';
import {initialScreen, type OutcomeFilter, type Screen} from '../../source/state/screen.ts';
import {neighbourRun, runNumbers, runOf} from '../../source/table/runs.ts';
import {report, start} from '../helpers/screen-facts.ts';

const batch = (number: number): Batch => ({
	number,
	operation: 'cancel',
	askedAt: start,
	by: 'alice@login3',
	refs: [],
});
const known = (batches: readonly number[], reports: readonly CancellationReport[] = []) => ({
	batches: batches.map(batch),
	reports: {
		byBatch: new Map(
			[...Map.groupBy(reports, each => each.batch)].map(([number, list]) => [
				number,
				new Map(list.map(each => [each.ref, each])),
			]),
		),
	},
});
const screen = (more: Partial<Screen> = {}): Screen => ({...initialScreen, ...more});

test('every batch that was begun or has reports is shown once, the oldest first, unless it is put away', () => {
	const facts = known([3, 1], [report('p/1', {batch: 2}), report('p/2', {batch: 3})]);
	assert.deepEqual(runNumbers(facts, screen()), [1, 2, 3]);
	assert.deepEqual(runNumbers(facts, screen({putAway: [2]})), [1, 3]);
});

test('the chosen batch is shown, else the latest', () => {
	const facts = known([1, 2, 3]);
	assert.equal(runOf(facts, screen())?.number, 3);
	assert.equal(runOf(facts, screen({run: 1}))?.number, 1);
	assert.equal(runOf(facts, screen({run: 9}))?.number, 3);
	assert.equal(runOf(facts, screen({run: 1, putAway: [1]}))?.number, 3);
	assert.equal(runOf(known([]), screen()), undefined);
});

test('a batch has its place among the others, and its reports, those that need a person first', () => {
	const reports = [
		report('p/1', {batch: 2, step: 'settled', outcome: {kind: 'cancelled'}}),
		report('p/2', {batch: 2}),
		report('p/3', {batch: 2, step: 'parked'}),
	];
	const facts = known([1, 3], reports);
	const run = runOf(facts, screen({run: 2}));
	assert.deepEqual([run?.place, run?.of, run?.batch], [2, 3, undefined]);
	const refs = (list?: readonly CancellationReport[]) => list?.map(({ref}) => ref);
	assert.deepEqual(refs(run?.reports), ['p/3', 'p/2', 'p/1']);
	assert.deepEqual(refs(run?.listed), ['p/3', 'p/2', 'p/1']);
	const unfinished = runOf(facts, screen({run: 2, outcomes: {group: 'unfinished'}}));
	assert.deepEqual(refs(unfinished?.listed), ['p/3', 'p/2']);
	assert.equal(unfinished?.reports.length, 3);
	const listed = (outcomes: OutcomeFilter) => refs(runOf(facts, screen({run: 2, outcomes}))?.listed);
	assert.deepEqual(listed({group: 'needs-you'}), ['p/3']);
	assert.deepEqual(listed({group: 'on-its-way'}), ['p/2']);
	assert.deepEqual(listed({kind: 'cancelled'}), ['p/1']);
	assert.deepEqual(listed({kind: 'denied'}), []);
	assert.deepEqual(runOf(facts, screen({run: 3}))?.batch, batch(3));
	assert.deepEqual(runOf(facts, screen({run: 3}))?.reports, []);
});

test('beside a batch are the one before and the one after it, with an end on each side', () => {
	const facts = known([1, 4, 7]);
	const beside = (run: number | undefined, by: number) =>
		neighbourRun(facts, screen(run === undefined ? {} : {run}), by);
	assert.deepEqual([beside(4, 1), beside(4, -1)], [7, 1]);
	assert.deepEqual([beside(7, 1), beside(1, -1)], [undefined, undefined]);
	assert.equal(beside(undefined, -1), 4);
	assert.equal(neighbourRun(known([]), screen(), 1), undefined);
});
