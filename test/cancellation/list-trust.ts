/*
Whether lists and the jobs' own records agree, and which jobs are looked at although a list shows them alive.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {compareWithList, contradicts, toVerify} from '../../source/cancellation/runner/list-trust.ts';

type Look = readonly [source: 'list' | 'record', terminal: boolean, askedMoment: number];

/** What these looks at one job make of the list, in order. */
const verdicts = (...looks: readonly Look[]): readonly string[] => {
	const said: string[] = [];
	const lane = {
		looks: {distrust: () => void said.push('distrust'), trust: () => void said.push('trust')},
	};
	const entry: Parameters<typeof compareWithList>[0] = {lane};
	for (const [source, terminal, askedMoment] of looks) {
		compareWithList(entry, {source, terminal, askedMoment}, 0);
	}
	return said;
};

test('a list and a record that agree change nothing', () => {
	assert.deepEqual(verdicts(['list', false, 1], ['record', false, 2], ['list', false, 3]), []);
	assert.deepEqual(verdicts(['list', true, 1], ['record', true, 2], ['list', true, 3]), []);
});

test('a list that shows a job alive after its record had ended is not believed', () => {
	assert.deepEqual(verdicts(['record', true, 1], ['list', false, 2]), ['distrust']);
	assert.deepEqual(verdicts(['record', true, 2], ['list', false, 1]), [], 'the list was asked for before');
});

test('a list that showed a job ended is not believed when its record is alive', () => {
	assert.deepEqual(verdicts(['list', true, 1], ['record', false, 2]), ['distrust']);
	assert.deepEqual(verdicts(['list', true, 2], ['record', false, 1]), [], 'the record was asked for before');
});

test('a list is believed again when the record, which had ended, is alive as the list showed', () => {
	assert.deepEqual(verdicts(['record', true, 1], ['list', false, 2], ['record', false, 3]), [
		'distrust',
		'trust',
	]);
});

test('only a later list contradicts a record', () => {
	const record = {terminal: true, askedMoment: 5, at: 0};
	assert.ok(contradicts({record}, false, 6));
	assert.ok(!contradicts({record}, false, 5));
	assert.ok(!contradicts({record}, true, 6));
	assert.ok(!contradicts({}, false, 6));
});

test('the records that were read longest ago are verified first: four, or two in a hundred', () => {
	const read = (at: number) => ({record: {terminal: false, askedMoment: 1, at}});
	const never = {};
	const entries = [read(500), read(100), never, read(300), read(200), read(990)];
	assert.deepEqual(toVerify(entries, 100, 1000), [never, read(100), read(200), read(300)]);
	assert.deepEqual(toVerify([read(901)], 100, 1000), []);
	assert.deepEqual(toVerify([read(900)], 100, 1000), [read(900)]);
	assert.equal(
		toVerify(
			Array.from({length: 1000}, () => read(0)),
			100,
			1000,
		).length,
		20,
	);
});
