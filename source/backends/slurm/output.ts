import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import type {LogPage} from '../backend.ts';
import {keptBytes, logPage, markStart, readPlace, standsBefore} from '../log-bytes.ts';

export type OutputRequest = {
	/** Absolute. */
	readonly path: string;
	/** The job has ended: nothing more is written. */
	readonly ended: boolean;
	/** Where the job runs, or ran. */
	readonly nodes?: string;
	/** The cursor of an earlier answer. */
	readonly after?: string;
};

/** What is new in the file that a job writes to, as far as this machine can read it. Of whatever size the file is, its last quarter of a megabyte is read at most. */
export const readOutput = async ({path, ended, nodes, after}: OutputRequest): Promise<LogPage> => {
	let file: FileHandle | undefined;
	try {
		// A pipe in its place must not make us wait for a writer.
		file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
		const stats = await file.stat();
		if (!stats.isFile()) throw new BackendError({kind: 'not-found', detail: `${cleanText(path)} is no file`});
		const place = readPlace(after);
		const before =
			place !== undefined && place.at <= stats.size
				? await readBetween(file, markStart(place), place.at)
				: undefined;
		const goesOn = place !== undefined && standsBefore(place, before);
		const from = Math.max(0, stats.size - keptBytes, goesOn ? markStart(place) : 0);
		const bytes = await readBetween(file, from, stats.size);
		return logPage({bytes, from, ...(before && {before})}, place, ended);
	} catch (error) {
		if (error instanceof BackendError) throw error;
		throw new BackendError(outputProblem(path, nodes, (error as NodeJS.ErrnoException).code));
	} finally {
		await file?.close();
	}
};

const readBetween = async (file: FileHandle, from: number, to: number): Promise<Buffer> => {
	const buffer = Buffer.alloc(to - from);
	const {bytesRead} = await file.read(buffer, 0, buffer.length, from);
	return buffer.subarray(0, bytesRead);
};

const outputProblem = (path: string, nodes: string | undefined, code: string | undefined): Failure => {
	const shown = cleanText(path);
	if (code === 'EACCES' || code === 'EPERM') return {kind: 'forbidden', detail: `${shown} may not be read`};
	if (code === 'ENOENT' || code === 'ENOTDIR') {
		const where = nodes === undefined ? '' : `; it may be on ${cleanText(nodes, 100)} only`;
		return {kind: 'not-found', detail: `there is no ${shown} on this machine${where}`};
	}
	return {kind: 'broken', detail: `${shown} could not be read (${code})`};
};
