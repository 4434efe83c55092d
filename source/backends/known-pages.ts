/*
The pages of the last list, as the bytes that came. Most records of a page come the same way again: comparing their bytes costs a tenth of parsing them, and only the others are parsed, each for itself.

A page that is cut in the wrong places is never taken for the right one. JSON has one reading: where every piece between two separators is a JSON value, and the page is JSON with one value in place of all pieces, the page is JSON with these values. Anything else is parsed as a whole.
*/
import {freeBytes} from './http-body.ts';
import {parseJson} from './parse-json.ts';

/** A record of a page: what its bytes say, until something was made of that, and then what was made of it. */
export class PageRecord<Result, Context> {
	/** The record; undefined once it has a result. */
	value: unknown;
	result: Result | undefined;
	readonly id: string | undefined;
	/** What the result depends on beside the record. */
	readonly context: Context;

	constructor(value: unknown, id: string | undefined, context: Context) {
		this.value = value;
		this.id = id;
		this.context = context;
	}
}

export type KnownPages<Context> = {
	/** A list begins. */
	readonly begin: () => void;
	/** The JSON of the next page, with a `PageRecord` in place of each record. Undefined where the page has to be parsed as a whole; otherwise the bytes belong to these pages. */
	readonly parse: (bytes: Buffer, context: Context) => unknown;
};

export type PageReading = {
	/** The names that the list of records may have in a page. */
	readonly listFields: readonly string[];
	readonly idOf: (record: unknown) => string | undefined;
};

export const createKnownPages = <Result, Context>(reading: PageReading): KnownPages<Context> => {
	type Known = KnownPage<Result, Context>;
	const pages: (Known | undefined)[] = [];
	let list = 0;
	let next = 0;
	/** How many bytes all kept pages have, and how many records. */
	let size = 0;
	let count = 0;
	/** Servers that print in another way than the pages can be cut are not tried again. */
	let canCut = true;

	const put = (place: number, page: Known | undefined) => {
		const before = pages[place];
		pages[place] = page;
		if (before === page) return;
		size += (page?.bytes.length ?? 0) - (before?.bytes.length ?? 0);
		count += (page?.records.length ?? 0) - (before?.records.length ?? 0);
		if (before !== undefined) freeBytes(before.bytes);
	};

	return {
		begin() {
			list++;
			next = 0;
			// One of the last two lists may have failed midway.
			for (const [place, page] of pages.entries()) {
				if (page !== undefined && page.list < list - 2) put(place, undefined);
			}
		},
		parse(bytes, context) {
			const place = next++;
			const last = pages[place];
			if (!canCut) return undefined;
			const sizeBeside = size - (last?.bytes.length ?? 0);
			const countBeside = count - (last?.records.length ?? 0);
			const isKept = sizeBeside + bytes.length <= mostBytes && countBeside < mostRecords;
			const before = isKept && last?.context === context ? last : undefined;
			if (before?.bytes.equals(bytes)) {
				before.list = list;
				freeBytes(bytes);
				return bodyOf(before);
			}
			const cut = cutPage(bytes, reading, before, context);
			put(place, cut && isKept ? {...cut, list} : undefined);
			if (cut !== undefined) {
				// The text of a whole page would be garbage that only a whole collection frees.
				if (!isKept) freeBytes(bytes);
				return bodyOf(cut);
			}
			const hasRecords = findList(bytes, reading.listFields) !== undefined;
			if (!hasRecords) return undefined;
			const whole = parseJson(bytes.toString());
			if (whole === undefined) return undefined;
			canCut = false;
			for (const each of pages.keys()) put(each, undefined);
			freeBytes(bytes);
			return whole;
		},
	};
};

/** Beyond this many bytes, and this many records, pages of a list are not kept: the memory of a long list is worth more than its time. */
const mostBytes = 16 * 1024 * 1024;
const mostRecords = 20_000;

type CutPage<Result, Context> = {
	readonly context: Context;
	readonly bytes: Buffer;
	readonly layout: Layout;
	readonly records: readonly PageRecord<Result, Context>[];
	/** Where each record begins. */
	readonly starts: readonly number[];
	/** Where the last record ends. */
	readonly end: number;
	readonly envelope: Envelope;
};

type KnownPage<Result, Context> = CutPage<Result, Context> & {
	/** The last list that had it. */
	list: number;
};

/** A page without its records: the list of them is the page itself, or stands in one of its fields. */
type Envelope = {readonly fields: object; readonly listField: string} | undefined;

const bodyOf = ({envelope, records}: CutPage<unknown, unknown>): unknown =>
	envelope === undefined ? records : {...envelope.fields, [envelope.listField]: records};

/** How the records of a page stand in it. */
type Layout = {
	/** Where the first one begins. */
	readonly start: number;
	/** The end of a record, the separator, and the beginning of another up to its first value. No text in JSON holds that: its quote would end the text. */
	readonly boundary: Buffer;
	/** The bytes between two records. */
	readonly separator: number;
};

/** Where the list begins in a page, and its first record; undefined where there is none. */
const findList = (
	bytes: Buffer,
	listFields: readonly string[],
): {start: number; head: string} | undefined => {
	const text = bytes.toString('latin1', 0, longestPrefix);
	const list = new RegExp(`(?:^|"(?:${listFields.join('|')})"\\s*:)\\s*\\[\\s*(\\{\\s*"\\w+"\\s*:)`).exec(
		text,
	);
	const head = list?.[1];
	return list === null || head === undefined
		? undefined
		: {start: list.index + list[0].length - head.length, head};
};

/** The list begins within this many bytes of a page. */
const longestPrefix = 8192;

