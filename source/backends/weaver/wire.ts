import {z} from 'zod';
import {cleanLines, cleanText} from '../../job/clean-text.ts';
import type {Job, JobDetail, JobMoment} from '../../job/job.ts';
import {isEnd, phaseOf, type StatusTable} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import {readTime} from '../read-time.ts';

/**
Every word of the three vocabularies that Weaver speaks (OGC API - Processes, WPS, openEO).

`finished` is openEO's word for success. https://github.com/crim-ca/weaver/blob/master/weaver/status.py
*/
export const statuses: StatusTable = {
	created: 'held',
	accepted: 'queued',
	queued: 'queued',
	running: 'running',
	started: 'running',
	paused: 'held',
	successful: 'succeeded',
	succeeded: 'succeeded',
	finished: 'succeeded',
	failed: 'failed',
	exception: 'failed',
	error: 'failed',
	dismissed: 'cancelled',
	canceled: 'cancelled',
};

/** The words of jobs that have not ended, as the `status` parameter of the list takes them: it compares the stored word. */
export const activeStatuses = 'created,accepted,queued,started,running,paused';

// A lesser field of another type is passed over; it must not cost the job its row.
const text = z.string().nullish().catch(undefined);
const number = z.number().nullish().catch(undefined);

/** One job as the list and `GET /jobs/{id}` tell it (statusInfo of OGC API - Processes, with what Weaver adds). */
const jobSchema = z.object({
	jobID: text,
	id: text,
	status: z.string(),
	title: text,
	processID: text,
	providerID: text,
	type: text,
	message: text,
	created: text,
	started: text,
	finished: text,
	updated: text,
	duration: text,
	runningDuration: text,
	percentCompleted: number,
	progress: number,
	exception: z.unknown().optional(),
});
type WireJob = z.infer<typeof jobSchema>;

/** The links of a job, read only where they are shown: there are fourteen of them with every job of the list. */
const linkedSchema = z.object({
	links: z
		.array(z.object({rel: z.string(), href: z.string()}).nullable().catch(null))
		.nullish()
		.catch(undefined),
});

/** A page of the list. The records stay as they are: each is read for itself. */
export const listSchema = z.object({
	jobs: z.array(z.unknown()),
	page: number,
	limit: number,
	total: number,
});

/** The answer to a DELETE. */
export const dismissalSchema = z.object({jobID: text, id: text, status: z.string(), message: text});

/** `GET /jobs/{id}/logs`: a line a string. */
export const logsSchema = z.array(z.string());

export type WireRecord = {readonly id: string; readonly wire?: WireJob};

/** The record and its id, if both can be read. A bare id stands for a job of which the list tells nothing else. */
const readRecord = (record: unknown): WireRecord | undefined => {
	if (typeof record === 'string') return isUsableId(record) ? {id: record} : undefined;
	const read = jobSchema.safeParse(record);
	if (!read.success) return undefined;
	const id = read.data.jobID ?? read.data.id;
	return typeof id === 'string' && isUsableId(id) ? {id, wire: read.data} : undefined;
};

// An id is shown and sent exactly as it is: one that cannot be shown safely cannot be both.
const isUsableId = (id: string): boolean => id !== '' && cleanText(id) === id;

/** One record of a list or of `GET /jobs/{id}`; undefined where it cannot be read. */
export const readJob = (record: unknown, profile: string): Job | undefined => {
	const read = readRecord(record);
	return read === undefined ? undefined : toJob(read, profile);
};

const toJob = ({id, wire}: WireRecord, profile: string): Job => {
	const identity = {ref: refOf(profile, id), profile, backend: 'weaver', id, mine: true};
	if (wire === undefined) return {...identity, name: id, phase: 'unknown', status: '', terminal: false};
	const phase = phaseOf(statuses, wire.status);
	const terminal = isEnd(phase);
	const kind = cleaned(wire.processID);
	const reason = cleaned(wire.message);
	const percent = wire.percentCompleted ?? wire.progress;
	const createdAt = readTime(wire.created);
	const startedAt = readTime(wire.started);
	// A job that was dismissed before its end keeps an empty `finished`; its last change was the dismissal.
	const endedAt = terminal
		? (readTime(wire.finished) ?? (phase === 'cancelled' ? readTime(wire.updated) : undefined))
		: undefined;
	return {
		...identity,
		name: cleaned(wire.title) ?? kind ?? id,
		...(kind !== undefined && {kind}),
		phase,
		status: cleanText(wire.status, 100),
		terminal,
		...(reason !== undefined && {reason}),
		...(createdAt !== undefined && {createdAt}),
		...(startedAt !== undefined && {startedAt}),
		...(endedAt !== undefined && {endedAt}),
		...(typeof percent === 'number' && {progress: {percent: Math.min(100, Math.max(0, percent))}}),
		...(phase === 'failed' && {error: readError(wire)}),
	};
};

