/*
The pods of a job: where its work runs, why it waits, and what it printed.
*/
import {BackendError} from '../../job/failure.ts';
import {shown} from '../read-fields.ts';
import {readTime} from '../read-time.ts';
import {list, number, object, type ReadBy, type Reader, text, texts} from '../record-readers.ts';
import type {Cluster} from './cluster.ts';
import {corePath} from './ids.ts';
import {conditions, listSchema, type WireJob} from './record.ts';

const state = object({
	waiting: object({reason: text, message: text}),
	running: object({startedAt: text}),
	terminated: object({reason: text, exitCode: number, signal: number}),
});

const container = object({name: text, restartCount: number, state, lastState: state});

/** A name that may stand in an address. */
const podName: Reader<string> = value =>
	typeof value === 'string' && /^[a-z0-9][a-z0-9.-]*$/.test(value) ? value : undefined;

const pod = object(
	{
		metadata: object(
			{name: podName, creationTimestamp: text, deletionTimestamp: text, labels: texts, annotations: texts},
			['name'],
		),
		spec: object({nodeName: text, containers: list(object({name: text}))}),
		status: object({
			phase: text,
			reason: text,
			message: text,
			startTime: text,
			conditions,
			initContainerStatuses: list(container),
			containerStatuses: list(container),
		}),
	},
	['metadata'],
);
export type Pod = ReadBy<typeof pod>;

/** Pods that are asked for at once. */
const maxPods = 500;

export type PodQuery = {
	readonly namespace: string;
	/** A server before 1.27 knows the label of the job without its prefix only; all later ones write both. */
	readonly query: {readonly labelSelector: string; readonly fieldSelector?: string};
};

/** The pods of a job, the newest first. They carry the uid of their job: those of an earlier job of its name are not among them. */
export const podsOf = async (
	cluster: Cluster,
	{metadata: {namespace, uid}}: WireJob,
	signal: AbortSignal,
): Promise<readonly Pod[]> =>
	readPods(cluster, {namespace, query: {labelSelector: `controller-uid=${uid}`}}, signal);

/** Pods of a namespace, the newest first. */
export const readPods = async (
	{session}: Cluster,
	{namespace, query}: PodQuery,
	signal: AbortSignal,
): Promise<readonly Pod[]> => {
	const {http} = await session.open();
	const request = {path: corePath(namespace, 'pods'), query: {...query, limit: maxPods}, signal};
	const {body} = await http.json(request);
	const list = listSchema.safeParse(body).data;
	if (list === undefined)
		throw new BackendError({kind: 'malformed', detail: 'the answer is not a list of pods'});
	const createdAt = (pod: Pod) => readTime(pod.metadata.creationTimestamp) ?? 0;
	return (list.items ?? []).flatMap(item => pod(item) ?? []).sort((a, b) => createdAt(b) - createdAt(a));
};

/** How many pods there are beside these few of them; the list may have been cut. */
export const countOf = (pods: readonly Pod[], without = 0): string =>
	`${pods.length < maxPods ? '' : 'at least '}${pods.length - without}`;

/** Why a pod does not run yet; undefined where it does, or says nothing. */
export const waitsFor = ({status}: Pod): string | undefined => {
	const unscheduled = status?.conditions?.find(
		({type, status: holds}) => type === 'PodScheduled' && holds === 'False',
	);
	if (unscheduled) return shown([unscheduled.reason, unscheduled.message].filter(Boolean).join(': '));
	// A container waits as PodInitializing for those that initialize the pod: what these wait for says more.
	const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
	const [waiting] = containers.flatMap(({state}) => state?.waiting ?? []);
	return waiting && shown([waiting.reason, waiting.message].filter(Boolean).join(': '));
};

/** The uid of the job that a pod works for. */
export const jobOf = ({metadata: {labels}}: Pod): string | undefined => labels?.['controller-uid'];

/** Which completion of an Indexed job a pod is for. https://kubernetes.io/docs/reference/labels-annotations-taints/#batch-kubernetes-io-job-completion-index-annotation */
export const indexOf = ({metadata: {annotations}}: Pod): number | undefined => {
	const index = annotations?.['batch.kubernetes.io/job-completion-index'];
	return index !== undefined && /^\d{1,9}$/.test(index) ? Number(index) : undefined;
};

/** How a pod stands, in one line. */
export const podWords = (pod: Pod): string => {
	const {metadata, spec, status} = pod;
	const index = indexOf(pod);
	const phase = metadata.deletionTimestamp == null ? (shown(status?.phase) ?? 'Unknown') : 'Terminating';
	const restarts = (status?.containerStatuses ?? []).reduce(
		(sum, {restartCount}) => sum + (restartCount ?? 0),
		0,
	);
	const ends = (status?.containerStatuses ?? []).flatMap(({name, state, lastState}) => {
		const end = state?.terminated ?? lastState?.terminated;
		if (!end || (end.exitCode === 0 && end.reason === 'Completed')) return [];
		const code = typeof end.exitCode === 'number' ? `exit code ${end.exitCode}` : undefined;
		return [[shown(name), shown(end.reason), code].filter(Boolean).join(' ')];
	});
	return [
		index === undefined ? undefined : `index ${index}`,
		phase,
		spec?.nodeName ? `on ${shown(spec.nodeName)}` : undefined,
		waitsFor(pod),
		shown(status?.reason),
		shown(status?.message),
		...ends,
		restarts > 0 ? `${restarts} restarts` : undefined,
	]
		.filter(Boolean)
		.join(', ');
};
