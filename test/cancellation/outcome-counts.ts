import assert from 'node:assert/strict';
import {test} from 'node:test';
import {countOutcomes, countWords} from '../../source/cancellation/outcome-counts.ts';
import type {Outcome} from '../../source/cancellation/outcomes.ts';

test('jobs that are cancelled by their record only are counted apart', () => {
	const unproven: Outcome = {kind: 'cancelled', detail: 'the process may still run'};
	const counted = countOutcomes([
		{outcome: {kind: 'finished-first', phase: 'succeeded'}},
		{outcome: {kind: 'cancelled'}},
		{outcome: unproven, jobs: 3},
		{outcome: {kind: 'denied', detail: '403'}, jobs: 2},
		{},
	]);
	assert.deepEqual(counted, {counts: {'finished-first': 1, cancelled: 4, denied: 2}, unproven: 3});
	assert.deepEqual(countWords(counted), [
		'4 cancelled',
		'3 of them unproven',
		'1 finished first',
		'2 denied',
	]);
	assert.deepEqual(countOutcomes([{outcome: {kind: 'cancelled'}}]), {counts: {cancelled: 1}});
});
