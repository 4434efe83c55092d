/*
What a journal proves: which requests may have left, what they may have done, and how each cancellation ended.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type JournalLine, journalRow, journalVersion} from '../../../source/cancellation/journal/lines.ts';
import {
	batchOf,
	countsOf,
	damageWords,
	type JournalledBatch,
	parseJournal,
	summaryOf,
} from '../../../source/cancellation/journal/read-batch.ts';
import type {FailureKind} from '../../../source/job/failure.ts';
import type {JobTarget} from '../../../source/job/target.ts';
import {jobsOfTargets} from '../../../source/job/target.ts';

const target: JobTarget = {ref: 'w/1', name: 'mesh', phase: 'running', status: 'RUNNING'};
const set = {counts: {live: 3, cancelled: 0, ended: 1, lost: 0}};
type HeadLine = Extract<JournalLine, {type: 'batch'}>;
const headOf = (more: Partial<HeadLine> = {}): HeadLine => ({
	at: 100,
	type: 'batch',
	version: journalVersion,
	batch: 1,
	by: 'alice@login3',
	systems: {w: {kind: 'weaver'}},
	targets: [target],
	...more,
});
const sending = (attempt: number): JournalLine => ({at: 100 + attempt, type: 'sending', ref: 'w/1', attempt});
const answered = (
	attempt: number,
	answer: {readonly receipt?: string; readonly failure?: FailureKind},
): JournalLine => ({at: 200 + attempt, type: 'answered', ref: 'w/1', attempt, ...answer});
const settled: JournalLine = {
	at: 300,
	type: 'settled',
	ref: 'w/1',
	outcome: {kind: 'cancelled'},
	attempts: 1,
};

const read = (...lines: readonly JournalLine[]): JournalledBatch => {
	const batch = batchOf(1, {lines});
	assert.ok(batch);
	return batch;
};
/** The cancellation of the one target after these lines. */
const after = (...lines: readonly JournalLine[]) => {
	const [first] = read(headOf(), ...lines).cancellations;
	assert.ok(first);
	return first;
};
const afterOfSet = (...lines: readonly JournalLine[]) => {
	const [first] = read(headOf({targets: [{...target, set}]}), ...lines).cancellations;
	assert.ok(first);
	return first;
};

test('a target is untouched until a request may have left', () => {
	const {attempts, left, accepted, mayHaveWorked, endSeen, outcome, acceptedAt, settledAt} = after();
	assert.deepEqual([attempts, left, accepted, mayHaveWorked, endSeen], [0, 0, false, false, false]);
	assert.deepEqual([outcome, acceptedAt, settledAt], [undefined, undefined, undefined]);
	assert.equal(after().name, 'mesh');
});

test('a request that was begun may have worked, and a repeated line is the same request', () => {
	const {attempts, left, mayHaveWorked, accepted} = after(sending(1), sending(1));
	assert.deepEqual([attempts, left, mayHaveWorked, accepted], [1, 0, true, false]);
	assert.equal(after(sending(2), sending(1)).attempts, 2);
	assert.equal(after(sending(1), sending(1), answered(1, {failure: 'conflict'})).mayHaveWorked, false);
});

test('an accepted request has left and may have worked, and the first acceptance counts', () => {
	for (const receipt of ['accepted', 'done']) {
		const one = after(sending(1), answered(1, {receipt}));
		assert.deepEqual([one.left, one.accepted, one.mayHaveWorked, one.acceptedAt], [1, true, true, 201]);
	}
	const two = after(sending(1), answered(1, {receipt: 'done'}), sending(2), answered(2, {receipt: 'done'}));
	assert.deepEqual([two.attempts, two.left, two.acceptedAt], [2, 2, 201]);
});

test('a refusal did nothing; what earlier requests may have done stays', () => {
	const refusals = [
		{receipt: 'already'},
		{receipt: 'too-late'},
		{failure: 'conflict'},
		{failure: 'forbidden'},
		{failure: 'not-found'},
	] as const;
	for (const refusal of refusals) {
		const one = after(sending(1), answered(1, refusal));
		assert.deepEqual([one.left, one.accepted, one.mayHaveWorked], [1, false, false]);
		const two = after(sending(1), answered(1, {failure: 'timeout'}), sending(2), answered(2, refusal));
		assert.deepEqual([two.left, two.mayHaveWorked], [2, true]);
	}
});

test('a request that never left this machine did nothing', () => {
	const one = after(sending(1), answered(1, {failure: 'unreachable'}));
	assert.deepEqual([one.attempts, one.left, one.mayHaveWorked], [1, 0, false]);
});

test('a lost answer may hide a request that worked', () => {
	for (const failure of ['timeout', 'cut-off', 'broken', 'malformed'] as const) {
		const one = after(sending(1), answered(1, {failure}));
		assert.deepEqual([one.left, one.accepted, one.mayHaveWorked], [1, false, true]);
	}
});

