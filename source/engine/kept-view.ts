import {createHash} from 'node:crypto';
import {readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {cleanText} from '../job/clean-text.ts';
import {makeDirectory} from '../process/make-directory.ts';
import type {Sort, SortKey, TableView} from './protocol.ts';

/** Number of saved queries. */
const maxQueries = 100;

/** Where a table layout is saved. */
export type ViewPlace = {
	readonly stateDirectory: string;
	/** The path of the configuration file; absent for the usual one. Each file has a layout of its own: its job systems may be other ones. */
	readonly configuration?: string;
};

const fileOf = ({stateDirectory, configuration}: ViewPlace): string => {
	const key =
		configuration === undefined
			? ''
			: `-${createHash('sha256').update(configuration).digest('hex').slice(0, 12)}`;
	return join(stateDirectory, `view${key}.json`);
};

/** The saved table layout. Unreadable parts are left out: a broken file costs only these settings. */
export const readView = (place: ViewPlace): TableView => {
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
export const writeView = (place: ViewPlace, view: TableView): void => {
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
