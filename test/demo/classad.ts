/*
The conditions that the embedded HTCondor takes.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {conditionOf} from '../../source/demo/programs/classad.ts';

const ad = {ClusterId: 7, ProcId: 0, JobStatus: 2, Owner: 'alice', ExitBySignal: false};

test('a condition holds where it is true, and not where it is false or undefined', () => {
	const cases: readonly (readonly [text: string, holds: boolean])[] = [
		['true', true],
		['false', false],
		['undefined', false],
		['ClusterId == 7 && ProcId >= 0 && ProcId <= 3', true],
		['(ClusterId >= 1 && ClusterId <= 3) || ClusterId == 7', true],
		['ClusterId == 8 || ClusterId == 9', false],
		// `&&` binds more than `||`.
		['true || false && false', true],
		['(true || false) && false', false],
		['!(JobStatus == 5)', true],
		['!ExitBySignal', true],
		['clusterid < 8 && JOBSTATUS != 5', true],
		['Owner == "ALICE"', true],
		['Owner =?= "ALICE"', false],
		['Owner =!= "ALICE"', true],
		['Owner == "b\\"ob"', false],
		// What is not there is neither equal nor unequal, and spoils no decision.
		['HoldReasonCode == 15', false],
		['HoldReasonCode != 15', false],
		['!(HoldReasonCode == 15)', false],
		['HoldReasonCode =?= undefined', true],
		['HoldReasonCode == 15 || JobStatus == 2', true],
		['HoldReasonCode == 15 && JobStatus == 2', false],
	];
	for (const [text, holds] of cases) assert.equal(conditionOf(text)?.(ad), holds, text);
});

test('what is no condition is none', () => {
	for (const text of ['', 'JobStatus ==', '== 5', '(true', 'true)', 'true true', 'a + 1', '"open', '&& true'])
		assert.equal(conditionOf(text), undefined, text);
});
