/*
What servers written with FastAPI say when they do not like a request.
*/
import {type Answer, json} from './faults.ts';
import type {Call} from './server.ts';

export type Complaint = {
	readonly loc: readonly (string | number)[];
	readonly msg: string;
	readonly type: string;
	readonly input?: unknown;
};

export const invalid = (...detail: readonly Complaint[]): Answer => json(422, {detail});

/** A whole number of the query in its range; the fallback where it is not given. */
export const readInteger = (
	{query}: Call,
	name: string,
	[min, max, fallback]: readonly [min: number, max: number, fallback: number],
): number | Complaint => {
	const given = query.get(name);
	if (given === null) return fallback;
	const loc = ['query', name];
	if (!/^-?\d+$/.test(given)) {
		return {loc, msg: 'Input should be a valid integer', type: 'int_parsing', input: given};
	}
	const value = Number(given);
	if (value < min) {
		return {loc, msg: `Input should be at least ${min}`, type: 'greater_than_equal', input: given};
	}
	return value > max
		? {loc, msg: `Input should be at most ${max}`, type: 'less_than_equal', input: given}
		: value;
};

/** A boolean of the query as FastAPI reads one: a word in any case, Python's `True` too. False where it is not given. */
export const readFlag = ({query}: Call, name: string): boolean | Complaint => {
	const given = query.get(name) ?? 'false';
	if (/^(?:true|1|t|yes|y|on)$/i.test(given)) return true;
	if (/^(?:false|0|f|no|n|off)$/i.test(given)) return false;
	const msg = 'Input should be a valid boolean, unable to interpret input';
	return {loc: ['query', name], msg, type: 'bool_parsing', input: given};
};

/** Words of the query that have to be known. */
export const readWords = (
	{query}: Call,
	name: string,
	known: readonly string[],
): readonly string[] | Complaint => {
	const given = query.getAll(name);
	const strange = given.find(word => !known.includes(word));
	if (strange === undefined) return given;
	const msg = `Input should be one of ${known.join(', ')}`;
	return {loc: ['query', name], msg, type: 'enum', input: strange};
};

const longestId = 128;

/** What is wrong with an id of the path that is longer than any that is given out. */
export const longId = (id: string, name: string): Complaint | undefined =>
	id.length <= longestId
		? undefined
		: {
				loc: ['path', name],
				msg: `String should have at most ${longestId} characters`,
				type: 'string_too_long',
				input: id,
			};

export const isComplaint = (value: unknown): value is Complaint =>
	typeof value === 'object' && value !== null && 'loc' in value;

/** ISO 8601 in UTC, or null. */
export const timeOrNull = (at: number | undefined): string | null =>
	at === undefined || !Number.isFinite(at) ? null : new Date(at).toISOString();
