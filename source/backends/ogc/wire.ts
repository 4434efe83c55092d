import * as z from 'zod';
import {cleanText} from '../../job/clean-text.ts';
import type {Job, JobDetail, JobMoment} from '../../job/job.ts';
import {isEnd, phaseOf} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import type {Unproven} from '../../job/unproven.ts';
import {createKnownRecords, type KnownRecords} from '../known-records.ts';
import {hasText, type OwnWords, saysMoreThanItsCode} from '../own-words.ts';
import {
	isUsableId,
	knownFacts,
	lesserNumber,
	lesserText,
	shown,
	shownAddress,
	shownJson,
	shownTime,
} from '../read-fields.ts';
import {readTime} from '../read-time.ts';
import {number, object, type ReadBy, text, textOrNull, unread} from '../record-readers.ts';
import {statuses} from './common-traits.ts';

/** Whose jobs are read: the profile, and which of the two backends of this folder it has. */
export type Home = {readonly profile: string; readonly backend: 'weaver' | 'ogc'};

/** The words of jobs that have not ended, as the `status` parameter of the list takes them: it compares the stored word. */
export const activeStatuses = 'created,accepted,queued,started,running,paused';

/** One job in the list and in `GET /jobs/{id}` (statusInfo of OGC API - Processes, with what Weaver adds): what a row is made of. */
const jobFields = {
	jobID: text,
	id: text,
	status: text,
	title: text,
	processID: text,
	message: text,
	created: text,
	started: textOrNull,
	finished: textOrNull,
	updated: text,
	percentCompleted: number,
	progress: number,
	exception: unread,
};
const job = object(jobFields, ['status']);
type WireJob = ReadBy<typeof job>;

/** What the details show beside that; the duration changes with every answer. */
const detailSchema = z.object({providerID: lesserText, type: lesserText, duration: lesserText});

/** The links of a job, read only where they are shown: there are fourteen of them with every job of the list. */
const linkedSchema = z.object({
	links: z
		.array(z.object({rel: z.string(), href: z.string()}).nullable().catch(null))
		.nullish()
		.catch(undefined),
});

/** The readable links of a job or a list; undefined where it has no field for links. */
export const readLinks = (
	body: unknown,
): readonly {readonly rel: string; readonly href: string}[] | undefined =>
	linkedSchema.safeParse(body).data?.links?.filter(link => link !== null);

/** A page of the list. The records stay as they are: each is read for itself. */
export const listSchema = z.object({
	jobs: z.array(z.unknown()),
	page: lesserNumber,
	limit: lesserNumber,
	total: lesserNumber,
	numberMatched: lesserNumber,
});

/** The answer to a DELETE. */
export const dismissalSchema = z.object({
	jobID: lesserText,
	id: lesserText,
	status: z.string(),
	message: lesserText,
});

type WireRecord = {readonly id: string; readonly wire?: WireJob};

/** The record and its id, if both can be read. A bare id stands for a job of which the list holds nothing else. */
const readRecord = (record: unknown): WireRecord | undefined => {
	if (typeof record === 'string') return isUsableId(record) ? {id: record} : undefined;
	const wire = job(record);
	const id = wire?.jobID ?? wire?.id;
	return wire !== undefined && isUsableId(id) ? {id, wire} : undefined;
};

/** One record of a list or of `GET /jobs/{id}`; undefined where it cannot be read. */
export const readJob = (record: unknown, home: Home): Job | undefined => {
	const read = readRecord(record);
	return read === undefined ? undefined : toJob(read, home);
};

/** Reads the records of lists. */
export const createListReading = (home: Home): KnownRecords<Job> =>
	createKnownRecords({
		fields: Object.keys(jobFields),
		idFields: ['jobID', 'id'],
		listFields: ['jobs'],
		read: record => readJob(record, home),
	});

const toJob = ({id, wire}: WireRecord, {profile, backend}: Home): Job => {
	const identity = {ref: refOf(profile, id), profile, backend, id, mine: true};
	if (wire === undefined) return {...identity, name: id, phase: 'unknown', status: '', terminal: false};
	const phase = phaseOf(statuses, wire.status);
	const terminal = isEnd(phase);
	const kind = shown(wire.processID);
	const reason = shown(wire.message);
	const percent = wire.percentCompleted ?? wire.progress;
	const createdAt = readTime(wire.created);
	const startedAt = readTime(wire.started);
	const unproven = phase === 'cancelled' ? whyUnproven(wire, backend) : undefined;
	// Other servers keep no `finished` of a job that was dismissed; its last change was the dismissal.
	const lastChange = phase === 'cancelled' && !unproven ? readTime(wire.updated) : undefined;
	const endedAt = terminal ? (readTime(wire.finished) ?? lastChange) : undefined;
	return {
		...identity,
		name: shown(wire.title) ?? kind ?? id,
		...(kind !== undefined && {kind}),
		phase,
		status: cleanText(wire.status, 100),
		terminal,
		...(unproven && {unproven}),
		...(reason !== undefined && {reason}),
		...(createdAt !== undefined && {createdAt}),
		...(startedAt !== undefined && {startedAt}),
		...(endedAt !== undefined && {endedAt}),
		...(typeof percent === 'number' && {progress: {percent: Math.min(100, Math.max(0, percent))}}),
		...(phase === 'failed' && {error: readError(wire)}),
	};
};

