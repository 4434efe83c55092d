/*
Suspending and unsuspending a job by keys and by lines: where it is offered, what the question says and sends, and the words until the outcome.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {actionsOf} from '../../source/commands/actions.ts';
import {commandsOf} from '../../source/commands/commands.ts';
import {pressAll} from '../../source/commands/keys/dispatch.ts';
import {footerHints} from '../../source/commands/keys/help.ts';
import {runLine} from '../../source/commands/keys/typed-lines.ts';
import type {CancellationReport, Intention, ProfileInfo} from '../../source/engine/protocol.ts';
import type {Job} from '../../source/job/job.ts';
import type {Operation} from '../../source/job/operation.ts';
import {keysIn} from '../../source/keys/names.ts';
import {createJobStore} from '../../source/store/store.ts';
import {countCancelling} from '../../source/table/state-counts.ts';
import {retryable} from '../../source/view-models/cancellation/retrying.ts';
import {questionSentences} from '../../source/view-models/spoken/question.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {hello, job, jobs, profile, report, start} from '../helpers/screen-facts.ts';
import {silentHost} from '../helpers/silent-host.ts';

const suspendConsequences = {suspend: 'Its work stops.', unsuspend: 'Its work begins again.'};
const able: Partial<ProfileInfo> = {
	title: 'Kubernetes',
	can: {...profile('a').can, suspend: true},
	suspendConsequences,
};

const open = (row: Job, info: Partial<ProfileInfo> = able) => {
	const {clock} = createManualClock();
	const sent: Intention[] = [];
	const store = createJobStore({clock, send: intention => sent.push(intention)});
	store.receive([hello([profile('a', info)]), jobs(row)]);
	return {
		store,
		sent: () => sent.filter(({type}) => type === 'suspend' || type === 'cancel' || type === 'force'),
		word: () => store.getState().screen.word,
		box() {
			const {overlay} = store.getState().screen;
			return overlay?.kind === 'box' ? overlay : undefined;
		},
		press(...inputs: readonly string[]) {
			for (const input of inputs) pressAll({commandsOf, store, host: silentHost, clock}, keysIn(input, {}));
		},
		/** Why the menu does not offer it; undefined where it does. */
		whyNot(label: string) {
			const state = store.getState();
			const action = actionsOf(state, commandsOf(state), start).find(each => each.label === label);
			return (action ?? assert.fail(label)).why;
		},
		type: (line: string) =>
			runLine(
				{
					state: store.getState(),
					store,
					host: silentHost,
					commands: commandsOf(store.getState()),
					now: start,
					ascii: true,
				},
				line,
			),
		reports: (...reports: readonly CancellationReport[]) => store.receive([{type: 'cancellations', reports}]),
		answer: (kind: Operation, taken = true) =>
			store.receive([{type: 'asked', kind, refs: ['a/1'], taken, batch: 1}]),
	};
};

const running = job('a/1', {suspension: 'none'});
const held = job('a/1', {suspension: 'complete', phase: 'held'});

test('the menu of a job suspends it after a question, and the words say so until the outcome', () => {
	const {press, box, sent, word, store, answer, reports} = open(running);
	press('x', 'Z');
	const asked = box() ?? assert.fail('no question');
	const [title, ...words] = questionSentences(store.getState(), asked, start, true);
	assert.equal(title, 'suspend this job?');
	assert.ok(words.includes('! Its work stops.'), words.join('\n'));
	assert.match(words.at(-1) ?? '', /^type yes to suspend it; anything else keeps it$/);
	const hints = footerHints(commandsOf(store.getState()), store.getState(), start);
	assert.deepEqual(hints.slice(0, 2), ['y suspend', 'n keep']);
	assert.deepEqual(sent(), []);
	press('y');
	assert.deepEqual(sent(), [{type: 'suspend', operation: 'suspend', targets: asked.targets}]);
	press('x', 'Z');
	assert.equal(box(), undefined);
	press('\u001b');
	answer('suspend');
	assert.equal(store.getState().screen.overlay, undefined);
	reports(report('a/1', {operation: 'suspend', step: 'following', acceptedAt: start}));
	assert.equal(countCancelling(store.getState().known), 0, 'nothing is being cancelled');
	press('x');
	reports(report('a/1', {operation: 'suspend', step: 'settled', outcome: {kind: 'suspended'}}));
	press('\u001b', 'C');
	assert.doesNotMatch(word() ?? '', /cancel/);
});

