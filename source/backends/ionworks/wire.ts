import * as z from 'zod';
import {cleanText} from '../../job/clean-text.ts';
import type {Job, JobChild, JobDetail, JobMoment, JobSet} from '../../job/job.ts';
import {isEnd, normalizeStatus, type Phase, phaseOf} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import {isFastapiDetail} from '../fastapi.ts';
import {createKnownRecords, type KnownRecords} from '../known-records.ts';
import {hasText, type OwnWords} from '../own-words.ts';
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
import {flag, number, object, type ReadBy, text} from '../record-readers.ts';
import {statuses} from './facts.ts';

/** The words of live jobs, in the order of a job's life: a job that moves on while the lists are read is read twice, not missed. */
export const liveWords = ['pending', 'processing', 'waiting'] as const;

/** A job in the list, in `GET /jobs/{id}` and in the answer to a cancel. */
const jobFields = {
	job_id: text,
	id: text,
	job_type: text,
	status: text,
	created_at: text,
	started_at: text,
	completed_at: text,
	user_id: text,
	is_terminal: flag,
	is_failed: flag,
	error: text,
	error_code: text,
	parent_job_id: text,
};
const job = object(jobFields, ['status']);
type WireJob = ReadBy<typeof job>;

/** What the details show beside that. */
const detail = object({
	...jobFields,
	priority: number,
	updated_at: text,
	compute_time: number,
	organization_id: text,
	project_id: text,
	access_level: text,
	callback_url: text,
	params_path: text,
	metadata_path: text,
});
type WireDetail = Partial<ReadBy<typeof detail>>;

/** A job, with its word as it came, and the id of the job that it is a part of. */
export type IonworksRecord = {readonly job: Job; readonly status: string; readonly parent?: string};

/** Undefined where it cannot be read. */
export const readRecord = (record: unknown, profile: string): IonworksRecord | undefined => {
	const wire = job(record);
	const id = wire?.job_id ?? wire?.id;
	if (wire === undefined || !isUsableId(id)) return undefined;
	const parent = parentOf(wire, id);
	return {job: toJob(wire, id, profile), status: wire.status, ...(parent !== undefined && {parent})};
};

/** What an answer about one job holds beside its row. */
const tracesSchema = z.object({completed_at: lesserText, result: z.unknown().optional()});

export const readTraces = (body: unknown): z.infer<typeof tracesSchema> | undefined =>
	tracesSchema.safeParse(body).data;

/** Reads the records of lists. */
export const createListReading = (profile: string): KnownRecords<IonworksRecord> =>
	createKnownRecords({
		fields: Object.keys(jobFields),
		idFields: ['job_id', 'id'],
		listFields: ['jobs', 'items', 'data'],
		read: record => readRecord(record, profile),
	});

export type WirePage = {
	/** As they are: each is read for itself. */
	readonly records: readonly unknown[];
	/** How many jobs there are on all pages; absent where nobody says. */
	readonly total?: number;
};

const envelopeSchema = z.object({
	jobs: z.unknown().optional(),
	items: z.unknown().optional(),
	data: z.unknown().optional(),
	total: lesserNumber,
	count: lesserNumber,
});

/** A page in any of the four forms in which this system's lists come: bare, or as `jobs`, `items` or `data`. */
export const readPage = (body: unknown): WirePage | undefined => {
	if (Array.isArray(body)) return {records: body};
	const envelope = envelopeSchema.safeParse(body).data;
	const records = [envelope?.jobs, envelope?.items, envelope?.data].find(Array.isArray);
	if (envelope === undefined || records === undefined) return undefined;
	// A count of this page alone says nothing about the others.
	const count = envelope.count === records.length ? undefined : envelope.count;
	const total = envelope.total ?? count;
	return {records, ...(typeof total === 'number' && {total})};
};