/**
A dismissal is a word in Weaver's record: `finished` stays null until a worker has ended the work. Today's workers do not hear of a dismissal, so a job that had begun goes on, and one that had not begins in its turn. Another server than Weaver may give no end of any job; one that says null is taken at its word.

https://github.com/crim-ca/weaver/blob/master/weaver/wps_restapi/jobs/utils.py (`dismiss_job_task`)
*/
const whyUnproven = (wire: WireJob, backend: Home['backend']): Unproven | undefined => {
	if (typeof wire.finished === 'string' && wire.finished !== '') return undefined;
	if (wire.finished === undefined && backend !== 'weaver') return undefined;
	const hasBegun = wire.started !== null && (wire.started !== undefined || backend !== 'weaver');
	return hasBegun ? 'may-run' : 'may-start';
};

const exceptionSchema = z.object({
	type: lesserText,
	title: lesserText,
	detail: lesserText,
	code: lesserText,
	Code: lesserText,
	Text: lesserText,
});

const readError = (wire: WireJob): {readonly kind: string; readonly message: string} => {
	const exception = exceptionSchema.safeParse(wire.exception).data;
	return {
		kind: shown(exception?.title ?? exception?.code ?? exception?.Code) ?? cleanText(wire.status, 100),
		message: shown(exception?.detail ?? exception?.Text) ?? shown(wire.message) ?? 'no reason given',
	};
};

/** All of `GET /jobs/{id}`; undefined where it cannot be read. */
export const readDetail = (body: unknown, home: Home): JobDetail | undefined => {
	const read = readRecord(body);
	if (read?.wire === undefined) return undefined;
	const {wire} = read;
	const more = detailSchema.safeParse(body).data;
	const fields = knownFacts([
		['Process', shown(wire.processID)],
		['Provider', shown(more?.providerID)],
		['Type', shown(more?.type)],
		['Status', shown(wire.status)],
		['Message', shown(wire.message)],
		['Progress', percentText(wire)],
		['Created', shownTime(wire.created)],
		['Started', shownTime(wire.started)],
		['Finished', shownTime(wire.finished)],
		['Updated', shownTime(wire.updated)],
		['Duration', shown(more?.duration)],
		...linkFacts(body),
	]);
	return {
		job: toJob(read, home),
		fields,
		timeline: readTimeline(wire),
		raw: shownJson(body),
	};
};

const percentText = (wire: WireJob): string | undefined => {
	const percent = wire.percentCompleted ?? wire.progress;
	return typeof percent === 'number' ? `${percent} %` : undefined;
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
	for (const {rel, href} of readLinks(body) ?? []) {
		const label = tellingLinks[rel];
		const address = shownAddress(href);
		if (label !== undefined && address !== undefined && !facts.has(label)) facts.set(label, address);
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
	// The last change says how things stand; its time is the only one that a dismissal leaves. The end itself is written by some servers a moment after `finished`.
	const sinceEnd = (readTime(wire.updated) ?? 0) - (readTime(wire.finished) ?? 0);
	const isTheEnd = sinceEnd < 1000 && phaseOf(statuses, wire.status) !== 'cancelled';
	if (!isTheEnd) add(wire.updated, cleanText(wire.status, 100), shown(wire.message));
	return moments.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
};

/** An exception of OGC API - Processes, in its newer form (`type` and `title`) or its older one (`code` and `description`). https://schemas.opengis.net/ogcapi/processes/part1/1.0/openapi/schemas/exception.yaml */
export const isOgcException: OwnWords['isOwn'] = body =>
	(hasText(body, 'type') && hasText(body, 'title', 'detail', 'description')) ||
	(hasText(body, 'code') && hasText(body, 'description')) ||
	(saysMoreThanItsCode(body.title) && (hasText(body, 'detail', 'description') || 'cause' in body));
