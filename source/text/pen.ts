/*
How a terminal draws the next character: its SGR attributes (ECMA-48, 8.3.117), and the shortest way from one set to another.
*/

/** Equal sets are the same object. */
export type Pen = {
	readonly flags: number;
	/** SGR parameters of the colour; empty for the default. */
	readonly foreground: string;
	readonly background: string;
	/** Whether a blank that is drawn with it looks like an erased cell. */
	readonly blank: boolean;
};

const flags = [
	{flag: 1, on: 1, off: 22},
	{flag: 2, on: 2, off: 22},
	{flag: 4, on: 3, off: 23},
	{flag: 8, on: 4, off: 24},
	{flag: 16, on: 5, off: 25},
	{flag: 32, on: 7, off: 27},
	{flag: 64, on: 8, off: 28},
	{flag: 128, on: 9, off: 29},
] as const;

/** Underline, inverse, strike-through: what is visible without a letter. */
const visibleOnBlank = 8 | 32 | 128;

const pens = new Map<string, Pen>();

const penOf = (set: number, foreground: string, background: string): Pen => {
	const key = `${set}/${foreground}/${background}`;
	let pen = pens.get(key);
	if (!pen) {
		pen = {
			flags: set,
			foreground,
			background,
			blank: background === '' && (set & visibleOnBlank) === 0,
		};
		pens.set(key, pen);
	}
	return pen;
};

/** No attribute is set. */
export const plain = penOf(0, '', '');

/** The pen after these SGR parameters, which are separated by semicolons. Unknown parameters and the colour of an underline change nothing. */
export const penAfter = (pen: Pen, parameters: string): Pen => {
	let {flags: set, foreground, background} = pen;
	const numbers = parameters.split(';').map(Number);
	for (let at = 0; at < numbers.length; at++) {
		const number = numbers[at] ?? 0;
		const extended = number === 38 || number === 48 || number === 58;
		if (number === 0) [set, foreground, background] = [0, '', ''];
		else if (number === 39) foreground = '';
		else if (number === 49) background = '';
		else if (extended) {
			const length = numbers[at + 1] === 5 ? 3 : 5;
			const colour = numbers.slice(at, at + length).join(';');
			if (number === 38) foreground = colour;
			else if (number === 48) background = colour;
			at += length - 1;
		} else if ((number >= 30 && number < 38) || (number >= 90 && number < 98)) foreground = String(number);
		else if ((number >= 40 && number < 48) || (number >= 100 && number < 108)) background = String(number);
		else {
			for (const {flag, on, off} of flags) {
				if (number === on) set |= flag;
				if (number === off) set &= ~flag;
			}
		}
	}
	return penOf(set, foreground, background);
};

/** Parameters that add what `to` has and `from` lacks. */
const additions = (from: Pen, to: Pen): string[] => [
	...flags.filter(({flag}) => (to.flags & flag) !== 0 && (from.flags & flag) === 0).map(({on}) => String(on)),
	...(to.foreground !== from.foreground ? [to.foreground || '39'] : []),
	...(to.background !== from.background ? [to.background || '49'] : []),
];

const turns = new Map<Pen, Map<Pen, string>>();

const compose = (from: Pen, to: Pen): string => {
	if (from === to) return '';
	if (to === plain) return '\u001b[m';
	const afterReset = ['0', ...additions(plain, to)].join(';');
	const offs = new Set<number>();
	let kept = from.flags;
	for (const {flag, off} of flags) {
		if ((from.flags & flag) !== 0 && (to.flags & flag) === 0) offs.add(off);
	}
	// 22 ends bold and dim both.
	for (const {flag, off} of flags) if (offs.has(off)) kept &= ~flag;
	const step = [...[...offs].map(String), ...additions(penOf(kept, from.foreground, from.background), to)];
	const changed = step.join(';');
	return `\u001b[${from !== plain && afterReset.length < changed.length ? afterReset : changed}m`;
};

/** The shortest sequence that makes one pen the other. */
export const turnPen = (from: Pen, to: Pen): string => {
	let known = turns.get(from);
	if (!known) {
		known = new Map();
		turns.set(from, known);
	}
	let sequence = known.get(to);
	if (sequence === undefined) {
		sequence = compose(from, to);
		known.set(to, sequence);
	}
	return sequence;
};
