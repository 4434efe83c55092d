import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure, failureOf} from '../../job/failure.ts';
import {causeWords} from '../../process/error-words.ts';
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
	readonly signal: AbortSignal;
};

/** An open file, and its size in bytes when it was opened. */
type OutputFile = {
	readonly size: number;
	/** The bytes between two places; fewer where the file has become shorter. */
	readonly read: (from: number, to: number) => Promise<Buffer>;
	readonly close: () => Promise<void>;
};

/** The failure of a job whose output cannot be read, for this reason. */
export const noOutput = (detail: string): BackendError => new BackendError({kind: 'not-found', detail});

/** Opens a file where the programs run. Rejects with a `BackendError` where it cannot be read. */
export type OpenOutput = (path: string, signal: AbortSignal, nodes?: string) => Promise<OutputFile>;

/** What is new in the file that a job writes to, as far as it can be read where the programs run. At most the last quarter of a megabyte is read, for a file of any size. */
export const readOutput = async (
	{path, ended, nodes, after, signal}: OutputRequest,
	openOutput: OpenOutput,
): Promise<LogPage> => {
	const file = await openOutput(path, signal, nodes);
	try {
		const place = readPlace(after);
		const before =
			place !== undefined && place.at <= file.size ? await file.read(markStart(place), place.at) : undefined;
		const goesOn = place !== undefined && standsBefore(place, before);
		const from = Math.max(0, file.size - keptBytes, goesOn ? markStart(place) : 0);
		const bytes = await file.read(from, file.size);
		return logPage({bytes, from, ...(before && {before})}, place, ended);
	} finally {
		await file.close();
	}
};

/** A file of this machine. */
export const openLocal: OpenOutput = async (path, _signal, nodes) => {
	const explained = async <Result>(work: Promise<Result>): Promise<Result> => {
		try {
			return await work;
		} catch (error) {
			throw new BackendError(outputProblem(path, nodes, error as NodeJS.ErrnoException));
		}
	};
	// A pipe in its place must not make us wait for a writer.
	const file = await explained(open(path, constants.O_RDONLY | constants.O_NONBLOCK));
	const stats = await explained(file.stat());
	if (!stats.isFile()) {
		await file.close();
		throw new BackendError({kind: 'not-found', detail: `${cleanText(path)} is not a file`});
	}
	return {
		size: stats.size,
		read: (from, to) => explained(readBetween(file, from, to)),
		close: () => file.close(),
	};
};

/** Opens a file as this does. Where its path is that of a folder, the job system has put a file of this name into it. */
export const orInFolder =
	(openOutput: OpenOutput, name: string): OpenOutput =>
	async (path, signal, nodes) => {
		try {
			return await openOutput(path, signal, nodes);
		} catch (error) {
			if (failureOf(error).kind !== 'not-found') throw error;
			return openOutput(`${path.replace(/\/$/, '')}/${name}`, signal, nodes).catch(() => {
				throw error;
			});
		}
	};

const readBetween = async (file: FileHandle, from: number, to: number): Promise<Buffer> => {
	const buffer = Buffer.alloc(to - from);
	const {bytesRead} = await file.read(buffer, 0, buffer.length, from);
	return buffer.subarray(0, bytesRead);
};

const outputProblem = (path: string, nodes: string | undefined, error: NodeJS.ErrnoException): Failure => {
	const {code} = error;
	const shown = cleanText(path);
	if (code === 'EACCES' || code === 'EPERM')
		return {kind: 'forbidden', detail: `${shown} cannot be read: permission denied`};
	if (code === 'ENOENT' || code === 'ENOTDIR') {
		const where = nodes === undefined ? '' : `; it may be on ${cleanText(nodes, 100)} only`;
		return {kind: 'not-found', detail: `there is no ${shown} on this machine${where}`};
	}
	return {kind: 'broken', detail: `${shown} could not be read: ${causeWords(error)}`};
};
