/*
All that is known of one job: its record, its pods, and what has happened to it. Whoever may read jobs may not be allowed to read pods and events; then these are left out, with the reason.
*/
import {BackendError} from '../../job/failure.ts';
import type {Job, JobDetail, JobMoment} from '../../job/job.ts';
import {knownFacts, shown, shownJson, shownTime} from '../read-fields.ts';
import {readTime} from '../read-time.ts';
import type {Cluster} from './cluster.ts';
import {readEvents} from './events.ts';
import {lookAtRecord} from './look.ts';
import {countOf, indexOf, type Pod, podsOf, podWords, waitsFor} from './pods.ts';
import type {WireJob} from './record.ts';
import {explained, withReason} from './waits.ts';
import {kueueQueueOf, seeJob} from './wire.ts';

export const getJob = async (cluster: Cluster, id: string, signal: AbortSignal): Promise<JobDetail> => {
	const {wire, body} = await lookAtRecord(cluster, id, signal);
	const [pods, events] = await Promise.all([
		allowed(podsOf(cluster, wire, signal), signal),
		allowed(eventsOf(cluster, wire, signal), signal),
	]);
	const seen = seeJob(wire, cluster.profile);
	const words = 'failed' in pods ? undefined : pods.map(waitsFor).find(each => each !== undefined);
	const job =
		words === undefined || !seen.explainedBy ? explained(cluster.waits, seen) : withReason(seen.job, words);
	return {
		job,
		fields: [...fieldsOf(job, wire), ...podFields(pods)],
		timeline: timelineOf(wire, 'failed' in events ? [] : events),
		raw: shownJson(withoutManagedFields(body)),
	};
};

type NotAllowed = {readonly failed: string};

/** What is asked for besides the record: a failure of it costs nothing but that. */
const allowed = async <Result extends object>(
	question: Promise<Result>,
	signal: AbortSignal,
): Promise<Result | NotAllowed> => {
	try {
		return await question;
	} catch (error) {
		signal.throwIfAborted();
		if (error instanceof BackendError) return {failed: error.failure.detail};
		throw error;
	}
};

/** Pods with a line of their own. */
const maxShownPods = 20;

const podFields = (
	pods: readonly Pod[] | NotAllowed,
): readonly (readonly [label: string, value: string])[] => {
	if ('failed' in pods) return [['Pods', `cannot be read: ${pods.failed}`]];
	return [
		...byIndex(pods)
			.slice(0, maxShownPods)
			.map(pod => [`Pod ${pod.metadata.name}`, podWords(pod)] as const),
		...(pods.length > maxShownPods ? [['Pods', `${countOf(pods, maxShownPods)} more`] as const] : []),
	];
};

/** By the index that they are for; those that need nobody come last. */
const byIndex = (pods: readonly Pod[]): readonly Pod[] => {
	const hasSucceeded = ({status}: Pod) => Number(status?.phase === 'Succeeded');
	return pods.toSorted((a, b) => hasSucceeded(a) - hasSucceeded(b) || (indexOf(a) ?? 0) - (indexOf(b) ?? 0));
};

const fieldsOf = (job: Job, wire: WireJob): readonly (readonly [label: string, value: string])[] => {
	const {metadata, spec, status} = wire;
	const [container] = spec?.template?.spec?.containers ?? [];
	const owners = metadata.ownerReferences?.map(({kind, name}) => [kind, name].filter(Boolean).join(' '));
	const counted = (value: number | null | undefined, unit = '') =>
		typeof value === 'number' ? `${value}${unit}` : undefined;
	return knownFacts([
		['Status', job.status],
		['Reason', job.reason ?? (job.error && `${job.error.kind}: ${job.error.message}`)],
		['Namespace', metadata.namespace],
		['Owner', shown(owners?.join(', '))],
		['Queue', kueueQueueOf(wire)],
		['Managed by', shown(spec?.managedBy)],
		['Completions', completionsOf(wire)],
		['Parallelism', counted(spec?.parallelism)],
		['Active pods', counted(status?.active)],
		['Ready pods', counted(status?.ready)],
		['Failed pods', counted(status?.failed)],
		['Ending pods', counted(status?.terminating)],
		['Completed indexes', shown(status?.completedIndexes)],
		['Failed indexes', shown(status?.failedIndexes)],
		['Retries', counted(spec?.backoffLimit)],
		['Time limit', counted(spec?.activeDeadlineSeconds, ' s')],
		['Kept after its end', counted(spec?.ttlSecondsAfterFinished, ' s')],
		['Image', shown(container?.image)],
		['Command', shown([...(container?.command ?? []), ...(container?.args ?? [])].join(' '))],
		['Created', shownTime(metadata.creationTimestamp)],
		['Started', job.startedAt === undefined ? undefined : shownTime(status?.startTime)],
		['Finished', shownTime(status?.completionTime)],
		['Deleted', shownTime(metadata.deletionTimestamp)],
	]);
};

const completionsOf = ({spec, status}: WireJob): string | undefined => {
	const mode = spec?.completionMode === 'Indexed' ? ', indexed' : '';
	const done = status?.succeeded ?? 0;
	return typeof spec?.completions === 'number' ? `${done} of ${spec.completions}${mode}` : `${done}`;
};

const eventsOf = async (
	cluster: Cluster,
	{metadata: {namespace, uid}}: WireJob,
	signal: AbortSignal,
): Promise<readonly JobMoment[]> => {
	const query = {fieldSelector: `involvedObject.uid=${uid}`};
	const events = await readEvents(cluster, {namespace, query}, signal);
	return events.map(({job: _, ...moment}) => moment);
};

const timelineOf = ({metadata, status}: WireJob, events: readonly JobMoment[]): readonly JobMoment[] => {
	const moments: JobMoment[] = [...events];
	const add = (time: string | null | undefined, what: string, detail?: string) => {
		const at = readTime(time);
		if (at !== undefined) moments.push({at, what, ...(detail !== undefined && {detail})});
	};
	add(metadata.creationTimestamp, 'created');
	add(status?.startTime, 'started');
	add(metadata.deletionTimestamp, 'deletion requested');
	for (const {type, status: holds, lastTransitionTime, reason, message} of status?.conditions ?? []) {
		const detail = [reason, message].flatMap(part => shown(part) ?? []).join(': ');
		if (holds === 'True') add(lastTransitionTime, shown(type) ?? 'condition', detail || undefined);
	}
	return moments.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
};

/** Who wrote which field fills half of a record, and says nothing of the job. */
const withoutManagedFields = (body: unknown): unknown =>
	JSON.parse(JSON.stringify(body, (key, value) => (key === 'managedFields' ? undefined : value)) ?? 'null');
