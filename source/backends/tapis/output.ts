import {Readable} from 'node:stream';
import {createInflateRaw} from 'node:zlib';
import {BackendError, type FailureKind} from '../../job/failure.ts';
import type {LogBytes} from '../log-bytes.ts';

/**
A file as it was written. Tapis packs one of more than a million bytes into a zip archive, unasked; it holds that one file.

https://github.com/tapis-project/tapis-jobs (JobOutputDownloadResource)
*/
export async function* unpacked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	const reader = chunks[Symbol.asyncIterator]();
	const rest: AsyncIterable<Buffer> = {[Symbol.asyncIterator]: () => reader};
	let head = await readAtLeast(reader, Buffer.alloc(0), 4);
	if (!head.subarray(0, 4).equals(zipSignature)) {
		yield head;
		yield* rest;
		return;
	}
	head = await readAtLeast(reader, head, zipHeader);
	const start = zipHeader + lengthAt(head, 26) + lengthAt(head, 28);
	head = await readAtLeast(reader, head, start);
	if (head.length < start || head.readUInt16LE(8) !== deflated) throw strangeArchive();
	const packed = Readable.from(joined(head.subarray(start), rest));
	const inflate = createInflateRaw();
	packed.on('error', error => inflate.destroy(error));
	try {
		yield* packed.pipe(inflate) as AsyncIterable<Buffer>;
	} catch (error) {
		throw isOfZlib(error) ? strangeArchive(error) : error;
	} finally {
		packed.destroy();
	}
}

const zipSignature = Buffer.from('PK\u0003\u0004', 'latin1');
/** Bytes of a local file header without its name and what follows it (APPNOTE 4.3.7). */
const zipHeader = 30;
const deflated = 8;

const lengthAt = (head: Buffer, offset: number): number =>
	head.length < zipHeader ? 0 : head.readUInt16LE(offset);

const readAtLeast = async (reader: AsyncIterator<Buffer>, head: Buffer, bytes: number): Promise<Buffer> => {
	let all = head;
	while (all.length < bytes) {
		const {done, value} = await reader.next();
		if (done) break;
		all = Buffer.concat([all, value]);
	}
	return all;
};

async function* joined(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	if (first.length > 0) yield first;
	yield* rest;
}

const isOfZlib = (error: unknown): boolean =>
	/^Z_/.test(String((error as {readonly code?: unknown} | undefined)?.code));

const strangeArchive = (cause?: unknown): BackendError =>
	new BackendError(
		{kind: 'malformed', detail: 'the file came in an archive that cannot be unpacked'},
		{cause},
	);

/** What Tapis says in the place of a file, with a 200 and as if it were the file. */
const notices = {
	JOBS_JOB_NOT_TERMINATED: ['conflict', 'this Tapis shows the output of ended jobs only'],
	JOBS_EMPTY_DIR_FOR_DOWNLOAD: ['not-found', 'there is no output'],
} as const satisfies Readonly<Record<string, readonly [FailureKind, string]>>;

const longestNotice = 4096;

/** Throws where Tapis gave an answer instead of the file. */
export const refuseNotice = ({bytes, from}: LogBytes): void => {
	if (from > 0 || bytes.length > longestNotice) return;
	const token = /^\{.*"message"\s*:\s*"(JOBS_[A-Z_]+)/s.exec(bytes.toString())?.[1] ?? '';
	if (!Object.hasOwn(notices, token)) return;
	const [kind, words] = notices[token as keyof typeof notices];
	throw new BackendError({kind, detail: `${words} (${token})`});
};