/**
The server's flags stand above its words, so that a word of tomorrow works: `is_terminal` is an end, and one without `is_failed` is a success. With `is_failed` it may have failed or been cancelled, so nobody knows which; nor where a flag and a known word contradict each other.
*/
const standingOf = (wire: WireJob): {phase: Phase; terminal: boolean} => {
	const word = phaseOf(statuses, wire.status);
	const terminal = wire.is_terminal ?? isEnd(word);
	if (word === 'unknown') {
		return {phase: terminal && wire.is_failed === false ? 'succeeded' : 'unknown', terminal};
	}
	const failed = wire.is_failed ?? (terminal && word !== 'succeeded');
	const agrees = terminal === isEnd(word) && failed === (terminal && word !== 'succeeded');
	return {phase: agrees ? word : 'unknown', terminal};
};

/** The job that this one is a part of. */
const parentOf = (wire: WireJob, id: string): string | undefined =>
	isUsableId(wire.parent_job_id) && wire.parent_job_id !== id ? wire.parent_job_id : undefined;

const toJob = (wire: WireJob, id: string, profile: string): Job => {
	const parent = parentOf(wire, id);
	const {phase, terminal} = standingOf(wire);
	const kind = shown(wire.job_type);
	const owner = shown(wire.user_id);
	const error = readError(wire, phase, terminal);
	const reason = error === undefined ? shown(wire.error) : undefined;
	const createdAt = readTime(wire.created_at);
	const startedAt = readTime(wire.started_at);
	const endedAt = terminal ? readTime(wire.completed_at) : undefined;
	return {
		ref: refOf(profile, id),
		profile,
		backend: 'ionworks',
		id,
		name: kind ?? id,
		...(kind !== undefined && {kind}),
		...(owner !== undefined && {owner}),
		// No answer names the user of the key.
		mine: true,
		phase,
		status: cleanText(wire.status, 100),
		terminal,
		...(reason !== undefined && {reason}),
		...(createdAt !== undefined && {createdAt}),
		...(startedAt !== undefined && {startedAt}),
		...(endedAt !== undefined && {endedAt}),
		...(error !== undefined && {error}),
		...(parent !== undefined && {parent: refOf(profile, parent)}),
	};
};

/** `is_failed` is set for cancelled jobs too: it only says of an ended job whose word nobody knows that it was no success. */
const readError = (wire: WireJob, phase: Phase, terminal: boolean): Job['error'] => {
	const failed = phase === 'failed' || (phase === 'unknown' && terminal && wire.is_failed === true);
	if (!failed) return undefined;
	return {
		kind: shown(wire.error_code) ?? cleanText(wire.status, 100),
		message: shown(wire.error) ?? 'no reason given',
	};
};

/** A job of a list that is not whole: how many children it waits for is not known. */
export const withUnknownChildren = (record: IonworksRecord): Job => {
	const {job} = record;
	return !job.terminal && mayHaveChildren(record) ? {...job, set: {}} : job;
};

/** The jobs of a list; a job with children in it has the number of its ended children. Only a whole list may count them. */
export const withProgress = (records: readonly IonworksRecord[]): Job[] => {
	const children = Map.groupBy(records, ({parent}) => parent);
	return records.map(({job}) => {
		const own = children.get(job.id) ?? [];
		const progress = progressOf(own);
		return progress === undefined ? job : {...job, progress, set: setOf(job, own)};
	});
};

/** A job and its children; it is a job of its own beside them. */
const setOf = (job: Job, children: readonly IonworksRecord[]): Required<Omit<JobSet, 'together'>> => {
	const all = [job, ...children.map(child => child.job)];
	const live = all.filter(({terminal}) => !terminal);
	const cancelled = all.filter(({phase}) => phase === 'cancelled').length;
	const counts = {live: live.length, cancelled, ended: all.length - live.length - cancelled, lost: 0};
	return {counts, apart: live.map(({ref}) => ref)};
};

