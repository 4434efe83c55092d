/*
Control sequences of keys, in the forms of today's and yesterday's terminals, and the oldest form of each. What is no key, and what reports that a key was released, has none.

Sources: XTerm Control Sequences (PC-style keys, modifyOtherKeys, focus, mouse), rxvt's key table, the Linux console's `ESC [ [ A`, and the kitty keyboard protocol (`CSI code:shifted:base ; modifiers:event ; text u`).
*/

import {type MouseReport, readMouse} from './mouse.ts';

/** What a complete control sequence says. */
export type Control =
	| {readonly type: 'keys'; readonly text: string}
	| {readonly type: 'focus'; readonly focused: boolean}
	/** The answer to `CSI 5 n`. */
	| {readonly type: 'status'}
	/** A paste begins. */
	| {readonly type: 'paste'}
	/** A report of the mouse that jobtop can use. */
	| {readonly type: 'mouse'; readonly report: MouseReport}
	/** A mouse report of the oldest kind: three bytes follow. */
	| {readonly type: 'old-mouse'};

const keys = (text: string): Control => ({type: 'keys', text});

/** Escape in a form that no other key begins with. */
export const escapeKey = '\u001b[27u';

const released = 3;
/** Bits of the modifiers, which are sent with one added. */
const bits = {shift: 1, ctrl: 4, capsLock: 64} as const;
/** Alt, Super, Hyper and Meta: jobtop has no such key, and the key without them is another. */
const foreign = 2 | 8 | 16 | 32;

/** Keys of the kitty protocol that have a code of their own, by what they send without it. */
const functional: Readonly<Record<number, string>> = {
	9: '\t',
	13: '\r',
	27: escapeKey,
	127: '\u007f',
	57414: '\r',
	57417: '\u001b[D',
	57418: '\u001b[C',
	57419: '\u001b[A',
	57420: '\u001b[B',
	57421: '\u001b[5~',
	57422: '\u001b[6~',
	57423: '\u001b[H',
	57424: '\u001b[F',
	57426: '\u001b[3~',
	...Object.fromEntries([...'0123456789./*-+'].map((each, index) => [57399 + index, each])),
	57415: '=',
	57416: ',',
};

/** The first and the last of the private codes that the kitty protocol gives to keys. */
const privateCodes = [57344, 63743] as const;

const isCharacter = (code: number): boolean =>
	code >= 32 &&
	!(code >= 127 && code < 160) &&
	!(code >= 0xd800 && code <= 0xdfff) &&
	!(code >= privateCodes[0] && code <= privateCodes[1]) &&
	code <= 0x10ffff;

/** A key that is sent by its code, as text where it types one. */
const codedKey = (
	code: number,
	{modifiers, shifted, text}: {readonly modifiers: number; readonly shifted?: number; readonly text?: string},
): Control | undefined => {
	if (modifiers & foreign) return undefined;
	const plain = functional[code];
	if (plain !== undefined) return keys(code === 9 && modifiers & bits.shift ? '\u001b[Z' : plain);
	if (!isCharacter(code)) return undefined;
	const character = String.fromCodePoint(code);
	if (modifiers & bits.ctrl) {
		return /[a-z]/i.test(character)
			? keys(String.fromCharCode(character.toUpperCase().charCodeAt(0) - 64))
			: undefined;
	}
	if (text !== undefined && text !== '') return keys(text);
	const capital = Boolean(modifiers & bits.shift) !== Boolean(modifiers & bits.capsLock);
	if (!capital) return keys(character);
	if (shifted !== undefined && isCharacter(shifted)) return keys(String.fromCodePoint(shifted));
	const upper = character.toUpperCase();
	// What Shift makes of a digit is up to a keyboard that nobody here knows.
	return upper === character ? undefined : keys(upper);
};

const number = (text: string | undefined, otherwise: number): number =>
	text === undefined || text === '' ? otherwise : Number.parseInt(text, 10);

