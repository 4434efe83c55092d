/*
What a function remembers, and until when.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {rememberedBy, rememberedLast} from '../../source/text/remembered.ts';

test('an object is worked out once, and so is one that follows from it and more', () => {
	let times = 0;
	const cut = rememberedBy(({text}: {readonly text: string}) =>
		rememberedLast((from: number, to: number) => {
			times++;
			return text.slice(from, to);
		}),
	);
	const [one, other] = [{text: 'abcdef'}, {text: 'ghijkl'}];
	assert.deepEqual([cut(one)(0, 2), cut(other)(0, 2), cut(one)(0, 2)], ['ab', 'gh', 'ab']);
	assert.equal(times, 2);
	assert.deepEqual([cut(one)(0, 3), cut(one)(1, 3), cut(one)(0, 3)], ['abc', 'bc', 'abc']);
	assert.equal(times, 5);
});

test('a result of nothing is remembered too', () => {
	let times = 0;
	const nothing = rememberedLast((_text: string) => {
		times++;
		return undefined;
	});
	nothing('a');
	nothing('a');
	assert.equal(times, 1);
	nothing('b');
	assert.equal(times, 2);
});
