/*
What the screen intends, by itself: each intention reaches its part, and lets the profiles that it asks go on at once.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Connection} from '../../source/backends/backend.ts';
import {weaver} from '../../source/backends/weaver/index.ts';
import {createIntentions, type IntentionParts} from '../../source/engine/intentions.ts';
import type {Intention} from '../../source/engine/protocol.ts';
import type {JobTarget} from '../../source/job/target.ts';

/** Parts that only write down what is asked of them, and two profiles that write down that they go on. */
const writtenDown = () => {
	const calls: unknown[][] = [];
	const part = <Method extends string>(...methods: readonly Method[]) =>
		Object.fromEntries(
			methods.map(method => [method, (...given: readonly unknown[]) => calls.push([method, ...given])]),
		) as unknown as Record<Method, () => void>;
	const connectionOf = (profile: string): Connection => ({
		profile,
		traits: weaver.traits,
		backend: {
			system: async () => ({}),
			listPage: async () => ({jobs: [], unreadable: 0, covers: 'everything'}),
			pageUrl: id => `https://example.org/${id}`,
			describeCancel: ids => ids.map(id => `DELETE ${id}`),
		},
		goOn: () => void calls.push(['go on', profile]),
	});
	const parts: IntentionParts = {
		connections: new Map(['a', 'b'].map(name => [name, connectionOf(name)])),
		profiles: {...part('hasten'), names: () => ['a', 'b']},
		attention: part('note'),
		cancelling: {
			...part('force'),
			cancelAndReport: async (...given) => void calls.push(['cancel', ...given]),
		},
		runner: part('recall', 'unfollow'),
		inspection: part('inspect', 'look'),
		output: {
			...part('wantLog', 'wantResults'),
			refresh: profile => void calls.push(['refresh output', profile]),
		},
		requests: part('show'),
		visibility: part('hide', 'deleteAll'),
		profileActions: part('refresh', 'test', 'logIn', 'enable', 'changeScope', 'changeIntervals'),
		keeping: part('keepView', 'keepCommand', 'exportBatch'),
		report: patches => void calls.push(['report', ...patches]),
		stop: async () => void calls.push(['stop']),
	};
	return {handle: createIntentions(parts), calls};
};

const target: JobTarget = {ref: 'a/1', name: 'one', phase: 'running', status: 'running'};
const scope = {everyone: true, ended: false};
const goOn = (...profiles: readonly string[]) => profiles.map(profile => ['go on', profile]);

/** Each intention, and all that it brings about, in order. */
const consequences: readonly (readonly [Intention, readonly (readonly unknown[])[]])[] = [
	[{type: 'cancel', targets: [target], reason: 'why'}, [...goOn('a'), ['cancel', [target], {reason: 'why'}]]],
	[
		{type: 'suspend', operation: 'unsuspend', targets: [target]},
		[...goOn('a'), ['cancel', [target], {operation: 'unsuspend'}]],
	],
	[{type: 'recall', batch: 3}, [['recall', 3]]],
	[{type: 'force', refs: ['b/1']}, [...goOn('b'), ['force', ['b/1']]]],
	[{type: 'unfollow', refs: ['a/1']}, [['unfollow', ['a/1']]]],
	[
		{type: 'dry-run', asked: 5, operation: 'cancel', refs: ['a/1']},
		[['report', {type: 'dry-run', asked: 5, requests: [{profile: 'a', request: 'DELETE 1'}]}]],
	],
	[{type: 'inspect', ref: 'a/1'}, [['inspect', 'a/1']]],
	[{type: 'inspect'}, [['inspect', undefined]]],
	[{type: 'look', ref: 'a/1'}, [...goOn('a'), ['look', 'a/1']]],
	[{type: 'logs', ref: 'a/1'}, [...goOn('a'), ['wantLog', 'a/1']]],
	[{type: 'logs'}, [['wantLog', undefined]]],
	[{type: 'results', ref: 'b/1'}, [...goOn('b'), ['wantResults', 'b/1']]],
	[{type: 'requests', ref: 'a/1'}, [['show', 'a/1']]],
	[{type: 'dismiss', refs: ['a/1']}, [['hide', ['a/1'], true]]],
	[{type: 'restore', refs: ['a/1']}, [['hide', ['a/1'], false]]],
	[{type: 'delete', targets: [target]}, [...goOn('a'), ['deleteAll', [target]]]],
	[{type: 'refresh', profile: 'b'}, [...goOn('b'), ['refresh', 'b'], ['refresh output', 'b']]],
	[{type: 'refresh'}, [...goOn('a', 'b'), ['refresh', undefined], ['refresh output', undefined]]],
	[{type: 'scope', scope}, [['changeScope', scope]]],
	[{type: 'test', profile: 'a'}, [...goOn('a'), ['test', 'a']]],
	[{type: 'log-in', profile: 'a'}, [...goOn('a'), ['logIn', 'a', undefined]]],
	[{type: 'log-in', profile: 'a', terminal: 'lent'}, [...goOn('a'), ['logIn', 'a', 'lent']]],
	[{type: 'enable', profile: 'a', enabled: false}, [['enable', 'a', false]]],
	[{type: 'links', ref: 'a/1'}, [['report', {type: 'links', ref: 'a/1', page: 'https://example.org/1'}]]],
	[{type: 'links', ref: 'none/1'}, [['report', {type: 'links', ref: 'none/1'}]]],
	[{type: 'interval', to: 'longer'}, [['changeIntervals', 'longer']]],
	[{type: 'attention', what: 'blur'}, [['note', 'blur'], ['hasten']]],
	[{type: 'keep-view', view: {wide: true}}, [['keepView', {wide: true}]]],
	[{type: 'remember-command', line: 'sort name'}, [['keepCommand', 'sort name']]],
	[{type: 'export', batch: 3}, [['exportBatch', 3]]],
	[{type: 'stop'}, [['stop']]],
];

for (const [intention, expected] of consequences) {
	test(`${JSON.stringify(intention)} reaches its part`, () => {
		const {handle, calls} = writtenDown();
		handle(intention);
		assert.deepEqual(calls, expected);
	});
}

test('a profile resumes once for any number of its jobs, and an unknown profile does not', () => {
	const {handle, calls} = writtenDown();
	const refs = ['a/1', 'a/2', 'gone/3', 'b/4'] as const;
	handle({type: 'force', refs});
	assert.deepEqual(calls, [...goOn('a', 'b'), ['force', refs]]);
});
