/*
What each outcome may claim, the code that it exits with, and its sentence.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
	exitCodeOf,
	isReached,
	isWorthRetrying,
	type Outcome,
	type OutcomeKind,
	outcomes,
} from '../../source/cancellation/outcomes.ts';
import type {Operation} from '../../source/job/operation.ts';
import {fc} from '../helpers/fast-check.ts';

const kinds = Object.keys(outcomes) as OutcomeKind[];
const kindsWith = (holds: (kind: OutcomeKind) => boolean) => kinds.filter(holds).sort();
const sentence = (outcome: Outcome) => outcomes[outcome.kind].sentence('mesh', outcome, 'cancel');

test('each outcome has the exit code that docs/scripts.md promises', () => {
	assert.deepEqual(Object.fromEntries(kinds.map(kind => [kind, exitCodeOf({kind})])), {
		cancelled: 0,
		'already-cancelled': 0,
		removed: 0,
		suspended: 0,
		'already-suspended': 0,
		unsuspended: 0,
		'already-unsuspended': 0,
		replaced: 5,
		refused: 5,
		denied: 5,
		'not-sent': 5,
		unknown: 5,
		'finished-first': 6,
		'not-found': 7,
		overdue: 8,
	});
});

test('a missing or expired credential has its own exit code', () => {
	for (const kind of ['denied', 'not-sent', 'unknown'] as const)
		assert.equal(exitCodeOf({kind, credential: true}), 4);
});

test('what exits with 0, and nothing else, is as requested; only a part of that may be called cancelled', () => {
	assert.deepEqual(
		kindsWith(isReached),
		kindsWith(kind => exitCodeOf({kind}) === 0),
	);
	assert.deepEqual(
		kindsWith(kind => outcomes[kind].saysCancelled),
		['already-cancelled', 'cancelled', 'removed'],
	);
});

test('the user can ask again, except where the job has ended, is another one or is not there', () => {
	assert.deepEqual(
		kindsWith(kind => !outcomes[kind].needsYou),
		[
			'already-cancelled',
			'already-suspended',
			'already-unsuspended',
			'cancelled',
			'finished-first',
			'not-found',
			'removed',
			'replaced',
			'suspended',
			'unsuspended',
		],
	);
});

test('a retry may help where the job was left unchanged, or where nothing is known', () => {
	assert.deepEqual(
		kindsWith(kind => isWorthRetrying({kind})),
		['denied', 'not-sent', 'overdue', 'refused', 'unknown'],
	);
});

test('a retry does not help where a job of another person was denied', () => {
	assert.equal(isWorthRetrying({kind: 'denied', notYours: true}), false);
	assert.equal(exitCodeOf({kind: 'denied', notYours: true}), 5);
});

test('every sentence names the job, and the reason if there is one', () => {
	fc.assert(
		fc.property(fc.constantFrom(...kinds), kind => {
			assert.match(sentence({kind}), /\bmesh\b/);
			assert.match(sentence({kind, detail: 'because of a lock'}), /[:;] because of a lock$/);
			assert.doesNotMatch(sentence({kind}), /[:;] *$|undefined/);
			assert.equal(sentence({kind, detail: ''}), sentence({kind}));
		}),
	);
});

test('no sentence after a request to suspend or unsuspend speaks of cancelling', () => {
	const after = (operation: Operation) =>
		kinds
			.filter(kind => !outcomes[kind].saysCancelled)
			.map(kind => outcomes[kind].sentence('mesh', {kind, phase: 'succeeded'}, operation));
	for (const operation of ['suspend', 'unsuspend'] as const) {
		for (const text of after(operation)) assert.doesNotMatch(text, /cancel|by itself|to stop/);
	}
	assert.ok(after('suspend').includes('mesh is unchanged; its system refused to suspend it'));
	assert.ok(after('cancel').includes('mesh continues; its system refused to cancel it'));
});

test('a set that was cancelled as a whole has its counts, and of the rest of a set the ended members are told apart', () => {
	assert.equal(sentence({kind: 'cancelled', counts: {cancelled: 4, all: 4}}), 'mesh is cancelled: 4 of 4');
	assert.equal(
		sentence({kind: 'cancelled', counts: {cancelled: 14, all: 18}}),
		'the rest of mesh was cancelled: 14 of 18, 4 had ended',
	);
});

test('an end by itself is named with its phase, a part with its counts', () => {
	assert.equal(sentence({kind: 'finished-first'}), 'mesh ended by itself first');
	assert.equal(sentence({kind: 'finished-first', phase: 'failed'}), 'mesh ended by itself first (failed)');
	assert.equal(sentence({kind: 'finished-first', phase: 'unknown'}), 'mesh ended by itself first');
	assert.equal(
		sentence({kind: 'finished-first', phase: 'partial', counts: {cancelled: 1, all: 3}}),
		'mesh was cancelled in part: 1 of 3, 2 ended by themselves',
	);
});
