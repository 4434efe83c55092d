/*
Functions that remember what came of them. Whatever uses one stays pure: the result follows from the arguments alone.
*/

/** The same function of an object. It remembers its result as long as the object lives. */
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

/** The same function. It remembers its last result, as long as its arguments are the same. */
export const rememberedLast = <Arguments extends readonly unknown[], Result>(
	compute: (...from: Arguments) => Result,
): ((...from: Arguments) => Result) => {
	let last: {readonly from: Arguments; readonly result: Result} | undefined;
	return (...from) => {
		if (!last?.from.every((each, index) => each === from[index])) last = {from, result: compute(...from)};
		return last.result;
	};
};
