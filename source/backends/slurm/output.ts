import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {cleanLines, cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';

/** Bytes that are read from the end of a file. */
const endBytes = 256 * 1024;

/** The last lines of a file, as far as this machine can read it. */
export const readEnd = async (path: string): Promise<string> => {
	let file: FileHandle | undefined;
	try {
		// A pipe in its place must not make us wait for a writer.
		file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
		const stats = await file.stat();
		if (!stats.isFile()) throw new BackendError({kind: 'not-found', detail: `${cleanText(path)} is no file`});
		const {size} = stats;
		const start = Math.max(0, size - endBytes);
		const buffer = Buffer.alloc(size - start);
		const {bytesRead} = await file.read(buffer, 0, buffer.length, start);
		const text = buffer.toString('utf8', 0, bytesRead);
		// The first line is likely cut.
		const whole = start === 0 ? text : text.slice(text.indexOf('\n') + 1);
		return cleanLines(whole, whole.length);
	} catch (error) {
		if (error instanceof BackendError) throw error;
		throw new BackendError(outputProblem(path, (error as NodeJS.ErrnoException).code));
	} finally {
		await file?.close();
	}
};

const outputProblem = (path: string, code: string | undefined): Failure => {
	const shown = cleanText(path);
	if (code === 'EACCES' || code === 'EPERM') return {kind: 'forbidden', detail: `${shown} may not be read`};
	if (code === 'ENOENT' || code === 'ENOTDIR') {
		return {kind: 'not-found', detail: `there is no ${shown} on this machine`};
	}
	return {kind: 'broken', detail: `${shown} could not be read (${code})`};
};