test('an answer to an earlier request says nothing about the latest one', () => {
	const late = after(sending(1), sending(2), answered(1, {receipt: 'too-late'}));
	assert.deepEqual([late.left, late.mayHaveWorked], [0, true]);
	assert.equal(after(sending(1), sending(2), answered(1, {receipt: 'accepted'})).accepted, true);
});

test('of a set, "too late" and "not found" may be true of one member only', () => {
	for (const answer of [{receipt: 'too-late'}, {receipt: 'already'}, {failure: 'not-found'}] as const)
		assert.equal(afterOfSet(sending(1), answered(1, answer)).mayHaveWorked, true);
	for (const failure of ['conflict', 'unreachable'] as const)
		assert.equal(afterOfSet(sending(1), answered(1, {failure})).mayHaveWorked, false);
	assert.equal(afterOfSet(sending(1), answered(1, {failure: 'timeout'})).mayHaveWorked, true);
});

test('an outcome ends a cancellation until a look shows the job alive', () => {
	const ended = after(sending(1), settled);
	assert.deepEqual([ended.outcome, ended.settledAt], [{kind: 'cancelled'}, 300]);
	const reopened = after(sending(1), settled, {at: 400, type: 'reopened', ref: 'w/1'});
	assert.deepEqual([reopened.outcome, reopened.settledAt, reopened.endSeen], [undefined, undefined, true]);
	assert.equal(after({at: 400, type: 'ended', ref: 'w/1'}).endSeen, true);
});

test('a batch is finished once each cancellation is', () => {
	assert.equal(read(headOf()).finished, false);
	assert.equal(read(headOf(), settled).finished, true);
	const other: JobTarget = {...target, ref: 'w/2'};
	assert.equal(read(headOf({targets: [target, other]}), settled).finished, false);
});

test('a batch has its person, its reason, its time and its systems; a resumption adds what was agreed to', () => {
	const {by, reason, askedAt, systems} = read(headOf({reason: 'wrong mesh'}));
	assert.deepEqual(
		[by, reason, askedAt, systems],
		['alice@login3', 'wrong mesh', 100, {w: {kind: 'weaver'}}],
	);
	assert.ok(!('reason' in read(headOf())));
	const resumed = read(headOf(), {at: 5, type: 'resumed', by: 'bob', systems: {x: {kind: 'slurm'}}});
	assert.deepEqual(resumed.systems, {w: {kind: 'weaver'}, x: {kind: 'slurm'}});
	assert.equal(resumed.by, 'alice@login3');
});

test('a line about a job that was not confirmed is none of the batch', () => {
	const {cancellations} = read(headOf(), {at: 101, type: 'sending', ref: 'w/9', attempt: 1});
	assert.deepEqual(
		cancellations.map(({ref}) => ref),
		['w/1'],
	);
});

test('an empty journal is no batch, and the copy of another batch is refused', () => {
	assert.equal(batchOf(1, {lines: []}), undefined);
	assert.throws(() => batchOf(2, {lines: [headOf()]}), /copy of batch 1/);
});

const damaged = (lines: readonly JournalLine[], count: number, targets = false) =>
	batchOf(1, {lines, damage: {lines: count, targets}});

test('a damaged journal is not finished until a person knows of all its damage', () => {
	const agreed = (number: number): JournalLine => ({at: 9, type: 'resumed', by: 'bob', damaged: number});
	const unknown = damaged([headOf(), settled], 2);
	assert.deepEqual([unknown?.finished, unknown?.damageKnown], [false, undefined]);
	assert.deepEqual(unknown?.damage, {lines: 2, targets: false});
	assert.equal(damaged([headOf(), settled, agreed(1)], 2)?.finished, false);
	const known = damaged([headOf(), settled, agreed(2), agreed(1)], 2);
	assert.deepEqual([known?.finished, known?.damageKnown], [true, true]);
	assert.equal(damaged([headOf(), agreed(2)], 2)?.finished, false);
	assert.ok(!('damageKnown' in read(headOf())));
});

test('a lost line may have been a request: an open cancellation may have worked, a settled one is settled', () => {
	assert.equal(damaged([headOf()], 1)?.cancellations[0]?.mayHaveWorked, true);
	const refused: JournalLine = {...settled, outcome: {kind: 'refused'}} as JournalLine;
	assert.equal(damaged([headOf(), refused], 1)?.cancellations[0]?.mayHaveWorked, false);
});

