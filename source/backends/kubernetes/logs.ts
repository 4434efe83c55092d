/*
What the pod of a job printed that started last. Its lines carry times to the nanosecond, which say what an earlier answer held: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod
*/
import {cleanLines} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import type {LogPage, RequestOptions} from '../backend.ts';
import type {Http} from '../http.ts';
import {readEnd} from '../log-bytes.ts';
import type {Cluster} from './cluster.ts';
import {corePath, partsOf} from './ids.ts';
import {lookAtRecord} from './look.ts';
import {countOf, type Pod, podsOf} from './pods.ts';
import {toJob} from './wire.ts';

type LogRequest = RequestOptions & {readonly after?: string};

export const readLog = async (
	cluster: Cluster,
	id: string,
	{signal, after}: LogRequest,
): Promise<LogPage> => {
	// The look comes first: of a job that had ended then, the log is whole now.
	const {wire} = await lookAtRecord(cluster, id, signal);
	const {terminal} = toJob(wire, cluster.profile);
	const pods = await podsOf(cluster, wire, signal);
	const pod = pods.find(({status}) => status?.phase !== 'Pending') ?? pods[0];
	const ended = terminal ? {ended: true as const} : {};
	if (pod === undefined) {
		if (!terminal) return {text: ''};
		throw new BackendError({kind: 'not-found', detail: 'its pods were removed, and their logs with them'});
	}
	const {http} = await cluster.session.open();
	const place = readPlace(after);
	const goesOn = place?.pod === pod.metadata.name;
	const read = await readPodLog(
		http,
		{namespace: partsOf(id).namespace, pod},
		{
			...(goesOn && {since: place.since}),
			signal,
		},
	);
	const fresh = goesOn ? read.lines.filter(({at}) => at > place.at) : read.lines;
	const head = goesOn || pods.length < 2 ? '' : `==> pod ${pod.metadata.name}, one of ${countOf(pods)} <==\n`;
	const text = head + fresh.map(({text}) => `${text}\n`).join('');
	const last = read.lines.at(-1) ?? (goesOn ? place : undefined);
	return {
		text: cleanLines(text, text.length),
		...(last && {cursor: [pod.metadata.name, last.at, last.since].join(' ')}),
		...(after !== undefined && !goesOn && {anew: true as const}),
		...(read.cut && {cut: true as const}),
		...ended,
	};
};

/** A line and its time: as it was written, for the next question, and in a form that sorts. */
type LogLine = {readonly at: string; readonly since: string; readonly text: string};

type Place = {readonly pod: string; readonly at: string; readonly since: string};

const readPlace = (cursor: string | undefined): Place | undefined => {
	const [pod, at, since] = cursor?.split(' ') ?? [];
	return pod === undefined || at === undefined || since === undefined ? undefined : {pod, at, since};
};

/** Lines that are asked for at most. */
const maxLines = 5000;

const readPodLog = async (
	http: Http,
	{namespace, pod}: {readonly namespace: string; readonly pod: Pod},
	{since, signal}: {readonly since?: string; readonly signal: AbortSignal},
): Promise<{readonly lines: readonly LogLine[]; readonly cut: boolean}> => {
	const request = {
		path: `${corePath(namespace, 'pods')}/${pod.metadata.name}/log`,
		query: {container: containerOf(pod), timestamps: true, sinceTime: since, tailLines: maxLines},
		headers: {accept: '*/*'},
		signal,
	};
	try {
		const {bytes, from} = await http.read(request, chunks => readEnd(chunks, undefined));
		const printed = bytes
			.toString('utf8')
			.split('\n')
			.slice(from > 0 ? 1 : 0, -1);
		const lines = printed.flatMap(readLine);
		return {lines, cut: from > 0 || printed.length >= maxLines};
	} catch (error) {
		// A container that has not started yet has no log; a pod may have gone meanwhile.
		const kind = error instanceof BackendError ? error.failure.kind : undefined;
		if (kind === 'rejected' || kind === 'not-found') return {lines: [], cut: false};
		throw error;
	}
};

/** The container that the pod calls its main one, else its first. */
const containerOf = ({metadata: {annotations}, spec}: Pod): string | undefined => {
	const names = (spec?.containers ?? []).flatMap(({name}) => name ?? []);
	const chosen = annotations?.['kubectl.kubernetes.io/default-container'];
	return chosen !== undefined && names.includes(chosen) ? chosen : names[0];
};

const stamped = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) ?(.*)$/s;

const readLine = (line: string): LogLine[] => {
	const [, second, fraction = '', zone, text] = stamped.exec(line) ?? [];
	const at = Date.parse(`${second}${zone}`) / 1000;
	if (text === undefined || Number.isNaN(at)) return [];
	const exactly = `${second}${fraction === '' ? '' : `.${fraction}`}${zone}`;
	return [{at: `${String(at).padStart(12, '0')}.${fraction.padEnd(9, '0')}`, since: exactly, text}];
};
