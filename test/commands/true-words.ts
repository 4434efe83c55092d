/*
The answers to keys follow the facts: marks leave and words are said once the engine has accepted, and a word leaves when it is no longer true.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {commandsOf} from '../../source/commands/commands.ts';
import {pressAll} from '../../source/commands/keys/dispatch.ts';
import type {CancellationReport, Intention, ProfileInfo} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import {keysIn} from '../../source/keys/names.ts';
import {createJobStore} from '../../source/store/store.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {health, hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';
import {silentHost} from '../helpers/silent-host.ts';

const hides = {
	inspect: true,
	cancel: true,
	suspend: false,
	force: true,
	hide: true,
	delete: true,
	logs: false,
	results: false,
};

const open = (
	rows: readonly Job[] = [job('a/1'), job('a/2', {createdAt: start - 90_000})],
	info: Partial<ProfileInfo> = {},
) => {
	const {clock} = createManualClock();
	const sent: Intention[] = [];
	const store = createJobStore({clock, send: intention => sent.push(intention)});
	store.receive([hello([profile('a', info), profile('b')]), jobs(...rows)]);
	const screen = () => store.getState().screen;
	return {
		store,
		sent,
		screen,
		word: () => screen().word,
		marks: () => [...screen().marks].sort(),
		press(...inputs: readonly string[]) {
			for (const input of inputs)
				pressAll(
					{commandsOf, store, host: silentHost, clock},
					keysIn(input === '<enter>' ? '' : input, {return: input === '<enter>'}),
				);
		},
		answer: (kind: 'cancel' | 'delete' | 'force', refs: readonly Job['ref'][], taken = true) =>
			store.receive([{type: 'asked', kind, refs, taken}]),
		reports: (...reports: readonly CancellationReport[]) => store.receive([{type: 'cancellations', reports}]),
	};
};

test('"asked to cancel" stands while that is so, and is replaced by the outcome', () => {
	const {press, answer, reports, word} = open([job('a/1')]);
	press('c', 'y');
	answer('cancel', ['a/1']);
	assert.equal(word(), 'asked to cancel a/1; C follows it');
	for (const step of ['asked', 'checking', 'sending', 'following'] as const) {
		reports(report('a/1', {step}));
		assert.equal(word(), 'asked to cancel a/1; C follows it', step);
	}
	reports(report('a/1', {outcome: {kind: 'overdue'}}));
	assert.equal(word(), 'a/1: overdue; C shows it');
	reports(report('a/1', {step: 'settled', outcome: {kind: 'cancelled'}}));
	assert.equal(word(), 'a/1: cancelled');
	press('j');
	reports(report('a/1', {step: 'settled', outcome: {kind: 'cancelled'}}));
	assert.doesNotMatch(word() ?? '', /cancelled/);
});

test('of several jobs, it stands while one is in progress, and then counts the outcomes', () => {
	const {press, answer, reports, word} = open();
	press('a', 'c', 'y');
	answer('cancel', ['a/1', 'a/2']);
	assert.equal(word(), 'asked to cancel 2 jobs; C follows them');
	reports(report('a/1', {step: 'settled', outcome: {kind: 'cancelled'}}));
	assert.equal(word(), 'asked to cancel 2 jobs; C follows them');
	reports(report('a/2', {step: 'parked'}));
	assert.equal(word(), '2 jobs: 1 cancelled, 1 parked; C shows them');
	reports(report('a/2', {step: 'settled', outcome: {kind: 'cancelled'}}));
	assert.equal(word(), '2 jobs: 2 cancelled');
});

test('an earlier cancellation of the job says nothing about this one', () => {
	const {press, answer, reports, word} = open([job('a/1')]);
	reports(report('a/1', {step: 'settled', outcome: {kind: 'refused'}}));
	press('c', 'y');
	answer('cancel', ['a/1']);
	assert.equal(word(), 'asked to cancel a/1; C follows it');
	reports(report('a/1', {batch: 2, step: 'settled', outcome: {kind: 'cancelled'}}));
	assert.equal(word(), 'a/1: cancelled');
});

test('a forced cancellation is called so until it has its outcome', () => {
	const {press, answer, reports, word, sent} = open([job('a/1')], {can: hides});
	reports(report('a/1', {step: 'following'}));
	press('X', 'force', 'y');
	assert.equal(sent.at(-1)?.type, 'force');
	assert.equal(word(), 'sending: a/1');
	answer('force', ['a/1']);
	assert.match(word() ?? '', /^force-cancel requested a\/1/);
	reports(report('a/1', {step: 'settled', outcome: {kind: 'cancelled'}}));
	assert.equal(word(), 'a/1: cancelled');
});

test('marks leave when the engine has accepted their jobs, also if another key was pressed; a second y sends nothing twice', () => {
	const {press, answer, marks, word, sent, screen} = open([job('a/1'), job('a/2'), job('a/3')]);
	press('g', ' ', ' ', 'c', 'y');
	assert.deepEqual(marks(), ['a/1', 'a/2']);
	assert.equal(word(), 'sending: 2 jobs');
	press('c');
	assert.equal(screen().overlay, undefined);
	assert.match(word() ?? '', /already being sent/);
	// A second batch before the first is answered: each has its own answer.
	press(' ', 'c', 'y');
	assert.equal(sent.filter(({type}) => type === 'cancel').length, 2);
	assert.deepEqual(marks(), ['a/1', 'a/2', 'a/3']);
	answer('cancel', ['a/1', 'a/2']);
	assert.deepEqual(marks(), ['a/3']);
	answer('cancel', ['a/3'], false);
	assert.deepEqual(marks(), ['a/3']);
	assert.equal(word(), undefined);
	press('u');
	assert.deepEqual(marks(), ['a/1', 'a/2', 'a/3']);
});

test('a dismissal that cannot be saved leaves nothing behind: rows, marks and undo are as before', () => {
	const ended = ['a/1', 'a/2'].map(ref => job(ref as Job['ref'], {phase: 'failed'}));
	const {store, press, marks, screen} = open(ended);
	press('a', 'd', 'y');
	const {acts} = screen();
	store.receive([{type: 'dismissed', refs: ['a/1', 'a/2'], hidden: false}]);
	assert.deepEqual(marks(), ['a/1', 'a/2']);
	assert.equal(store.getState().order.inView.length, 2);
	assert.equal(screen().acts.length, acts.length - 1);
	press('u');
	assert.deepEqual(marks(), [], 'u takes the marks back, and restores nothing');
});

test('a restoration that cannot be saved can be undone again', () => {
	const ended = ['a/1', 'a/2'].map(ref => job(ref as Job['ref'], {phase: 'failed'}));
	const {store, press, sent, marks} = open(ended);
	press('a', 'd', 'y');
	store.receive([{type: 'dismissed', refs: ['a/1', 'a/2'], hidden: true}]);
	press('u');
	store.receive([{type: 'dismissed', refs: ['a/1', 'a/2'], hidden: true}]);
	assert.deepEqual(marks(), []);
	assert.equal(store.getState().order.inView.length, 0);
	press('u');
	assert.deepEqual(
		sent.map(({type}) => type),
		['dismiss', 'restore', 'restore'],
	);
});

test('"is asked too" leaves when the server has answered, and "dismissed" when that is no longer so', () => {
	const {store, press, word} = open([job('a/1', {phase: 'failed'})], {can: hides, title: 'Tapis'});
	press('d');
	assert.equal(word(), 'dismissing a/1');
	store.receive([{type: 'dismissed', refs: ['a/1'], hidden: true}]);
	assert.equal(word(), 'dismissed a/1; u restores it (Tapis is asked too)');
	store.receive([{type: 'servers-answered', refs: ['a/1']}]);
	assert.equal(word(), 'dismissed a/1; u restores it');
	// Another job has its id now.
	store.receive([{type: 'dismissed', refs: ['a/1'], hidden: false}]);
	assert.equal(word(), undefined);
	press('x');
});

test('"recalling" leaves when no request is staged any more', () => {
	const {press, answer, reports, word} = open();
	press('a', 'c', 'y');
	answer('cancel', ['a/1', 'a/2']);
	reports(report('a/1', {step: 'staged'}), report('a/2', {step: 'staged'}));
	press('u');
	assert.match(word() ?? '', /^recalling batch 1/);
	const outcome = {kind: 'not-sent', recalled: true} as const;
	reports(report('a/1', {step: 'settled', outcome}));
	assert.match(word() ?? '', /^recalling batch 1/);
	reports(report('a/2', {step: 'following'}));
	assert.equal(word(), '2 jobs: 1 recalled, 1 following');
});

test('"polling" leaves when the polls have ended, and a profile that is off is not polled', () => {
	const {store, press, word} = open();
	const said = (...healths: readonly ReturnType<typeof health>[]) => {
		store.receive(healths.map(each => ({type: 'health', health: each})));
		return word();
	};
	press('g', 'r');
	assert.equal(word(), 'polling a');
	assert.equal(said(health('a', {asking: true}), health('b')), 'polling a');
	assert.equal(said(health('a')), undefined);
	store.receive([{type: 'health', health: health('a', {state: 'off'})}]);
	press('r');
	assert.match(word() ?? '', /^a is turned off/);
});

test('"unfollowing" is replaced by how the cancellation stands', () => {
	const {press, reports, word, sent} = open([job('a/1')]);
	reports(report('a/1', {step: 'following'}));
	press('g', ':', 'unfollow', '<enter>');
	assert.equal(sent.findLast(({type}) => type !== 'remember-command')?.type, 'unfollow');
	assert.match(word() ?? '', /^unfollowing a\/1/);
	reports(report('a/1', {step: 'settled', outcome: {kind: 'overdue'}}));
	assert.equal(word(), 'a/1: overdue; C shows it');
});

test('"deleting" leaves with the answer', () => {
	const {store, press, word, sent} = open([job('a/123456', {phase: 'failed'})], {can: hides});
	press('g', 'x', '#', '<enter>', '3456', '<enter>');
	assert.equal(sent.at(-1)?.type, 'delete');
	assert.match(word() ?? '', /^deleting a\/123456/);
	store.receive([{type: 'asked', kind: 'delete', refs: ['a/123456'], taken: false}]);
	assert.equal(word(), undefined);
});

test('X, d, D, the deletion, the restoration and its undo are refused before a box opens where nothing can be saved', () => {
	const rows = [job('a/1'), job('a/22', {phase: 'failed'}), job('a/33', {phase: 'failed'})];
	const {store, press, screen, word, sent, reports} = open(rows, {can: hides});
	reports(report('a/1', {step: 'following'}));
	const rowOf = (ref: Job['ref']) => store.getState().rows.findIndex(row => row.ref === ref);
	const goTo = (ref: Job['ref']) => press('g', ...Array.from({length: rowOf(ref)}, () => 'j'));
	goTo('a/33');
	press('d');
	store.receive([{type: 'dismissed', refs: ['a/33'], hidden: true}]);
	const before = sent.length;
	const journals = 'journals cannot be written: EROFS; set JOBTOP_STATE_DIR to use another folder';
	const dismissals = 'hidden rows cannot be saved: EROFS; set JOBTOP_STATE_DIR to use another folder';
	store.receive([{type: 'file-troubles', troubles: {journals, dismissals}}]);
	const refused = (why: string, ...keys: readonly string[]) => {
		press(...keys);
		assert.equal(screen().overlay, undefined, keys.join(' '));
		assert.ok(word()?.endsWith(`: ${why}`), `${keys.join(' ')} says ${word()}`);
	};
	refused(dismissals, 'u');
	goTo('a/1');
	refused(journals, 'X');
	refused(dismissals, 'D');
	goTo('a/22');
	refused(dismissals, 'd');
	refused(journals, ':', 'delete', '<enter>');
	press('a');
	refused(dismissals, 'd');
	refused(dismissals, 'D');
	assert.deepEqual(
		sent.slice(before).filter(({type}) => type !== 'remember-command'),
		[],
	);
	store.receive([{type: 'file-troubles', troubles: {}}]);
	assert.equal(word(), undefined);
	press('d');
	assert.match(word() ?? '', /^dismissing a\/22/);
});
