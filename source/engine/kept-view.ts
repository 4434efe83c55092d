import {readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {cleanText} from '../job/clean-text.ts';
import {makeDirectory} from '../process/make-directory.ts';
import type {Sort, SortKey, TableView} from './protocol.ts';

/** Queries that are remembered, the latest last. */
const maxQueries = 100;

const fileIn = (stateDirectory: string): string => join(stateDirectory, 'view.json');

/** How the reader left the table. What cannot be read is left out: a broken file costs the habits in it, and nothing else. */
export const readView = (stateDirectory: string): TableView => {
	let said: unknown;
	try {
		said = JSON.parse(readFileSync(fileIn(stateDirectory), 'utf8'));
	} catch {
		return {};
	}
	if (!isRecord(said)) return {};
	const sort = readSort(said.sort);
	const columns = isRecord(said.columns)
		? Object.entries(said.columns).filter(
				(entry): entry is [string, boolean] => typeof entry[1] === 'boolean',
			)
		: [];
	const queries = Array.isArray(said.queries)
		? said.queries
				.filter(text => typeof text === 'string')
				.map(text => cleanText(text, 500))
				.slice(-maxQueries)
		: [];
	return {
		...(sort && {sort}),
		...(columns.length > 0 && {columns: Object.fromEntries(columns)}),
		...(typeof said.wide === 'boolean' && {wide: said.wide}),
		...(typeof said.folding === 'boolean' && {folding: said.folding}),
		...(queries.length > 0 && {queries}),
	};
};

/** Keeps how the table is looked at. Whole or not at all: a reader of the file never finds half of it. Throws the system's error. */
export const writeView = (stateDirectory: string, view: TableView): void => {
	makeDirectory(stateDirectory);
	const file = fileIn(stateDirectory);
	const kept = {...view, ...(view.queries && {queries: view.queries.slice(-maxQueries)})};
	writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(kept)}\n`, {mode: 0o600});
	renameSync(`${file}.${process.pid}`, file);
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const readKey = (value: unknown): SortKey | undefined =>
	isRecord(value) && typeof value.column === 'string' && typeof value.descending === 'boolean'
		? {column: value.column, descending: value.descending}
		: undefined;

const readSort = (value: unknown): Sort | undefined => {
	const first = readKey(value);
	if (!first || !isRecord(value)) return undefined;
	const others = Array.isArray(value.others) ? value.others.flatMap(each => readKey(each) ?? []) : [];
	return {...first, ...(others.length > 0 && {others})};
};
