/*
Memoized functions. They stay pure: the result depends only on the arguments.
*/

/** Memoizes a function of an object, for the lifetime of the object. */
export const rememberedBy = <Key extends object, Result extends NonNullable<unknown>>(
	compute: (key: Key) => Result,
): ((key: Key) => Result) => {
	const results = new WeakMap<Key, Result>();
	return key => {
		const known = results.get(key);
		if (known !== undefined) return known;
		const result = compute(key);
		results.set(key, result);
		return result;
	};
};

/** Memoizes the last result of a function, as long as its arguments stay the same. */
export const rememberedLast = <Arguments extends readonly unknown[], Result>(
	compute: (...from: Arguments) => Result,
): ((...from: Arguments) => Result) => {
	let last: {readonly from: Arguments; readonly result: Result} | undefined;
	return (...from) => {
		if (!last?.from.every((each, index) => each === from[index])) last = {from, result: compute(...from)};
		return last.result;
	};
};
