import * as z from 'zod';
import {BackendError} from '../../job/failure.ts';
import type {Job, JobResult} from '../../job/job.ts';
import type {Backend} from '../backend.ts';
import {pathSegment} from '../http.ts';
import {type LogBytes, logPage, type Place, readEnd, readPlace} from '../log-bytes.ts';
import {shownAddress} from '../read-fields.ts';
import {readRecords} from '../read-records.ts';
import type {Looks} from './look.ts';
import {refuseNotice, unpacked} from './output.ts';
import {apiPath, jobPath} from './paths.ts';
import type {Server} from './server.ts';
import {type OutputFile, readFile, type Traces} from './wire.ts';

/** What a job prints and what it leaves: files of its own, which Tapis lists and sends. */
export const filesOf = (
	{ask, read, address}: Server,
	findTraces: Looks['traces'],
): Pick<Required<Backend>, 'logs' | 'results'> => {
	/** What is new in a file. Tapis always sends the whole file. */
	const download = async (
		id: string,
		file: string,
		place: Place | undefined,
		signal: AbortSignal,
	): Promise<LogBytes> => {
		const path = outputPath(id, 'download', file);
		const query = {allowIfRunning: true};
		const bytes = await read({path, query, headers: {accept: '*/*'}, signal}, body =>
			readEnd(unpacked(body), place),
		);
		refuseNotice(bytes);
		return bytes;
	};

	/** Bytes of a file; undefined where Tapis does not say. It saves fetching a file that has not grown, and is worth nothing else. */
	const sizeOf = async (id: string, file: string, signal: AbortSignal): Promise<number | undefined> => {
		try {
			const path = outputPath(id, 'list', file);
			const {result} = await ask({path, query: {allowIfRunning: true, limit: 2}, signal});
			const [record, ...others] = z
				.array(z.object({size: z.number()}))
				.catch([])
				.parse(result);
			return others.length === 0 ? record?.size : undefined;
		} catch (error) {
			if (error instanceof BackendError) return undefined;
			throw error;
		}
	};

	const readErrors = async (id: string, file: string, signal: AbortSignal): Promise<string> => {
		try {
			const {text} = logPage(await download(id, file, undefined, signal), undefined, true);
			return text === '' ? '' : `[${file}]\n${text}`;
		} catch (error) {
			if (error instanceof BackendError) return '';
			throw error;
		}
	};

	const listFiles = async (id: string, traces: Traces, signal: AbortSignal) => {
		const files: OutputFile[] = [];
		const path = `${jobPath(id)}/output/list/`;
		for (let skip = 0; skip < maxFiles; skip += filesOnPage) {
			const query = {limit: filesOnPage, skip, allowIfRunning: true};
			const {result} = await ask({path, query, signal});
			if (!Array.isArray(result)) {
				throw new BackendError({kind: 'malformed', detail: 'the answer is not a list of files'});
			}
			files.push(...readRecords(result, record => readFile(record, traces)).read);
			if (result.length < filesOnPage) return {files, more: false};
		}
		return {files, more: true};
	};

	return {
		async logs(id, {signal, after}) {
			const {job, logs} = await findTraces(id, signal);
			const hasErrors = after?.endsWith(errorsMark) === true;
			const cursor = hasErrors ? after.slice(0, -errorsMark.length) : after;
			const place = readPlace(cursor);
			const page =
				place !== undefined && place.at === (await sizeOf(id, logs.output, signal))
					? {text: '', cursor: cursor as string, ...(job.terminal && {ended: true as const})}
					: logPage(
							await download(id, logs.output, place, signal).catch(error => explainMissing(job, error)),
							place,
							job.terminal,
						);
			// What went wrong stands in the other file, where there is one.
			const wanted = job.terminal && job.phase !== 'succeeded' && !hasErrors;
			if (!wanted || logs.errors === undefined) {
				return hasErrors ? {...page, cursor: page.cursor + errorsMark} : page;
			}
			const errors = await readErrors(id, logs.errors, signal);
			const lineBreak = errors === '' || page.text === '' || page.text.endsWith('\n') ? '' : '\n';
			return {...page, text: page.text + lineBreak + errors, cursor: page.cursor + errorsMark};
		},
		async results(id, {signal}) {
			const traces = await findTraces(id, signal);
			const {files, more} = await listFiles(id, traces, signal);
			const results = files.map(({path, size, kind}): JobResult => {
				const url = shownAddress(address + apiPath + outputPath(id, 'download', path));
				return {
					name: path,
					...(url !== undefined && {url}),
					...(size !== undefined && {size}),
					...(kind !== undefined && {kind}),
				};
			});
			return more ? [...results, {name: 'there are more files than jobtop lists'}] : results;
		},
	};
};

/** Before its start, a job has no file. */
const explainMissing = ({phase, startedAt}: Job, error: unknown): never => {
	const waits = (phase === 'queued' || phase === 'held') && startedAt === undefined;
	if (waits && error instanceof BackendError && error.failure.kind === 'not-found') {
		throw new BackendError({kind: 'not-found', detail: 'no log yet: the job waits'});
	}
	throw error;
};

const outputPath = (id: string, how: 'list' | 'download', file: string): string =>
	`${jobPath(id)}/output/${how}/${file.split('/').map(pathSegment).join('/')}`;

const filesOnPage = 1000;
const maxFiles = 10_000;

/** Stands behind a cursor once the file of errors was shown. */
const errorsMark = '+errors';
