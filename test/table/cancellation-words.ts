/*
How a cancellation reads: what needs a person first, and nothing is called cancelled but by its outcome.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {CancellationReport} from '../../source/engine/protocol.ts';
import {
	byUrgency,
	cancellationSentence,
	cancellationWords,
	compareCancellations,
	isOnItsWay,
	mayAskAgain,
} from '../../source/table/cancellation-words.ts';
import {fc} from '../helpers/fast-check.ts';
import {report, start} from '../helpers/screen-facts.ts';

const words = (changes: Partial<CancellationReport>, now = start) =>
	cancellationWords(report('p/1', changes), now);
const settled = (outcome: CancellationReport['outcome']) =>
	words({step: 'settled', ...(outcome && {outcome})});
const shown = ({text, group, glyph}: ReturnType<typeof words>) => [text, group, glyph];

test('a cancellation is on its way until it is settled', () => {
	assert.equal(isOnItsWay(undefined), false);
	assert.equal(isOnItsWay(report('p/1')), true);
	assert.equal(isOnItsWay(report('p/1', {step: 'settled'})), false);
});

test('each step before the end has its word', () => {
	for (const [step, text] of [
		['asked', 'asked'],
		['staged', 'staged'],
		['checking', 'checking'],
		['sending', 'sending'],
		['throttled', 'slowed down'],
		['reconciling', 'answer lost'],
		['following', 'following'],
	] as const)
		assert.deepEqual(shown(words({step})), [text, 'on-its-way', 'cancelling']);
});

test('what waits for a person needs one: a parked request, a job that came back, an unknown outcome', () => {
	assert.deepEqual(shown(words({step: 'parked'})), ['parked', 'needs-you', 'needs-you']);
	assert.deepEqual(shown(words({cameBack: true})), ['came back', 'needs-you', 'needs-you']);
	assert.deepEqual(shown(words({outcome: {kind: 'unknown'}})), ['unknown', 'needs-you', 'needs-you']);
});

test('nothing calls for a person where asking again would do nothing', () => {
	const cannotRepeat = true;
	const overdue = {kind: 'overdue'} as const;
	assert.deepEqual(shown(words({outcome: overdue, cannotRepeat})), [
		'overdue 0s',
		'on-its-way',
		'cancelling',
	]);
	assert.deepEqual(shown(words({cameBack: true, cannotRepeat})), ['came back', 'on-its-way', 'cancelling']);
	const back = [
		report('p/back', {cameBack: true, cannotRepeat, askedAt: start + 9}),
		report('p/parked', {step: 'parked'}),
		report('p/helped', {cameBack: true, askedAt: start - 9}),
	];
	assert.deepEqual(
		byUrgency(back).map(({ref}) => ref),
		['p/parked', 'p/helped', 'p/back'],
		'a job that came back is among the first only if asking again can help',
	);
	const refused = {step: 'settled', outcome: {kind: 'refused'}, cannotRepeat} as const;
	assert.deepEqual(shown(words(refused)), ['refused', 'over', 'failed']);
	assert.match(
		cancellationSentence(report('p/1', refused)),
		/; nothing more can be sent from here: end it on its system$/,
	);
	const seen = {phase: 'succeeded', status: 'ok', at: start} as const;
	assert.doesNotMatch(cancellationSentence(report('p/1', {...refused, seen})), /nothing more/);
	for (const kind of ['not-found', 'replaced'] as const) assert.deepEqual(settled({kind}).group, 'over');
	assert.equal(mayAskAgain(report('p/1', {outcome: overdue})), true);
	assert.equal(mayAskAgain(report('p/1', {outcome: overdue, cannotRepeat})), false);
	assert.equal(mayAskAgain(report('p/1', {step: 'parked'})), false);
	assert.equal(mayAskAgain(report('p/1', {step: 'settled', outcome: {kind: 'denied'}})), false);
	assert.equal(mayAskAgain(undefined), false);
});

test('an overdue cancellation says for how long, since it was accepted or else requested', () => {
	const outcome = {kind: 'overdue'} as const;
	const now = start + 600_000;
	assert.equal(words({outcome}, now).text, 'overdue 10m');
	assert.equal(words({outcome, acceptedAt: start + 240_000}, now).text, 'overdue 6m');
	assert.equal(words({outcome, step: 'settled'}, now).text, 'overdue 10m');
	assert.deepEqual(words({outcome}, now).group, 'needs-you');
});

test('a followed job is said to stop once its system accepted that, or shows it', () => {
	const text = (changes: Partial<CancellationReport>) => words(changes).text;
	assert.equal(text({acceptedAt: start}), 'asked, stopping');
	assert.equal(text({seen: {phase: 'stopping', status: 'COMPLETING', at: start}}), 'asked, stopping');
	assert.equal(text({seen: {phase: 'running', status: 'RUNNING', at: start}}), 'following');
	assert.equal(text({step: 'checking', acceptedAt: start}), 'checking');
});

test('a record that is no proof is said to be none', () => {
	for (const [unproven, text] of [
		['may-run', 'may still run'],
		['may-start', 'may still start'],
	] as const) {
		const seen = {phase: 'cancelled', status: 'dismissed', unproven, at: start} as const;
		assert.equal(words({seen, acceptedAt: start}).text, text);
		assert.equal(words({step: 'checking', seen}).text, 'checking');
	}
	for (const kind of ['cancelled', 'already-cancelled'] as const)
		assert.match(settled({kind, detail: 'the process may still run'}).text, /, unproven$/);
	// A system without a word for it: the signal is the evidence.
	assert.equal(settled({kind: 'cancelled', detail: 'ended by SIGTERM'}).text, 'cancelled');
	assert.equal(settled({kind: 'removed', detail: 'the process may still run'}).text, 'removed');
});

test('an outcome says whether it is over, and whether the job was cancelled', () => {
	assert.deepEqual(shown(settled({kind: 'cancelled'})), ['cancelled', 'over', 'done']);
	assert.deepEqual(shown(settled({kind: 'finished-first'})), ['finished first', 'over', 'first']);
	assert.deepEqual(shown(settled({kind: 'finished-first', phase: 'failed'})), [
		'failed first',
		'over',
		'first',
	]);
	assert.deepEqual(shown(settled({kind: 'denied'})), ['denied', 'needs-you', 'needs-you']);
	assert.deepEqual(shown(settled({kind: 'not-sent'})), ['not sent', 'needs-you', 'needs-you']);
	assert.deepEqual(shown(settled({kind: 'not-sent', recalled: true})), ['recalled', 'over', 'first']);
	assert.deepEqual(shown(settled({kind: 'refused', recalled: true})), ['refused', 'needs-you', 'needs-you']);
	assert.equal(settled(undefined).text, 'settled');
	// An outcome outweighs that the job once came back.
	assert.equal(words({step: 'settled', cameBack: true, outcome: {kind: 'cancelled'}}).text, 'cancelled');
	// Until it is settled it is no outcome.
	assert.equal(words({outcome: {kind: 'cancelled'}}).text, 'following');
});

test('the sentence says the outcome, else the step with what was seen and why it waits', () => {
	const sentence = (changes: Partial<CancellationReport>) => cancellationSentence(report('p/1', changes));
	assert.equal(sentence({outcome: {kind: 'cancelled'}}), '1 is cancelled');
	assert.equal(sentence({step: 'checking'}), 'looking at 1 before the request is sent');
	assert.equal(
		sentence({
			step: 'parked',
			seen: {phase: 'stopping', status: 'COMPLETING', at: start},
			why: 'token expired',
		}),
		'the request for 1 waits for a new credential, last seen COMPLETING: token expired',
	);
	assert.equal(sentence({ref: 'p/', outcome: {kind: 'cancelled'}}), 'p/ is cancelled');
	assert.match(sentence({seen: {phase: 'held', status: '', at: start}}), /, last seen HELD$/);
});

const anyReport = fc
	.record({
		id: fc.nat({max: 3}),
		batch: fc.nat({max: 3}),
		askedAt: fc.nat({max: 3}),
		step: fc.constantFrom('parked', 'following', 'settled'),
		outcome: fc.constantFrom(undefined, 'cancelled', 'denied'),
	})
	.map(({id, outcome, ...rest}) => report(`p/${id}`, {...rest, ...(outcome && {outcome: {kind: outcome}})}));

test('what needs a person comes first, then what is on its way, the latest first in each', () => {
	const order = [
		report('p/1', {step: 'parked', askedAt: 1}),
		report('p/5', {askedAt: 3}),
		report('p/2', {askedAt: 2}),
		report('p/3', {askedAt: 2, batch: 2}),
		report('p/3', {askedAt: 2, batch: 1}),
		report('p/4', {step: 'settled', outcome: {kind: 'cancelled'}, askedAt: 9}),
	];
	assert.deepEqual(byUrgency(order.toReversed()), order);
	assert.deepEqual(order.toReversed().sort(compareCancellations), order);
});

test('many sort as two compare, and only the same cancellation is at the same place', () => {
	fc.assert(
		fc.property(fc.array(anyReport, {maxLength: 12}), reports => {
			assert.deepEqual(byUrgency(reports), [...reports].sort(compareCancellations));
		}),
	);
	fc.assert(
		fc.property(anyReport, anyReport, (a, b) => {
			assert.equal(Math.sign(compareCancellations(a, b)) + Math.sign(compareCancellations(b, a)), 0);
		}),
	);
});
