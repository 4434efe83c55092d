/*
Explains problems of a configuration file, in one line each: the place, what is expected, the most similar word. Never repeats a value, because it may be a secret.
*/
import {parse, TomlError} from 'smol-toml';
import type * as z from 'zod';
import {backendKinds} from '../backends/index.ts';
import {cleanText} from '../job/clean-text.ts';
import {didYouMean} from '../text/nearest.ts';
import {type FileSchema, keysAt} from './schema.ts';

export const explainSyntax = (file: string, error: TomlError): string => {
	const what = (error.message.split('\n', 1)[0] ?? '').replace(/^Invalid TOML document: /, '');
	return `${file}:${error.line}:${error.column}: not valid TOML: ${what}`;
};

/** A file as it was read, and the schema that it does not fit. */
export type Read = {readonly source: string; readonly content: unknown; readonly schema: FileSchema};

export const explainIssues = (file: string, read: Read, issues: readonly z.core.$ZodIssue[]): string => {
	const [first, ...others] = explainAll(read, issues);
	const line = `${file}:${first?.line}: ${first?.words}`;
	return others.length === 0 ? line : `${line} (and ${others.length} more: jobtop config check)`;
};

/** The problem with a reserved name in the file, or undefined. */
export const explainNames = (file: string, source: string, content: unknown): string | undefined => {
	const path = reservedName(content);
	if (path === undefined) return undefined;
	return `${file}:${placeOf(source, path).line}: ${nameOf(path)}: this name cannot be used; choose another`;
};

/** The path to the first key that every JavaScript object has, like `constructor`: it would vanish or be misread. */
const reservedName = (content: unknown, path: readonly string[] = []): readonly string[] | undefined => {
	if (typeof content !== 'object' || content === null) return undefined;
	for (const key of Object.getOwnPropertyNames(content)) {
		const inner = [...path, key];
		if (!Array.isArray(content) && key in Object.prototype) return inner;
		const found = reservedName(Object.getOwnPropertyDescriptor(content, key)?.value, inner);
		if (found !== undefined) return found;
	}
	return undefined;
};

/** A problem and its place. Lines and columns count from 1. */
export type Complaint = {readonly line: number; readonly column: number; readonly words: string};

/** All problems, in the order of the file. */
export const explainAll = (read: Read, issues: readonly z.core.$ZodIssue[]): readonly Complaint[] =>
	issues.map(issue => explain(issue, read)).sort((a, b) => a.line - b.line || a.column - b.column);

const explain = (issue: z.core.$ZodIssue, {source, content, schema}: Read): Complaint => {
	if (issue.code === 'unrecognized_keys') {
		const [key = ''] = issue.keys;
		const path = [...issue.path, key];
		const {backend} = (at(content, issue.path) ?? {}) as {readonly backend?: unknown};
		const hint = didYouMean(key, keysAt(schema, issue.path, backend));
		return {...placeOf(source, path), words: `${nameOf(path)}: unknown key; ${hint}`};
	}
	const value = at(content, issue.path);
	const place = placeOf(source, value === undefined ? issue.path.slice(0, -1) : issue.path);
	if (issue.code === 'invalid_union' && typeof value === 'string') {
		const hint = didYouMean(value, backendKinds);
		return {...place, words: `${nameOf(issue.path)}: no such backend; ${hint}`};
	}
	const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
	const missing = value === undefined ? 'is missing; it ' : '';
	return {...place, words: `${nameOf(issue.path)}: ${missing}${message}`};
};

const nameOf = (path: readonly PropertyKey[]): string =>
	path
		.map(part => (/^[\w.-]+$/.test(String(part)) ? String(part) : JSON.stringify(cleanText(String(part)))))
		.join('.');

const at = (content: unknown, path: readonly PropertyKey[]): unknown =>
	path.reduce<unknown>(
		(inside, key) =>
			typeof inside === 'object' && inside !== null && Object.hasOwn(inside, key)
				? (inside as Record<PropertyKey, unknown>)[key]
				: undefined,
		content,
	);

/** The place of a key; for a table, of its header. */
export const placeOf = (
	source: string,
	path: readonly PropertyKey[],
): {readonly line: number; readonly column: number} => {
	const line = lineOf(source, path);
	const text = linesOf(source)[line - 1] ?? '';
	return {line, column: Math.max(0, text.indexOf(String(path.at(-1) ?? ''))) + 1};
};

const linesOf = (source: string): readonly string[] => source.split(/\r?\n/);

/** The line of a value: the first line at which the file so far contains it. For a value of several lines, its last line. */
const lineOf = (source: string, path: readonly PropertyKey[]): number => {
	const lines = linesOf(source);
	for (let line = 1; line <= lines.length && path.length > 0; line++) {
		try {
			if (at(parse(lines.slice(0, line).join('\n')), path) !== undefined) return line;
		} catch (error) {
			// The file so far ends inside a value.
			if (!(error instanceof TomlError)) throw error;
		}
	}
	return 1;
};
