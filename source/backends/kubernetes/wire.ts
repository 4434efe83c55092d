/*
A record read as a job. It has no status word: conditions, counts and the time of a deletion say together where the job is.
*/
import {cleanText} from '../../job/clean-text.ts';
import type {EndedBy} from '../../job/ended-by.ts';
import type {Job} from '../../job/job.ts';
import {isEnd, phaseOf} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import {createKnownVersions, type KnownRecords} from '../known-records.ts';
import type {OwnWords} from '../own-words.ts';
import {shown} from '../read-fields.ts';
import {readTime} from '../read-time.ts';
import {statuses} from './facts.ts';
import {idOf} from './ids.ts';
import {indexWords, setOf} from './indexes.ts';
import {type Condition, readWire, type WireJob} from './record.ts';

/** How Kubernetes says why not. A 404 without the name of an object is about an address, not about a job. */
export const own: OwnWords = {
	title: 'Kubernetes',
	isOwn({kind, code, details}) {
		if (kind !== 'Status') return false;
		if (code !== 404) return true;
		return typeof details === 'object' && details !== null && 'name' in details;
	},
};

/** A job, and what else says why it waits, if anything does. */
export type SeenJob = {readonly job: Job; readonly explainedBy?: 'events' | 'pods'};

export const seeJob = (wire: WireJob, profile: string): SeenJob => {
	const job = toJob(wire, profile);
	const isAtWork = job.phase === 'queued' || job.phase === 'running';
	if (!isAtWork || wire.spec?.suspend === true || wire.spec?.parallelism === 0) return {job};
	const {active, ready} = wire.status ?? {};
	// A job that never had pods has just been made, or its pods were refused. One that had some waits between two tries, and an event may be of an earlier time.
	if ((active ?? 0) === 0) return job.phase === 'queued' ? {job, explainedBy: 'events'} : {job};
	return typeof ready === 'number' && ready < (active ?? 0) ? {job, explainedBy: 'pods'} : {job};
};

/** Reads the records of lists: `uid` names a record, `resourceVersion` every state of it. */
export const createListReading = (profile: string): KnownRecords<SeenJob> =>
	createKnownVersions({
		listFields: ['items'],
		nameOf(record) {
			const {uid, resourceVersion} = metadataOf(record) ?? {};
			return typeof uid === 'string' && typeof resourceVersion === 'string'
				? {id: uid, version: resourceVersion}
				: undefined;
		},
		read(record) {
			const wire = readWire(record);
			return wire && seeJob(wire, profile);
		},
	});

const metadataOf = (record: unknown): Readonly<Record<string, unknown>> | undefined => {
	if (typeof record !== 'object' || record === null || !('metadata' in record)) return undefined;
	const {metadata} = record;
	return typeof metadata === 'object' && metadata !== null
		? (metadata as Readonly<Record<string, unknown>>)
		: undefined;
};

/** A condition that holds. */
const holding = ({status}: WireJob, type: string): Condition | undefined =>
	status?.conditions?.find(condition => condition.type === type && condition.status === 'True');

/** The queue of Kueue that decides when the job may run. https://kueue.sigs.k8s.io/docs/tasks/run/jobs/ */
export const kueueQueueOf = ({metadata: {labels}}: WireJob): string | undefined =>
	shown(labels?.['kueue.x-k8s.io/queue-name']);

/** A controller decides when the job may run: Kueue, or the one that the record names. Whoever else starts or stops it works against that one. https://kubernetes.io/docs/concepts/workloads/controllers/job/#delegation-of-managing-a-job-object-to-external-controller */
const isManagedElsewhere = (wire: WireJob): boolean =>
	kueueQueueOf(wire) !== undefined || wire.spec?.managedBy != null;

