import {BackendError} from '../../job/failure.ts';
import type {ListPage, ListRequest} from '../backend.ts';
import {readRecords} from '../read-records.ts';
import {jobsOf, type Viewer} from '../slurm/records.ts';
import type {Api} from './api.ts';
import type {Server} from './server.ts';
import {readJob, readNumber, type SourcedRecord} from './wire.ts';

export type List = {readonly jobs: readonly SourcedRecord[]; readonly unreadable: number};

/** Reads all jobs that the controller knows. */
export type ReadList = (signal: AbortSignal) => Promise<List>;

/** The last list: it holds for as long as slurmrestd, asked each time, says that nothing has changed since. */
type Remembered = {readonly api: Api; readonly update: number; readonly list: List};

export const createReadList = (server: Server): ReadList => {
	let remembered: Remembered | undefined;
	return async signal => {
		const api = await server.api(signal);
		const last = remembered?.api === api ? remembered : undefined;
		const body = await server.ask({path: api.jobs, query: {update_time: last?.update}, signal});
		const list = readListBody(body, readJob);
		if (last !== undefined && list.jobs.length === 0 && saysUnchanged(body)) return last.list;
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
	const {jobs, unreadable} = await readList(signal);
	const records = jobs.map(({record}) => record);
	const wanted = jobsOf(records, viewer).filter(job => (everyone || job.mine) && (ended || !job.terminal));
	return {jobs: wanted, unreadable, covers: 'everything'};
};

/** The records in an answer, each read by `read`; throws `malformed` where it is no list. */
export const readListBody = (body: unknown, read: typeof readJob): List => {
	const {jobs} = (body ?? {}) as {readonly jobs?: unknown};
	if (!Array.isArray(jobs)) {
		throw new BackendError({kind: 'malformed', detail: 'the answer is not a job list of slurmrestd'});
	}
	const records = readRecords(jobs, read);
	return {jobs: records.read, unreadable: records.unreadable};
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
