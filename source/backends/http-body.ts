import {promisify} from 'node:util';
import {gunzip} from 'node:zlib';
import type {Dispatcher} from 'undici';
import {cleanText} from '../job/clean-text.ts';
import {BackendError} from '../job/failure.ts';

/** Unpacks gzip. Node's zlib is loaded with the first packed answer, not with this file. */
const unpack = (bytes: Buffer, maxOutputLength: number): Promise<Buffer> =>
	promisify(gunzip)(bytes, {maxOutputLength});

/** Up to this many bytes are left to the client, which reads them with less work than part by part. */
const fewBytes = 16 * 1024;

/** The whole body, unpacked; rejects with `malformed` where it has more than `maxBytes`. */
export const readBody = async (response: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> => {
	const packed = /\bgzip\b/i.test(headerOf(response, 'content-encoding') ?? '');
	const announced = Number(headerOf(response, 'content-length') ?? Number.POSITIVE_INFINITY);
	if (!packed && announced <= Math.min(fewBytes, maxBytes)) {
		return Buffer.from(await response.body.arrayBuffer());
	}
	const parts: Buffer[] = [];
	let size = 0;
	for await (const part of response.body as AsyncIterable<Buffer>) {
		size += part.length;
		if (size > maxBytes) throw new BackendError({kind: 'malformed', detail: 'the answer is too large'});
		parts.push(part);
	}
	const bytes = Buffer.concat(parts, size);
	for (const part of parts) freeBytes(part);
	if (!packed) return bytes;
	try {
		return await unpack(bytes, maxBytes);
	} catch (error) {
		const detail = `the answer could not be unpacked (${cleanText(String(error), 200)})`;
		throw new BackendError({kind: 'malformed', detail}, {cause: error});
	}
};

const headerOf = ({headers}: Dispatcher.ResponseData, name: string) => [headers[name]].flat()[0];

/** The text of bytes that nobody will read again. */
export const textOf = (bytes: Buffer): string => {
	const text = bytes.toString();
	freeBytes(bytes);
	return text;
};

/** Frees the memory of bytes that nobody will read again, if it belongs to them alone: a collection would come much later, after several pages of a long list. */
export const freeBytes = ({buffer, byteLength}: Buffer): void => {
	if (byteLength > 0 && buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
};