const progressOf = (children: readonly IonworksRecord[]): Job['progress'] =>
	children.length === 0
		? undefined
		: {done: children.filter(({job}) => job.terminal).length, total: children.length};

/**
Whether a job may have children that are worth a list: it waits for them, or it has ended. No list names the children of a job, and a look that follows a cancellation should cost one request.
*/
export const mayHaveChildren = ({job, status, parent}: IonworksRecord): boolean =>
	parent === undefined && (normalizeStatus(status) === 'waiting' || job.terminal);

export const isChildOf =
	(id: string) =>
	({parent}: IonworksRecord): boolean =>
		parent === id;

/** A job with its children; `whole` where there are no others. */
export const withChildren = (
	detail: JobDetail,
	records: readonly IonworksRecord[],
	whole: boolean,
): JobDetail => {
	const {job, fields} = detail;
	// Of an ended job without children it would be noise that there could be older ones.
	if (records.length === 0 && (whole || job.terminal)) return detail;
	const progress = whole ? progressOf(records) : undefined;
	const children = records.map((record): JobChild => {
		const {ref, name, phase, status, error} = record.job;
		return {ref, name, phase, status, ...(error !== undefined && {error: `${error.kind}: ${error.message}`})};
	});
	return {
		...detail,
		job: {
			...job,
			...(progress !== undefined && {progress, set: setOf(job, records)}),
			...(!whole && !job.terminal && {set: {apart: setOf(job, records).apart}}),
		},
		fields: whole
			? fields
			: [...fields, ['Children', 'there may be more: older jobs were not looked through']],
		...(children.length > 0 && {children}),
	};
};

/** All of `GET /jobs/{id}`: `record` is what was read of `body`, `correlation` the number under which the server keeps this answer. */
export const readDetail = (body: unknown, {job}: IonworksRecord, correlation?: string): JobDetail => {
	const wire: WireDetail = detail(body) ?? {};
	return {
		job,
		fields: knownFacts([
			['Type', shown(wire.job_type)],
			['Status', shown(wire.status)],
			['Error', shown(wire.error)],
			['Error code', shown(wire.error_code)],
			['Priority', numberText(wire.priority)],
			['Created', shownTime(wire.created_at)],
			['Started', shownTime(wire.started_at)],
			['Completed', shownTime(wire.completed_at)],
			['Updated', shownTime(wire.updated_at)],
			// In which unit is written nowhere.
			['Compute time', numberText(wire.compute_time)],
			['Parent job', shown(wire.parent_job_id)],
			['User', shown(wire.user_id)],
			['Organization', shown(wire.organization_id)],
			['Project', shown(wire.project_id)],
			['Access', shown(wire.access_level)],
			['Callback', shownAddress(wire.callback_url)],
			['Parameters', shown(wire.params_path)],
			['Metadata', shown(wire.metadata_path)],
			['Correlation id', shown(correlation)],
		]),
		timeline: readTimeline(wire),
		raw: shownJson(body),
	};
};

const numberText = (value: number | null | undefined): string | undefined =>
	typeof value === 'number' ? String(value) : undefined;

const readTimeline = (wire: WireDetail): JobMoment[] => {
	const moments: JobMoment[] = [];
	const add = (time: string | null | undefined, what: string, detail?: string) => {
		const at = readTime(time);
		if (at !== undefined) moments.push({at, what, ...(detail !== undefined && {detail})});
	};
	add(wire.created_at, 'created');
	add(wire.started_at, 'started');
	add(wire.completed_at, cleanText(wire.status ?? '', 100), shown(wire.error));
	// The last change says how things stand.
	if (wire.updated_at !== wire.completed_at)
		add(wire.updated_at, 'updated', cleanText(wire.status ?? '', 100));
	return moments.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
};

/** Ionworks gives its errors a code, or says why as FastAPI does. */
export const isIonworksAnswer: OwnWords['isOwn'] = body =>
	hasText(body, 'error_code') || isFastapiDetail(body);
