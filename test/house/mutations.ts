/*
What `npm run mutate` changes in a file, and which tests it runs.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {mutate, mutationsOf, sampleOf} from '../../scripts/mutations.ts';
import {nearestTests, readFiles} from '../../scripts/related-tests.ts';

const changed = (text: string) => mutationsOf('a.ts', text).map(mutation => mutate(text, mutation));

test('an operator becomes another one, and a number the next', () => {
	assert.deepEqual(changed('const a = b < 1;'), ['const a = b <= 1;', 'const a = b < 2;']);
	assert.deepEqual(changed('const a = b - c;'), ['const a = b + c;']);
});

test('of a clause each side is dropped', () => {
	assert.deepEqual(changed('const a = b && c;'), ['const a = b;', 'const a = c;', 'const a = b || c;']);
	assert.deepEqual(changed('const a = b ?? c;'), ['const a = b;', 'const a = c;', 'const a = b && c;']);
});

test('a condition is always true or always false, and a statement is dropped', () => {
	assert.deepEqual(changed('if (a) b();'), ['if (false) b();', 'if (true) b();', 'if (a) ;']);
	assert.deepEqual(changed('const a = b ? c : d;'), ['const a = false ? c : d;', 'const a = true ? c : d;']);
});

test('types, texts and imports are left alone', () => {
	assert.deepEqual(changed("import a from 'b';\ntype A = 1 | true;\nconst b = 'c' + d;"), []);
});

test('a mutation names its line', () => {
	assert.deepEqual(
		mutationsOf('a.ts', '\n\nconst a = true;').map(({line}) => line),
		[3],
	);
});

test('a sample keeps its order, and the same seed chooses the same', () => {
	const values = Array.from({length: 100}, (_, index) => index);
	const sample = sampleOf(values, 10, 7);
	assert.equal(sample.length, 10);
	assert.deepEqual(sample, sampleOf(values, 10, 7));
	assert.notDeepEqual(sample, sampleOf(values, 10, 8));
	assert.deepEqual(
		sample,
		[...sample].sort((a, b) => a - b),
	);
});

const related = (file: string, importers: Readonly<Record<string, readonly string[]>>) =>
	nearestTests(file, {
		tests: ['direct.test', 'near.test', 'far.test'],
		importersOf: each => importers[each] ?? [],
	});

test('tests that import a file are its tests, and farther ones are not', () => {
	assert.deepEqual(related('a', {a: ['direct.test', 'b'], b: ['near.test']}), ['direct.test']);
});

test('without a test of its own, a file has the tests of the nearest files that import it', () => {
	const importers = {a: ['b', 'c'], b: ['d'], c: ['d', 'near.test'], d: ['far.test']};
	assert.deepEqual(related('a', importers), ['near.test']);
	assert.deepEqual(related('b', importers), ['far.test']);
});

test('files that import each other have no tests if nothing else imports them', () => {
	assert.deepEqual(related('a', {a: ['b'], b: ['a']}), []);
});

test('imports of the project are found, and imports of types are not', () => {
	const {tests, importersOf} = readFiles();
	assert.ok(tests.includes('test/house/mutations.ts'));
	assert.ok(importersOf('source/cancellation/outcomes.ts').includes('source/cancellation/batch-json.ts'));
	assert.ok(!importersOf('source/cancellation/outcomes.ts').includes('source/cancellation/audit.ts'));
});
