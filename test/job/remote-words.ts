/*
How the words of job systems are compared, and which of their characters are never shown.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {cleanText} from '../../source/job/clean-text.ts';
import {normalizeStatus, phaseOf} from '../../source/job/phase.ts';

test('case, spaces, dashes and the two spellings of cancelled make no difference', () => {
	assert.equal(normalizeStatus('  Out - of  Memory '), 'out_of_memory');
	assert.equal(normalizeStatus('node-fail'), 'node_fail');
	for (const word of ['Cancelled', 'CANCELED']) assert.equal(normalizeStatus(word), 'canceled');
	for (const word of ['Cancelling', 'canceling']) assert.equal(normalizeStatus(word), 'canceling');
	assert.equal(phaseOf({node_fail: 'failed'}, 'Node Fail'), 'failed');
	assert.equal(phaseOf({}, 'constructor'), 'unknown');
});

test('private-use, unassigned and format characters are not shown', () => {
	assert.equal(cleanText('a\ue000b\u{10fffd}c'), 'abc');
	assert.equal(cleanText('a\u0378b'), 'ab');
	assert.equal(cleanText('a\u200bb\ufe0fc'), 'abc');
});
