import {readFileSync, renameSync, writeFileSync} from 'node:fs';
import {cleanText} from '../job/clean-text.ts';
import {makeDirectory} from '../process/make-directory.ts';
import {type KeptPlace, keptFile} from './kept-file.ts';
import type {Sort, SortKey, TableView} from './protocol.ts';

/** Number of saved queries. */
const maxQueries = 100;

const fileOf = (place: KeptPlace): string => keptFile('view', place);

/** The saved table layout. Unreadable parts are left out: a broken file costs only these settings. */
export const readView = (place: KeptPlace): TableView => {
	let saved: unknown;
	try {
		saved = JSON.parse(readFileSync(fileOf(place), 'utf8'));
	} catch {
		return {};
	}
	if (!isRecord(saved)) return {};
	const sort = readSort(saved.sort);
	const columns = isRecord(saved.columns)
		? Object.entries(saved.columns).filter(
				(entry): entry is [string, boolean] => typeof entry[1] === 'boolean',
			)
		: [];
	const queries = Array.isArray(saved.queries)
		? saved.queries
				.filter(text => typeof text === 'string')
				.map(text => cleanText(text, 500))
				.slice(-maxQueries)
		: [];
	return {
		...(sort && {sort}),
		...(columns.length > 0 && {columns: Object.fromEntries(columns)}),
		...(typeof saved.wide === 'boolean' && {wide: saved.wide}),
		...(typeof saved.folding === 'boolean' && {folding: saved.folding}),
		...(queries.length > 0 && {queries}),
	};
};

/** Saves the table layout atomically: the file never holds half of it. Throws the system's error. */
export const writeView = (place: KeptPlace, view: TableView): void => {
	makeDirectory(place.stateDirectory);
	const file = fileOf(place);
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
