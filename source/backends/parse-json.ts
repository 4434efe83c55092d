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
		const value: unknown = JSON.parse(whole);
		const isDeep = isDeeper(value, mostLevels);
		const kept = isDeep ? cutLevels(value) : value;
		return clean === undefined ? kept : JSON.parse(isDeep ? JSON.stringify(kept) : whole, clean);
	} catch {
		return undefined;
	}
};

/** Whether a value from JSON has more levels than that. */
const isDeeper = (value: unknown, levels: number): boolean => {
	if (!isNested(value)) return false;
	if (levels === 0) return true;
	if (Array.isArray(value)) {
		for (const inner of value) if (typeof inner === 'object' && isDeeper(inner, levels - 1)) return true;
		return false;
	}
	for (const name in value) {
		const inner = value[name];
		if (typeof inner === 'object' && isDeeper(inner, levels - 1)) return true;
	}
	return false;
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
