/*
The records of the last lists, and what was read of them. A record that came the same way before is compared, which costs a fraction of reading it, and gives the same job. Nothing is compared by a fingerprint: a record that only resembles another one is read.
*/
import {sameJson} from '../job/same-json.ts';
import {ownCopy} from '../text/own-copy.ts';
import {createKnownPages, type KnownPages, PageRecord} from './known-pages.ts';
import {type ReadRecords, readRecords} from './read-records.ts';

/** How the records of a list are read. */
export type RecordReading<Result, Context> = {
	/** All fields that `read` may use: it gets the record with these fields alone, so that a change in any other one cannot matter. */
	readonly fields: readonly string[];
	/** The fields that may hold the id, in order: a record is compared with the last one of the same id. */
	readonly idFields: readonly string[];
	/** The names that the list of records may have in an answer. */
	readonly listFields?: readonly string[];
	/** The result, which depends on the record and the context alone; undefined where the record cannot be read. */
	readonly read: (record: unknown, context: Context) => Result | undefined;
};

/** Reads the records of one list after the other. */
export type KnownRecords<Result, Context = undefined> = {
	/** A list begins. Forgets what neither of the last two lists held. */
	readonly begin: () => void;
	/** Parses the next page of the list, as `KnownPages` does: its records are then for `read` alone. */
	readonly parse: (bytes: Buffer, ...context: ContextOf<Context>) => unknown;
	/** Reads the records of a page; the context is what their results depend on beside the records. */
	readonly read: (records: readonly unknown[], ...context: ContextOf<Context>) => ReadRecords<Result>;
	/** How many records are kept. */
	readonly size: () => number;
};

type ContextOf<Context> = [Context] extends [undefined] ? [] : [context: Context];

export const createKnownRecords = <Result, Context = undefined>({
	fields,
	idFields,
	listFields = [],
	read,
}: RecordReading<Result, Context>): KnownRecords<Result, Context> => {
	const kept = createKept<KnownRecord<Result, Context>>(({slot}) => values.free(slot));
	const values = createSlots(fields.length);
	const share = createSharing();
	const pages: KnownPages<Context> = createKnownPages<Result, Context>({
		listFields,
		idOf: record => (isFields(record) ? idIn(record, idFields) : undefined),
	});

	const isSame = (record: Fields, slot: number): boolean => {
		for (let index = 0; index < fields.length; index++) {
			const value = record[fields[index] as string];
			const before = values.get(slot, index);
			if (value !== before && !sameJson(value, before)) return false;
		}
		return true;
	};

	const readOne = (record: unknown, context: Context): Result | undefined => {
		if (!isFields(record)) return read(record, context);
		const id = idIn(record, idFields);
		const known = id === undefined ? undefined : kept.get(id);
		if (known !== undefined && known.context === context && isSame(record, known.slot)) return known.result;
		const own = pick(record, fields, share);
		const result = read(own, context);
		if (id === undefined || result === undefined) return result;
		const slot = known?.slot ?? values.take();
		for (let index = 0; index < fields.length; index++) values.set(slot, index, own[fields[index] as string]);
		if (known === undefined) kept.set(id, {list: 0, slot, context, result});
		else {
			known.context = context;
			known.result = result;
		}
		return result;
	};

	const readPageRecord = ofPages(readOne);

	return {
		begin() {
			kept.begin();
			pages.begin();
		},
		size: kept.size,
		parse: (bytes, ...[context]) => pages.parse(bytes, context as Context),
		read: (records, ...[context]) =>
			readRecords(records, record =>
				record instanceof PageRecord ? readPageRecord(record) : readOne(record, context as Context),
			),
	};
};

/** A record that came byte by byte as before has a result already. */
const ofPages =
	<Result, Context>(readOne: (record: unknown, context: Context) => Result | undefined) =>
	(record: PageRecord<Result, Context>): Result | undefined => {
		if (record.value === undefined) return record.result;
		const result = readOne(record.value, record.context);
		if (result === undefined) return undefined;
		record.result = result;
		record.value = undefined;
		return result;
	};

/** The records of a program that prints each as a text. */
export type KnownLines<Result> = Pick<KnownRecords<Result>, 'begin' | 'size'> & {
	/** What was read of the same line before, which then stands at the next place of the list. */
	readonly known: (line: string) => Result | undefined;
	/** What was read of this line, at the next place of the list. */
	readonly read: (line: string) => Result | undefined;
};

/** `read` gets a line that is no part of a longer text, so its result may keep parts of it. */
export const createKnownLines = <Result>(read: (line: string) => Result | undefined): KnownLines<Result> => {
	const kept = createKept<KnownLine<Result>>();
	/** The lines of the last list, and of this one so far. They usually come in the same order again, and two texts are compared sooner than one is found among thousands. */
	let last: KnownLine<Result>[] = [];
	let current: KnownLine<Result>[] = [];
	let next = 0;

	const find = (line: string): KnownLine<Result> | undefined => {
		const expected = last[next];
		if (expected?.line !== line) return kept.get(line);
		kept.use(expected);
		return expected;
	};

	const known = (line: string): Result | undefined => {
		const found = find(line);
		if (found === undefined) return undefined;
		next = found.place + 1;
		found.place = current.length;
		current.push(found);
		return found.result;
	};

	return {
		begin() {
			kept.begin();
			[last, current, next] = [current, [], 0];
		},
		size: kept.size,
		known,
		read(line) {
			const same = known(line);
			if (same !== undefined) return same;
			next++;
			const own = ownCopy(line);
			const result = read(own);
			if (result === undefined) return undefined;
			const entry = {list: 0, line: own, place: current.length, result};
			kept.set(own, entry);
			current.push(entry);
			return result;
		},
	};
};

