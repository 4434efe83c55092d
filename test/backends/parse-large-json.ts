import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parseJson, parseJsonBytes} from '../../source/backends/parse-json.ts';
import {parseLargeJson} from '../../source/backends/parse-large-json.ts';
import {fc} from '../helpers/fast-check.ts';

const whole = (text: string): unknown => {
	try {
		return JSON.parse(text.replace(/^\ufeff/, ''));
	} catch {
		return undefined;
	}
};

const record = fc.record({id: fc.string(), at: fc.double({noNaN: true}), inner: fc.jsonValue({maxDepth: 2})});
const answer = fc.oneof(
	fc.array(record),
	fc.dictionary(fc.string(), fc.oneof(fc.array(record), fc.jsonValue({maxDepth: 2}))),
	fc.jsonValue(),
);
const space = fc.constantFrom(undefined, 1, '\t');

test('an answer in parts is the same value as the whole answer', () => {
	let inParts = 0;
	fc.assert(
		fc.property(answer, space, fc.integer({min: 1, max: 40}), fc.boolean(), (value, indent, size, mark) => {
			const text = (mark ? '\ufeff' : '') + JSON.stringify(value, undefined, indent);
			const parsed = parseLargeJson(Buffer.from(text), size);
			if (parsed === undefined) return;
			inParts++;
			assert.deepEqual(parsed, whole(text));
		}),
	);
	assert.ok(inParts > 0);
});

test('a damaged answer in parts is never another value than the whole answer', () => {
	const damage = fc.constantFrom('', ',', ',,', '"', '\\', '[', ']', '{', '}', ':', ' ', '1', '\n', '\u00e9');
	fc.assert(
		fc.property(
			fc.oneof(
				fc.array(record, {minLength: 2}),
				fc.record({jobs: fc.array(record, {minLength: 2}), n: record}),
			),
			fc.nat(),
			fc.nat(2),
			damage,
			fc.integer({min: 1, max: 40}),
			(value, place, removed, added, size) => {
				const good = JSON.stringify(value);
				const at = place % good.length;
				const text = good.slice(0, at) + added + good.slice(at + removed);
				const bytes = Buffer.from(text);
				const parsed = parseLargeJson(bytes, size);
				assert.equal(bytes.toString(), text);
				if (parsed !== undefined) assert.deepEqual(parsed, whole(text));
			},
		),
		{numRuns: 3000},
	);
});

test('lists are put in their place, and a key that stands twice counts once', () => {
	const parts = (text: string) => parseLargeJson(Buffer.from(text), 4);
	assert.deepEqual(parts('{"a":[1,2,3,4,5],"b":[],"c":[10,20,30],"n":7}'), {
		a: [1, 2, 3, 4, 5],
		b: [],
		c: [10, 20, 30],
		n: 7,
	});
	assert.deepEqual(parts('["a","b","c"]'), ['a', 'b', 'c']);
	for (const text of [
		'{"a":[1,2,3,4,5],"a":[]}',
		'{"a":[1,2,3,4,5],"\\u0061":[]}',
		'{"__proto__":[1,2,3,4,5]}',
		'{"a":[1,2,3,4,5,]}',
		'{"a":[1,2,3,4,5}',
		'{"a":[1,2,3,4,5]',
		'["a","b","c"] ["d","e","f"]',
		'["a","b","c',
		'"[1,2,3,4,5]"',
	]) {
		assert.equal(parts(text), undefined, text);
	}
});

test('a long answer is cut at the same depth as a short one', () => {
	const deep = `${'['.repeat(300)}${']'.repeat(300)}`;
	const text = `{"jobs":[${Array.from({length: 5000}, (_, id) => `{"id":${id}}`)},${deep}]}`;
	assert.ok(parseLargeJson(Buffer.from(text)) !== undefined);
	assert.deepEqual(parseJsonBytes(Buffer.from(text)), parseJson(text));
});
