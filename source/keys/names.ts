/** A key by its name, and how often it was pressed in one event. */
export type KeyPress = {readonly key: string; readonly times: number};

/** Ink's description of an input. */
export type InkKey = Readonly<
	Partial<
		Record<
			| 'upArrow'
			| 'downArrow'
			| 'leftArrow'
			| 'rightArrow'
			| 'pageUp'
			| 'pageDown'
			| 'home'
			| 'end'
			| 'return'
			| 'escape'
			| 'tab'
			| 'backspace'
			| 'delete'
			| 'ctrl'
			| 'shift'
			| 'meta',
			boolean
		>
	>
>;

const named: readonly (readonly [flag: keyof InkKey, name: string])[] = [
	['upArrow', 'up'],
	['downArrow', 'down'],
	['leftArrow', 'left'],
	['rightArrow', 'right'],
	['pageUp', 'pageup'],
	['pageDown', 'pagedown'],
	['home', 'home'],
	['end', 'end'],
	['return', 'enter'],
	['escape', 'escape'],
	['backspace', 'backspace'],
	['delete', 'delete'],
];

const controls: Readonly<Record<string, string>> = {
	'\r': 'enter',
	'\n': 'enter',
	'\t': 'tab',
	'\b': 'backspace',
	'\u007f': 'backspace',
	'\u001b': 'escape',
	' ': 'space',
};

const nameOf = (character: string): string => {
	const code = character.charCodeAt(0);
	return controls[character] ?? (code < 32 ? `ctrl+${String.fromCharCode(code + 96)}` : character);
};

/** The names of the keys in one input event. Keys that are typed fast, or over a slow line, arrive as one event. */
const namesIn = (input: string, key: InkKey): readonly string[] => {
	const flag = named.find(([each]) => key[each]);
	if (flag) return [flag[1]];
	if (key.tab) return [key.shift ? 'shift+tab' : 'tab'];
	if (key.ctrl && input.length === 1) return [`ctrl+${input.toLowerCase()}`];
	// A key with Alt is no key of ours: neither Escape nor the key without it.
	return key.meta ? [] : Array.from(input, nameOf);
};

/** The keys of one input event. Repetitions of a key become one press with a count. */
export const keysIn = (input: string, key: InkKey): readonly KeyPress[] => {
	const presses: KeyPress[] = [];
	for (const name of namesIn(input, key)) {
		const last = presses.at(-1);
		if (last?.key === name) presses[presses.length - 1] = {key: name, times: last.times + 1};
		else presses.push({key: name, times: 1});
	}
	return presses;
};

/** The text that a key types, or undefined. */
export const typedBy = (key: string): string | undefined =>
	key === 'space' ? ' ' : Array.from(key).length === 1 ? key : undefined;

/** The sequences that terminals send for function keys, which Ink does not report. */
const functionKeys: Readonly<Record<string, string>> = Object.fromEntries(
	[
		['OP', '[11~', '[[A', '[P'],
		['OQ', '[12~', '[[B', '[Q'],
		['OR', '[13~', '[[C', '[R'],
		['OS', '[14~', '[[D', '[S'],
		['[15~', '[[E'],
		['[17~'],
		['[18~'],
		['[19~'],
		['[20~'],
		['[21~'],
		['[23~'],
		['[24~'],
	].flatMap((sequences, index) => sequences.map(each => [`\u001b${each}`, `f${index + 1}`])),
);

/** The function key of a sequence, or undefined. */
export const functionKeyIn = (sequence: string): string | undefined => functionKeys[sequence];

const otherNames: Readonly<Record<string, string>> = {
	esc: 'escape',
	return: 'enter',
	pgup: 'pageup',
	pgdn: 'pagedown',
	del: 'delete',
	backtab: 'shift+tab',
	' ': 'space',
};

const longNames: ReadonlySet<string> = new Set([
	...named.map(([, name]) => name),
	...Object.values(functionKeys),
	'tab',
	'shift+tab',
	'space',
]);

/** The name of a key as users write it: `Ctrl-x`, `F9`, `esc`, `c`. Undefined if no terminal sends it, or if it is ambiguous. */
export const keyNamed = (text: string): string | undefined => {
	if (typedBy(text) !== undefined && text !== ' ') return /[\p{C}\p{Z}]/u.test(text) ? undefined : text;
	const name = text.toLowerCase().replace(/^(ctrl|shift)-/, '$1+');
	const canonical = otherNames[name] ?? name;
	// Ctrl-i is Tab, Ctrl-j and Ctrl-m are Enter.
	return longNames.has(canonical) || /^ctrl\+[a-hk-ln-z]$/.test(canonical) ? canonical : undefined;
};
