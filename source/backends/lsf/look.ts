import {cleanLines} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import type {Job, JobDetail} from '../../job/job.ts';
import type {ManyLooks} from '../backend.ts';
import {chunksOf} from '../programs/chunks.ts';
import {jobsIn, type Looks, oneIn} from '../programs/looks.ts';
import {countMembers, summarizeSet} from '../set-summary.ts';
import type {Cluster} from './cluster.ts';
import {detailFields, shownDetails} from './details.ts';
import {endedJob} from './ended-job.ts';
import {readHistories} from './history.ts';
import {parseId, whyNoId} from './ids.ts';
import {readQueue} from './queue.ts';
import {isRecord, type LsfRecord} from './record.ts';
import {fields, toJob} from './wire.ts';

/** A job, and its record in bjobs; of an array that of one element; none if only bhist knows it. */
export type Found = {readonly job: Job; readonly record?: LsfRecord};

/** One job with all that LSF shows of it. */
export const getJob = async (cluster: Cluster, id: string, signal: AbortSignal): Promise<JobDetail> => {
	const {job, record} = await lookAtOne(cluster, id, signal, [...fields, ...detailFields]);
	const history = job.set
		? undefined
		: (await readHistories(cluster.programs, [id], cluster.viewer.now(), signal)).found.get(id);
	const lines = (history?.moments ?? []).map(({at, what}) => `${new Date(at).toISOString()} ${what}`);
	const raw = [JSON.stringify({id, ...record}, undefined, 2), ...lines].join('\n');
	return {...shownDetails(job, record ?? {}, history), raw: cleanLines(raw)};
};

export const lookJob = async (cluster: Cluster, id: string, signal: AbortSignal): Promise<Job> =>
	(await lookAtOne(cluster, id, signal)).job;

export const getJobs = async (
	cluster: Cluster,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<ManyLooks> => jobsIn(await look(cluster, [...new Set(ids)], signal));

/** One job. Rejects with `not-found` where neither bjobs nor bhist knows it. */
export const lookAtOne = async (
	cluster: Cluster,
	id: string,
	signal: AbortSignal,
	wanted: readonly string[] = fields,
): Promise<Found> => oneIn(await look(cluster, [id], signal, wanted), id, 'LSF');

/** Asks bjobs for all jobs, then bhist for those that it has forgotten: it does so an hour after their end in most clusters. */
const look = async (
	cluster: Cluster,
	ids: readonly string[],
	signal: AbortSignal,
	wanted: readonly string[] = fields,
): Promise<Looks<Found>> => {
	const {programs, viewer, user} = cluster;
	await user.find(signal);
	const failures = new Map<string, Failure>();
	const readable: string[] = [];
	for (const id of ids) {
		if (parseId(id) !== undefined) readable.push(id);
		else failures.set(id, {kind: 'rejected', detail: whyNoId(id)});
	}
	const found = new Map<string, Found>();
	const unknown: string[] = [];
	for (const chunk of chunksOf(readable)) {
		const answer = await readQueue(programs, ['-u', 'all', '-a', ...chunk], signal, wanted);
		const pool = poolOf(answer.records, cluster);
		for (const id of chunk) {
			const one = pool(id);
			if (one !== undefined) found.set(id, one);
			else if (answer.isUnknown(id)) unknown.push(id);
			else failures.set(id, {kind: 'malformed', detail: 'bjobs printed nothing about this job'});
		}
	}
	for (const chunk of chunksOf(unknown)) {
		const histories = await readHistories(programs, chunk, viewer.now(), signal);
		for (const id of chunk) {
			const history = histories.found.get(id);
			const job = history && endedJob(history, viewer);
			if (job !== undefined) found.set(id, {job});
			else if (history === undefined && histories.failure) failures.set(id, histories.failure);
		}
	}
	return {found, failures};
};

/** What the records say of an id: of one job, or of an array, which is made of its elements. */
const poolOf = (records: readonly unknown[], {viewer}: Cluster): ((id: string) => Found | undefined) => {
	const byId = new Map<string, Found>();
	const byArray = new Map<string, Found[]>();
	for (const record of records) {
		const job = toJob(record, viewer);
		if (job === undefined || !isRecord(record) || byId.has(job.id)) continue;
		const found = {job, record};
		byId.set(job.id, found);
		const own = parseId(job.id);
		if (own?.element === undefined) continue;
		const array = String(own.job);
		byArray.set(array, [...(byArray.get(array) ?? []), found]);
	}
	return id => {
		const one = byId.get(id);
		if (one !== undefined) return one;
		const elements = byArray.get(id);
		const [first] = elements ?? [];
		if (elements === undefined || first === undefined) return undefined;
		const members = elements.map(({job}) => ({job, count: 1}));
		return {...first, job: summarizeSet(id, members, countMembers(members))};
	};
};

/** The command that looks at one job, for a shell. */
export const describeLook = ({programs}: Cluster, id: string): string => {
	if (parseId(id) === undefined) throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
	return programs.describe('bjobs', ['-u', 'all', '-a', '-l', id]);
};
