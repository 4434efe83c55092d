/** Edit distance with transpositions (Damerau-Levenshtein). */
const distance = (from: string, to: string): number => {
	const rows = [Array.from({length: to.length + 1}, (_, column) => column)];
	for (let row = 1; row <= from.length; row++) {
		const cells = [row];
		for (let column = 1; column <= to.length; column++) {
			const same = from[row - 1] === to[column - 1];
			const cell = (up: number, left: number) => rows[row - up]?.[column - left] ?? Number.POSITIVE_INFINITY;
			const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
			cells[column] = Math.min(
				cell(1, 0) + 1,
				(cells[column - 1] as number) + 1,
				cell(1, 1) + (same ? 0 : 1),
				swapped ? cell(2, 2) + 1 : Number.POSITIVE_INFINITY,
			);
		}
		rows.push(cells);
	}
	return rows[from.length]?.[to.length] ?? Number.POSITIVE_INFINITY;
};

/** The maximum number of edits between words of this length, in characters. Short words differ by one letter without being a slip. */
const maxEdits = (length: number): number => (length < 3 ? 0 : length < 6 ? 1 : length < 9 ? 2 : 3);

/** A number or a duration: another one is not a better spelling of it. */
const amount = /^[-+]?\d+(?:\.\d+)?(?:%|(?:ms|[smhdw])(?:\d+(?:ms|[smhdw]))*)?$/;

/** The most similar known word; undefined if there is no similar one. Of a number or a duration, only an equal one is. */
export const nearest = (word: string, words: readonly string[]): string | undefined => {
	const typed = word.toLowerCase().slice(0, 60);
	const [best] = words
		.map(known => ({known, edits: distance(typed, known.toLowerCase())}))
		.filter(
			({known, edits}) => edits <= (amount.test(typed) ? 0 : maxEdits(Math.max(typed.length, known.length))),
		)
		.sort((a, b) => a.edits - b.edits);
	return best?.known;
};

/** The hint after an unknown word: the most similar known word, else all of them. */
export const didYouMean = (word: string, words: readonly string[]): string => {
	const near = nearest(word, words);
	if (near !== undefined) return `did you mean "${near}"?`;
	return words.length === 0
		? 'there are none'
		: `there ${words.length === 1 ? 'is' : 'are'} ${words.join(', ')}`;
};
