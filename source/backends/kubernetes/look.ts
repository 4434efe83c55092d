/*
Looks at jobs: at one by its own record, at many by the pages of their namespace. A list without a `resourceVersion` in its question is as new as a record (https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list), so what it does not hold is not there.
*/
import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure, failureOf} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import type {ManyLooks} from '../backend.ts';
import type {Cluster} from './cluster.ts';
import {idOf, isId, jobPath, partsOf} from './ids.ts';
import {readPage} from './list.ts';
import {readWire, type WireJob} from './record.ts';
import {explained} from './waits.ts';
import {seeJob} from './wire.ts';

/** The record of one job, and the answer that holds it. */
export const lookAtRecord = async (
	{session}: Cluster,
	id: string,
	signal: AbortSignal,
): Promise<{readonly wire: WireJob; readonly body: unknown}> => {
	const path = jobPath(id);
	const {http} = await session.open();
	const {body} = await http.json({path, fresh: true, signal});
	const wire = readWire(body);
	if (wire === undefined) throw malformed('the answer is not a job');
	checkName(wire, id);
	return {wire, body};
};

/** Refuses a record of another job. */
export const checkName = ({metadata: {namespace, name}}: WireJob, id: string): void => {
	const answered = idOf(namespace, name);
	if (answered !== id) throw malformed(`asked for ${cleanText(id, 100)}, got ${answered}`);
};

export const lookAtJob = async (cluster: Cluster, id: string, signal: AbortSignal): Promise<Job> =>
	explained(cluster.waits, seeJob((await lookAtRecord(cluster, id, signal)).wire, cluster.profile));

/** A page costs about as much as this many single looks. */
const looksPerPage = 20;

export const lookAtMany = async (
	cluster: Cluster,
	ids: readonly string[],
	signal: AbortSignal,
): Promise<ManyLooks> => {
	const jobs = new Map<string, Job>();
	const failures = new Map<string, Failure>();
	const fail = (id: string, error: unknown) => {
		signal.throwIfAborted();
		const failure = failureOf(error);
		if (failure.kind !== 'not-found') failures.set(id, failure);
	};
	const usable = ids.filter(isId);
	for (const id of ids) {
		if (!isId(id)) failures.set(id, {kind: 'rejected', detail: 'it is not the id of a job'});
	}
	for (const [namespace, own] of Map.groupBy(usable, id => partsOf(id).namespace)) {
		const pages = cluster.pages.get(namespace) ?? 1;
		if (own.length > looksPerPage * pages) {
			try {
				for (const job of await readNamespace(cluster, namespace, signal)) jobs.set(job.id, job);
				continue;
			} catch (error) {
				signal.throwIfAborted();
				if (!(error instanceof BackendError)) throw error;
				// Somebody may look at jobs without a right to list them. Else each look says by itself what is wrong.
				if (error.failure.kind !== 'forbidden') {
					for (const id of own) fail(id, error);
					continue;
				}
			}
		}
		for (const id of own) {
			try {
				jobs.set(id, await lookAtJob(cluster, id, signal));
			} catch (error) {
				fail(id, error);
			}
		}
	}
	const wanted = new Set(ids);
	return {jobs: new Map([...jobs].filter(([id]) => wanted.has(id))), failures};
};

/** All jobs of a namespace. Rejects where the pages do not belong together, or hold what cannot be read: then absence says nothing. */
const readNamespace = async (
	cluster: Cluster,
	namespace: string,
	signal: AbortSignal,
): Promise<readonly Job[]> => {
	const jobs: Job[] = [];
	let after: string | undefined;
	do {
		const page = await readPage(cluster, {namespace, ...(after !== undefined && {after})}, signal);
		if (!page.isWhole) throw malformed('the list changed while it was read');
		if (page.unreadable > 0) throw malformed(`the list holds ${page.unreadable} unreadable records`);
		jobs.push(...page.seen.map(one => explained(cluster.waits, one)));
		after = page.after;
	} while (after !== undefined);
	return jobs;
};

export const malformed = (detail: string): BackendError => new BackendError({kind: 'malformed', detail});
