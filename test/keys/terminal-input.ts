/*
What a terminal sends, and which of it are keys: whole sequences of every kind, and the same cut at any place and at any time.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createTerminalInput, type InputToken, inputTimes} from '../../source/keys/terminal-input.ts';
import {fc} from '../helpers/fast-check.ts';

const times = inputTimes({});
const escapeKey = '\u001b[27u';

/** A piece of the input, and how long it took to come, in milliseconds. */
type Piece = {readonly bytes: Uint8Array; readonly after: number};

const bytesOf = (text: string): Uint8Array => Buffer.from(text);

/** What is read out of pieces, with a time long enough for what waits at the end. */
const readPieces = (pieces: readonly Piece[]): readonly InputToken[] => {
	const input = createTerminalInput(times);
	let now = 0;
	const tokens: InputToken[] = [];
	for (const {bytes, after} of pieces) {
		const due = input.due();
		if (due !== undefined && due <= now + after) tokens.push(...input.expire(due));
		now += after;
		tokens.push(...input.take(bytes, now));
	}
	const due = input.due();
	if (due !== undefined) tokens.push(...input.expire(due));
	return tokens;
};

const textOf = (tokens: readonly InputToken[]): string =>
	tokens.map(token => (token.type === 'keys' ? token.text : '')).join('');

/** The reports of the mouse, as a terminal sends them. */
const reportsOf = (tokens: readonly InputToken[]): readonly string[] =>
	tokens.flatMap(token => {
		if (token.type !== 'mouse') return [];
		const {action, column, row} = token.report;
		const button = {click: 0, 'wheel-up': 64, 'wheel-down': 65}[action];
		return [`\u001b[<${button};${column + 1};${row + 1}M`];
	});

/** What a terminal answers while keys are typed. */
const status = '\u001b[0n';

test('the answer to a question is no key, wherever the line cuts it', () => {
	const tokens = (pieces: readonly string[], after: number) => {
		const input = createTerminalInput(times, () => true);
		let now = 0;
		return pieces.flatMap(text => {
			now += after;
			const due = input.due();
			const expired = due !== undefined && due <= now ? input.expire(due) : [];
			return [...expired, ...input.take(bytesOf(text), now)];
		});
	};
	const whole = [{type: 'keys', text: 'j'}, {type: 'status'}, {type: 'keys', text: 'k'}];
	for (let at = 0; at <= status.length; at++) {
		const cut = [`j${status.slice(0, at)}`, `${status.slice(at)}k`];
		// Longer than a lone Escape takes to be a key.
		assert.deepEqual(tokens(cut, times.escapeMs * 10), whole, `cut at ${at}`);
	}
	assert.deepEqual(tokens(['\u001b', status], times.escapeMs), [
		{type: 'keys', text: escapeKey},
		{type: 'status'},
	]);
});

for (const [what, sent, keys] of [
	['letters', 'jjé名', 'jjé名'],
	['control characters', '\r\t\u007f\u0003', '\r\t\u007f\u0003'],
	['Escape', '\u001b', escapeKey],
	['Escape twice', '\u001b\u001b', escapeKey + escapeKey],
	['Escape and Ctrl-C', '\u001b\u0003', `${escapeKey}\u0003`],
	['arrows', '\u001b[A\u001b[D', '\u001b[A\u001b[D'],
	['arrows of an application', '\u001bOA\u001bOD', '\u001bOA\u001bOD'],
	['arrows with Ctrl and of rxvt', '\u001b[1;5A\u001bOa\u001b[a', '\u001b[A\u001b[A\u001b[A'],
	['Shift-Tab', '\u001b[Z\u001b[1;2Z\u001b[9;2u', '\u001b[Z\u001b[Z\u001b[Z'],
	['editing keys', '\u001b[5~\u001b[6~\u001b[3~\u001b[2$', '\u001b[5~\u001b[6~\u001b[3~\u001b[2~'],
	['function keys', '\u001bOP\u001b[15~\u001b[[A\u001b[R', '\u001bOP\u001b[15~\u001b[[A\u001b[R'],
	['a keypad in its application mode', '\u001bOp\u001bOy\u001bOM', '09\r'],
	['Alt and a letter', '\u001bq\u001bD\u001b1\u001bé\u001b\rj', 'j'],
	['Alt and a letter that may begin a string', '\u001bPj\u001bXj', 'j'],
	[
		'Ctrl-C, Ctrl-Z and Ctrl-L by modifyOtherKeys',
		'\u001b[27;5;99~\u001b[27;5;122~\u001b[27;5;76~',
		'\u0003\u001a\u000c',
	],
	['Ctrl-C, Ctrl-Z and Ctrl-L by kitty', '\u001b[99;5u\u001b[122;5u\u001b[108;5u', '\u0003\u001a\u000c'],
	['letters by kitty', '\u001b[106u\u001b[106;2u\u001b[106;65u\u001b[97:65;2u\u001b[49;2;33u', 'jJJA!'],
	[
		'Enter, Escape, Tab and Backspace by kitty',
		'\u001b[13u\u001b[27u\u001b[9u\u001b[127u',
		`\r${escapeKey}\t\u007f`,
	],
	['a pressed, held and released key', '\u001b[106;1:1u\u001b[106;1:2u\u001b[106;1:3u', 'jj'],
	['released arrows', '\u001b[1;1:3A\u001b[5;1:3~\u001b[32;1:3u', ''],
	['Alt and Super by kitty', '\u001b[99;3u\u001b[99;9u\u001b[121;33u', ''],
	['a modifier by itself', '\u001b[57441;2u', ''],
	['a colour', '\u001b]11;rgb:cccc/dddd/cccc\u001b\\j\u001b]11;rgb:cccc/dddd/cccc\u0007', 'j'],
	['a version', '\u001bP>|XTerm(354)c\u001b\\j', 'j'],
	[
		'answers about graphics, and private strings',
		'\u001b_Gi=31;OKc\u001b\\\u001b^cy\u001b\\\u001bXcy\u001b\\j',
		'j',
	],
	[
		'attributes, positions, modes',
		'\u001b[?62;22c\u001b[>41;354;0c\u001b[12;40R\u001b[?2026;2$y\u001b[?0uj',
		'j',
	],
	['mouse reports', '\u001b[M #*\u001b[M\u00ff\u00ffyj\u001b[<0;12;3M\u001b[<0;12;3m\u001b[32;12;3Mj', 'jj'],
	['a string that is broken off by Ctrl-C', '\u001b]11;rgb:\u0003j', '\u0003j'],
	['a sequence that is broken off by another', '\u001b[1;\u001b[Aj', '\u001b[Aj'],
] as const) {
	test(`of ${what} only keys are read`, () => {
		assert.equal(
			readPieces([{bytes: Buffer.from(sent, what === 'mouse reports' ? 'latin1' : 'utf8'), after: 0}])
				.map(token => (token.type === 'keys' ? token.text : ''))
				.join(''),
			keys,
		);
	});
}

