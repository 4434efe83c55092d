/*
Parses a large answer in parts. V8 keeps a text above 128 kB apart and collects it only together with everything else, so the pages of a long list would fill the memory several times over.
*/

/** Bytes of a part, and so of the longest text. An answer that is not longer needs no parts. */
export const partBytes = 32_768;

/**
The value of a JSON text in UTF-8: an object with long lists, or a long list. Undefined if it is anything else, or no JSON: the whole text then has to be parsed. Changes nothing in `bytes`.
*/
export const parseLargeJson = (bytes: Buffer, size: number = partBytes): unknown => {
	try {
		return parseParts(bytes, size);
	} catch {
		return undefined;
	}
};

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/** A list that is being read: its key in the object, if it is in one, its elements in the earlier parts, and where the next part begins. */
type List = {readonly key: string | undefined; readonly elements: unknown[]; from: number};

const parseParts = (bytes: Buffer, size: number): unknown => {
	const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
	const lists: List[] = [];
	/** The answer without the elements of its long lists. */
	let rest = '';
	let restFrom = from;
	let list: List | undefined;
	/** Levels around a byte, around the elements of the list, and the members of the outermost object. */
	let depth = 0;
	let listDepth = 0;
	let members = 1;
	let keyFrom = 0;
	let keyTo = 0;
	for (let at = from; at < bytes.length; at++) {
		switch (bytes[at]) {
			case quote: {
				const start = at;
				at = endOfText(bytes, at);
				if (depth === 1) [keyFrom, keyTo] = [start, at + 1];
				break;
			}
			case openObject:
				depth++;
				break;
			case openList:
				depth++;
				if (list === undefined && depth <= 2) {
					const key = depth === 1 ? undefined : String(JSON.parse(bytes.toString('utf8', keyFrom, keyTo)));
					list = {key, elements: [], from: at + 1};
					listDepth = depth;
				}
				break;
			case comma:
				if (depth === 1) members++;
				if (list === undefined || depth !== listDepth || at - list.from < size) break;
				if (list.elements.length === 0) {
					rest += bytes.toString('utf8', restFrom, list.from);
					lists.push(list);
				}
				takePart(bytes, list, at);
				break;
			case closeObject:
				depth--;
				break;
			case closeList:
				if (list !== undefined && depth === listDepth) {
					if (list.elements.length > 0) {
						takePart(bytes, list, at);
						restFrom = at;
					}
					list = undefined;
				}
				depth--;
				break;
		}
	}
	if (lists.length === 0) return undefined;
	return withLists(JSON.parse(rest + bytes.toString('utf8', restFrom)), lists, members);
};

/** The place of the quotation mark that ends the text. */
const endOfText = (bytes: Buffer, start: number): number => {
	let at = start + 1;
	while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
	return at;
};

/** Parses the elements before `to`. Throws if there are none: a comma has stood before them. */
const takePart = (bytes: Buffer, list: List, to: number) => {
	const part = JSON.parse(`[${bytes.toString('utf8', list.from, to)}]`) as unknown[];
	if (part.length === 0) throw new SyntaxError();
	for (const element of part) list.elements.push(element);
	list.from = to + 1;
};

/** Puts the lists into the rest of the answer. Throws if a key stands there twice: the last one would count. */
const withLists = (rest: unknown, lists: readonly List[], members: number): unknown => {
	const [first] = lists;
	if (first?.key === undefined) return first?.elements;
	const whole = rest as Record<string, unknown>;
	if (Object.keys(whole).length !== members) throw new SyntaxError();
	for (const {key, elements} of lists) {
		if (key === undefined || key === '__proto__') throw new SyntaxError();
		whole[key] = elements;
	}
	return whole;
};
