import {cleanLines} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import type {Job, JobChild, JobDetail} from '../../job/job.ts';
import type {ManyLooks} from '../backend.ts';
import {jobsIn, type Looks, oneIn} from '../programs/looks.ts';
import {needsTasks, withTasks} from './arrays.ts';
import {shownDetails} from './details.ts';
import {arrayOf, isArray, parseId, whyNoId} from './ids.ts';
import {readJobs} from './queries.ts';
import {isRecord, type JobRecord} from './records.ts';
import type {Server} from './server.ts';
import {toJob} from './wire.ts';

/** A job, its record, and of an array the tasks that were looked at. */
export type Found = {readonly job: Job; readonly record: JobRecord; readonly tasks: readonly Job[]};

/** Tasks in the details of an array. */
const maxTasks = 1000;

/** One job with all that PBS shows. */
export const getJob = async (server: Server, id: string, signal: AbortSignal): Promise<JobDetail> => {
	const {job, record, tasks} = await lookAtOne(server, id, signal);
	const own = isArray(id) && tasks.length === 0 ? await readTasks(server, [id], signal) : tasks;
	return {
		job,
		...shownDetails(job, record),
		...(own.length > 0 && {children: own.slice(0, maxTasks).map(childOf)}),
		raw: cleanLines(JSON.stringify(record, undefined, 2)),
	};
};

const childOf = ({ref, name, phase, status}: Job): JobChild => ({ref, name, phase, status});

export const getJobs = async (
	server: Server,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<ManyLooks> => jobsIn(await look(server, [...new Set(ids)], signal));

/** One job. Rejects with `not-found` where the server does not know it. */
export const lookAtOne = async (server: Server, id: string, signal: AbortSignal): Promise<Found> =>
	oneIn(await look(server, [id], signal), id, 'PBS');

/** Asks for all jobs, ended or not, then for the tasks of the arrays that have ended. */
const look = async (server: Server, ids: readonly string[], signal: AbortSignal): Promise<Looks<Found>> => {
	await server.user.find(signal);
	const failures = new Map<string, Failure>();
	for (const id of ids) {
		if (parseId(id) === undefined) failures.set(id, {kind: 'rejected', detail: whyNoId(id)});
	}
	const readable = ids.filter(id => !failures.has(id));
	const found = new Map<string, Found>();
	if (readable.length === 0) return {found, failures};
	const {records, complaints} = await readJobs(server.programs, {history: true}, readable, signal);
	const isAsked = new Set(readable);
	for (const record of records) {
		const job = toJob(record, server.viewer);
		if (job !== undefined && isAsked.has(job.id) && !complaints.has(job.id)) {
			found.set(job.id, {job, record: record as JobRecord, tasks: []});
		}
	}
	for (const id of readable) {
		const complaint = complaints.get(id) ?? silence(id);
		if (!found.has(id) && complaint.kind !== 'not-found') failures.set(id, complaint);
	}
	const ended = [...found.values()].filter(({job}) => needsTasks(job));
	if (ended.length === 0) return {found, failures};
	const tasks = await readTasks(
		server,
		ended.map(({job}) => job.id),
		signal,
	);
	const byArray = Map.groupBy(tasks, ({id}) => arrayOf(id));
	for (const one of ended) {
		const own = byArray.get(one.job.id) ?? [];
		found.set(one.job.id, {...one, job: withTasks(one.job, own), tasks: own});
	}
	return {found, failures};
};

/** Nothing that can be read was said of the job: it may be there. */
const silence = (id: string): Failure => ({
	kind: 'malformed',
	detail: `qstat did not answer about job ${id}`,
});

/** The tasks of these arrays. */
const readTasks = async (
	server: Server,
	arrays: readonly string[],
	signal: AbortSignal,
): Promise<readonly Job[]> => {
	const {records} = await readJobs(server.programs, {history: true, tasks: true}, arrays, signal);
	return records.flatMap(record => {
		const job = isRecord(record) ? toJob(record, server.viewer) : undefined;
		return job === undefined || isArray(job.id) ? [] : job;
	});
};

/** The command that looks at one job, for a shell. */
export const describeLook = ({programs}: Server, id: string): string => {
	if (parseId(id) === undefined) throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
	return programs.describe('qstat', ['-x', '-f', id]);
};
