/*
Which phases are ends, and how the words of systems are read.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {isEnd, normalizeStatus, type Phase, phaseOf, phases} from '../../source/job/phase.ts';

test('a job ends succeeded, in part, failed or cancelled, and an unknown word is never an end', () => {
	assert.deepEqual((Object.keys(phases) as Phase[]).filter(isEnd), [
		'succeeded',
		'partial',
		'failed',
		'cancelled',
	]);
});

test('the form of a word makes no difference', () => {
	for (const word of ['Node Fail', ' node-fail ', 'NODE_FAIL', 'node - fail'])
		assert.equal(normalizeStatus(word), 'node_fail');
	assert.equal(normalizeStatus('CANCELLED'), 'canceled');
	assert.equal(normalizeStatus('cancelling'), 'canceling');
});

test('a word that the table does not hold is unknown, also where every object knows it', () => {
	const table = {node_fail: 'failed'} as const;
	assert.equal(phaseOf(table, 'Node-Fail'), 'failed');
	for (const word of ['', 'fail', 'constructor', '__proto__']) assert.equal(phaseOf(table, word), 'unknown');
});
