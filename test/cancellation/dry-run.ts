/*
The requests that cancelling would send: one line for each, and a reason where there is none.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Connection} from '../../source/backends/backend.ts';
import {dryRun} from '../../source/cancellation/dry-run.ts';
import {BackendError} from '../../source/job/failure.ts';
import type {Ref} from '../../source/job/ref.ts';

type Describe = NonNullable<Connection['backend']['describeCancel']>;

/** Of a connection, `dryRun` needs nothing but how its backend describes a cancel. */
const connections = (describers: Readonly<Record<string, Describe | undefined>>) =>
	new Map(
		Object.entries(describers).map(([profile, describeCancel]) => [
			profile,
			{profile, backend: {describeCancel}} as unknown as Connection,
		]),
	);

const unsendable = (id: string) => new BackendError({kind: 'rejected', detail: `${id} is no id`});
/** One request for all jobs; ids with a space cannot be sent. */
const together: Describe = ids => {
	const wrong = ids.find(id => id.includes(' '));
	if (wrong !== undefined) throw unsendable(wrong);
	return [`scancel ${ids.join(' ')}`];
};
const apart: Describe = ids => ids.map(id => `DELETE /jobs/${id}`);

test('each profile describes its own jobs, together and in their order', () => {
	assert.deepEqual(dryRun(connections({a: together, b: apart}), ['a/1', 'b/7', 'a/2', 'b/8']), [
		{profile: 'a', request: 'scancel 1 2'},
		{profile: 'b', request: 'DELETE /jobs/7'},
		{profile: 'b', request: 'DELETE /jobs/8'},
	]);
});

test('what cannot cancel says so: a backend without cancelling, and a profile that is not there', () => {
	const nothing = 'nothing: this profile cannot cancel';
	assert.deepEqual(dryRun(connections({a: undefined}), ['a/1', 'b/1']), [
		{profile: 'a', request: nothing},
		{profile: 'b', request: nothing},
	]);
});

test('an id that cannot be sent has its reason, and costs the others nothing', () => {
	assert.deepEqual(dryRun(connections({a: together}), ['a/1', 'a/x y', 'a/2']), [
		{profile: 'a', request: 'scancel 1'},
		{profile: 'a', request: 'nothing for x y: x y is no id'},
		{profile: 'a', request: 'scancel 2'},
	]);
	assert.deepEqual(dryRun(connections({a: together}), ['a/x y', 'a/2']), [
		{profile: 'a', request: 'nothing for x y: x y is no id'},
		{profile: 'a', request: 'scancel 2'},
	]);
	assert.deepEqual(dryRun(connections({a: together}), ['a/x y']), [
		{profile: 'a', request: 'nothing for x y: x y is no id'},
	]);
});

test('an error that is no failure of a backend is not hidden', () => {
	const bug = new TypeError('bug');
	const broken: Describe = () => {
		throw bug;
	};
	assert.throws(() => dryRun(connections({a: broken}), ['a/1', 'a/2']), bug);
});

test('a word that is no ref asks nothing', () => {
	assert.deepEqual(dryRun(connections({a: together}), ['nonsense' as Ref]), []);
});
