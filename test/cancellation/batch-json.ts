/*
A batch for other programs: what its journal proves, and nothing that is unknown.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
	batchDocument,
	batchJson,
	cancellationJson,
	standingOf,
	stepsOf,
	timesOf,
} from '../../source/cancellation/batch-json.ts';
import type {JournalLine} from '../../source/cancellation/journal/lines.ts';
import type {JournalledBatch, JournalledCancellation} from '../../source/cancellation/journal/read-batch.ts';
import type {Outcome} from '../../source/cancellation/outcomes.ts';

const askedAt = Date.UTC(2026, 0, 2, 3, 4, 5);
const cancellation = (more: Partial<JournalledCancellation> = {}): JournalledCancellation => ({
	ref: 'w/1',
	name: 'mesh',
	phase: 'running',
	status: 'RUNNING',
	attempts: 1,
	left: 1,
	accepted: true,
	mayHaveWorked: true,
	endSeen: false,
	...more,
});
const standing = (outcome?: Outcome) => standingOf(cancellation(outcome && {outcome}));

test('an open cancellation has the phase and the status of its confirmation', () => {
	assert.deepEqual(standing(), {phase: 'running', status: 'RUNNING'});
});

test('a job that ended has the phase in which it ended, and no longer the status of its confirmation', () => {
	assert.deepEqual(standing({kind: 'finished-first', phase: 'failed'}), {phase: 'failed'});
	assert.deepEqual(standing({kind: 'cancelled'}), {phase: 'cancelled'});
	assert.deepEqual(standing({kind: 'already-cancelled'}), {phase: 'cancelled'});
});

test('nothing is known of a job that was removed, nor of one whose outcome is unknown', () => {
	assert.deepEqual(standing({kind: 'removed'}), {});
	assert.deepEqual(standing({kind: 'unknown'}), {});
});

test('a job that the request left alone is where it was', () => {
	for (const kind of ['refused', 'denied', 'not-sent'] as const)
		assert.deepEqual(standing({kind}), {phase: 'running', status: 'RUNNING'});
});

test('times count from the confirmation, and what did not happen has none', () => {
	assert.deepEqual(timesOf(cancellation(), askedAt), {});
	assert.deepEqual(timesOf(cancellation({acceptedAt: askedAt + 20, settledAt: askedAt + 3000}), askedAt), {
		acceptedMs: 20,
		settledMs: 3000,
	});
});

test('a cancellation holds the job, its outcome with its reason and counts, its requests and its times', () => {
	const {set, outcome} = {
		set: {counts: {live: 4, cancelled: 1, ended: 0, lost: 0}},
		outcome: {
			kind: 'finished-first',
			phase: 'partial',
			detail: 'one was quicker',
			counts: {cancelled: 3, all: 5},
		},
	} as const;
	assert.deepEqual(cancellationJson(cancellation({set, outcome, settledAt: askedAt + 1000}), askedAt), {
		ref: 'w/1',
		jobs: 4,
		outcome: 'finished-first',
		cancelled: {cancelled: 3, all: 5},
		phase: 'partial',
		attempts: 1,
		settledMs: 1000,
		detail: 'one was quicker',
	});
});

test('a cancellation that only its record proves says so', () => {
	const outcome = {kind: 'cancelled', detail: 'the process may still run'} as const;
	const json = cancellationJson(cancellation({outcome, settledAt: askedAt + 1000}), askedAt);
	assert.equal(json.unproven, true);
	assert.equal(json.detail, outcome.detail);
});

test('what is unknown of a cancellation is left out', () => {
	for (const more of [{}, {set: {}}]) {
		assert.deepEqual(JSON.parse(JSON.stringify(cancellationJson(cancellation(more), askedAt))), {
			ref: 'w/1',
			phase: 'running',
			status: 'RUNNING',
			attempts: 1,
		});
	}
});

const batch: JournalledBatch = {
	number: 7,
	askedAt,
	by: 'alice@login3',
	operation: 'cancel',
	systems: {w: {kind: 'weaver', address: 'http://127.0.0.1:1'}},
	cancellations: [
		cancellation({outcome: {kind: 'cancelled'}}),
		cancellation({ref: 'w/2', name: 'array', set: {counts: {live: 5, cancelled: 0, ended: 2, lost: 0}}}),
	],
	finished: false,
};

test('a batch counts jobs, the members of sets among them', () => {
	const {jobs, open, counts} = batchJson(batch);
	assert.deepEqual({jobs, open, counts}, {jobs: 6, open: 5, counts: {cancelled: 1}});
});

test('the process that drives a batch is named, where there is one', () => {
	assert.equal(batchJson(batch).driver, undefined);
	assert.deepEqual(batchJson(batch, {host: 'login3', pid: 12, started: '34'}).driver, {
		host: 'login3',
		pid: 12,
	});
});

const lines: readonly JournalLine[] = [
	{at: askedAt, type: 'batch', version: 2, batch: 7, by: 'alice@login3', targets: []},
	{at: askedAt + 1, type: 'sending', ref: 'w/1', attempt: 1},
	{at: askedAt + 2, type: 'resumed', by: 'bob@login4'},
	{at: askedAt + 3, type: 'sending', ref: 'w/3', attempt: 1},
	{at: askedAt + 4, type: 'ended', ref: 'w/1'},
];

test('steps are the lines about a job, in their order', () => {
	assert.deepEqual(
		[...stepsOf(lines)],
		[
			['w/1', [lines[1], lines[4]]],
			['w/3', [lines[3]]],
		],
	);
});

test('a document is one line of JSON; with the lines of the journal each job has its name and its steps', () => {
	const text = batchDocument(batch);
	assert.equal(text.indexOf('\n'), text.length - 1);
	const {version, batch: number, askedAt: asked, results} = JSON.parse(text);
	assert.deepEqual({version, number, asked}, {version: 1, number: 7, asked: '2026-01-02T03:04:05.000Z'});
	assert.deepEqual(
		results.map((each: {ref: string; name?: string; steps?: unknown}) => [each.ref, each.name, each.steps]),
		[
			['w/1', undefined, undefined],
			['w/2', undefined, undefined],
		],
	);

	const whole = JSON.parse(batchDocument(batch, {lines}));
	assert.deepEqual(
		whole.results.map((each: {name: string; steps: unknown}) => [each.name, each.steps]),
		[
			[
				'mesh',
				[
					{at: '2026-01-02T03:04:05.001Z', step: 'sending', ref: 'w/1', attempt: 1},
					{at: '2026-01-02T03:04:05.004Z', step: 'ended', ref: 'w/1'},
				],
			],
			['array', []],
		],
	);
});
