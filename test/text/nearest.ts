/*
Suggestions after a mistake: a slip of the fingers is recognized, and nothing else is.
*/

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {commandIds} from '../../source/keys/bindings.ts';
import {didYouMean} from '../../source/text/nearest.ts';
import {fc} from '../helpers/fast-check.ts';

test('a missing, a wrong or a swapped letter is recognized', () => {
	const words = ['queued', 'running', 'weaver', 'up', 'list', 'interval'];
	for (const [typed, intended] of [
		['quued', 'queued'],
		['runing', 'running'],
		['wevaer', 'weaver'],
		['WEAVR', 'weaver'],
		['upp', 'up'],
		['lst', 'list'],
		['intervall', 'interval'],
	] as const) {
		assert.equal(didYouMean(typed, words), `did you mean "${intended}"?`);
	}
});

test('a short word, a number and a duration are no slips of others', () => {
	assert.equal(didYouMean('w', ['h', 'q']), 'there are h, q');
	assert.equal(didYouMean('b', ['a', 'bb']), 'there are a, bb');
	assert.equal(didYouMean('exit', ['wait']), 'there is wait');
	for (const amount of ['100ms', '9s', '1h30m', '15', '0.5', '90%'])
		assert.equal(didYouMean(amount, ['10s', '1h', '16', '95%']), 'there are 10s, 1h, 16, 95%');
});

test('a suggestion shares more letters with the typed word than it changes', () => {
	fc.assert(
		fc.property(fc.string({maxLength: 12}), typed => {
			const hint = didYouMean(typed, commandIds);
			const [, near] = /^did you mean "(.*)"\?$/.exec(hint) ?? [];
			if (near === undefined) return;
			const left = [...typed.toLowerCase()];
			const shared = [...near].filter(letter => {
				const at = left.indexOf(letter);
				if (at >= 0) left.splice(at, 1);
				return at >= 0;
			}).length;
			assert.ok(shared >= near.length / 2, `${typed}: ${near}`);
		}),
	);
});
