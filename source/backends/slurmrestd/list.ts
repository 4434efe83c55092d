import {BackendError} from '../../job/failure.ts';
import type {ListPage, ListRequest} from '../backend.ts';
import {createKnownRecords, type KnownRecords} from '../known-records.ts';
import type {ReadRecords} from '../read-records.ts';
import {jobsOf, type ListedRecord, listedRecord, type Viewer} from '../slurm/records.ts';
import type {Api} from './api.ts';
import type {Server} from './server.ts';
import {listedFields, readJob, readNumber, type SourcedRecord} from './wire.ts';

type List = ReadRecords<SourcedRecord & ListedRecord>;

/** Reads all jobs that the controller knows. */
export type ReadList = (signal: AbortSignal) => Promise<List>;

/** The last list: it holds for as long as slurmrestd, asked each time, says that nothing has changed since. */
type Remembered = {readonly api: Api; readonly update: number; readonly list: List};

export const createReadList = (server: Server, viewer: Viewer): ReadList => {
	const records = createListReading(viewer);
	let remembered: Remembered | undefined;
	return async signal => {
		const api = await server.api(signal);
		const last = remembered?.api === api ? remembered : undefined;
		const query = {update_time: last?.update};
		const parse = (bytes: Buffer) => {
			// Looks at jobs may read the list, too: it begins with its answer.
			records.begin();
			return records.parse(bytes);
		};
		const body = await server.ask({path: api.jobs, query, parse, signal});
		const list = readListBody(body, records.read);
		if (last !== undefined && list.read.length === 0 && saysUnchanged(body)) return last.list;
		const update = readNumber((body as {readonly last_update?: unknown}).last_update);
		remembered = api.tellsUpdates && update ? {api, update, list} : undefined;
		return list;
	};
};

/** All jobs that were requested, in one page: the server has no other filter than the time. */
export const listPage = async (
	readList: ReadList,
	viewer: Viewer,
	{everyone, ended, signal}: ListRequest,
): Promise<ListPage> => {
	const {read, unreadable} = await readList(signal);
	const wanted = jobsOf(read, viewer).filter(job => (everyone || job.mine) && (ended || !job.terminal));
	return {jobs: wanted, unreadable, covers: 'everything'};
};

/** Reads the records of lists. Their source holds only what a row is made of. */
export const createListReading = (viewer: Viewer): KnownRecords<SourcedRecord & ListedRecord> =>
	createKnownRecords({
		fields: listedFields,
		idFields: ['job_id'],
		listFields: ['jobs'],
		read(value) {
			const one = readJob(value);
			return one && {...one, ...listedRecord(one.record, viewer)};
		},
	});

/** What `read` makes of the records in an answer; throws `malformed` where it is no list. */
export const readListBody = <Result>(
	body: unknown,
	read: (records: readonly unknown[]) => Result,
): Result => {
	const {jobs} = (body ?? {}) as {readonly jobs?: unknown};
	if (!Array.isArray(jobs)) {
		throw new BackendError({kind: 'malformed', detail: 'the answer is not a job list of slurmrestd'});
	}
	return read(jobs);
};

/** An empty list that stands for the last one. */
const saysUnchanged = (body: unknown): boolean => {
	const {warnings} = body as {readonly warnings?: unknown};
	return (
		Array.isArray(warnings) &&
		warnings.some(one =>
			/^No job changes since update_time/i.test((one as {description?: string})?.description ?? ''),
		)
	);
};
