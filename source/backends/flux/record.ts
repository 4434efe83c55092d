/*
Records in JSON, as `flux jobs` prints them.
*/
import {cleanText} from '../../job/clean-text.ts';
import {isMillis, type Millis} from '../../job/time.ts';
import {parseJson} from '../parse-json.ts';

export type FluxRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is FluxRecord =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The records in an answer: of one job that was asked for by its id the record stands alone. Undefined if the text is something else. Text of a site's wrapper around the line belongs to no record. */
export const readAnswer = (text: string): readonly unknown[] | undefined => {
	const line = text.split('\n').findLast(each => each.startsWith('{'));
	const answer = line === undefined ? undefined : parseJson(line);
	if (!isRecord(answer)) return undefined;
	if (Array.isArray(answer.jobs)) return answer.jobs;
	return 'jobid' in answer || 'id' in answer ? [answer] : undefined;
};

export const numberOf = (record: FluxRecord, name: string): number | undefined => {
	const value = record[name];
	return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** The text of a field, cleaned; undefined if it is empty. */
export const textOf = (record: FluxRecord, name: string): string | undefined => {
	const value = record[name];
	if (typeof value !== 'string') return undefined;
	const clean = cleanText(value).trim();
	return clean === '' ? undefined : clean;
};

export const recordOf = (record: FluxRecord, name: string): FluxRecord => {
	const value = record[name];
	return isRecord(value) ? value : {};
};

/** Milliseconds of a duration, or of a time since the epoch. Flux leaves it out, or writes 0, if it has none yet. */
export const millisOf = (record: FluxRecord, name: string): Millis | undefined => {
	const ms = Math.round((numberOf(record, name) ?? 0) * 1000);
	return ms > 0 && isMillis(ms) ? ms : undefined;
};
