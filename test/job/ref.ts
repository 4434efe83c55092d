/*
How a job is named, and how its name is shown.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parseRef, refOf, shownId, shownRef} from '../../source/job/ref.ts';
import {fc} from '../helpers/fast-check.ts';

test('a profile and any id make a ref that comes apart into the same', () => {
	const profile = fc.string({minLength: 1}).filter(name => !name.includes('/'));
	fc.assert(
		fc.property(profile, fc.string({minLength: 1}), (name, id) => {
			assert.deepEqual(parseRef(refOf(name, id)), {profile: name, id});
		}),
	);
});

test('without a slash, a profile or an id there is no ref', () => {
	for (const text of ['', 'p', '/', '/1', 'p/']) assert.equal(parseRef(text), undefined, text);
});

test('an id that can be taken for no other one is shown as it is', () => {
	for (const id of ['1', '12_[1-4]', 'a b', "it's", '!~', 'a"b']) assert.equal(shownId(id), id);
});

test('an id that looks like another one is quoted, with what cannot be told apart by its number', () => {
	assert.equal(shownId(' 1'), '" 1"');
	assert.equal(shownId('1 '), '"1 "');
	assert.equal(shownId('a  b'), '"a  b"');
	assert.equal(shownId(''), '""');
	assert.equal(shownId('а1'), '"а1"');
	assert.equal(shownId('1\u00a0'), '"1\\u{a0}"');
	assert.equal(shownId('e\u0301'), '"e\\u{301}"');
	assert.equal(shownId('"1"'), '"\\"1\\""');
	assert.equal(shownId('ä\\'), '"ä\\\\"');
});

test('two ids never look the same', () => {
	const letter = fc.constantFrom('a', ' ', '"', '\\', '\u00a0', '\u0301', 'u{a0}');
	const id = fc.array(letter, {minLength: 1, maxLength: 4}).map(letters => letters.join(''));
	fc.assert(
		fc.property(id, id, (one, other) => {
			fc.pre(one !== other);
			assert.notEqual(shownId(one), shownId(other));
		}),
		{numRuns: 1000},
	);
});

test('of a ref, the id is shown like that; what is no ref is shown as it is', () => {
	assert.equal(shownRef('p/ 1'), 'p/" 1"');
	assert.equal(shownRef('p/1'), 'p/1');
	assert.equal(shownRef(' nothing '), ' nothing ');
});
