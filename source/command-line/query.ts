/*
Which jobs are meant: words that all must hold. A bare word is a part of ref, name, owner or status; `field:value` compares a field (a comma is "or"), `field~text` looks for a part of it, `-` before a word negates it.
*/
import {didYouMean} from '../config/nearest.ts';
import type {Job} from '../job/job.ts';
import {normalizeStatus} from '../job/phase.ts';
import {CommandError} from './command-error.ts';

type Matches = (job: Job) => boolean;

const fields: Readonly<Record<string, (job: Job) => readonly string[]>> = {
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
};

const wordExpression = /(-?)(?:([A-Za-z][A-Za-z_-]*)([:~<>]))?("[^"]*"?|[^\s"]+)?(\s+|$)/y;

/** Reads a query. Throws a `CommandError` that points at the place. */
export const readQuery = (query: string): Matches => {
	const conditions: Matches[] = [];
	const text = query.trim();
	wordExpression.lastIndex = 0;
	while (wordExpression.lastIndex < text.length) {
		const start = wordExpression.lastIndex;
		const found = wordExpression.exec(text);
		const problem = (words: string) =>
			new CommandError(
				`the query cannot be read at character ${start + 1}, ${text.slice(start, start + 40)}: ${words}`,
			);
		if (!found) throw problem('a quoted text stands alone or behind field:');
		const [, minus, field, operator, value = ''] = found;
		if (value.startsWith('"') && (value.length < 2 || !value.endsWith('"'))) throw problem('a " is missing');
		const wanted = value.replace(/^"|"$/g, '').toLowerCase();
		if (wanted === '') throw problem('there is nothing to look for');
		const holds =
			field === undefined
				? containing(wanted)
				: comparing(field.toLowerCase(), `${operator}`, wanted, problem);
		conditions.push(minus ? job => !holds(job) : holds);
	}
	return job => conditions.every(holds => holds(job));
};

const containing =
	(part: string): Matches =>
	({ref, name, owner = '', status}) =>
		[ref, name, owner, status].some(text => text.toLowerCase().includes(part));

const comparing = (
	field: string,
	operator: string,
	wanted: string,
	problem: (words: string) => CommandError,
): Matches => {
	const values = fields[field];
	if (!values) {
		throw problem(
			`there is no such field here; ${didYouMean(field, Object.keys(fields))} (in quotes a word is looked for as it is)`,
		);
	}
	if (operator === '~') return job => values(job).some(value => value.toLowerCase().includes(wanted));
	if (operator !== ':')
		throw problem(`${field} cannot be compared with ${operator}; use ${field}: or ${field}~`);
	const any = wanted.split(',').filter(Boolean);
	const spelt = field === 'state' ? [...any, ...any.map(normalizeStatus)] : any;
	return job => values(job).some(value => spelt.includes(value.toLowerCase()));
};
