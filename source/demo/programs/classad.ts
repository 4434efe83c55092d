/*
ClassAds, in which HTCondor keeps its jobs: conditions on them, and the forms in which its programs print them.
https://htcondor.readthedocs.io/en/latest/classads/classad-mechanism.html
*/
type Value = string | number | boolean | undefined;

/** The attributes of a job. One without a value is not there. */
export type ClassAd = Readonly<Record<string, Value>>;

type Expression = (ad: ClassAd) => Value;

const token =
	/\s*(?:(=\?=|=!=|[=!<>]=|[<>!()]|&&|\|\|)|("(?:[^"\\]|\\.)*")|(\d+(?:\.\d+)?)|([A-Za-z_]\w*))\s*/y;

/** The words of an expression; undefined where one is none. */
const wordsOf = (text: string): string[] | undefined => {
	const words: string[] = [];
	token.lastIndex = 0;
	while (token.lastIndex < text.length) {
		const word = token.exec(text)?.[0];
		if (word === undefined) return undefined;
		words.push(word.trim());
	}
	return words;
};

const textOf = (value: Value): Value => (typeof value === 'string' ? value.toLowerCase() : value);

const compare = (operator: string, left: Value, right: Value): Value => {
	// These two compare upper and lower case, too, and know what is not there.
	if (operator === '=?=') return left === right;
	if (operator === '=!=') return left !== right;
	const [a, b] = [textOf(left), textOf(right)];
	if (a === undefined || b === undefined) return undefined;
	if (operator === '==') return a === b;
	if (operator === '!=') return a !== b;
	if (operator === '<') return a < b;
	if (operator === '<=') return a <= b;
	return operator === '>' ? a > b : a >= b;
};

/** `&&` and `||`: this value of either side decides, whatever the other one is. */
const decidedBy =
	(deciding: boolean, left: Expression, right: Expression): Expression =>
	ad => {
		const values = [left(ad), right(ad)];
		if (values.includes(deciding)) return deciding;
		return values.includes(undefined) ? undefined : !deciding;
	};

const constants: ReadonlyMap<string, Value> = new Map([
	['true', true],
	['false', false],
	['undefined', undefined],
]);

const operandOf = (word: string): Expression | undefined => {
	if (/^\d/.test(word)) return () => Number(word);
	if (word.startsWith('"')) return () => word.slice(1, -1).replace(/\\(.)/g, '$1');
	if (!/^\w/.test(word)) return undefined;
	const name = word.toLowerCase();
	if (constants.has(name)) return () => constants.get(name);
	return ad => ad[word] ?? Object.entries(ad).find(([key]) => key.toLowerCase() === name)?.[1];
};

/** Reads an expression from the front of these words, and takes what it has read; undefined where it is none. */
const readOr = (words: string[]): Expression | undefined => readChain(words, '||', true, readAnd);
const readAnd = (words: string[]): Expression | undefined => readChain(words, '&&', false, readComparison);

const readChain = (
	words: string[],
	operator: string,
	deciding: boolean,
	readPart: (words: string[]) => Expression | undefined,
): Expression | undefined => {
	let whole = readPart(words);
	while (whole !== undefined && words[0] === operator) {
		words.shift();
		const next = readPart(words);
		whole = next && decidedBy(deciding, whole, next);
	}
	return whole;
};

const readComparison = (words: string[]): Expression | undefined => {
	const left = readUnary(words);
	const [operator = ''] = words;
	if (left === undefined || !/^(?:=\?=|=!=|[=!<>]=|[<>])$/.test(operator)) return left;
	words.shift();
	const right = readUnary(words);
	return right && (ad => compare(operator, left(ad), right(ad)));
};

const readUnary = (words: string[]): Expression | undefined => {
	const word = words.shift() ?? '';
	if (word === '!') {
		const inner = readUnary(words);
		return inner && (ad => not(inner(ad)));
	}
	if (word !== '(') return operandOf(word);
	const inner = readOr(words);
	return words.shift() === ')' ? inner : undefined;
};

const not = (value: Value): Value => (value === undefined ? undefined : !value);

/** A condition as `-constraint` takes it; undefined where the text is none. */
export const conditionOf = (text: string): ((ad: ClassAd) => boolean) | undefined => {
	const words = wordsOf(text);
	const expression = words && readOr(words);
	if (expression === undefined || words?.length !== 0) return undefined;
	return ad => expression(ad) === true;
};

/** The attributes that are there, by name; of those asked for, if any are. */
const entriesOf = (ad: ClassAd, names?: readonly string[]): readonly (readonly [string, Value])[] => {
	const wanted = names && new Set(names.map(name => name.toLowerCase()));
	return Object.entries(ad)
		.filter(
			([name, value]) => value !== undefined && (wanted === undefined || wanted.has(name.toLowerCase())),
		)
		.sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
};

/** The list that `-json` prints, without the brackets around it. */
export const jsonOf = (ads: readonly ClassAd[], names?: readonly string[]): string =>
	ads.map(ad => `${JSON.stringify(Object.fromEntries(entriesOf(ad, names)), undefined, 2)}\n`).join(',\n');

/** What `-long` prints. */
export const longOf = (ads: readonly ClassAd[], names?: readonly string[]): string =>
	ads
		.map(ad => entriesOf(ad, names).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`))
		.map(lines => `${lines.join('')}\n`)
		.join('');
