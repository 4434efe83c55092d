/*
The exit code of several cancellations.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {worstExitCode} from '../../source/cancellation/outcomes.ts';

test('of two exit codes the one that docs/scripts.md names first counts', () => {
	const order = [1, 130, 143, 129, 4, 5, 8, 7, 6, 3, 2, 0];
	order.forEach((worse, index) => {
		for (const better of order.slice(index)) {
			assert.equal(worstExitCode([worse, better]), worse, `${worse} and ${better}`);
			assert.equal(worstExitCode([better, worse]), worse, `${better} and ${worse}`);
		}
	});
	assert.equal(worstExitCode([]), 0);
	assert.equal(worstExitCode([99]), 99);
});
