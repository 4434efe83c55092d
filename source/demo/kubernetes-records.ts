/*
The Jobs and Events of the embedded Kubernetes, in the form in which an API server of version 1.36 sends them.
*/

import {type KubernetesPlace, time} from './kubernetes-place.ts';
import {imageOf, type JobPart, parallelism, partsOf, podName} from './kubernetes-pods.ts';
import type {Deed, WorldJob} from './lives.ts';

const condition = (type: string, at: number, reason: string, message: string) => ({
	type,
	status: 'True',
	lastProbeTime: time(at),
	lastTransitionTime: time(at),
	reason,
	message,
});

/** `0-3` */
const indexList = (parts: readonly JobPart[]): string => {
	const [first, last] = [parts[0]?.index, parts.at(-1)?.index];
	return first === last ? String(first ?? '') : `${first}-${last}`;
};

/** The condition of a suspended job, and the one that no longer holds of a job that was started again. */
const suspensionOf = ({phase, createdAt, suspendedAt, unsuspendedAt}: WorldJob) => {
	if (phase === 'held' || suspendedAt !== undefined) {
		return {
			conditions: [condition('Suspended', suspendedAt ?? createdAt, 'JobSuspended', 'Job suspended')],
		};
	}
	if (unsuspendedAt === undefined) return {};
	const resumed = condition('Suspended', unsuspendedAt, 'JobResumed', 'Job resumed');
	return {conditions: [{...resumed, status: 'False'}]};
};

/** The counts of the pods; an Indexed job has a list of its ended indexes, too. */
const countsOf = (job: WorldJob, isStopping: boolean) => {
	const parts = partsOf(job);
	const inPhase = (...phases: readonly string[]) => parts.filter(({phase}) => phases.includes(phase));
	const [succeeded, failed] = [inPhase('succeeded'), inPhase('failed')];
	const [active, ready] = [inPhase('queued', 'running').length, inPhase('running').length];
	return {
		uncountedTerminatedPods: {},
		...(isStopping ? {terminating: ready, ready: 0} : {terminating: 0, ready, ...(active > 0 && {active})}),
		...(succeeded.length > 0 && {succeeded: succeeded.length}),
		...(failed.length > 0 && {failed: failed.length}),
		...(job.plan.parts !== undefined && succeeded.length > 0 && {completedIndexes: indexList(succeeded)}),
	};
};

const statusOf = (job: WorldJob, isDeleted: boolean) => {
	const {phase, startedAt, endedAt, createdAt, suspendedAt} = job;
	const isLive = phase !== 'succeeded' && phase !== 'failed';
	const isStopping = isDeleted || suspendedAt !== undefined;
	const counts = countsOf(job, isStopping && isLive);
	const started = {startTime: time(startedAt ?? createdAt), ...counts};
	const at = endedAt ?? createdAt;
	if (isDeleted && isLive) return started;
	switch (phase) {
		case 'held':
			return {...counts, ...suspensionOf(job)};
		case 'queued':
		case 'running':
			// A suspended job has no time of its start.
			return {...(suspendedAt === undefined ? started : counts), ...suspensionOf(job)};
		case 'succeeded': {
			const words = ['CompletionsReached', 'Reached expected number of succeeded pods'] as const;
			const conditions = [condition('SuccessCriteriaMet', at, ...words), condition('Complete', at, ...words)];
			return {...started, completionTime: time(at), conditions};
		}
		default: {
			const words = ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'] as const;
			return {
				...started,
				conditions: [condition('FailureTarget', at, ...words), condition('Failed', at, ...words)],
			};
		}
	}
};

/** The record of a job without its `resourceVersion`. */
export const jobRecord = (place: KubernetesPlace, job: WorldJob): Record<string, unknown> => {
	const {namespace, name, uid, createdAt, deletedAt, annotations} = place;
	const {parts} = job.plan;
	const labels = {
		'batch.kubernetes.io/controller-uid': uid,
		'batch.kubernetes.io/job-name': name,
		'controller-uid': uid,
		'job-name': name,
	};
	return {
		metadata: {
			name,
			namespace,
			uid,
			generation: deletedAt === undefined ? 1 : 2,
			creationTimestamp: time(createdAt),
			...(deletedAt !== undefined && {
				deletionTimestamp: time(deletedAt),
				deletionGracePeriodSeconds: 0,
				finalizers: ['foregroundDeletion'],
			}),
			labels: {app: job.plan.process},
			...(annotations && {annotations}),
		},
		spec: {
			parallelism: parts === undefined ? 1 : parallelism,
			completions: parts ?? 1,
			backoffLimit: 0,
			selector: {matchLabels: {'batch.kubernetes.io/controller-uid': uid}},
			manualSelector: false,
			template: {
				metadata: {labels},
				spec: {
					containers: [
						{
							name: 'main',
							image: imageOf(job.plan),
							command: ['echo', `${job.plan.process} ${name}`],
							resources: {},
							imagePullPolicy: 'Always',
						},
					],
					restartPolicy: 'Never',
					terminationGracePeriodSeconds: 30,
					dnsPolicy: 'ClusterFirst',
					schedulerName: 'default-scheduler',
				},
			},
			completionMode: parts === undefined ? 'NonIndexed' : 'Indexed',
			suspend: job.phase === 'held' || job.suspendedAt !== undefined,
			podReplacementPolicy: 'TerminatingOrFailed',
		},
		status: statusOf(job, deletedAt !== undefined),
	};
};

/** What the job's controller noted, newest last. */
export const eventRecords = (place: KubernetesPlace, job: WorldJob, history: readonly Deed[]) => {
	const event = (at: number, reason: string, message: string) => ({
		involvedObject: {kind: 'Job', namespace: place.namespace, name: place.name, uid: place.uid},
		type: reason === 'BackoffLimitExceeded' || reason === 'FailedCreate' ? 'Warning' : 'Normal',
		reason,
		message,
		count: 1,
		firstTimestamp: time(at),
		lastTimestamp: time(at),
	});
	const {createdAt} = place;
	const pod = podName(place, partsOf(job)[0]);
	const end = job.endedAt ?? createdAt;
	if (job.phase === 'queued' && job.plan.obstacle === 'quota') {
		const amounts = 'requested: pods=1, used: pods=20, limited: pods=20';
		const message = `Error creating: pods "${pod}" is forbidden: exceeded quota: batch, ${amounts}`;
		return [event(createdAt, 'FailedCreate', message)];
	}
	return [
		job.phase === 'held'
			? event(createdAt, 'Suspended', 'Job suspended')
			: event(createdAt, 'SuccessfulCreate', `Created pod: ${pod}`),
		...(job.phase === 'succeeded' ? [event(end, 'Completed', 'Job completed')] : []),
		...(job.phase === 'failed'
			? [event(end, 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')]
			: []),
		...(history.length > 0 && place.deletedAt !== undefined
			? [event(place.deletedAt, 'SuccessfulDelete', `Deleted pod: ${pod}`)]
			: []),
	];
};