const kitty = /^(\d+)(?::(\d*))?(?::\d*)?(?:;(\d*)(?::(\d*))?)?(?:;([\d:]*))?u$/;

const kittyKey = (body: string): Control | undefined => {
	const match = kitty.exec(body);
	if (!match) return undefined;
	if (number(match[4], 1) === released) return undefined;
	const codes = (match[5] ?? '')
		.split(':')
		.filter(each => each !== '')
		.map(Number);
	if (!codes.every(isCharacter)) return undefined;
	return codedKey(Number(match[1]), {
		modifiers: Math.max(0, number(match[3], 1) - 1),
		...(match[2] ? {shifted: Number(match[2])} : {}),
		text: String.fromCodePoint(...codes),
	});
};

/** `CSI number ; modifiers : event ~`: editing and function keys, and xterm's modifyOtherKeys. */
const numberedKey = (body: string): Control | undefined => {
	const match = /^(\d+)(?:;(\d*)(?::(\d*))?)?(?:;(\d+))?~$/.exec(body);
	if (!match) return undefined;
	const first = Number(match[1]);
	if (first === 27 && match[4] !== undefined) {
		return codedKey(Number(match[4]), {modifiers: Math.max(0, number(match[2], 1) - 1)});
	}
	if (match[4] !== undefined) return undefined;
	if (first === 200) return {type: 'paste'};
	return number(match[3], 1) === released || first > 34 ? undefined : keys(`\u001b[${first}~`);
};

/** `CSI 1 ; modifiers : event letter`: arrows and the like. */
const letteredKey = (body: string): Control | undefined => {
	const match = /^(?:1?(?:;(\d*)(?::(\d*))?)?)([A-FHPQSZ])$/.exec(body);
	if (!match || number(match[2], 1) === released) return undefined;
	return keys(`\u001b[${match[3]}`);
};

/** What rxvt sends with Shift and Ctrl. */
const rxvtKey = (body: string): Control | undefined => {
	if (/^[a-e]$/.test(body)) return keys(`\u001b[${body.toUpperCase()}`);
	const edited = /^(\d{1,2})[$^@]$/.exec(body);
	return edited ? keys(`\u001b[${edited[1]}~`) : undefined;
};

const fixed: Readonly<Record<string, Control>> = {
	I: {type: 'focus', focused: true},
	O: {type: 'focus', focused: false},
	M: {type: 'old-mouse'},
	'0n': {type: 'status'},
	'3n': {type: 'status'},
	// F3 without modifiers; with them it looks like the place of the cursor.
	R: keys('\u001b[R'),
	...Object.fromEntries([...'ABCDE'].map(each => [`[${each}`, keys(`\u001b[[${each}`)])),
};

/** The keys of a keypad in its application mode, which a program may have left on. */
const keypad: Readonly<Record<string, string>> = {
	M: '\r',
	X: '=',
	...Object.fromEntries(
		[...'*+,-./0123456789'].map((each, index) => [String.fromCharCode(0x6a + index), each]),
	),
};

/** What `ESC O` and the rest says. */
const shiftedControl = (body: string): Control | undefined => {
	const final = body.at(-1) ?? '';
	if (/[A-FHP-S]/.test(final)) return keys(`\u001bO${final}`);
	if (/^[a-e]$/.test(body)) return keys(`\u001b[${final.toUpperCase()}`);
	const typed = keypad[body];
	return typed === undefined ? undefined : keys(typed);
};

const mouse = (body: string): Control | undefined => {
	const report = readMouse(body);
	return report && {type: 'mouse', report};
};

/** What a control sequence says whose beginning, `ESC [` or `ESC O`, is left out; undefined for what is no key of ours. */
export const readControl = (kind: '[' | 'O', body: string): Control | undefined =>
	kind === 'O'
		? shiftedControl(body)
		: (fixed[body] ??
			kittyKey(body) ??
			numberedKey(body) ??
			letteredKey(body) ??
			rxvtKey(body) ??
			mouse(body));
