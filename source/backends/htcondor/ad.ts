/*
A ClassAd, as HTCondor's programs print it in JSON.
*/
import {cleanText} from '../../job/clean-text.ts';
import {parseJson} from '../parse-json.ts';

export type Ad = Readonly<Record<string, unknown>>;

/**
The records in an answer, each as it was printed; undefined if the text is something else. What cannot be read is `undefined` in its place. Text of a site's wrapper around the list belongs to no record.

condor_q prints nothing at all if no job matches; condor_history prints an empty list.
*/
export const readAds = (text: string): readonly unknown[] | undefined => {
	if (text.trim() === '') return [];
	const begin = /^\[$/m.exec(text)?.index;
	const end = text.lastIndexOf('\n]');
	if (begin === undefined || end < begin) return undefined;
	const list = text.slice(begin, end + 2);
	const whole = parseJson(list);
	if (Array.isArray(whole)) return whole;
	// One record that is no JSON costs no other its place: no line of a record is a comma alone.
	return list
		.slice(1, -1)
		.split(/^,$/m)
		.map(piece => parseJson(piece));
};

export const isAd = (value: unknown): value is Ad =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

export const numberOf = (ad: Ad, name: string): number | undefined => {
	const value = ad[name];
	return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** The text of an attribute, cleaned; undefined if it is empty, or an expression that has no value here. */
export const textOf = (ad: Ad, name: string): string | undefined => {
	const value = ad[name];
	if (typeof value !== 'string' || value.startsWith('/Expr(')) return undefined;
	const clean = cleanText(value).trim();
	return clean === '' ? undefined : clean;
};

/** Epoch milliseconds. HTCondor writes 0 for a time that has not come. */
export const timeOf = (ad: Ad, name: string): number | undefined => {
	const seconds = numberOf(ad, name);
	return seconds === undefined || seconds <= 0 ? undefined : seconds * 1000;
};
