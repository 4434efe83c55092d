/*
A log of requests and their results, one line each, for debugging. It contains no addresses and no answers, and so no secrets.
*/
import {openSync, writeSync} from 'node:fs';
import type {Backend, Connection} from '../backends/backend.ts';
import {cleanText} from '../job/clean-text.ts';
import {BackendError} from '../job/failure.ts';
import type {Clock} from '../process/clock.ts';
import {ConfigurationError} from '../process/configuration-error.ts';
import {causeWords} from '../process/error-words.ts';
import {emptyPath} from '../process/state-directory.ts';

/** Writes a line, given without its line break. */
export type WriteLine = (line: string) => void;

/** Opens the log: a file, stderr, both, or none (undefined). Throws a `ConfigurationError` if the file cannot be written. */
export const openRequestLog = ({
	logFile,
	verbose,
}: {
	readonly logFile?: string;
	readonly verbose?: boolean;
}): WriteLine | undefined => {
	const places: WriteLine[] = [];
	if (logFile !== undefined) {
		const file = openLog(logFile);
		// One write per line: several processes may share the file.
		places.push(line => void writeSync(file, `${line}\n`));
	}
	if (verbose) places.push(line => void process.stderr.write(`${line}\n`));
	return places.length === 0
		? undefined
		: line => {
				for (const write of places) write(line);
			};
};

const openLog = (path: string): number => {
	if (path.trim() === '') throw new ConfigurationError(emptyPath('--log-file'));
	try {
		return openSync(path, 'a', 0o600);
	} catch (error) {
		throw new ConfigurationError(
			`--log-file ${path}: cannot be written: ${causeWords(error)}; choose a file in a folder that you own`,
			{cause: error},
		);
	}
};

const about = (argument: unknown): string => {
	if (typeof argument === 'string') return cleanText(argument, 100);
	if (Array.isArray(argument)) return `${argument.length} jobs`;
	const {everyone, ended, cursor} = argument as {everyone?: boolean; ended?: boolean; cursor?: string};
	return [
		everyone ? 'everyone' : 'mine',
		ended ? 'all' : 'active',
		cursor === undefined ? 'from the start' : 'next page',
	].join(', ');
};

const resultOf = (result: unknown): string => {
	const {jobs, kind} = (result ?? {}) as {jobs?: {length?: number; size?: number}; kind?: unknown};
	if (jobs !== undefined) return `${jobs.length ?? jobs.size} jobs`;
	return typeof kind === 'string' ? kind : 'ok';
};

const reasonOf = (error: unknown): string =>
	error instanceof BackendError
		? `${error.failure.kind}: ${error.failure.detail}`
		: cleanText(String((error as Error)?.message ?? error), 200);

/** Whether calls of the method are logged. The others send nothing. */
const sends: Readonly<Record<keyof Backend, boolean>> = {
	system: true,
	listPage: true,
	get: true,
	look: true,
	getMany: true,
	cancel: true,
	cancelMany: true,
	partOf: false,
	describeCancel: false,
	forceCancel: true,
	suspend: true,
	unsuspend: true,
	describeSuspend: false,
	hide: true,
	unhide: true,
	delete: true,
	logs: true,
	listen: true,
	results: true,
	describeLook: false,
	pageUrl: false,
	logIn: false,
	close: false,
};

/** The connection with a log line for each request. */
export const logged = (connection: Connection, clock: Clock, write: WriteLine): Connection => {
	const log = (what: string, began: number, result: string) => {
		const now = clock.now();
		write(`${new Date(now).toISOString()} ${connection.profile} ${what}: ${result} (${now - began} ms)`);
	};
	const methods = Object.entries(connection.backend).map(([name, method]) => {
		if (!sends[name as keyof Backend] || typeof method !== 'function') return [name, method];
		const call = method as (...given: readonly unknown[]) => Promise<unknown>;
		return [
			name,
			async (...given: readonly unknown[]) => {
				const what = `${name} ${about(given[0])}`;
				const began = clock.now();
				try {
					const result = await call(...given);
					log(what, began, resultOf(result));
					return result;
				} catch (error) {
					log(what, began, reasonOf(error));
					throw error;
				}
			},
		];
	});
	return {...connection, backend: Object.fromEntries(methods) as Backend};
};
