/*
The pods of the embedded Kubernetes and what they print: one of a job, or one for each part that has begun of an Indexed job.
*/
import {type KubernetesPlace, time} from './kubernetes-place.ts';
import type {WorldJob} from './lives.ts';
import {createRandom, seedOf} from './random.ts';
import type {JobPlan} from './scenario.ts';

/** The work of one pod. */
export type JobPart = Pick<
	WorldJob,
	'plan' | 'phase' | 'percent' | 'createdAt' | 'startedAt' | 'endedAt' | 'runMs'
> & {
	/** Which completion it is; absent where the job is not Indexed. */
	readonly index?: number;
};

/** How many parts of an Indexed job run at the same time. */
export const parallelism = 2;

/** The parts that have a pod: none of a deleted job, only the ended ones of a suspended job, none where the quota is used up. They run in rounds of equal length, one after the other. */
export const partsOf = (job: WorldJob): readonly JobPart[] => {
	const {phase, plan, percent, startedAt, endedAt, runMs} = job;
	if (phase === 'cancelled' || (phase === 'held' && percent === 0)) return [];
	// The quota refuses its pods.
	if (phase === 'queued' && plan.obstacle === 'quota') return [];
	if (plan.parts === undefined) return [job];
	const rounds = Math.ceil(plan.parts / parallelism);
	// A job that failed has done so in its last round.
	const reached = phase === 'failed' ? rounds - 0.5 : (percent / 100) * rounds;
	const parts: JobPart[] = [];
	for (let index = 0; index < plan.parts; index++) {
		const round = Math.floor(index / parallelism);
		const done = Math.min(1, reached - round);
		if (done < 0 || (phase === 'held' && done < 1)) break;
		const begin = (startedAt ?? 0) + (round * (runMs ?? 0)) / rounds;
		parts.push({
			plan,
			index,
			createdAt: round === 0 ? job.createdAt : begin,
			phase: done === 1 ? 'succeeded' : phase,
			percent: Math.floor(100 * done),
			...(startedAt !== undefined && {startedAt: begin}),
			...(runMs !== undefined && {runMs: runMs / rounds}),
			...(done === 1 && startedAt !== undefined && {endedAt: begin + (runMs ?? 0) / rounds}),
			...(done < 1 && endedAt !== undefined && {endedAt}),
		});
	}
	return parts;
};

/** The part of its work that a suspension does not undo: the ended parts of an Indexed job. */
export const keptOf = (job: WorldJob): number => {
	const ended = partsOf(job).filter(({phase}) => phase === 'succeeded').length;
	return job.plan.parts === undefined ? 0 : ended / job.plan.parts;
};

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** The image of its only container. */
export const imageOf = ({process}: Pick<JobPlan, 'process'>): string =>
	`registry.invalid/imagery/${process}:2.1`;

/** The name of the pod of this part. */
export const podName = ({name, uid}: KubernetesPlace, part?: JobPart): string => {
	const index = part?.index === undefined ? '' : `-${part.index}`;
	const random = createRandom(seedOf(uid, `pod${index}`));
	const suffix = Array.from({length: 5}, () => letters[Math.floor(random() * letters.length)]).join('');
	return `${name}${index}-${suffix}`;
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

/** What the kubelet says of a pod whose image it cannot have. */
const withoutImage = (image: string) => ({
	containerStatuses: [
		{
			name: 'main',
			restartCount: 0,
			state: {waiting: {reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"`}},
		},
	],
});

/** What the scheduler says of a pod that has no node yet. */
const unschedulable = (at: number) => ({
	conditions: [
		{
			type: 'PodScheduled',
			status: 'False',
			reason: 'Unschedulable',
			message: '0/3 nodes are available: 3 Insufficient memory.',
			lastTransitionTime: time(at),
		},
	],
});

/** What the only container of a pod does, or how it ended. */
const containerOf = ({phase, createdAt, startedAt, endedAt}: JobPart) => {
	const at = time(startedAt ?? createdAt);
	const terminated = {
		exitCode: phase === 'failed' ? 1 : 0,
		reason: phase === 'failed' ? 'Error' : 'Completed',
		startedAt: at,
		finishedAt: time(endedAt ?? createdAt),
	};
	const state = hasEnded(phase) ? {terminated} : {running: {startedAt: at}};
	return {containerStatuses: [{name: 'main', restartCount: 0, state}]};
};

const hasEnded = (phase: JobPart['phase']): boolean => phase === 'failed' || phase === 'succeeded';

const statusOf = (part: JobPart) => {
	if (part.phase !== 'queued') return containerOf(part);
	return part.plan.obstacle === 'image' ? withoutImage(imageOf(part.plan)) : unschedulable(part.createdAt);
};

const podRecord = (place: KubernetesPlace, part: JobPart, stopsSince: number | undefined) => {
	const {namespace, uid} = place;
	const name = podName(place, part);
	const phase = podPhases[part.phase];
	return {
		metadata: {
			name,
			namespace,
			creationTimestamp: time(part.createdAt),
			...(stopsSince !== undefined && !hasEnded(part.phase) && {deletionTimestamp: time(stopsSince)}),
			labels: {'controller-uid': uid, 'job-name': place.name},
			...(part.index !== undefined && {
				annotations: {'batch.kubernetes.io/job-completion-index': String(part.index)},
			}),
		},
		spec: {
			containers: [{name: 'main'}],
			...((phase !== 'Pending' || part.plan.obstacle) && {nodeName: nodes[seedOf(uid, name) % nodes.length]}),
		},
		status: {
			phase,
			...statusOf(part),
		},
	};
};

/** Its pods: none of a suspended job, one of most others. */
export const podRecords = (place: KubernetesPlace, job: WorldJob) =>
	partsOf(job).map(part => podRecord(place, part, place.deletedAt ?? job.suspendedAt));

/** What a pod printed, with the time of each line. */
export const podLog = (
	place: KubernetesPlace,
	{startedAt, endedAt, phase, percent, runMs = 0}: JobPart,
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