test('what was asked for stands in the words until the outcome replaces it', () => {
	const {press, word, answer, reports} = open(running);
	press('x', 'Z', 'y');
	assert.equal(word(), 'sending: a/1');
	answer('suspend');
	assert.equal(word(), 'asked to suspend a/1; C follows it');
	reports(report('a/1', {operation: 'suspend', step: 'following', acceptedAt: start}));
	assert.equal(word(), 'asked to suspend a/1; C follows it');
	reports(report('a/1', {operation: 'suspend', step: 'settled', outcome: {kind: 'suspended'}}));
	assert.equal(word(), 'a/1: suspended');
});

test('a suspended job is started again after a question, and closing it sends nothing', () => {
	const {press, box, sent, word, store} = open(held);
	press('x', 'B');
	const asked = box() ?? assert.fail('no question');
	assert.ok(questionSentences(store.getState(), asked, start, true).includes('! Its work begins again.'));
	press('n');
	assert.equal(word(), 'not unsuspended; nothing sent');
	press('x', 'B', 'y');
	assert.deepEqual(sent(), [{type: 'suspend', operation: 'unsuspend', targets: asked.targets}]);
});

test('a job that may not be suspended is not offered for it, and the menu says why', () => {
	const cases: readonly (readonly [Job, Partial<ProfileInfo>, RegExp, RegExp])[] = [
		[job('a/1'), {}, /^Slurm has no way to suspend a job$/, /^Slurm has no way to unsuspend a job$/],
		[job('a/1'), able, /Kueue/, /Kueue/],
		[job('a/1', {phase: 'failed'}), able, /it has ended: failed/, /it has ended: failed/],
		[held, able, /^it is suspended already$/, /^undefined$/],
		[running, able, /^undefined$/, /^it is not suspended$/],
		[running, {...able, readOnly: true}, /profile a is read-only/, /profile a is read-only/],
	];
	for (const [row, info, suspend, unsuspend] of cases) {
		const {press, whyNot, box, type} = open(row, info);
		press('x');
		assert.match(String(whyNot('suspend')), suspend);
		assert.match(String(whyNot('unsuspend')), unsuspend);
		const why = whyNot('suspend');
		if (why === undefined) continue;
		press('Z');
		assert.equal(box(), undefined);
		press('\u001b');
		assert.deepEqual(type('suspend a/1'), [`a/1: ${why}`]);
	}
});

test('a job that is being cancelled is not suspended, and one that is being suspended may be cancelled', () => {
	const {press, whyNot, box, reports} = open(running);
	reports(report('a/1', {step: 'following', acceptedAt: start}));
	press('x');
	assert.equal(whyNot('suspend'), 'it is being cancelled');
	reports(report('a/1', {operation: 'suspend', batch: 2, step: 'following', acceptedAt: start}));
	assert.equal(whyNot('suspend'), 'already being suspended');
	assert.equal(whyNot('cancel'), undefined);
	press('\u001b', 'c');
	assert.equal(box()?.operation, 'cancel');
});

test('a batch that suspends is retried as one', () => {
	const {press, box, reports, store, sent} = open(running);
	store.receive([
		{type: 'batch', batch: {number: 1, operation: 'suspend', askedAt: start, by: 'me', refs: ['a/1']}},
	]);
	reports(report('a/1', {operation: 'suspend', step: 'settled', outcome: {kind: 'refused'}}));
	press('C');
	assert.equal(retryable(store.getState()).jobs.length, 1);
	press('R');
	assert.equal(box()?.operation, 'suspend');
	press('y');
	assert.equal(sent().at(-1)?.type, 'suspend');
});

test('a line suspends a job after a question, as a key does', () => {
	const {type, box, sent, store} = open(running);
	assert.deepEqual(type('suspend'), ['name a job: suspend REF']);
	assert.deepEqual(type('suspend a/1'), []);
	assert.equal(box()?.operation, 'suspend');
	assert.deepEqual(type('no'), ['not suspended; nothing sent']);
	assert.equal(store.getState().screen.overlay, undefined);
	type('suspend a/1');
	assert.deepEqual(type('yes'), ['sending: a/1; the result follows here']);
	assert.equal(sent().length, 1);
});
