/*
The cancel requests of one profile: nothing leaves that is not written or may not leave any more, and what waits can be taken back.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Backend} from '../../source/backends/backend.ts';
import {slurm} from '../../source/backends/slurm/index.ts';
import {createRequests, type Sending} from '../../source/cancellation/runner/requests.ts';
import {limited} from '../../source/engine/limiter/limited.ts';
import {BackendError} from '../../source/job/failure.ts';
import {createManualClock} from '../helpers/manual-clock.ts';

const openRequests = ({mayLeave = true, unwritten = '', limiter = false}) => {
	const {clock, advance} = createManualClock();
	const events: string[] = [];
	const far = {gate: Promise.resolve(), refuses: false, looking: 0};
	const backend: Backend = {
		system: async () => ({kind: 'slurm'}),
		listPage: async () => ({jobs: [], unreadable: 0, covers: 'everything'}),
		async cancel(id, {leaving}) {
			// The limiter calls it, if there is one.
			if (!limiter) leaving?.();
			events.push(`request ${id}`);
			await far.gate;
			if (far.refuses) throw new BackendError({kind: 'forbidden', detail: 'not yours'});
			return {kind: 'accepted'};
		},
		async forceCancel(id, {leaving}) {
			leaving?.();
			events.push(`force ${id}`);
			return {kind: 'accepted'};
		},
	};
	const bare = {profile: 'far', traits: {...slurm.traits, concurrency: 1}, backend};
	const connection = limiter ? limited(bare, clock) : bare;
	const requests = createRequests<string>({
		connection,
		clock,
		signal: new AbortController().signal,
		idOf: id => id,
		methodFor: ({force}) => (force ? 'forceCancel' : 'cancel'),
		seenOf: () => ({}),
		batchOf: () => 1,
		async write(sendings) {
			events.push(`write ${sendings.map(({wanting}) => wanting).join(',')}`);
			return sendings.filter(({wanting}) => wanting !== unwritten);
		},
		mayLeave: () => mayLeave,
		onHeld: ({wanting}) => void events.push(`held ${wanting}`),
		onUnreachable: () => {},
		onLeaving: ({wanting}) => void events.push(`leaving ${wanting}`),
		looking: () => far.looking,
		onRoom: () => {},
		onAnswer: ({wanting}, {kind}) => void events.push(`${kind} ${wanting}`),
	});
	const send = (wanting: string, force = false) => requests.send({wanting, attempt: 1, force});
	const settle = () => advance(0);
	return {requests, connection, send, settle, advance, events, far};
};

test('a request is written, leaves and is answered, in this order', async () => {
	const {send, settle, events} = openRequests({});
	send('1');
	await settle();
	assert.deepEqual(events, ['write 1', 'leaving 1', 'request 1', 'accepted 1']);
});

test('what could not be written does not leave', async () => {
	const {send, settle, events} = openRequests({unwritten: '1'});
	send('1');
	send('2');
	await settle();
	assert.ok(!events.some(event => event.endsWith(' 1')), events.join('; '));
	assert.ok(events.includes('accepted 2'));
});

test('what may not leave when its turn comes is held back', async () => {
	const {send, settle, events} = openRequests({mayLeave: false});
	send('1');
	await settle();
	assert.deepEqual(events, ['write 1', 'held 1']);
});

test('a few are handed on at a time; the others can be taken back', async () => {
	const {requests, send, settle, events, far} = openRequests({});
	let open = () => {};
	far.gate = new Promise(resolve => {
		open = resolve;
	});
	for (const id of ['1', '2', '3', '4', '5', '6']) send(id);
	await settle();
	assert.equal(requests.size(), 6);
	const ids = (sendings: readonly Sending<string>[]) => sendings.map(({wanting}) => wanting);
	assert.deepEqual(ids(requests.withdraw(id => id === '5')), ['5']);
	assert.deepEqual(ids(requests.withdraw()), ['6']);
	open();
	await settle();
	assert.equal(requests.size(), 0);
	assert.deepEqual(
		events.filter(event => event.startsWith('request')),
		['request 1', 'request 2', 'request 3', 'request 4'],
	);
});

test('a failure is an answer, and a force-cancel goes by its own method', async () => {
	const {send, settle, events, far} = openRequests({});
	far.refuses = true;
	send('1');
	send('2', true);
	await settle();
	assert.ok(events.includes('forbidden 1'));
	assert.ok(events.includes('force 2') && events.includes('accepted 2'));
});

test('what waits in the limiter can be withdrawn as well, and makes room there', async () => {
	const {requests, connection, send, settle, events, far} = openRequests({limiter: true});
	const gate = Promise.withResolvers<void>();
	far.gate = gate.promise;
	for (const id of ['1', '2', '3', '4', '5']) send(id);
	await settle();
	assert.deepEqual(events, ['write 1,2,3,4', 'leaving 1', 'request 1']);
	const withdrawn = requests.withdraw(id => id !== '4');
	assert.deepEqual(
		withdrawn.map(({wanting, isWritten}) => [wanting, isWritten]),
		[
			['5', false],
			['2', true],
			['3', true],
		],
	);
	const look = connection.backend.listPage({
		everyone: true,
		ended: true,
		signal: new AbortController().signal,
	});
	gate.resolve();
	await settle();
	await look;
	assert.equal(requests.size(), 0);
	assert.deepEqual(events.slice(3), ['leaving 4', 'request 4', 'accepted 1', 'accepted 4']);
});

test('what is withdrawn while it is written does not leave', async () => {
	const {requests, send, settle, events} = openRequests({});
	send('1');
	send('2');
	// The journal line is on its way to the disk now.
	await Promise.resolve();
	assert.deepEqual(events, ['write 1,2']);
	assert.deepEqual(
		requests.withdraw(id => id === '1').map(({isWritten}) => isWritten),
		[true],
	);
	await settle();
	assert.equal(requests.size(), 0);
	assert.deepEqual(events, ['write 1,2', 'leaving 2', 'request 2', 'accepted 2']);
});

test('a fast server gets larger slices, the next when half of one is answered', async () => {
	const {send, settle, events} = openRequests({limiter: true});
	for (let id = 1; id <= 1000; id++) send(String(id));
	for (let turn = 0; turn < 20; turn++) await settle();
	const slices = events.filter(event => event.startsWith('write')).map(event => event.split(',').length);
	assert.equal(
		slices.reduce((sum, size) => sum + size),
		1000,
	);
	assert.ok(Math.max(...slices) <= 256 && slices.length < 20, String(slices));
	assert.equal(events.filter(event => event.startsWith('accepted')).length, 1000);
});

test('requests that follow looks are written together: half a slice of them, after a moment, or with the last look', async () => {
	const {send, advance, settle, events, far} = openRequests({limiter: true});
	const written = () => events.filter(event => event.startsWith('write'));
	far.looking = 3;
	send('1');
	await settle();
	assert.deepEqual(written(), []);
	await advance(25);
	assert.deepEqual(written(), ['write 1']);
	send('2');
	await settle();
	send('3');
	await settle();
	assert.deepEqual(written(), ['write 1', 'write 2,3']);
	far.looking = 0;
	send('4');
	await settle();
	assert.deepEqual(written(), ['write 1', 'write 2,3', 'write 4']);
	await advance(60_000);
	assert.equal(written().length, 3);
});
