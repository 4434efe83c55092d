/*
The answers of qstat, read as records: JSON, JSON with faults, or text.
*/
import {parseJson} from '../parse-json.ts';

/** The attributes of a job by their names, with its id as `Job_Id`. Resources are objects: `Resource_List`, `resources_used`. */
export type JobRecord = Readonly<Record<string, unknown>> & {readonly Job_Id: string};

export const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** What an answer holds. `faulty`: it is one of PBS, and cannot be read in this form. */
export type Answer = readonly unknown[] | 'faulty' | undefined;

/**
The records in an answer of `qstat -F json`; undefined if it is something else. Text of a site's wrapper around it belongs to no record.

Some versions write what users wrote without escapes (https://github.com/openpbs/openpbs/issues/2541), and `005` for a job of that name (1255 there). What stands in one line can be mended.
*/
export const readJson = (text: string): Answer => {
	const begin = /^\{/m.exec(text)?.index;
	const end = text.lastIndexOf('}');
	if (begin === undefined || end < begin) return undefined;
	const own = begin === 0 && end === text.length - 1 ? text : text.slice(begin, end + 1);
	const whole = parseJson(own) ?? parseJson(mendLines(own));
	if (whole === undefined) return /^\s*"pbs_version"/m.test(own) ? 'faulty' : undefined;
	if (!isRecord(whole) || typeof whole.pbs_version !== 'string') return undefined;
	// Without a job, there is no `Jobs`.
	const jobs = whole.Jobs ?? {};
	if (!isRecord(jobs) || !beginsEach(own, jobs)) return 'faulty';
	for (const [id, job] of Object.entries(jobs)) {
		// The object is ours: a copy of thousands of records would cost as much as reading them.
		if (isRecord(job)) job.Job_Id = id;
	}
	return Object.values(jobs);
};

/** Whether each object begins in a line of its own, and no job twice: where qstat does not escape, a value can hold the record of another job. */
const beginsEach = (text: string, jobs: Record<string, unknown>): boolean => {
	const begun = new Set<string>();
	for (const {index} of text.matchAll(/":[ \t]*\{/g)) {
		if (text[index - 1] === '\\') continue;
		const line = text.slice(text.lastIndexOf('\n', index) + 1, index);
		const name = /^[ \t]*"([^"]*)$/.exec(line)?.[1];
		if (name === undefined || begun.has(name)) return false;
		if (Object.hasOwn(jobs, name)) begun.add(name);
	}
	return begun.size === Object.keys(jobs).length;
};

/** Quotes each value that is no JSON: qstat writes one attribute in each line. */
const mendLines = (text: string): string =>
	text
		.split('\n')
		.map(line => {
			const [, before, value = '', comma = ''] = /^(\s*"[^"]*":\s*)([^\s{].*?)(,?)\s*$/.exec(line) ?? [];
			if (before === undefined || parseJson(value) !== undefined) return line;
			const bare =
				value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
			return `${before}${JSON.stringify(bare)}${comma}`;
		})
		.join('\n');

/**
The records in an answer of `qstat -f`, which is a text; undefined if it is something else. A long value goes on in the next lines, behind a tab.

What a user writes may hold line breaks, and so look like the beginning of another job, or like another value. Two records of one id are therefore none.
*/
export const readText = (text: string): Answer => {
	const records: Record<string, unknown>[] = [];
	const seen = new Map<string, number>();
	let record: Record<string, unknown> | undefined;
	let add: ((more: string) => void) | undefined;
	for (const line of text.split('\n')) {
		const id = /^Job Id: (\S+)$/.exec(line)?.[1];
		if (id !== undefined) {
			record = {Job_Id: id};
			records.push(record);
			seen.set(id, (seen.get(id) ?? 0) + 1);
			add = undefined;
		} else if (line.startsWith('\t')) add?.(line.slice(1));
		else add = record && readLine(record, line);
	}
	if (records.length === 0) return text.trim() === '' ? [] : undefined;
	return records.map(each => (seen.get(each.Job_Id as string) === 1 ? each : undefined));
};

/** Reads `    Resource_List.ncpus = 1` into the record. Gives what takes the rest of a long value. A name begins with a letter: `__proto__` would lead to what all objects share. */
const readLine = (record: Record<string, unknown>, line: string): ((more: string) => void) | undefined => {
	const [, name, resource, value] = /^ {4}([A-Za-z]\w*)(?:\.([A-Za-z][\w-]*))? = (.*)$/.exec(line) ?? [];
	if (name === undefined || value === undefined || name === 'Job_Id') return undefined;
	const known = Object.hasOwn(record, name) ? record[name] : undefined;
	if (resource === undefined) return addFirst(record, name, value);
	if (known !== undefined && !isRecord(known)) return undefined;
	const resources = known ?? {};
	record[name] = resources;
	return addFirst(resources, resource, value);
};

/** Of two values of one name, the first is that of PBS. Gives what takes the rest of the value. */
const addFirst = (
	values: Record<string, unknown>,
	name: string,
	value: string,
): ((more: string) => void) | undefined => {
	if (Object.hasOwn(values, name)) return undefined;
	values[name] = value;
	return more => {
		values[name] += more;
	};
};

/** The attributes of the server in an answer of `qstat -Bf`; undefined if it is something else. */
export const readServer = (text: string): Readonly<Record<string, string>> | undefined => {
	const [, name] = /^Server: (\S+)$/m.exec(text) ?? [];
	if (name === undefined) return undefined;
	const pairs = [...text.matchAll(/^ {4}(\w+) = (.*)$/gm)].map(([, key = '', value = '']) => [key, value]);
	return {...Object.fromEntries(pairs), name};
};