/** What a system itself calls a record, and the present state of it. */
type NamedVersion = {readonly id: string; readonly version: string};

/** How records are read whose system gives every change of a record a version of its own. */
export type VersionReading<Result> = {
	readonly nameOf: (record: unknown) => NamedVersion | undefined;
	/** The names that the list of records may have in an answer. */
	readonly listFields: readonly string[];
	readonly read: (record: unknown) => Result | undefined;
};

/** Reads such records: of a known one, nothing but the version is compared. */
export const createKnownVersions = <Result>({
	nameOf,
	listFields,
	read,
}: VersionReading<Result>): KnownRecords<Result> => {
	const kept = createKept<KnownVersion<Result>>();
	const pages = createKnownPages<Result, undefined>({listFields, idOf: record => nameOf(record)?.id});

	const readOne = (record: unknown): Result | undefined => {
		const named = nameOf(record);
		if (named === undefined) return read(record);
		const known = kept.get(named.id);
		if (known?.version === named.version) return known.result;
		const result = read(record);
		if (result === undefined) return undefined;
		kept.set(ownCopy(named.id), {list: 0, version: ownCopy(named.version), result});
		return result;
	};

	const readPageRecord = ofPages<Result, undefined>(readOne);
	return {
		begin() {
			kept.begin();
			pages.begin();
		},
		size: kept.size,
		parse: bytes => pages.parse(bytes, undefined),
		read: records =>
			readRecords(records, record =>
				record instanceof PageRecord ? readPageRecord(record) : readOne(record),
			),
	};
};

type KnownVersion<Result> = {list: number; readonly version: string; readonly result: Result};

type KnownLine<Result> = {
	list: number;
	readonly line: string;
	/** Its place in the last list that held it: the line behind it is expected next. */
	place: number;
	readonly result: Result;
};

/** Entries by key, of which those are forgotten that neither of the last two lists used: one of them may have failed midway. A few of them stay until they are worth a search. */
const createKept = <Entry extends {list: number}>(forgotten: (entry: Entry) => void = () => undefined) => {
	const entries = new Map<string, Entry>();
	let list = 0;
	/** How many entries this list used so far. */
	let used = 0;
	const use = (entry: Entry) => {
		if (entry.list === list) return;
		entry.list = list;
		used++;
	};
	return {
		use,
		begin() {
			list++;
			const unused = entries.size - used;
			used = 0;
			if (unused <= entries.size * mostUnused) return;
			for (const [key, entry] of entries) {
				if (entry.list >= list - 2) continue;
				entries.delete(key);
				forgotten(entry);
			}
		},
		get(key: string): Entry | undefined {
			const entry = entries.get(key);
			if (entry !== undefined) use(entry);
			return entry;
		},
		set(key: string, entry: Entry) {
			use(entry);
			entries.set(key, entry);
		},
		size: () => entries.size,
	};
};

/** The part of the entries that may be kept without use. */
const mostUnused = 0.05;

/** One copy of the texts that repeat: what thousands of records share is small, and near at hand when they are compared. */
const createSharing = () => {
	const texts = new Map<string, string>();
	return (text: string): string => {
		const known = texts.get(text);
		if (known !== undefined) return known;
		if (texts.size >= maxShared) texts.clear();
		texts.set(text, text);
		return text;
	};
};

/** Beyond this many texts, of which ids and times are most, sharing begins again. */
const maxShared = 5000;

/** Slots of `width` values each, side by side: an object for each record would take half as much again, and its values would be farther apart. */
const createSlots = (width: number) => {
	const blocks: unknown[][] = [];
	const freed: number[] = [];
	let size = 0;
	const blockOf = (slot: number) => blocks[Math.floor(slot / slotsPerBlock)] as unknown[];
	const placeOf = (slot: number, index: number) => (slot % slotsPerBlock) * width + index;
	return {
		/** A free slot. */
		take(): number {
			const slot = freed.pop();
			if (slot !== undefined) return slot;
			if (size % slotsPerBlock === 0) blocks.push(Array.from({length: slotsPerBlock * width}));
			return size++;
		},
		get: (slot: number, index: number): unknown => blockOf(slot)[placeOf(slot, index)],
		set(slot: number, index: number, value: unknown) {
			blockOf(slot)[placeOf(slot, index)] = value;
		},
		/** Frees the slot and forgets its values. */
		free(slot: number) {
			const from = placeOf(slot, 0);
			blockOf(slot).fill(undefined, from, from + width);
			freed.push(slot);
		},
	};
};

const slotsPerBlock = 512;

type KnownRecord<Result, Context> = {
	list: number;
	/** Where the values of its fields are. */
	readonly slot: number;
	context: Context;
	result: Result;
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const idIn = (record: Fields, idFields: readonly string[]): string | undefined => {
	for (const field of idFields) {
		const id = record[field];
		if (typeof id === 'string') return id;
		if (typeof id === 'number') return String(id);
	}
	return undefined;
};

const pick = (record: Fields, fields: readonly string[], share: (text: string) => string): Fields => {
	const own: Record<string, unknown> = {};
	for (const field of fields) {
		const value = record[field];
		if (value !== undefined) own[field] = typeof value === 'string' ? share(value) : value;
	}
	return own;
};
