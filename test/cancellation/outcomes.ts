/*
What each outcome may claim, the code that it exits with, and its sentence.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
	exitCodeOf,
	isWorthRetrying,
	type Outcome,
	type OutcomeKind,
	outcomes,
} from '../../source/cancellation/outcomes.ts';
import {fc} from '../helpers/fast-check.ts';

const kinds = Object.keys(outcomes) as OutcomeKind[];
const kindsWith = (holds: (kind: OutcomeKind) => boolean) => kinds.filter(holds).sort();
const sentence = (outcome: Outcome) => outcomes[outcome.kind].sentence('mesh', outcome);

test('each outcome has the exit code that docs/scripts.md promises', () => {
	assert.deepEqual(Object.fromEntries(kinds.map(kind => [kind, exitCodeOf({kind})])), {
		cancelled: 0,
		'already-cancelled': 0,
		removed: 0,
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

test('what exits with 0, and nothing else, may be called cancelled', () => {
	assert.deepEqual(
		kindsWith(kind => outcomes[kind].saysCancelled),
		kindsWith(kind => exitCodeOf({kind}) === 0),
	);
});

test('the user can ask again, except where the job has ended, is another one or is not there', () => {
	assert.deepEqual(
		kindsWith(kind => !outcomes[kind].needsYou),
		['already-cancelled', 'cancelled', 'finished-first', 'not-found', 'removed', 'replaced'],
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
