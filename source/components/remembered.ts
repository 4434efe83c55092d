const maxRemembered = 4096;

/** The same function of a text, with a cache of the results of the last frames. */
export const remembered = <Result>(work: (text: string) => Result): ((text: string) => Result) => {
	const known = new Map<string, Result>();
	return text => {
		if (known.has(text)) return known.get(text) as Result;
		if (known.size >= maxRemembered) known.clear();
		const result = work(text);
		known.set(text, result);
		return result;
	};
};
