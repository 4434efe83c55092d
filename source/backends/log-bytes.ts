import {createHash} from 'node:crypto';
import {cleanLines} from '../job/clean-text.ts';
import type {LogPage} from './backend.ts';

/* A log that is a file: how far it was read, and what of it is new. */

/** Bytes that are kept of a log, its last ones. */
export const keptBytes = 256 * 1024;

/** How far a log was read, and how to know it again: a file that was replaced has something else there. */
export type Place = {
	/** Bytes from the beginning. */
	readonly at: number;
	/** Stands for the bytes just before. */
	readonly mark: string;
};

/** Bytes before a place by which it is known again. */
const markedBytes = 64;

/** Where the bytes begin that a place is known by. */
export const markStart = ({at}: Place): number => Math.max(0, at - markedBytes);

/** A place from the cursor of an earlier answer; undefined without a cursor, or where it is not one of ours. */
export const readPlace = (cursor: string | undefined): Place | undefined => {
	const [, at, mark] = /^(\d{1,15})\.([\da-f]{16})$/.exec(cursor ?? '') ?? [];
	return at === undefined || mark === undefined ? undefined : {at: Number(at), mark};
};

const markOf = (before: Buffer): string =>
	createHash('sha256').update(before.subarray(-markedBytes)).digest('hex').slice(0, 16);

/** Whether what stands before a place is what stood there when it was read. */
export const standsBefore = (place: Place, before: Buffer | undefined): before is Buffer =>
	before !== undefined && markOf(before) === place.mark;

/** The end of a log. */
export type LogBytes = {
	readonly bytes: Buffer;
	/** Where in the log they begin. */
	readonly from: number;
	/** What stands between `markStart` of the place that was asked for and that place; absent where the log is shorter. */
	readonly before?: Buffer;
};

/** What is new in a log, as text that is safe to show. `ended`: nothing more will be written. */
export const logPage = (
	{bytes, from, before}: LogBytes,
	place: Place | undefined,
	ended: boolean,
): LogPage & {readonly cursor: string} => {
	const goesOn = place !== undefined && standsBefore(place, before);
	const wanted = goesOn ? place.at : 0;
	const start = Math.max(0, wanted - from);
	const cut = from > wanted;
	// Where text was left out, the first line is likely half of one.
	const begin = cut ? bytes.indexOf(lineBreak, start) + 1 || start : start;
	const end = Math.max(begin, bytes.length - (ended ? 0 : unfinished(bytes)));
	const text = bytes.toString('utf8', begin, end);
	return {
		text: cleanLines(text, text.length),
		cursor: `${from + end}.${markOf(bytes.subarray(0, end))}`,
		...(place !== undefined && !goesOn && {anew: true as const}),
		...(cut && {cut: true as const}),
		...(ended && {ended: true as const}),
	};
};

const lineBreak = 0x0a;
/** Longer sequences are not waited for. */
const longestSequence = 256;

/** How many bytes at the end are a beginning only: of a character, of a line break, of an escape sequence. */
const unfinished = (bytes: Buffer): number => {
	const end = bytes.subarray(-longestSequence).toString('latin1');
	const sequence = /(?:\r|\u001b(?:\[[0-?]*[ -/]*|[\]PX^_][^\u0007\u001b\n]*\u001b?|[ -/]*))$/.exec(end);
	if (sequence !== null) return sequence[0].length;
	const character = /(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})$/.exec(end);
	return character?.[0].length ?? 0;
};

/** Reads a log that comes from its beginning, of whatever length, and keeps its end. */
export const readEnd = async (
	chunks: AsyncIterable<Buffer>,
	place: Place | undefined,
	kept = keptBytes,
): Promise<LogBytes> => {
	const last: Buffer[] = [];
	const marked: Buffer[] = [];
	let from = 0;
	let size = 0;
	for await (const chunk of chunks) {
		if (place !== undefined) {
			const [start, end] = [markStart(place) - size, place.at - size];
			if (end > 0 && start < chunk.length) marked.push(chunk.subarray(Math.max(0, start), end));
		}
		last.push(chunk);
		size += chunk.length;
		while (size - from - (last[0]?.length ?? 0) >= kept) from += last.shift()?.length ?? 0;
	}
	const all = Buffer.concat(last);
	const bytes = all.subarray(Math.max(0, all.length - kept));
	return {
		bytes,
		from: size - bytes.length,
		...(place !== undefined && place.at <= size && {before: Buffer.concat(marked)}),
	};
};