const cleaned = (value: string | null | undefined): string | undefined => {
	if (typeof value !== 'string') return undefined;
	const clean = cleanText(value).trim();
	return clean === '' ? undefined : clean;
};

const exceptionSchema = z.object({
	type: text,
	title: text,
	detail: text,
	code: text,
	Code: text,
	Text: text,
});

const readError = (wire: WireJob): {readonly kind: string; readonly message: string} => {
	const exception = exceptionSchema.safeParse(wire.exception).data;
	return {
		kind: cleaned(exception?.title ?? exception?.code ?? exception?.Code) ?? cleanText(wire.status, 100),
		message: cleaned(exception?.detail ?? exception?.Text) ?? cleaned(wire.message) ?? 'no reason given',
	};
};

/** All of `GET /jobs/{id}`; undefined where it cannot be read. */
export const readDetail = (body: unknown, profile: string): JobDetail | undefined => {
	const read = readRecord(body);
	if (read?.wire === undefined) return undefined;
	const {wire} = read;
	const facts: readonly (readonly [label: string, value: string | undefined])[] = [
		['Process', cleaned(wire.processID)],
		['Provider', cleaned(wire.providerID)],
		['Type', cleaned(wire.type)],
		['Status', cleaned(wire.status)],
		['Message', cleaned(wire.message)],
		['Progress', percentText(wire)],
		['Created', timeText(wire.created)],
		['Started', timeText(wire.started)],
		['Finished', timeText(wire.finished)],
		['Updated', timeText(wire.updated)],
		['Duration', cleaned(wire.duration)],
		...linkFacts(body),
	];
	return {
		job: toJob(read, profile),
		fields: facts.filter((fact): fact is [string, string] => fact[1] !== undefined),
		timeline: readTimeline(wire),
		raw: cleanLines(JSON.stringify(body, null, 2)),
	};
};

const percentText = (wire: WireJob): string | undefined => {
	const percent = wire.percentCompleted ?? wire.progress;
	return typeof percent === 'number' ? `${percent} %` : undefined;
};

const timeText = (time: string | null | undefined): string | undefined => {
	const at = readTime(time);
	return at === undefined
		? cleaned(time)
		: new Date(at)
				.toISOString()
				.replace('T', ' ')
				.replace(/\.\d+Z$/, ' UTC');
};

// The links that lead a person further.
const tellingLinks: Readonly<Record<string, string>> = {
	self: 'Address',
	status: 'Address',
	results: 'Results',
	'http://www.opengis.net/def/rel/ogc/1.0/results': 'Results',
	'https://www.opengis.net/def/rel/ogc/1.0/results': 'Results',
	logs: 'Logs',
	exceptions: 'Exceptions',
	'http://www.opengis.net/def/rel/ogc/1.0/exceptions': 'Exceptions',
	'https://www.opengis.net/def/rel/ogc/1.0/exceptions': 'Exceptions',
};

const linkFacts = (body: unknown): [label: string, value: string | undefined][] => {
	const facts = new Map<string, string>();
	for (const link of linkedSchema.safeParse(body).data?.links ?? []) {
		const label = link === null ? undefined : tellingLinks[link.rel];
		if (link === null || label === undefined || facts.has(label) || !URL.canParse(link.href)) continue;
		// A user or a signature in an address is a secret.
		const {origin, pathname} = new URL(link.href);
		facts.set(label, cleanText(origin + pathname));
	}
	return [...facts];
};

const readTimeline = (wire: WireJob): JobMoment[] => {
	const moments: JobMoment[] = [];
	const add = (time: string | null | undefined, what: string, detail?: string) => {
		const at = readTime(time);
		if (at !== undefined) moments.push({at, what, ...(detail !== undefined && {detail})});
	};
	add(wire.created, 'created');
	add(wire.started, 'started');
	add(wire.finished, 'finished');
	// The last change says how things stand; its time is the only one that a dismissal leaves.
	if (wire.updated !== wire.finished) add(wire.updated, cleanText(wire.status, 100), cleaned(wire.message));
	return moments.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
};
