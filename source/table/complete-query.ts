/*
Completions of a query: the fields, and the values that occur in them.
*/

import type {Job} from '../job/job.ts';
import type {Known} from '../state/known.ts';
import {rememberedBy} from '../text/remembered.ts';
import {isAmount, queryFields} from './query.ts';
import {outcomeWords, stateWords} from './query-values.ts';

/** The maximum number of values offered for a field. */
const maxValues = 50;

const seenIn: Readonly<Record<string, (job: Job) => string | undefined>> = {
	state: ({status}) => status.toLowerCase(),
	backend: ({backend}) => backend,
	owner: ({owner}) => owner,
	kind: ({kind}) => kind,
	queue: ({queue}) => queue,
};

/** Values that are offered even if no job has them. */
const fixedValues = (field: string, known: Known): readonly string[] => {
	if (field === 'state') return stateWords;
	if (field === 'profile') return known.profiles.map(({name}) => name);
	if (field === 'outcome') return outcomeWords;
	if (field === 'age' || field === 'elapsed') return ['10m', '1h', '1d', '1w'];
	return field === 'progress' ? ['25', '50', '75'] : [];
};

/** A cache of the values of each field, for one table of jobs. */
const seenAmong = rememberedBy((_jobs: Known['jobs']) => new Map<string, readonly string[]>());

/** The frequent values of a field among the jobs. */
export const seenValues = (field: string, known: Known): readonly string[] => valuesOf(field, known);

/** The values of a field among the jobs, computed once per field and table of jobs. */
const valuesOf = (field: string, known: Known): readonly string[] => {
	const fields = seenAmong(known.jobs);
	const cached = fields.get(field);
	if (cached) return cached;
	const readOf = Object.hasOwn(seenIn, field) ? seenIn[field] : undefined;
	const counts = new Map<string, number>();
	if (readOf) {
		for (const job of known.jobs.byRef.values()) {
			const value = readOf(job);
			if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
		}
	}
	const frequent = [...counts].sort((a, b) => b[1] - a[1]).slice(0, maxValues);
	const values = [...new Set([...fixedValues(field, known), ...frequent.map(([value]) => value)])]
		// A quote, a comma or a `|` would end the value.
		.filter(value => !/[",|]/.test(value));
	fields.set(field, values);
	return values;
};

const wordAtEnd = /(^|\s)(-?)(?:([A-Za-z][A-Za-z_-]*)([:~<>]))?("?[^\s"]*)$/;

/** The completions of the last word. */
export type Completion = {
	/** Where the last word begins, from 0. */
	readonly at: number;
	/** Short, for the list on the screen. */
	readonly options: readonly string[];
	/** The whole text with each. */
	readonly texts: readonly string[];
};

/** Offers nothing inside a quoted text with spaces, or without a match. */
export const completeQuery = (text: string, known: Known): Completion => {
	const word = wordAtEnd.exec(text);
	if (!word) return {at: text.length, options: [], texts: []};
	const [, space = '', minus = '', name, operator = '', typed = ''] = word;
	const at = word.index + space.length;
	const before = text.slice(0, at) + minus;
	const offer = (
		front: string,
		begun: string,
		options: readonly string[],
		write: (option: string) => string,
	) => {
		const prefix = begun.replace(/^"/, '').toLowerCase();
		const fitting = options.filter(option => option.toLowerCase().startsWith(prefix));
		// A complete word needs no completion.
		if (fitting.length === 1 && write(fitting[0] ?? '') === begun) return {at, options: [], texts: []};
		return {at, options: fitting, texts: fitting.map(option => before + front + write(option))};
	};
	if (name === undefined) {
		if (typed.startsWith('"')) return {at, options: [], texts: []};
		const fields = queryFields.map(field => `${field}${isAmount(field) ? '>' : ':'}`);
		return offer('', typed, fields, field => field);
	}
	// Only ages and numbers can be compared.
	if (isAmount(name.toLowerCase()) !== /[<>]/.test(operator)) return {at, options: [], texts: []};
	const comma = Math.max(typed.lastIndexOf(','), typed.lastIndexOf('|')) + 1;
	const front = `${name}${operator}${typed.slice(0, comma)}`;
	return offer(front, typed.slice(comma), valuesOf(name.toLowerCase(), known), value =>
		/\s/.test(value) ? `"${value}"` : value,
	);
};
