/*
Ids of Flux. It writes one number in many forms: `ƒ2Tv1sAX`, `f2Tv1sAX` where the locale has no other letters, or decimal; and its programs take more of them, such as words and hexadecimal. jobtop's id is the one in ASCII, and no other text is ever sent.
*/
import {cleanText} from '../../job/clean-text.ts';

const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const base = BigInt(digits.length);
/** Beyond it, a number stands for no job: the largest of 64 bits means any job. */
const maxNumber = 2n ** 63n - 1n;

/** The id in ASCII, from each of these three forms; undefined for any other text. */
export const readId = (text: string): string | undefined => {
	const [, f58, decimal] = /^(?:[fƒ]([1-9A-HJ-NP-Za-km-z]{1,11})|(0|[1-9]\d{0,18}))$/.exec(text) ?? [];
	if (f58 !== undefined) {
		// A zero in front would be a second id of the same job.
		const isSole = f58 === digits[0] || !f58.startsWith(digits[0] as string);
		return isSole && decode(f58) <= maxNumber ? `f${f58}` : undefined;
	}
	if (decimal === undefined) return undefined;
	const number = BigInt(decimal);
	return number <= maxNumber ? `f${encode(number)}` : undefined;
};

const decode = (text: string): bigint =>
	[...text].reduce((number, digit) => number * base + BigInt(digits.indexOf(digit)), 0n);

const encode = (number: bigint): string => {
	let text = '';
	let rest = number;
	do {
		text = `${digits[Number(rest % base)]}${text}`;
		rest /= base;
	} while (rest > 0n);
	return text;
};

/** Why a text is no id, as a sentence. */
export const whyNoId = (text: string): string => {
	const shown = cleanText(text, 60);
	return `"${shown}" is not an id of Flux, which looks like f2Tv1sAX or ƒ2Tv1sAX`;
};
