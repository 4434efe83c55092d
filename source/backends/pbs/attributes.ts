/*
The values of a record: in JSON a number may be a text and a text a number, and in the text form all are texts.
*/
import {cleanText} from '../../job/clean-text.ts';
import type {Millis} from '../../job/time.ts';
import {isRecord, type JobRecord} from './records.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** The text of an attribute, cleaned; undefined if it is empty. */
export const textOf = (record: Attributes, name: string): string | undefined => {
	const value = record[name];
	if (typeof value === 'number') return String(value);
	if (typeof value !== 'string') return undefined;
	const clean = cleanText(value).trim();
	return clean === '' ? undefined : clean;
};

export const numberOf = (record: Attributes, name: string): number | undefined => {
	const value = record[name];
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
};

/** A resource of `Resource_List` or `resources_used`. */
export const resourceOf = (record: Attributes, list: string, name: string): string | undefined => {
	const resources = record[list];
	return isRecord(resources) ? textOf(resources, name) : undefined;
};

/** Epoch milliseconds of `Sat Nov 28 07:51:49 2026`: without a zone, so the programs run with that of UTC. */
export const timeOf = (record: Attributes, name: string): Millis | undefined => {
	const value = record[name];
	if (typeof value !== 'string') return undefined;
	const match = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})$/.exec(value);
	if (match === null) return undefined;
	const month = months.indexOf(match[1] as string);
	const [day, hour, minute, second, year] = match.slice(2).map(Number) as [
		number,
		number,
		number,
		number,
		number,
	];
	return month < 0 ? undefined : Date.UTC(year, month, day, hour, minute, second);
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Milliseconds of `01:30:00`, or of a number of seconds. */
export const durationOf = (text: string | undefined): number | undefined => {
	const match = /^(?:(?:(\d+):)?(\d+):)?(\d+)$/.exec(text ?? '');
	if (match === null) return undefined;
	const [hours, minutes, seconds] = match.slice(1).map(part => Number(part ?? 0)) as [number, number, number];
	return ((hours * 60 + minutes) * 60 + seconds) * 1000;
};

/** The user in `alice@host`. */
export const ownerOf = (record: Attributes): string | undefined => {
	const owner = textOf(record, 'Job_Owner');
	return owner === undefined ? undefined : owner.replace(/@.*$/, '') || undefined;
};

/** Whether the server keeps this task in the record of its array alone: then most values are those of the array. */
export const isBorrowed = (record: JobRecord): boolean =>
	/^\d+\[\d+\]/.test(record.Job_Id) && record.array_index === undefined && record.array_id === undefined;
