import assert from 'node:assert/strict';
import {test} from 'node:test';
import {cleanLines, cleanText} from '../../source/job/clean-text.ts';
import {fc} from '../helpers/fast-check.ts';

const controls = /[\u0000-\u001f\u007f-\u009f]/;
const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const zeroWidth = /[\u00ad\u180e\u200b\u200c\u2060-\u2064\ufeff]|\u200d/u;
const variations = /[\ufe00-\ufe0f]|[\u{e0000}-\u{e01ef}]/u;
const lineBreaks = /[\u0085\u2028\u2029]/;

// Text as an enemy would write it: any code units, with what terminals obey strewn in.
const nasty = fc
	.array(
		fc.oneof(
			fc.string({unit: 'binary'}),
			fc.string({unit: 'grapheme'}),
			fc.integer({min: 0, max: 0xffff}).map(unit => String.fromCharCode(unit)),
			fc.constantFrom(
				...[
					'\u001b',
					'\u009b',
					'\u009d',
					'[',
					']',
					'2J',
					'0;t',
					'\u0007',
					'\u001b\\',
					'\u009c',
					'P',
					';',
					'm',
				],
				...['\u202e', '\u2066', '\u200b', '\u200d', '\ufe0f', '\ud83d', '\ude00', '\r', '\n', '\t', '\u2028'],
				...['名前', 'é', '👩‍🚀', 'العربية'],
			),
		),
		{maxLength: 30},
	)
	.map(parts => parts.join(''));

test('nothing that drives a terminal, hides itself or turns the line round survives', () => {
	fc.assert(
		fc.property(nasty, text => {
			const clean = cleanText(text);
			for (const pattern of [controls, bidi, zeroWidth, variations, lineBreaks])
				assert.doesNotMatch(clean, pattern);
			assert.ok(clean.isWellFormed());
		}),
		{numRuns: 2000},
	);
});

test('cleaning what is clean changes nothing', () => {
	fc.assert(
		fc.property(nasty, text => {
			const clean = cleanText(text);
			assert.equal(cleanText(clean), clean);
		}),
		{numRuns: 2000},
	);
});

test('what is taken out makes no character of the two halves beside it', () => {
	const hidden = '\u{e0041}';
	const [high, low] = [hidden.slice(0, 1), hidden.slice(1)];
	for (const between of ['\u200b', '\u001b[1m', '\u0007', '\u{e0fff}']) {
		assert.equal(cleanText(`a${high}${between}${low}b`), 'a\ufffd\ufffdb');
	}
});

test('what is shown is never longer than allowed, and never half a character', () => {
	fc.assert(
		fc.property(nasty, fc.integer({min: 1, max: 40}), (text, longest) => {
			const clean = cleanText(text, longest);
			assert.ok(clean.length <= longest, `${clean.length} > ${longest}`);
			assert.ok(clean.isWellFormed());
			assert.equal(cleanText(clean, longest), clean);
		}),
		{numRuns: 2000},
	);
});

test('plain text is left as it is', () => {
	fc.assert(
		fc.property(fc.string({unit: 'grapheme-ascii', maxLength: 200}), text => {
			assert.equal(cleanText(text), text);
		}),
	);
	for (const text of ['名前 – Größe', 'naïve café', 'مرحبا', '数据 × 3', 'Straße 🚀'])
		assert.equal(cleanText(text), text);
});

test('a sequence leaves nothing of itself behind', () => {
	assert.equal(cleanText('\u001b]0;title\u0007name'), 'name');
	assert.equal(cleanText('\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\'), 'link');
	assert.equal(cleanText('\u001b[2J\u001b[1;31mred\u001b[0m'), 'red');
	assert.equal(cleanText('\u009b31mred'), 'red');
	assert.equal(cleanText('\u001bPq#0;2;0;0;0\u001b\\x'), 'x');
	assert.equal(cleanText('\u001b]52;c;never closed'), '');
});

test('line breaks and tabs become one space in a line, and stay in text of many lines', () => {
	assert.equal(cleanText('a\r\n\t b'), 'a  b');
	assert.equal(cleanLines('a\r\nb\rc\n\td\u001b[2J'), 'a\nb\nc\n    d');
});

test('beyond four times the length that is shown, nothing is looked at', () => {
	assert.equal(cleanText(`${'\u0007'.repeat(39)}ab`, 10), 'a');
	assert.equal(cleanText(`${'\u0007'.repeat(40)}ab`, 10), '');
	assert.equal(cleanText(`${'\u0007'.repeat(20)}ab`, 10), 'ab');
});

test('a thousand units are shown if nothing else is said', () => {
	assert.equal(cleanText('ä'.repeat(1000)), 'ä'.repeat(1000));
	assert.equal(cleanLines('\n'.repeat(200_001)).length, 200_000);
	assert.equal(cleanLines('a'.repeat(2001)), `${'a'.repeat(1999)}…`);
	assert.equal(cleanText('a'.repeat(1000)), 'a'.repeat(1000));
	assert.equal(cleanText('a'.repeat(1001)), `${'a'.repeat(999)}…`);
});

test('a name of a megabyte costs no megabyte', () => {
	const clean = cleanText('\u001b'.repeat(1_000_000), 80);
	assert.ok(clean.length <= 80);
	assert.equal(cleanText('a'.repeat(1_000_000), 80), `${'a'.repeat(79)}…`);
});