test('a paste is one text, whatever stands in it', () => {
	assert.deepEqual(readPieces([{bytes: bytesOf('j\u001b[200~cy\u001b[A é\u0003\u001b[201~k'), after: 0}]), [
		{type: 'keys', text: 'j'},
		{type: 'paste', text: 'cy\u001b[A é\u0003'},
		{type: 'keys', text: 'k'},
	]);
});

test('the focus is reported', () => {
	assert.deepEqual(readPieces([{bytes: bytesOf('\u001b[I\u001b[O'), after: 0}]), [
		{type: 'focus', focused: true},
		{type: 'focus', focused: false},
	]);
});

test('clicks of the left button and steps of the wheel are reported, and nothing else of the mouse', () => {
	const read = (text: string) => readPieces([{bytes: bytesOf(text), after: 0}]);
	assert.deepEqual(read('j\u001b[<0;12;3M\u001b[<64;1;1Mk\u001b[<65;200;100M'), [
		{type: 'keys', text: 'j'},
		{type: 'mouse', report: {action: 'click', column: 11, row: 2}},
		{type: 'mouse', report: {action: 'wheel-up', column: 0, row: 0}},
		{type: 'keys', text: 'k'},
		{type: 'mouse', report: {action: 'wheel-down', column: 199, row: 99}},
	]);
	for (const [what, sent] of [
		['a release', '\u001b[<0;12;3m'],
		['the other buttons', '\u001b[<1;12;3M\u001b[<2;12;3M\u001b[<66;12;3M'],
		['Shift, Alt and Ctrl', '\u001b[<4;12;3M\u001b[<8;12;3M\u001b[<16;12;3M\u001b[<68;12;3M'],
		['a movement', '\u001b[<32;12;3M\u001b[<35;12;3M'],
		['a cell that does not exist', '\u001b[<0;0;3M\u001b[<0;1;0M'],
		['a broken report', '\u001b[<0;12M\u001b[<0;1;2;3M\u001b[<;1;2M\u001b[<0;99999;1M'],
		['other modes', '\u001b[M #*\u001b[32;12;3M'],
	] as const)
		assert.deepEqual(read(sent), [], what);
});

test('a report of the mouse that is cut is that report, or nothing', () => {
	const report = '\u001b[<0;12;3M';
	for (let at = 1; at < report.length; at++) {
		for (const after of [1, 30, 250, 5000]) {
			const tokens = readPieces([
				{bytes: bytesOf(report.slice(0, at)), after: 0},
				{bytes: bytesOf(report.slice(at)), after},
			]);
			const isEscape = at === 1 && after >= times.escapeMs;
			assert.deepEqual(reportsOf(tokens), isEscape ? [] : [report], `cut at ${at} for ${after} ms`);
			assert.equal(textOf(tokens), isEscape ? escapeKey : '');
		}
	}
});

