/*
What a limited backend does around the requests of its backend.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Backend, Connection} from '../../../source/backends/backend.ts';
import {weaver} from '../../../source/backends/weaver/index.ts';
import {limited} from '../../../source/engine/limiter/limited.ts';
import {BackendError, type Failure} from '../../../source/job/failure.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';

const connectionTo = (methods: Partial<Backend>): Connection => ({
	profile: 'a',
	traits: {...weaver.traits, concurrency: 1},
	backend: {
		system: async () => ({}),
		listPage: async () => ({jobs: [], unreadable: 0, covers: 'everything'}),
		...methods,
	},
});
const {signal} = new AbortController();
const accepted = {kind: 'accepted'} as const;

test('a request is said to leave when its turn comes, and before the backend is called', async () => {
	const {clock} = createManualClock();
	const order: string[] = [];
	const first = Promise.withResolvers<void>();
	const {backend} = limited(
		connectionTo({
			async cancel(id) {
				order.push(`cancel ${id}`);
				if (id === '1') await first.promise;
				return accepted;
			},
		}),
		clock,
	);
	const cancel = (id: string) => backend.cancel?.(id, {signal, leaving: () => order.push(`leaving ${id}`)});
	const both = [cancel('1'), cancel('2')];
	await new Promise(resolve => setImmediate(resolve));
	assert.deepEqual(order, ['leaving 1', 'cancel 1']);
	first.resolve();
	await Promise.all(both);
	assert.deepEqual(order, ['leaving 1', 'cancel 1', 'leaving 2', 'cancel 2']);
});

test('what forbids a request to leave keeps it here', async () => {
	const {clock} = createManualClock();
	const forbidden = new Error('the journal is lost');
	const cancel = () => assert.fail('it left');
	const {backend} = limited(connectionTo({cancel}), clock);
	const leaving = () => {
		throw forbidden;
	};
	await assert.rejects(backend.cancel?.('1', {signal, leaving}) ?? Promise.resolve(), forbidden);
});

test('a stream of hours takes no turn, and a bug in it is contained', async () => {
	const {clock} = createManualClock();
	const faults: unknown[] = [];
	const {backend} = limited(
		connectionTo({
			listen: id => (id === 'bug' ? Promise.reject(new TypeError('bug')) : new Promise(() => undefined)),
			look: async () => assert.fail('no look is needed'),
			cancel: async () => accepted,
		}),
		clock,
		{onFault: method => faults.push(method)},
	);
	const onText = () => undefined;
	void backend.listen?.('1', {signal, onText});
	assert.equal(await backend.cancel?.('1', {signal}), accepted);
	await assert.rejects(backend.listen?.('bug', {signal, onText}) ?? Promise.resolve(), BackendError);
	assert.deepEqual(faults, ['listen']);
	assert.equal(limited(connectionTo({}), clock).backend.listen, undefined);
});

test('a pause that a server asked for and that was kept is reported with its method', async () => {
	const {clock} = createManualClock();
	const wish: Failure = {kind: 'rate-limited', detail: 'slower'};
	const reported: unknown[] = [];
	const {backend} = limited(
		connectionTo({
			async cancel(_id, {onPatience}) {
				onPatience?.(wish);
				return accepted;
			},
		}),
		clock,
		{onPatience: (method, failure) => reported.push(method, failure)},
	);
	await backend.cancel?.('1', {signal});
	assert.deepEqual(reported, ['cancel', wish]);
});