const findLayout = (bytes: Buffer, listFields: readonly string[]): Layout | undefined => {
	const found = findList(bytes, listFields);
	if (found === undefined) return undefined;
	const {start, head} = found;
	const separator = findSeparator(bytes, head, start + head.length);
	return {start, boundary: Buffer.from(`}${separator}${head}`, 'latin1'), separator: separator.length};
};

/** What stands between the first record and the second. An object inside a record may begin as records do. */
const findSeparator = (bytes: Buffer, head: string, from: number): string => {
	for (let at = bytes.indexOf(head, from); at !== -1; at = bytes.indexOf(head, at + 1)) {
		const [, separator] = /\}(\s*,\s*)$/.exec(bytes.toString('latin1', Math.max(from, at - 100), at)) ?? [];
		if (separator !== undefined) return separator;
	}
	return ',';
};

/** Whether the other page begins as this one does, up to its first record. */
const beginsAs = ({bytes, layout}: CutPage<unknown, unknown>, other: Buffer): boolean => {
	const to = layout.start + layout.boundary.length - layout.separator - 1;
	return other.length >= to && other.compare(bytes, 0, to, 0, to) === 0;
};

/** Cuts a page into its records; those of the page before are reused where their bytes come again. Undefined where it cannot be cut. */
const cutPage = <Result, Context>(
	bytes: Buffer,
	{listFields, idOf}: PageReading,
	before: CutPage<Result, Context> | undefined,
	context: Context,
): CutPage<Result, Context> | undefined => {
	const layout =
		before !== undefined && beginsAs(before, bytes) ? before.layout : findLayout(bytes, listFields);
	if (layout === undefined) return undefined;
	const {boundary, separator} = layout;
	const expected = expectRecords(before);
	const starts: number[] = [];
	const records: PageRecord<Result, Context>[] = [];
	let at = layout.start;
	for (let isLast = false; !isLast; ) {
		starts.push(at);
		const same = expected.sameAt(bytes, at);
		if (same !== undefined) {
			records.push(same.record);
			at += same.length;
			isLast = bytes.compare(boundary, 1, 1 + separator, at, Math.min(at + separator, bytes.length)) !== 0;
		} else {
			const ends = bytes.indexOf(boundary, at);
			isLast = ends === -1;
			const piece = isLast ? readLast(bytes, at) : readPiece(bytes, at, ends + 1);
			if (piece === undefined) return undefined;
			const id = idOf(piece.value);
			expected.passed(id);
			records.push(new PageRecord<Result, Context>(piece.value, id, context));
			at = piece.end;
		}
		if (!isLast) at += separator;
	}
	const envelope = readEnvelope(bytes, {from: layout.start, to: at}, listFields);
	return envelope && {context, bytes, layout, records, starts, end: at, envelope: envelope.read};
};

/** The records of a page in their order, of which the next one is expected. */
const expectRecords = <Result, Context>(page: CutPage<Result, Context> | undefined) => {
	let next = 0;
	let places: Map<string | undefined, number> | undefined;
	return {
		/** The expected record, where its bytes stand at this place. */
		sameAt(bytes: Buffer, at: number) {
			const record = page?.records[next];
			if (page === undefined || record === undefined) return undefined;
			const from = page.starts[next] as number;
			const following = page.starts[next + 1];
			const to = following === undefined ? page.end : following - page.layout.separator;
			const length = to - from;
			if (at + length > bytes.length || bytes.compare(page.bytes, from, to, at, at + length) !== 0)
				return undefined;
			next++;
			return {record, length};
		},
		/** Another record came. The one behind that of the same id is expected next: it changed, or others are gone. A new one came before the one that was expected. */
		passed(id: string | undefined) {
			if (page === undefined) return;
			if (page.records[next]?.id !== id) {
				places ??= new Map(page.records.map((record, place) => [record.id, place]));
				const place = places.get(id);
				if (place === undefined) return;
				next = place;
			}
			next++;
		},
	};
};

type Piece = {readonly value: unknown; readonly end: number};

const readPiece = (bytes: Buffer, from: number, end: number): Piece | undefined => {
	const value = parseJson(bytes.toString('utf8', from, end));
	return value === undefined ? undefined : {value, end};
};

/** The last record of a page ends before one of the next brackets. */
const readLast = (bytes: Buffer, from: number): Piece | undefined => {
	let bracket = from;
	for (let tries = 0; tries < mostTries; tries++) {
		bracket = bytes.indexOf(']', bracket + 1);
		if (bracket === -1) return undefined;
		const end =
			bracket -
			(/\s*$/.exec(bytes.toString('latin1', Math.max(from, bracket - 100), bracket))?.[0].length ?? 0);
		const piece = bytes[end - 1] === closingBrace ? readPiece(bytes, from, end) : undefined;
		if (piece !== undefined) return piece;
	}
	return undefined;
};

const mostTries = 100;
const closingBrace = 0x7d;

/** Stands in the place of the records. */
const placeholder = '\u2026records';

/** What stands around the records of a page; undefined where they are not the list. */
const readEnvelope = (
	bytes: Buffer,
	{from, to}: {readonly from: number; readonly to: number},
	listFields: readonly string[],
): {readonly read: Envelope} | undefined => {
	const text = `${bytes.toString('utf8', 0, from)}"${placeholder}"${bytes.toString('utf8', to, bytes.length)}`;
	const envelope = parseJson(text);
	const isList = (value: unknown) => Array.isArray(value) && value.length === 1 && value[0] === placeholder;
	if (isList(envelope)) return {read: undefined};
	if (typeof envelope !== 'object' || envelope === null) return undefined;
	const fields = envelope as Readonly<Record<string, unknown>>;
	const listField = listFields.find(field => isList(fields[field]));
	return listField === undefined ? undefined : {read: {fields, listField}};
};
