/*
Queries that select jobs; all words must match. For the filter of the table and QUERY on the command line.

A bare word or a quoted text matches a part of ref, name, owner or status. `field:value` compares a whole field, `field~text` looks for a part of it, a comma or `|` between values is "or" (between bare words only `|`; never in quotes), `field>value` and `field<value` compare ages and numbers, `-` before any of them negates.
*/

import type {OutcomeKind} from '../cancellation/outcomes.ts';
import type {Job} from '../job/job.ts';
import {normalizeStatus} from '../job/phase.ts';
import type {Ref} from '../job/ref.ts';
import {rememberedBy, rememberedLast} from '../text/remembered.ts';
import {percentOf} from './progress.ts';
import {elapsedMs, leftMs} from './run-time.ts';

/** Facts besides the job. */
export type QueryFacts = {
	/** Epoch milliseconds. */
	readonly now: number;
	/** The outcome of the latest cancellation of a job. */
	readonly outcomeOf: (ref: Ref) => OutcomeKind | undefined;
	/** Whether the job is being cancelled, if known. */
	readonly isCancelling?: (ref: Ref) => boolean;
};

type Matches = (job: Job, facts: QueryFacts) => boolean;

export type Query = {
	/** Whether a job matches the readable words. Absent without words: then every job matches. */
	readonly matches?: Matches;
	/** The problem of the unreadable rest. */
	readonly problem?: QueryProblem;
	/** What the result depends on besides the job. */
	readonly asks: {readonly time: boolean; readonly outcome: boolean};
	/** The values that are compared with a field of a closed set. */
	readonly values: readonly QueryValue[];
	/** Only bare words without `|`: more typing can only match fewer jobs. */
	readonly plain: boolean;
};

/** A value in a query. */
export type QueryValue = {
	readonly field: ClosedField;
	/** In lower case. */
	readonly value: string;
	/** The place of its word in the text, from 0. */
	readonly at: number;
	/** Whether the text ends with it. */
	readonly last: boolean;
};

/** Fields whose possible values are known. */
const closedFields = ['state', 'outcome', 'profile', 'backend'] as const;

export type ClosedField = (typeof closedFields)[number];

const isClosed = (field: string | undefined): field is ClosedField =>
	closedFields.some(each => each === field);

export type QueryProblem = {
	/** The place in the text, from 0. */
	readonly at: number;
	readonly words: string;
	/** The unknown field. */
	readonly field?: string;
};

type Texts = (job: Job, facts: QueryFacts) => readonly string[];
type Amount = (job: Job, facts: QueryFacts) => number | undefined;

const texts: Readonly<Record<string, Texts>> = {
	state: ({phase, status, terminal}) => [
		phase,
		normalizeStatus(phase),
		normalizeStatus(status),
		terminal ? 'ended' : 'active',
	],
	profile: ({profile}) => [profile],
	backend: ({backend}) => [backend],
	name: ({name}) => [name],
	id: ({id}) => [id],
	owner: ({owner}) => [owner ?? ''],
	kind: ({kind}) => [kind ?? ''],
	queue: ({queue}) => [queue ?? ''],
	outcome: ({ref}, {outcomeOf, isCancelling}) => [
		outcomeOf(ref) ?? '',
		...(isCancelling?.(ref) ? ['cancelling'] : []),
	],
};

const since = (from: number | undefined, to: number): number | undefined =>
	from === undefined ? undefined : to - from;

const amounts: Readonly<Record<string, {readonly of: Amount; readonly unit: 'time' | 'percent'}>> = {
	age: {of: ({createdAt}, {now}) => since(createdAt, now), unit: 'time'},
	elapsed: {of: (job, {now}) => elapsedMs(job, now), unit: 'time'},
	left: {of: (job, {now}) => leftMs(job, now), unit: 'time'},
	limit: {of: ({limitMs}) => limitMs, unit: 'time'},
	progress: {of: job => percentOf(job), unit: 'percent'},
};

/** The fields that a query may name. */
export const queryFields: readonly string[] = [...Object.keys(texts), ...Object.keys(amounts)];

/** Whether a field is compared with `>` and `<`. */
export const isAmount = (field: string): boolean => Object.hasOwn(amounts, field);

const unitMs: Readonly<Record<string, number>> = {
	s: 1000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
	w: 604_800_000,
};

/** Milliseconds of `90s`, `15m`, `2h`, `3d`, `1w`, `1h30m`; undefined for anything else. */
const readAge = (text: string): number | undefined => {
	if (!/^(?:\d+(?:\.\d+)?[smhdw])+$/.test(text)) return undefined;
	const parts = text.matchAll(/(\d+(?:\.\d+)?)([smhdw])/g);
	return [...parts].reduce((sum, [, number, unit]) => sum + Number(number) * (unitMs[unit ?? ''] ?? 0), 0);
};

