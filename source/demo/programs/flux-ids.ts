/*
The ids of the embedded Flux: one number, written in base 58 with an ƒ in front. https://flux-framework.readthedocs.io/projects/flux-rfc/en/latest/spec_19.html
*/
const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const base = BigInt(digits.length);

/** The milliseconds of an instance stand above 24 bits of the number. */
const timeBits = 24n;

/** The number of the job that was submitted in this millisecond of the instance. */
export const fluxNumber = (millisecond: number): bigint => BigInt(millisecond) << timeBits;

/** `2Tv1sAX`: the number without a letter in front. */
export const base58 = (number: bigint): string => {
	let text = '';
	let rest = number;
	do {
		text = `${digits[Number(rest % base)]}${text}`;
		rest /= base;
	} while (rest > 0n);
	return text;
};

/** The number that a person writes as `ƒ2Tv1sAX`, `f2Tv1sAX`, `0xcfa000000` or decimal; undefined for any other text. */
export const readFluxNumber = (text: string): bigint | undefined => {
	if (/^(?:\d+|0x[\da-f]+)$/i.test(text)) return BigInt(text);
	const [, word] = /^[fƒ]([1-9A-HJ-NP-Za-km-z]+)$/.exec(text) ?? [];
	return word === undefined
		? undefined
		: [...word].reduce((number, digit) => number * base + BigInt(digits.indexOf(digit)), 0n);
};
