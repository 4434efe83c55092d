/** A random number from 0 up to 1, the same sequence for the same seed (mulberry32). */
export type Random = () => number;

export const createRandom = (seed: number): Random => {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
};

/** One seed from a word or a number, and more where more than one sequence is needed (FNV-1a). */
export const seedOf = (...parts: readonly (string | number)[]): number => {
	let hash = 0x811c9dc5;
	for (const character of parts.join('\0')) {
		hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
	}
	return hash >>> 0;
};

export const between = (random: Random, min: number, max: number): number => min + random() * (max - min);

export const oneOf = <Item>(random: Random, items: readonly [Item, ...Item[]]): Item =>
	items[Math.floor(random() * items.length)] ?? items[0];

/** An id in the form of a UUID (version 4). */
export const createUuid = (random: Random): string => {
	const digits = Array.from({length: 32}, () => Math.floor(random() * 16).toString(16));
	digits[12] = '4';
	digits[16] = oneOf(random, ['8', '9', 'a', 'b']);
	const text = digits.join('');
	return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
		'-',
	);
};
