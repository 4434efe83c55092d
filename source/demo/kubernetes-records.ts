/*
The Jobs, Pods and Events of the embedded Kubernetes, in the form in which an API server of version 1.36 sends them.
*/
import type {Deed, WorldJob} from './lives.ts';
import {createRandom, createUuid, seedOf} from './random.ts';

/** Whose record it is, as far as the job itself does not say. */
export type KubernetesPlace = {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	/** When this record was made. */
	readonly createdAt: number;
	/** When its deletion was requested. */
	readonly deletedAt?: number;
	readonly annotations?: Readonly<Record<string, string>>;
};

const second = 1000;

/** Times of Kubernetes have no fractions. */
const time = (at: number): string =>
	new Date(Math.floor(at / second) * second).toISOString().replace('.000Z', 'Z');

const condition = (type: string, at: number, reason: string, message: string) => ({
	type,
	status: 'True',
	lastProbeTime: time(at),
	lastTransitionTime: time(at),
	reason,
	message,
});

const statusOf = ({phase, startedAt, endedAt, createdAt}: WorldJob, isDeleted: boolean) => {
	const started = {startTime: time(startedAt ?? createdAt)};
	const none = {terminating: 0, uncountedTerminatedPods: {}, ready: 0};
	const at = endedAt ?? createdAt;
	if (isDeleted && phase !== 'succeeded' && phase !== 'failed') {
		return {...started, ...none, ...(startedAt !== undefined && {terminating: 1})};
	}
	switch (phase) {
		case 'held':
			return {...none, conditions: [condition('Suspended', createdAt, 'JobSuspended', 'Job suspended')]};
		case 'queued':
			return {...started, ...none, active: 1};
		case 'running':
			return {...started, ...none, active: 1, ready: 1};
		case 'succeeded': {
			const words = ['CompletionsReached', 'Reached expected number of succeeded pods'] as const;
			return {
				...started,
				...none,
				completionTime: time(at),
				succeeded: 1,
				conditions: [condition('SuccessCriteriaMet', at, ...words), condition('Complete', at, ...words)],
			};
		}
		default: {
			const words = ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'] as const;
			return {
				...started,
				...none,
				failed: 1,
				conditions: [condition('FailureTarget', at, ...words), condition('Failed', at, ...words)],
			};
		}
	}
};

/** The record of a job without its `resourceVersion`. */
export const jobRecord = (place: KubernetesPlace, job: WorldJob): Record<string, unknown> => {
	const {namespace, name, uid, createdAt, deletedAt, annotations} = place;
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
			parallelism: 1,
			completions: 1,
			backoffLimit: 0,
			selector: {matchLabels: {'batch.kubernetes.io/controller-uid': uid}},
			manualSelector: false,
			template: {
				metadata: {labels},
				spec: {
					containers: [
						{
							name: 'main',
							image: `registry.invalid/imagery/${job.plan.process}:2.1`,
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
			completionMode: 'NonIndexed',
			suspend: job.phase === 'held',
			podReplacementPolicy: 'TerminatingOrFailed',
		},
		status: statusOf(job, deletedAt !== undefined),
	};
};

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** The name of its only pod. */
export const podName = ({name, uid}: KubernetesPlace): string => {
	const random = createRandom(seedOf(uid, 'pod'));
	const suffix = Array.from({length: 5}, () => letters[Math.floor(random() * letters.length)]).join('');
	return `${name}-${suffix}`;
};

const podPhases = {
	held: undefined,
	queued: 'Pending',
	running: 'Running',
	succeeded: 'Succeeded',
	failed: 'Failed',
	cancelled: undefined,
} as const;

const nodes = ['worker-1', 'worker-2', 'worker-3'] as const;

/** Its pods: none of a suspended job, and one of any other. */
export const podRecords = (place: KubernetesPlace, job: WorldJob): readonly Record<string, unknown>[] => {
	const phase = podPhases[job.phase];
	if (phase === undefined) return [];
	const {namespace, name, uid, createdAt, deletedAt} = place;
	const at = time(job.startedAt ?? createdAt);
	const ended = job.phase === 'failed' || job.phase === 'succeeded';
	const state = ended
		? {
				terminated: {
					exitCode: job.phase === 'failed' ? 1 : 0,
					reason: job.phase === 'failed' ? 'Error' : 'Completed',
					startedAt: at,
					finishedAt: time(job.endedAt ?? createdAt),
				},
			}
		: {running: {startedAt: at}};
	return [
		{
			metadata: {
				name: podName(place),
				namespace,
				creationTimestamp: time(createdAt),
				...(deletedAt !== undefined && !ended && {deletionTimestamp: time(deletedAt)}),
				labels: {'controller-uid': uid, 'job-name': name},
			},
			spec: {
				containers: [{name: 'main'}],
				...(phase !== 'Pending' && {nodeName: nodes[seedOf(uid, 'node') % nodes.length]}),
			},
			status: {
				phase,
				...(phase === 'Pending'
					? {
							conditions: [
								{
									type: 'PodScheduled',
									status: 'False',
									reason: 'Unschedulable',
									message: '0/3 nodes are available: 3 Insufficient memory.',
									lastTransitionTime: time(createdAt),
								},
							],
						}
					: {containerStatuses: [{name: 'main', restartCount: 0, state}]}),
			},
		},
	];
};

/** What the job's controller noted, newest last. */
export const eventRecords = (
	place: KubernetesPlace,
	job: WorldJob,
	history: readonly Deed[],
): readonly Record<string, unknown>[] => {
	const event = (at: number, reason: string, message: string) => ({
		type: reason === 'BackoffLimitExceeded' ? 'Warning' : 'Normal',
		reason,
		message,
		count: 1,
		firstTimestamp: time(at),
		lastTimestamp: time(at),
	});
	const {createdAt} = place;
	const end = job.endedAt ?? createdAt;
	return [
		job.phase === 'held'
			? event(createdAt, 'Suspended', 'Job suspended')
			: event(createdAt, 'SuccessfulCreate', `Created pod: ${podName(place)}`),
		...(job.phase === 'succeeded' ? [event(end, 'Completed', 'Job completed')] : []),
		...(job.phase === 'failed'
			? [event(end, 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')]
			: []),
		...(history.length > 0 && place.deletedAt !== undefined
			? [event(place.deletedAt, 'SuccessfulDelete', `Deleted pod: ${podName(place)}`)]
			: []),
	];
};

/** What its pod printed, with the time of each line. */
export const podLog = (
	place: KubernetesPlace,
	{startedAt, endedAt, phase, percent, runMs = 0}: WorldJob,
): string => {
	if (startedAt === undefined) return '';
	const line = (at: number, text: string) =>
		`${new Date(at).toISOString().replace('Z', '000000Z')} ${text}\n`;
	const lines = [line(startedAt, `scene ${place.name}: reading 11 tiles`)];
	// A written line never changes while the job goes on.
	for (let done = 0; done <= percent; done += 10) {
		lines.push(line(startedAt + (runMs * done) / 100 + 1, `tile ${done / 10 + 1} of 11`));
	}
	if (endedAt !== undefined && phase === 'failed')
		lines.push(line(endedAt, 'error: a tile has no valid pixels'));
	if (endedAt !== undefined && phase === 'succeeded') lines.push(line(endedAt, 'done'));
	return lines.join('');
};

/** The uid of a record: a job that is made again has another one. */
export const uidOf = (seed: string, index: number, generation: number): string =>
	createUuid(createRandom(seedOf(seed, 'uid', index, generation)));