test('without its first line, a batch has the jobs that the others name', () => {
	const batch = damaged([sending(1), answered(1, {receipt: 'accepted'})], 1, true);
	assert.deepEqual([batch?.askedAt, batch?.by, batch?.systems], [101, 'unknown', {}]);
	const [only] = batch?.cancellations ?? [];
	assert.deepEqual(
		[only?.ref, only?.name, only?.phase, only?.status, only?.attempts, only?.accepted],
		['w/1', '1', 'unknown', '', 1, true],
	);
	const nothing = damaged([], 1, true);
	assert.deepEqual([nothing?.askedAt, nothing?.cancellations, nothing?.finished], [0, [], false]);
});

const text = (...lines: readonly JournalLine[]) => lines.map(journalRow).join('');

test('whole lines are read, and one that was being written counts only if it is whole', () => {
	const whole = text(headOf(), sending(1));
	assert.deepEqual(parseJournal(whole), {lines: [headOf(), sending(1)]});
	assert.deepEqual(parseJournal(whole.slice(0, -1)).lines.length, 2);
	assert.deepEqual(parseJournal(`${whole.slice(0, -1)}\0`).lines.length, 2);
	assert.deepEqual(parseJournal(whole.slice(0, -9)), {lines: [headOf()]});
	assert.deepEqual(parseJournal(''), {lines: []});
	assert.deepEqual(parseJournal('\n\n'), {lines: []});
});

test('damaged lines are counted, and a lost first line is said to be lost', () => {
	const [first = '', second = '', third = ''] = [headOf(), sending(1), settled].map(journalRow);
	assert.deepEqual(parseJournal(`${first}#${second}${third}`).damage, {lines: 1, targets: false});
	assert.deepEqual(parseJournal(`#${first}#${second}${third}`).damage, {lines: 2, targets: true});
	assert.deepEqual(parseJournal(second).damage, {lines: 0, targets: true});
});

/** As version 1 wrote it. */
const plain = (line: JournalLine) => `${JSON.stringify(line)}\n`;

test('lines without a checksum are trusted only in a journal of version 1, before all with one', () => {
	const head = headOf({version: 1});
	assert.deepEqual(parseJournal(plain(head) + plain(sending(1))).damage, undefined);
	const resumed = plain(head) + plain(sending(1)) + journalRow(settled);
	assert.equal(parseJournal(resumed).lines.length, 3);
	assert.deepEqual(parseJournal(resumed + plain(sending(2))).damage, {lines: 1, targets: false});
	assert.deepEqual(parseJournal(text(headOf()) + plain(sending(1))).damage, {lines: 1, targets: false});
});

test('a journal of a newer version is not read', () => {
	assert.throws(
		() => parseJournal(text(headOf({version: journalVersion + 1}))),
		new RegExp(`newer jobtop wrote it \\(version ${journalVersion + 1}`),
	);
});

test('jobs and outcomes are counted by the live members of sets', () => {
	assert.equal(jobsOfTargets([]), 0);
	assert.equal(jobsOfTargets([{}, {set}, {set: {}}]), 5);
	const batch = read(
		headOf({
			reason: 'wrong mesh',
			targets: [target, {...target, ref: 'w/2', set}, {...target, ref: 'w/3'}],
		}),
		settled,
		{at: 500, type: 'settled', ref: 'w/2', outcome: {kind: 'cancelled'}, attempts: 1},
	);
	assert.deepEqual(countsOf(batch), {counts: {cancelled: 4}});
	assert.deepEqual(summaryOf(batch), {
		number: 1,
		askedAt: 100,
		endedAt: 500,
		by: 'alice@login3',
		reason: 'wrong mesh',
		jobs: 5,
		counts: {cancelled: 4},
	});
	const open = summaryOf(read(headOf()));
	assert.deepEqual([open.endedAt, 'reason' in open, open.counts], [100, false, {}]);
});

test('damage in words says what may be missing', () => {
	assert.match(damageWords({lines: 1, targets: true}), /jobs may be missing here$/);
	assert.match(damageWords({lines: 1, targets: false}), /^a line is damaged/);
	assert.match(damageWords({lines: 2, targets: false}), /^2 lines are damaged/);
});

test('the journal keeps whose job it was, and that it was denied for that; older journals do not say', () => {
	const theirs = {...target, owner: 'bob'};
	const denied = {kind: 'denied', detail: "it is bob's job; 403", notYours: true} as const;
	const lines = [
		headOf({targets: [theirs, {...target, ref: 'w/2', owner: ''}, {...target, ref: 'w/3'}]}),
		{...settled, outcome: denied},
	];
	const parsed = parseJournal(lines.map(journalRow).join(''));
	assert.equal(parsed.damage, undefined);
	const cancellations = batchOf(1, parsed)?.cancellations ?? [];
	assert.deepEqual(
		cancellations.map(({owner}) => owner),
		['bob', '', undefined],
	);
	assert.deepEqual(cancellations[0]?.outcome, denied);
	assert.equal(
		parseJournal(journalRow(headOf({targets: [{...theirs, owner: 7} as never]}))).damage?.lines,
		1,
	);
});
