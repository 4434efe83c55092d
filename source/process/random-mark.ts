import {randomBytes} from 'node:crypto';
import {closeSync, openSync, readSync} from 'node:fs';

/** Bytes that nobody can guess. The system has them: loading Node's cryptography for a few of them takes a fifth as long as starting Node. */
const unguessable = (count: number): Buffer => {
	const bytes = Buffer.alloc(count);
	let file: number | undefined;
	try {
		file = openSync('/dev/urandom', 'r');
		return readSync(file, bytes) === count ? bytes : randomBytes(count);
	} catch {
		return randomBytes(count);
	} finally {
		if (file !== undefined) closeSync(file);
	}
};

/** A word that no text holds unless it was written after this call. */
export const randomMark = (): string => unguessable(9).toString('hex');