/** How far the suspension of a live job is. Unknown on a server before 1.28, which does not count the pods that still end. */
const suspensionOf = (wire: WireJob): Pick<Job, 'suspension'> => {
	const {metadata, spec, status} = wire;
	const {active, terminating} = status ?? {};
	const isEnding = holding(wire, 'FailureTarget') ?? holding(wire, 'SuccessCriteriaMet');
	if (metadata.deletionTimestamp != null || isEnding || isManagedElsewhere(wire)) return {};
	if (typeof terminating !== 'number') return {};
	const hasStopped = holding(wire, 'Suspended') !== undefined;
	if (spec?.suspend !== true) return {suspension: hasStopped ? 'ending' : 'none'};
	const isQuiet = (active ?? 0) === 0 && terminating === 0;
	return {suspension: hasStopped && isQuiet ? 'complete' : 'beginning'};
};

/** The condition that ends the job. Deleting a job kills its pods, which may be counted as failures before the record goes: such a failure is a part of the deletion. */
const endOf = (wire: WireJob): {readonly status: string; readonly condition: Condition} | undefined => {
	const complete = holding(wire, 'Complete');
	if (complete) return {status: 'Complete', condition: complete};
	const failed = holding(wire, 'Failed');
	if (!failed) return undefined;
	const deletedAt = readTime(wire.metadata.deletionTimestamp);
	// The failure is written when the last pod has ended, and decided before.
	const decided = [holding(wire, 'FailureTarget'), failed];
	const isBefore = (at: number | undefined) => at !== undefined && deletedAt !== undefined && at < deletedAt;
	const isOwnEnd =
		deletedAt === undefined || decided.some(each => isBefore(readTime(each?.lastTransitionTime)));
	return isOwnEnd ? {status: 'Failed', condition: failed} : undefined;
};

/** The word for where a live job is. */
const liveStatusOf = (wire: WireJob): string => {
	const {metadata, spec, status} = wire;
	if (metadata.deletionTimestamp != null) return 'Terminating';
	if (holding(wire, 'FailureTarget')) return 'FailureTarget';
	if (holding(wire, 'SuccessCriteriaMet')) return 'SuccessCriteriaMet';
	// Kueue suspends what waits in its queue, and resumes it by itself.
	if (spec?.suspend === true || holding(wire, 'Suspended')) {
		return kueueQueueOf(wire) === undefined ? 'Suspended' : 'Pending';
	}
	// A server before 1.24 does not count the pods that are ready.
	const {active, ready, succeeded, failed} = status ?? {};
	const hasRun = (ready ?? active ?? 0) > 0 || (succeeded ?? 0) > 0 || (failed ?? 0) > 0;
	return hasRun ? 'Running' : 'Pending';
};

const pods = (count: number): string => (count === 1 ? '1 pod' : `${count} pods`);

/** What keeps the record of a deleted job without pods: only who has set a finalizer removes it. https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/ */
const heldBy = ({metadata: {finalizers}}: WireJob): string | undefined => {
	const others = finalizers?.filter(name => name !== 'foregroundDeletion') ?? [];
	return others.length === 0 ? undefined : shown(`kept by the finalizer ${others.join(', ')}`);
};

/** Who makes such jobs makes another one, at once or at its next time. */
const cautionOf = ({metadata: {ownerReferences}}: WireJob): string | undefined => {
	const owner = ownerReferences?.find(({controller}) => controller === true);
	const name = shown([owner?.kind, owner?.name].filter(Boolean).join(' '));
	return name === undefined ? undefined : `${name} has made this job and may make another one`;
};

