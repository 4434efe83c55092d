import {z} from 'zod';
import {cleanLines, cleanText} from '../../job/clean-text.ts';
import type {Job, JobDetail, JobMoment} from '../../job/job.ts';
import {isEnd, type Phase, phaseOf, type StatusTable} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import {
	isUsableId,
	knownFacts,
	lesserFlag,
	lesserNumber,
	lesserText,
	shown,
	shownAddress,
	shownTime,
} from '../read-fields.ts';
import {readTime} from '../read-time.ts';

/** `waiting` is the word of a job that waits for its child jobs. https://docs.ionworks.com */
export const statuses: StatusTable = {
	pending: 'queued',
	processing: 'running',
	waiting: 'running',
	completed: 'succeeded',
	failed: 'failed',
	canceled: 'cancelled',
};

/** The words of live jobs, in the order in which jobs come to them: who moves on while the lists are read is read twice, not missed. */
export const liveWords = ['pending', 'processing', 'waiting'] as const;

/** A job as the list, `GET /jobs/{id}` and the answer to a cancel tell it. */
const jobSchema = z.object({
	job_id: lesserText,
	id: lesserText,
	job_type: lesserText,
	status: z.string(),
	priority: lesserNumber,
	created_at: lesserText,
	updated_at: lesserText,
	started_at: lesserText,
	completed_at: lesserText,
	compute_time: lesserNumber,
	user_id: lesserText,
	organization_id: lesserText,
	project_id: lesserText,
	access_level: lesserText,
	is_terminal: lesserFlag,
	is_failed: lesserFlag,
	error: lesserText,
	error_code: lesserText,
	parent_job_id: lesserText,
	callback_url: lesserText,
});
export type WireJob = z.infer<typeof jobSchema>;

export type IonworksRecord = {readonly id: string; readonly wire: WireJob};

/** Undefined where it cannot be read. */
export const readRecord = (record: unknown): IonworksRecord | undefined => {
	const wire = jobSchema.safeParse(record).data;
	const id = wire?.job_id ?? wire?.id;
	return wire !== undefined && isUsableId(id) ? {id, wire} : undefined;
};

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
	// A count that is that of this page tells nothing about the others.
	const count = envelope.count === records.length ? undefined : envelope.count;
	const total = envelope.total ?? count;
	return {records, ...(typeof total === 'number' && {total})};
};

/** Where the server's flag and its word contradict each other, nobody knows how the job stands. */
const standingOf = ({status, is_terminal: flag}: WireJob): {phase: Phase; terminal: boolean} => {
	const phase = phaseOf(statuses, status);
	const terminal = flag ?? isEnd(phase);
	return {phase: terminal === isEnd(phase) ? phase : 'unknown', terminal};
};

export const toJob = ({id, wire}: IonworksRecord, profile: string): Job => {
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
		// Who we are is told nowhere.
		mine: true,
		phase,
		status: cleanText(wire.status, 100),
		terminal,
		...(reason !== undefined && {reason}),
		...(createdAt !== undefined && {createdAt}),
		...(startedAt !== undefined && {startedAt}),
		...(endedAt !== undefined && {endedAt}),
		...(error !== undefined && {error}),
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

/** The jobs of a list; of those that have children in it, how many of these have ended. Only a whole list may count them. */
export const withChildren = (records: readonly IonworksRecord[], profile: string): Job[] => {
	const children = new Map<string, {done: number; total: number}>();
	for (const {wire} of records) {
		const parent = wire.parent_job_id;
		if (typeof parent !== 'string') continue;
		const counts = children.get(parent) ?? {done: 0, total: 0};
		counts.total += 1;
		if (standingOf(wire).terminal) counts.done += 1;
		children.set(parent, counts);
	}
	return records.map(record => {
		const job = toJob(record, profile);
		const progress = children.get(record.id);
		return progress === undefined ? job : {...job, progress};
	});
};

/** All of `GET /jobs/{id}`; undefined where it cannot be read. */
export const readDetail = (body: unknown, profile: string): JobDetail | undefined => {
	const record = readRecord(body);
	if (record === undefined) return undefined;
	const {wire} = record;
	return {
		job: toJob(record, profile),
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
		]),
		timeline: readTimeline(wire),
		raw: cleanLines(JSON.stringify(body, null, 2)),
	};
};

const numberText = (value: number | null | undefined): string | undefined =>
	typeof value === 'number' ? String(value) : undefined;

const readTimeline = (wire: WireJob): JobMoment[] => {
	const moments: JobMoment[] = [];
	const add = (time: string | null | undefined, what: string, detail?: string) => {
		const at = readTime(time);
		if (at !== undefined) moments.push({at, what, ...(detail !== undefined && {detail})});
	};
	add(wire.created_at, 'created');
	add(wire.started_at, 'started');
	add(wire.completed_at, cleanText(wire.status, 100), shown(wire.error));
	// The last change says how things stand.
	if (wire.updated_at !== wire.completed_at) add(wire.updated_at, 'updated', cleanText(wire.status, 100));
	return moments.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
};
