/** Text with the numbers in it compared as numbers: `run-9` before `run-10`. */
export const compareNaturally = (a: string, b: string): number => {
	if (a === b) return 0;
	let [i, j] = [0, 0];
	while (i < a.length && j < b.length) {
		const [one, other] = [a.charCodeAt(i), b.charCodeAt(j)];
		if (isDigit(one) && isDigit(other)) {
			while (a.charCodeAt(i) === zero) i++;
			while (b.charCodeAt(j) === zero) j++;
			const [from, to] = [i, j];
			while (isDigit(a.charCodeAt(i))) i++;
			while (isDigit(b.charCodeAt(j))) j++;
			// Of two numbers without leading zeros the longer one is larger.
			if (i - from !== j - to) return i - from - (j - to);
			const [left, right] = [a.slice(from, i), b.slice(to, j)];
			if (left !== right) return left < right ? -1 : 1;
		} else if (one === other) {
			i++;
			j++;
		} else return one - other;
	}
	return a.length - i - (b.length - j);
};

const zero = 48;
const isDigit = (code: number): boolean => code >= zero && code <= 57;
