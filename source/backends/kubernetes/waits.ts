/*
Why jobs wait. Their records do not say it: the pods that have not started do, and where none could be made, the events of their namespace. One list of each is asked for, rarely, and only where a job waits. Who may not read them sees the counts of the records alone.
*/
import {BackendError} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import type {Cluster, Reasons, WaitAnswer, Waits} from './cluster.ts';
import {readEvents} from './events.ts';
import {jobOf, readPods, waitsFor} from './pods.ts';
import type {SeenJob} from './wire.ts';

/** Milliseconds until the next question, and after one that failed: most who may not read pods never may. */
const restMs = {answered: 20_000, failed: 300_000} as const;

/** The jobs of a page of the list, those that wait with the reason. */
export const explainWaits = async (
	cluster: Cluster,
	namespace: string,
	seen: readonly SeenJob[],
	signal: AbortSignal,
): Promise<readonly Job[]> => {
	const {waits, now} = cluster;
	for (const kind of ['pods', 'events'] as const) {
		if (!seen.some(({explainedBy}) => explainedBy === kind)) continue;
		const key = `${kind} ${namespace}`;
		if (now() < (waits.get(key)?.dueAt ?? 0)) continue;
		waits.set(key, await ask(readers[kind](cluster, namespace, signal), {now, signal}));
	}
	return seen.map(one => explained(waits, one));
};

const ask = async (
	question: Promise<Reasons>,
	{now, signal}: {readonly now: Cluster['now']; readonly signal: AbortSignal},
): Promise<WaitAnswer> => {
	try {
		return {reasons: await question, dueAt: now() + restMs.answered};
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof BackendError)) throw error;
		return {reasons: new Map(), dueAt: now() + restMs.failed};
	}
};

/** The job with the reason that was found last, if one was. */
export const explained = (waits: Waits, {job, explainedBy}: SeenJob): Job => {
	if (explainedBy === undefined) return job;
	for (const [key, {reasons}] of waits) {
		const words = key.startsWith(explainedBy) ? reasons.get(job.uid) : undefined;
		if (words !== undefined) return withReason(job, words);
	}
	return job;
};

/** The last job that was made of each: what has not changed is the same object. */
const known = new WeakMap<Job, Job>();

/** The job with these words of its pods; the counts of a job that has begun go before them. */
export const withReason = (job: Job, words: string): Job => {
	const reason = job.phase === 'queued' || job.reason === undefined ? words : `${job.reason}: ${words}`;
	const before = known.get(job);
	if (before?.reason === reason) return before;
	const after = {...job, reason};
	known.set(job, after);
	return after;
};

type Reader = (cluster: Cluster, namespace: string, signal: AbortSignal) => Promise<Reasons>;

const readers: Readonly<Record<NonNullable<SeenJob['explainedBy']>, Reader>> = {
	async pods(cluster, namespace, signal) {
		const query = {fieldSelector: 'status.phase=Pending', labelSelector: 'controller-uid'};
		const reasons = new Map<string | undefined, string>();
		for (const pod of await readPods(cluster, {namespace, query}, signal)) {
			const words = waitsFor(pod);
			if (words !== undefined && !reasons.has(jobOf(pod))) reasons.set(jobOf(pod), words);
		}
		return reasons;
	},
	async events(cluster, namespace, signal) {
		const query = {fieldSelector: 'involvedObject.kind=Job,reason=FailedCreate'};
		const events = await readEvents(cluster, {namespace, query}, signal);
		return new Map(
			events
				.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0))
				.map(({job, what, detail = ''}) => [job, `${what}: ${detail.replace(refusedPod, '')}`]),
		);
	},
};

/** What stands before the reason why a pod was not made. */
const refusedPod = /^Error creating: pods "[^"]*" is forbidden: /;