test('an arrow that is cut in two is an arrow, or nothing', () => {
	const cut = (before: string, after: number, rest: string) =>
		textOf(
			readPieces([
				{bytes: bytesOf(before), after: 0},
				{bytes: bytesOf(rest), after},
			]),
		);
	for (const after of [1, 30, 250, 5000, 3_600_000]) {
		assert.equal(cut('\u001b[', after, 'D'), '\u001b[D');
		assert.equal(cut('\u001b[', after, 'C'), '\u001b[C');
		assert.equal(cut('\u001bO', after, 'D'), '\u001bOD');
		assert.equal(cut('\u001b', after, '[D'), after < times.escapeMs ? '\u001b[D' : escapeKey);
		assert.equal(cut('\u001b', after, 'OD'), after < times.escapeMs ? '\u001bOD' : escapeKey);
	}
});

test('a person gets out of a string that never ends', () => {
	const input = createTerminalInput(times);
	assert.deepEqual(input.take(bytesOf('\u001b]11;rgb:cc'), 0), []);
	assert.deepEqual(input.take(bytesOf('cy'), 2000), [], 'what comes together is its rest');
	assert.deepEqual(input.take(bytesOf('j'), 4000), [{type: 'keys', text: 'j'}]);
});

test('Escape and a letter that may begin a string are two keys when a person types them', () => {
	assert.equal(
		textOf(readPieces([...'\u001bPj'].map(each => ({bytes: bytesOf(each), after: 150})))),
		`${escapeKey}Pj`,
	);
});

const key = fc.constantFrom(
	'j',
	'c',
	'y',
	'D',
	'q',
	' ',
	'\r',
	'\u0003',
	'é',
	'名',
	'\u001b[A',
	'\u001b[1;5D',
	'\u001bOC',
	'\u001b[3~',
	'\u001bOP',
	'\u001b[27u',
	'\u001b[106;1:3u',
	'\u001b[99;5u',
);
const answer = fc.constantFrom(
	'\u001b]11;rgb:cccc/dddd/cccc\u001b\\',
	'\u001b]11;rgb:cccc/dddd/cccc\u0007',
	'\u001bP>|XTerm(354)cy\u001b\\',
	'\u001b_Gi=31;OKcy\u001b\\',
	'\u001b[M cy',
	'\u001b[<0;12;3M',
	'\u001b[<0;12;3m',
	'\u001b[<64;7;20M',
	'\u001b[<65;120;36M',
	'\u001b[?62;22c',
	'\u001b[12;40R',
	'\u001b[0n',
	'\u001b[I',
	'\u001b[200~cy\u001b[201~',
	'\u001b[200~\u001b[D\u001b[201~',
);

/** A sequence cut into pieces: anywhere, with short pauses between them and a single one that may be long. */
const pieces = fc
	.tuple(
		fc.oneof(key, answer),
		fc.array(fc.nat(40), {maxLength: 6}),
		fc.constantFrom(0, 60, 250, 900),
		fc.nat(6),
	)
	.map(([sent, cuts, long, where]): readonly Piece[] => {
		const bytes = bytesOf(sent);
		const ends = [...new Set(cuts.filter(cut => cut > 0 && cut < bytes.length))].sort((a, b) => a - b);
		return [...ends, bytes.length].map((end, index) => ({
			bytes: bytes.subarray(index === 0 ? 0 : ends[index - 1], end),
			after: index === 0 ? 300 : index === where ? long : 5,
		}));
	});

const isSubsequence = (some: string, all: string): boolean => {
	let from = 0;
	for (const each of some) {
		from = all.indexOf(each, from) + 1;
		if (from === 0) return false;
	}
	return true;
};

test('whatever is cut at any place and time gives no key that the whole would not have given', () => {
	fc.assert(
		fc.property(fc.array(pieces, {maxLength: 12}), sequences => {
			const whole = sequences.map(each => ({bytes: Buffer.concat(each.map(({bytes}) => bytes)), after: 300}));
			const cut = textOf(readPieces(sequences.flat())).replaceAll(escapeKey, '');
			assert.ok(isSubsequence(cut, textOf(readPieces(whole))), JSON.stringify(cut));
			const reports = reportsOf(readPieces(sequences.flat())).join('');
			assert.ok(isSubsequence(reports, reportsOf(readPieces(whole)).join('')), JSON.stringify(reports));
		}),
		{numRuns: 3000},
	);
});

test('any bytes, cut anywhere without pauses, are read as the whole', () => {
	fc.assert(
		fc.property(
			fc.array(
				fc.oneof(fc.uint8Array({maxLength: 6}), fc.constantFrom(...'\u001b[]OPM;20~<u').map(bytesOf)),
				{maxLength: 30},
			),
			chunks => {
				const whole = readPieces([{bytes: Buffer.concat(chunks), after: 0}]);
				const cut = readPieces(chunks.map(bytes => ({bytes, after: 1})));
				assert.equal(textOf(cut), textOf(whole));
				assert.deepEqual(reportsOf(cut), reportsOf(whole));
			},
		),
		{numRuns: 3000},
	);
});