/** Why a live job is where it is. */
const reasonOf = (wire: WireJob, status: string): string | undefined => {
	const {active, ready, terminating, failed} = wire.status ?? {};
	const ending = (terminating ?? 0) > 0 ? `waits for ${pods(terminating ?? 0)} to end` : undefined;
	switch (status) {
		case 'Terminating':
			return ending ?? heldBy(wire);
		case 'Suspended':
			return [shown(holding(wire, 'Suspended')?.message) ?? 'suspended', ending].filter(Boolean).join('; ');
		case 'FailureTarget':
		case 'SuccessCriteriaMet': {
			const {reason, message} = holding(wire, status) ?? {};
			return [reason, message, ending].flatMap(part => shown(part) ?? []).join('; ');
		}
		case 'Pending': {
			const queue = kueueQueueOf(wire);
			if (queue !== undefined && wire.spec?.suspend === true)
				return `waits for its turn in the Kueue queue ${queue}`;
			if (wire.spec?.parallelism === 0) return 'its parallelism is 0';
			return (active ?? 0) > 0 ? `${pods(active ?? 0)} not ready` : undefined;
		}
		default: {
			const waiting = (active ?? 0) - (ready ?? active ?? 0);
			if ((failed ?? 0) > 0 && (ready ?? active ?? 0) === 0)
				return `${pods(failed ?? 0)} failed; the next one is not ready`;
			return waiting > 0 ? `${waiting} of ${pods(active ?? 0)} not ready` : undefined;
		}
	}
};

/** What ended a failed job, where the condition alone says it. That its tries were used up says nothing of why they failed. */
const endedByOf = ({reason}: Condition): EndedBy | undefined =>
	reason === 'DeadlineExceeded' ? {kind: 'time-limit'} : undefined;

export const toJob = (wire: WireJob, profile: string): Job => {
	const {metadata, spec, status: counts} = wire;
	const {namespace, name} = metadata;
	const id = idOf(namespace, name);
	const end = endOf(wire);
	const word = end?.status ?? liveStatusOf(wire);
	const phase = phaseOf(statuses, word);
	const isAtWork = word === 'Running' || word === 'Pending';
	const status = (isAtWork ? indexWords(wire) : undefined) ?? word;
	const set = setOf(wire, isEnd(phase));
	const createdAt = readTime(metadata.creationTimestamp);
	const startedAt = phase === 'queued' ? undefined : readTime(counts?.startTime);
	const endedAt = end && (readTime(counts?.completionTime) ?? readTime(end.condition.lastTransitionTime));
	const reason = end ? undefined : reasonOf(wire, word);
	const queue = kueueQueueOf(wire);
	const kind = imageName(spec?.template?.spec?.containers?.[0]?.image);
	const endedBy = phase === 'failed' && end ? endedByOf(end.condition) : undefined;
	const limit = spec?.activeDeadlineSeconds;
	const caution = cautionOf(wire);
	return {
		ref: refOf(profile, id),
		profile,
		backend: 'kubernetes',
		id,
		name: cleanText(name),
		...(kind !== undefined && {kind}),
		mine: true,
		phase,
		status,
		terminal: isEnd(phase),
		...(endedBy && {endedBy}),
		...(end === undefined && suspensionOf(wire)),
		...(queue !== undefined && {queue}),
		labels: {project: namespace},
		...(reason && {reason}),
		uid: metadata.uid,
		version: metadata.resourceVersion,
		...(createdAt !== undefined && {createdAt}),
		...(startedAt !== undefined && {startedAt}),
		...(endedAt !== undefined && {endedAt}),
		...(typeof limit === 'number' && {limitMs: limit * 1000}),
		...progressOf(wire),
		...(phase === 'failed' && end && {error: errorOf(end.condition)}),
		...(caution !== undefined && {caution}),
		...(set && {set}),
	};
};

/** How many pods of how many have succeeded; of a work queue, where one success is enough, nobody knows how many there will be. */
const progressOf = ({spec, status}: WireJob): Pick<Job, 'progress'> => {
	const total = spec?.completions;
	if (typeof total !== 'number' || total < 2) return {};
	return {progress: {done: status?.succeeded ?? 0, total}};
};

const errorOf = ({reason, message}: Condition) => ({
	kind: shown(reason) ?? 'Failed',
	message: shown(message) ?? 'no reason given',
});

/** `train` of `registry.example.org:5000/lab/train:2.1@sha256:…`. */
const imageName = (image: string | null | undefined): string | undefined =>
	shown(
		image
			?.replace(/@.*$/, '')
			.replace(/^.*\//, '')
			.replace(/:[^:]*$/, ''),
	);
