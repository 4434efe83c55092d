/*
The cancellations show what was sent last, unless another batch needs the user.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {commandsOf} from '../../source/commands/commands.ts';
import {pressAll} from '../../source/commands/keys/dispatch.ts';
import type {CancellationReport} from '../../source/engine/protocol.ts';
import type {Ref} from '../../source/job/ref.ts';
import {keysIn} from '../../source/keys/names.ts';
import {createJobStore} from '../../source/store/store.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';
import {silentHost} from '../helpers/silent-host.ts';

const settled = {step: 'settled', outcome: {kind: 'cancelled'}} as const;
const refused = {step: 'settled', outcome: {kind: 'not-sent'}} as const;
const overdue = {outcome: {kind: 'overdue'}} as const;

/** A screen with three batches, the second of which was looked at last. */
const open = (...reports: readonly CancellationReport[]) => {
	const {clock} = createManualClock();
	const store = createJobStore({clock, send: () => undefined});
	const press = (...keys: readonly string[]) => {
		for (const key of keys)
			pressAll(
				{commandsOf, store, host: silentHost, clock},
				keysIn(key === '<esc>' ? '' : key, {escape: key === '<esc>'}),
			);
	};
	store.receive([
		hello([profile('a')]),
		jobs(...[5, 6].map(id => job(`a/${id}`, {createdAt: start - id}))),
		...[1, 2, 3].map(batch => ({
			type: 'cancellations' as const,
			reports: [report(`a/${batch}`, {batch, ...settled})],
		})),
		{type: 'cancellations', reports},
	]);
	press('C');
	if (store.getState().run?.number === 3) press('[');
	assert.equal(store.getState().run?.number, 2);
	/** The engine writes a batch of this job, or asks again in an earlier one. */
	const answer = (ref: Ref, batch: number) => {
		const known = {number: batch, askedAt: start, operation: 'cancel' as const, by: 'a@b', refs: [ref]};
		store.receive([{type: 'batch', batch: known}]);
		store.receive([{type: 'asked', kind: 'cancel', refs: [ref], taken: true, batch}]);
		store.receive([{type: 'cancellations', reports: [report(ref, {batch, step: 'checking'})]}]);
	};
	return {
		press,
		answer,
		shown: () => store.getState().run?.number,
		word: () => store.getState().screen.word,
		pane: () => store.getState().screen.pane,
	};
};

test('C after a send shows the batch that was sent, not the one that was viewed before', () => {
	const {press, answer, shown, word, pane} = open();
	press('<esc>', 'c', 'y');
	assert.equal(shown(), 2);
	answer('a/5', 4);
	assert.equal(word(), 'asked to cancel a/5; C follows it');
	press('C');
	assert.equal(pane(), 'cancellations');
	assert.equal(shown(), 4);
});

test('a retry in the cancellations shows the batch that it sent', () => {
	const {press, answer, shown, word} = open(report('a/6', {batch: 2, ...refused}));
	press('R', 'y');
	answer('a/6', 4);
	assert.equal(shown(), 4);
	assert.equal(word(), 'asked to cancel a/6', 'C would close them');
	press('<esc>', 'C');
	assert.equal(shown(), 4);
});

test('jobs that are asked again are shown in their own batch', () => {
	const {press, answer, shown} = open(report('a/6', {batch: 2, ...overdue}));
	press('R', 'y', '<esc>');
	answer('a/6', 2);
	press('C');
	assert.equal(shown(), 2);
});

test('C shows a batch that needs the user first, and the answer to the send says so', () => {
	const {press, answer, shown, word} = open(report('a/6', {batch: 2, ...overdue}));
	press('<esc>', 'c', 'y');
	answer('a/5', 4);
	assert.equal(word(), 'asked to cancel a/5; C shows what needs you first');
	press('C');
	assert.equal(shown(), 2);
	press(']', ']');
	assert.equal(shown(), 4);
});

test('a request that was not accepted changes nothing', () => {
	const {clock} = createManualClock();
	const store = createJobStore({clock, send: () => undefined});
	const press = (key: string) => pressAll({commandsOf, store, host: silentHost, clock}, keysIn(key, {}));
	const reports = [1, 2].map(batch => report(`a/${batch}`, {batch, ...settled}));
	store.receive([hello([profile('a')]), jobs(job('a/5')), {type: 'cancellations', reports}]);
	for (const key of ['C', '[', 'C', 'c', 'y']) press(key);
	store.receive([{type: 'asked', kind: 'cancel', refs: ['a/5'], taken: false}]);
	assert.equal(store.getState().run?.number, 1);
});
