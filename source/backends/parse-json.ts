/** Levels that are kept of an answer: no job system nests deeper, and what walks through a value, or prints it, takes a part of the stack for each. */
const mostLevels = 200;

/** What stands in the place of what is deeper. */
const tooDeep = '[nested too deeply]';

/**
A text as the JSON that it is; undefined for what is no JSON. What is nested deeper than anything a job system says is cut off, and the rest is kept. `scrub` goes over every text in it.
*/
export const parseJson = (text: string, scrub?: (text: string) => string): unknown => {
	const whole = text.startsWith('\ufeff') ? text.slice(1) : text;
	const clean = scrub && ((_: string, value: unknown) => (typeof value === 'string' ? scrub(value) : value));
	try {
		if (levelsOf(whole) <= mostLevels) return JSON.parse(whole, clean);
		const value = cutLevels(JSON.parse(whole));
		return clean === undefined ? value : JSON.parse(JSON.stringify(value), clean);
	} catch {
		return undefined;
	}
};

const [quote, backslash, bracket, bracketEnd, brace, braceEnd] = [...'"\\[]{}'].map(each =>
	each.charCodeAt(0),
);

/** How deep a text is nested that is JSON. */
const levelsOf = (text: string): number => {
	let level = 0;
	let deepest = 0;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === quote) {
			for (at++; at < text.length && text.charCodeAt(at) !== quote; at++) {
				if (text.charCodeAt(at) === backslash) at++;
			}
		} else if (code === bracket || code === brace) {
			level++;
			if (level > deepest) deepest = level;
		} else if (code === bracketEnd || code === braceEnd) level--;
	}
	return deepest;
};

/** The value without what is too deep in it: the value itself, changed. */
const cutLevels = (value: unknown): unknown => {
	let level = [value].filter(isNested);
	for (let depth = 1; level.length > 0; depth++) {
		const next: Record<string, unknown>[] = [];
		for (const each of level) {
			for (const [name, inner] of Object.entries(each)) {
				if (!isNested(inner)) continue;
				if (depth < mostLevels) next.push(inner);
				else each[name] = tooDeep;
			}
		}
		level = next;
	}
	return value;
};

const isNested = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;
