/** Deep equality of two values that came from JSON. The order of keys does not matter. */
export const sameJson = (a: unknown, b: unknown): boolean => {
	if (a === b) return true;
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
	if (Array.isArray(a) !== Array.isArray(b)) return false;
	const keys = Object.keys(a);
	if (keys.length !== Object.keys(b).length) return false;
	for (const key of keys) {
		if (!Object.hasOwn(b, key) || !sameJson((a as Fields)[key], (b as Fields)[key])) return false;
	}
	return true;
};

type Fields = Readonly<Record<string, unknown>>;
