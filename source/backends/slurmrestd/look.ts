import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import type {Job, JobDetail} from '../../job/job.ts';
import type {ManyLooks} from '../backend.ts';
import {readRecords} from '../read-records.ts';
import {findJob, lacksMembers, parseId, type Viewer, whyNoId} from '../slurm/records.ts';
import {detailsOf} from './details.ts';
import {type ReadList, readListBody} from './list.ts';
import type {Server} from './server.ts';
import {readAccount, readJob, type SourcedRecord} from './wire.ts';

/** A look at one job takes the server milliseconds; for more jobs than this the list is read. */
const maxSingleLooks = 300;

type Found = {readonly job: Job; readonly source: SourcedRecord};

/** What looks need: the server, its list, and whose jobs are mine. */
export type Viewpoint = {readonly server: Server; readonly readList: ReadList; readonly viewer: Viewer};

export const getJob = async (viewpoint: Viewpoint, id: string, signal: AbortSignal): Promise<JobDetail> => {
	signal.throwIfAborted();
	const base = parseId(id)?.base;
	if (base === undefined) throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
	const found = (await look(viewpoint, {base, ids: [id]}, signal)).get(id);
	if (found !== undefined) return detailsOf(found.job, found.source);
	throw new BackendError({kind: 'not-found', detail: `Slurm does not know job ${cleanText(id)}`});
};

/** Many jobs: from the list where they are more than `maxSingleLooks`, and each array or job that it does not show by itself. */
export const getJobs = async (
	viewpoint: Viewpoint,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<ManyLooks> => {
	signal.throwIfAborted();
	const {readList, viewer} = viewpoint;
	const jobs = new Map<string, Job>();
	const failures = new Map<string, Failure>();
	const byBase = Map.groupBy(new Set(ids), id => parseId(id)?.base ?? '');
	for (const id of byBase.get('') ?? []) failures.set(id, {kind: 'rejected', detail: whyNoId(id)});
	byBase.delete('');
	if (byBase.size > maxSingleLooks) {
		const listed = Map.groupBy((await readList(signal)).read, ({record}) => record.base);
		for (const [base, wanted] of byBase) {
			const left = wanted.filter(id => {
				const found = find(id, listed.get(base) ?? [], viewer);
				if (found !== undefined) jobs.set(id, found.job);
				return found === undefined;
			});
			if (left.length > 0) byBase.set(base, left);
			else byBase.delete(base);
		}
	}
	for (const [base, wanted] of byBase) {
		try {
			for (const [id, {job}] of await look(viewpoint, {base, ids: wanted}, signal)) jobs.set(id, job);
		} catch (error) {
			if (!(error instanceof BackendError)) throw error;
			for (const id of wanted) failures.set(id, error.failure);
		}
	}
	return {jobs, failures};
};

/** Looks at jobs of one array, or at one job. The server gives the whole array: it shows no waiting task alone. The accounts may know what the controller has forgotten. */
const look = async (
	{server, viewer}: Viewpoint,
	{base, ids}: {readonly base: string; readonly ids: readonly string[]},
	signal: AbortSignal,
): Promise<ReadonlyMap<string, Found>> => {
	const api = await server.api(signal);
	const found = new Map<string, Found>();
	const known = (id: string): boolean => found.has(id) && !lacksMembers(found.get(id)?.job);
	const place = (records: readonly SourcedRecord[]) => {
		for (const id of ids) {
			const one = known(id) ? undefined : find(id, records, viewer);
			if (one !== undefined) found.set(id, one);
		}
	};
	const controlled = await recordsAt(server, api.job(base), readJob, signal);
	place(controlled);
	if (ids.every(known) || api.account === undefined) return found;
	const controlledIds = new Set(controlled.map(({record}) => record.id));
	const accounted = await recordsAt(server, api.account(base), readAccount, signal);
	place([...controlled, ...accounted.filter(({record}) => !controlledIds.has(record.id))]);
	return found;
};

/** The records of one job or array; empty where nobody there knows it. */
const recordsAt = async (
	server: Server,
	path: string,
	read: typeof readJob,
	signal: AbortSignal,
): Promise<readonly SourcedRecord[]> => {
	try {
		return readListBody(await server.ask({path, signal}), jobs => readRecords(jobs, read)).read;
	} catch (error) {
		if (error instanceof BackendError && isNothing(error.failure)) return [];
		throw error;
	}
};

const find = (id: string, sources: readonly SourcedRecord[], viewer: Viewer): Found | undefined => {
	const records = sources.map(({record}) => record);
	const found = findJob(id, records, viewer);
	const source = sources.find(({record}) => record === found?.leading);
	return found && source && {job: found.job, source};
};

/** Nothing is known of the job there: slurmdbd has no record of it, or is not kept. */
const isNothing = ({kind, detail}: Failure): boolean =>
	kind === 'not-found' || /accounting storage is disabled/i.test(detail);
