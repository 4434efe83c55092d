/*
What ended a job, in words.
*/
import assert from 'node:assert/strict';
import {constants} from 'node:os';
import {test} from 'node:test';
import {type EndedBy, endedByWords, reasonWords} from '../../source/job/ended-by.ts';

const words: readonly (readonly [EndedBy, string | undefined])[] = [
	[{kind: 'cancelled', by: 'bob'}, 'cancelled by bob'],
	[{kind: 'cancelled'}, undefined],
	[{kind: 'time-limit'}, 'ended by its time limit'],
	[{kind: 'deadline'}, 'ended by its deadline'],
	[{kind: 'memory', node: 'n12'}, 'out of memory on node n12'],
	[{kind: 'memory'}, 'out of memory'],
	[{kind: 'node', node: 'n4'}, 'node n4 failed'],
	[{kind: 'node'}, 'a node failed'],
	[{kind: 'boot', node: 'n4'}, 'node n4 did not boot'],
	[{kind: 'boot'}, 'a node did not boot'],
	[{kind: 'dependency'}, 'its dependency was never satisfied'],
	[{kind: 'preemption'}, 'preempted by another job'],
	[{kind: 'exit', code: 7}, 'exit code 7'],
	[{kind: 'exit'}, 'nonzero exit code'],
	[{kind: 'signal', signal: 9}, 'ended by SIGKILL'],
	[{kind: 'signal', signal: 53}, 'ended by signal 53'],
	[{kind: 'signal'}, 'ended by a signal'],
];

test('each end has its words', () => {
	for (const [endedBy, expected] of words) assert.equal(endedByWords({endedBy}), expected);
	assert.equal(endedByWords({}), undefined);
});

test('a signal has the name that Linux gives it', {skip: process.platform !== 'linux'}, () => {
	const named = 'HUP INT QUIT ILL ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM XCPU XFSZ'.split(' ');
	const names = new Map(named.map(name => [constants.signals[`SIG${name}` as NodeJS.Signals], `SIG${name}`]));
	for (let signal = 1; signal <= 64; signal++) {
		const name = names.get(signal) ?? `signal ${signal}`;
		assert.equal(endedByWords({endedBy: {kind: 'signal', signal}}), `ended by ${name}`);
	}
});

test('what ended a job comes before the reason for which it had waited', () => {
	assert.equal(
		reasonWords({reason: 'Priority', endedBy: {kind: 'cancelled', by: 'bob'}}),
		'cancelled by bob',
	);
	assert.equal(reasonWords({reason: 'Priority', endedBy: {kind: 'cancelled'}}), 'Priority');
	assert.equal(reasonWords({reason: 'Priority'}), 'Priority');
	assert.equal(reasonWords({}), undefined);
});