const readPercent = (text: string): number | undefined =>
	/^\d+(?:\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : undefined;

// Unchanged jobs keep their identity, so their text is built once.
const haystackOf = rememberedBy(({ref, name, owner = '', status}: Job): string =>
	`${ref}\n${name}\n${owner}\n${status}`.toLowerCase(),
);

type Condition = Matches | {readonly problem: string; readonly field?: string};

/** The values of which one is enough. */
const alternatives = (value: string): readonly string[] =>
	value.startsWith('"') ? [unquoted(value)] : value.split(/[,|]/).filter(Boolean);

const unquoted = (value: string): string => value.replace(/^"|"$/g, '');

/** `value` is in lower case, and may be quoted. */
const comparing = (field: string, operator: string, value: string): Condition => {
	const wanted = unquoted(value);
	// Own properties only: every object has a `constructor`.
	const amount = Object.hasOwn(amounts, field) ? amounts[field] : undefined;
	if (amount) {
		if (operator !== '>' && operator !== '<') {
			return {problem: `${field} needs > or <`};
		}
		const limit = amount.unit === 'time' ? readAge(wanted) : readPercent(wanted);
		if (limit === undefined) {
			return {
				problem:
					amount.unit === 'time' ? 'write a time as 90s, 15m, 2h, 3d or 1w' : 'a number is needed here',
			};
		}
		return (job, facts) => {
			const is = amount.of(job, facts);
			return is !== undefined && (operator === '>' ? is > limit : is < limit);
		};
	}
	const values = Object.hasOwn(texts, field) ? texts[field] : undefined;
	if (!values) return {problem: 'no such field', field};
	if (operator !== ':' && operator !== '~')
		return {problem: `${field} cannot be compared with ${operator}; use ${field}: or ${field}~`};
	const any = alternatives(value);
	if (any.length === 0) return {problem: 'nothing to search for'};
	if (operator === '~') {
		return (job, facts) =>
			values(job, facts).some(each => any.some(part => each.toLowerCase().includes(part)));
	}
	const spelt = new Set(field === 'state' ? [...any, ...any.map(normalizeStatus)] : any);
	return (job, facts) => values(job, facts).some(value => spelt.has(value.toLowerCase()));
};

/** A bare word, or several of which one is enough: `a|b`. */
const containing = (value: string): Condition => {
	const any = value.startsWith('"') ? [unquoted(value)] : value.split('|').filter(Boolean);
	if (any.length === 0) return {problem: 'nothing to search for'};
	return job => any.some(part => haystackOf(job).includes(part));
};

const wordExpression = /(-?)(?:([A-Za-z][A-Za-z_-]*)([:~<>]))?("[^"]*"?|[^\s"]+)?(\s+|$)/y;

const parse = (text: string): Query => {
	const conditions: Matches[] = [];
	const values: QueryValue[] = [];
	let plain = true;
	let time = false;
	let outcome = false;
	const end = text.trimEnd().length;
	let place = text.length - text.trimStart().length;
	const answer = (problem?: Omit<QueryProblem, 'at'>): Query => ({
		...(conditions.length > 0 && {
			matches: (job: Job, facts: QueryFacts) => conditions.every(holds => holds(job, facts)),
		}),
		...(problem && {problem: {at: place, ...problem}}),
		asks: {time, outcome},
		values,
		plain: plain && !problem,
	});
	while (place < end) {
		wordExpression.lastIndex = place;
		const found = wordExpression.exec(text);
		if (!found) return answer({words: 'quote a whole word, or the text after field:'});
		const [, minus, name, operator = '', value = ''] = found;
		if (value.startsWith('"') && (value.length < 2 || !value.endsWith('"')))
			return answer({words: 'a " is missing'});
		const wanted = value.toLowerCase();
		if (unquoted(wanted) === '') return answer({words: 'nothing to search for'});
		const field = name?.toLowerCase();
		const condition: Condition =
			field === undefined ? containing(wanted) : comparing(field, operator, wanted);
		if (typeof condition !== 'function') {
			const {problem: words, field: unknown} = condition;
			return answer({words, ...(unknown !== undefined && {field: unknown})});
		}
		if (isClosed(field) && operator === ':') {
			const last = wordExpression.lastIndex === text.length && /[^\s"]$/.test(text);
			const each = alternatives(wanted);
			values.push(
				...each.map((value, index) => ({field, value, at: place, last: last && index === each.length - 1})),
			);
		}
		conditions.push(minus ? (job, facts) => !condition(job, facts) : condition);
		plain &&= field === undefined && !minus && !/^"|\|/.test(value);
		time ||= field === 'age' || field === 'elapsed';
		outcome ||= field === 'outcome';
		place = wordExpression.lastIndex;
	}
	return answer();
};

/** Reads a query. Never throws: `problem` describes an unreadable part, and the words before it apply. Memoized, because every change of the table reads the same text. */
export const readQuery: (text: string) => Query = rememberedLast(parse);

/** Where and why a query could not be read, for users. */
export const problemWords = ({at, words, field}: QueryProblem): string =>
	`at character ${at + 1}: ${words}${field === undefined ? '' : `; fields: ${queryFields.join(', ')}`}`;

/** What to write where a whole value was compared and a part of it may be meant: for a query that no job matches. */
export const partHint = (text: string): string | undefined => {
	const [, field, value] = /(?:^|\s)(name|id|owner|kind|queue):("[^"]*"|[^\s"]+)/i.exec(text) ?? [];
	return field === undefined ? undefined : `${field}: compares all of it; ${field}~${value} looks for a part`;
};
