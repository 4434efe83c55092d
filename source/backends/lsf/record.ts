/*
Records in JSON, as `bjobs -json -o …` prints them: each value is a text, and empty where there is none.
*/
import {cleanText} from '../../job/clean-text.ts';
import {parseJson} from '../parse-json.ts';

export type LsfRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is LsfRecord =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The records in an answer, each as it was printed; undefined if there are none. What cannot be read is `undefined` in its place. Lines around the answer, as `Cannot connect to LSF. Please wait`, belong to no record. */
export const readAnswer = (text: string): readonly unknown[] | undefined => {
	const begin = text.search(/^\s*\{\s*$/m);
	const end = text.lastIndexOf('}');
	if (begin < 0 || end < begin) return undefined;
	const answer = text.slice(begin, end + 1);
	const whole = parseJson(answer);
	if (isRecord(whole)) return Array.isArray(whole.RECORDS) ? whole.RECORDS : undefined;
	if (!/"RECORDS"\s*:/.test(answer)) return undefined;
	// One record that is no JSON costs no other its place: their braces stand on lines of their own.
	const pieces = answer.slice(answer.indexOf('[')).match(/^\s*\{\s*$[\s\S]*?^\s*\},?\s*$/gm) ?? [];
	// An answer that was cut in the middle is none: a job that is missing there may be alive.
	if (pieces.length < Number(/"JOBS"\s*:\s*"?(\d+)/.exec(answer)?.[1])) return undefined;
	return pieces.map(piece => parseJson(piece.trim().replace(/,$/, '')));
};

/** The text of a field, cleaned; undefined if it is empty. */
export const textOf = (record: LsfRecord, name: string): string | undefined => {
	const value = record[name];
	if (typeof value !== 'string') return undefined;
	const clean = cleanText(value).trim();
	return clean === '' || clean === '-' ? undefined : clean;
};
