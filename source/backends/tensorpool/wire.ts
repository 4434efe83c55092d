import * as z from 'zod';
import {cleanText} from '../../job/clean-text.ts';
import type {EndedBy} from '../../job/ended-by.ts';
import type {Job, JobDetail, JobMoment, JobResult} from '../../job/job.ts';
import {isEnd, phaseOf} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import {isFastapiDetail} from '../fastapi.ts';
import {createKnownRecords, type KnownRecords} from '../known-records.ts';
import {hasText, type OwnWords} from '../own-words.ts';
import {isUsableId, knownFacts, lesserText, shown, shownJson, shownLines, shownTime} from '../read-fields.ts';
import {readTime} from '../read-time.ts';
import {number, object, type ReadBy, text} from '../record-readers.ts';
import {statuses} from './facts.ts';

/** `GET /job/list`. The records stay as they are: each is read for itself. */
export const listSchema = z.object({jobs: z.array(z.unknown())});

/** `GET /job/info/{id}`. */
export const infoSchema = z.object({job_info: z.unknown()});

/** The answer to a cancel; one page of the documentation promises the first three fields, another only the last. */
export const cancellationSchema = z.object({
	job_id: lesserText,
	message: lesserText,
	status: lesserText,
	request_id: lesserText,
});

/** No field of a job is guaranteed; a job without an id cannot be shown. */
const jobFields = {
	id: text,
	job_id: text,
	status: text,
	name: text,
	message: text,
	exit_code: number,
	instance_type: text,
	created_at: text,
	started_at: text,
	ended_at: text,
	completed_at: text,
};
const job = object(jobFields);
type WireJob = ReadBy<typeof job>;

/** What the details show beside that. */
const detail = object({...jobFields, cluster_id: text});

export type ReadOptions = {
	readonly profile: string;
	/** The id that was asked for, of a job that does not say it again. */
	readonly id?: string;
	/** False for a job that is only the organization's. */
	readonly mine?: boolean;
};

/** Undefined where it cannot be read. */
export const readJob = (record: unknown, options: ReadOptions): Job | undefined => {
	const wire = job(record);
	if (wire === undefined || hasStrangeId(record)) return undefined;
	const id = wire.id ?? wire.job_id ?? options.id;
	return isUsableId(id) ? toJob(wire, id, options) : undefined;
};

/** Reads the records of lists; `mine` as in `ReadOptions`. */
export const createListReading = (profile: string, mine: boolean): KnownRecords<Job> =>
	createKnownRecords({
		fields: Object.keys(jobFields),
		idFields: ['id', 'job_id'],
		listFields: ['jobs'],
		read: record => readJob(record, {profile, mine}),
	});

// An id of another type is not that of the job that was asked for.
const hasStrangeId = (record: unknown): boolean => {
	const {id, job_id: jobId} = record as Readonly<Record<'id' | 'job_id', unknown>>;
	return [id, jobId].some(given => given !== undefined && given !== null && typeof given !== 'string');
};

const toJob = (wire: WireJob, id: string, {profile, mine = true}: ReadOptions): Job => {
	const status = cleanText(wire.status ?? '', 100);
	const phase = phaseOf(statuses, status);
	const terminal = isEnd(phase);
	const queue = shown(wire.instance_type);
	const reason = phase === 'failed' ? undefined : shown(wire.message);
	const createdAt = readTime(wire.created_at);
	const startedAt = readTime(wire.started_at);
	const endedAt = terminal ? readTime(wire.ended_at ?? wire.completed_at) : undefined;
	return {
		ref: refOf(profile, id),
		profile,
		backend: 'tensorpool',
		id,
		name: shown(wire.name) ?? id,
		mine,
		phase,
		status,
		terminal,
		...(queue !== undefined && {queue}),
		...(reason !== undefined && {reason}),
		...(createdAt !== undefined && {createdAt}),
		...(startedAt !== undefined && {startedAt}),
		...(endedAt !== undefined && {endedAt}),
		...(phase === 'failed' && {...endedByOf(wire), error: readError(wire)}),
	};
};

const endedByOf = ({exit_code: code}: WireJob): {readonly endedBy?: EndedBy} =>
	typeof code === 'number' && code !== 0 ? {endedBy: {kind: 'exit', code}} : {};

const readError = (wire: WireJob): {readonly kind: string; readonly message: string} => {
	const kind = wire.status?.toLowerCase() === 'error' ? 'user code' : 'infrastructure';
	const exit = typeof wire.exit_code === 'number' ? `exit code ${wire.exit_code}` : undefined;
	const words = [shown(wire.message), exit].filter(Boolean).join(', ');
	return {kind, message: words === '' ? 'no reason given' : words};
};

/** All of a job; undefined where it cannot be read. */
export const readDetail = (info: unknown, options: ReadOptions): JobDetail | undefined => {
	const job = readJob(info, options);
	const wire = detail(info);
	if (job === undefined || wire === undefined) return undefined;
	return {
		job,
		fields: knownFacts([
			['Status', shown(wire.status) ?? 'not reported'],
			['Cause', job.error?.kind],
			['Message', shown(wire.message)],
			['Exit code', typeof wire.exit_code === 'number' ? String(wire.exit_code) : undefined],
			['Instance', shown(wire.instance_type)],
			['Cluster', shown(wire.cluster_id)],
			['Created', shownTime(wire.created_at)],
			['Started', shownTime(wire.started_at)],
			['Ended', job.terminal ? shownTime(wire.ended_at ?? wire.completed_at) : undefined],
		]),
		timeline: readTimeline(wire, job),
		raw: shownJson(info),
	};
};

const readTimeline = (wire: WireJob, {status, endedAt}: Job): JobMoment[] => {
	const times = [
		[readTime(wire.created_at), 'created'],
		[readTime(wire.started_at), 'started'],
		[endedAt, status],
	] as const;
	return times.flatMap(([at, what]) => (at === undefined ? [] : [{at, what}]));
};

/** `GET /job/pull/{id}`: the files with their addresses, and a command that fetches them. */
const pullSchema = z.object({
	download_map: z.record(z.string(), z.unknown()).nullish(),
	command: lesserText,
});

/**
The files of a job; undefined where the answer is of another kind.

Their addresses are signed, so an address alone gives access to the file: they are left out. The command comes from the server: jobtop shows it and never runs it.
*/
export const readResults = (body: unknown, scrub: (text: string) => string): JobResult[] | undefined => {
	const pull = pullSchema.safeParse(body).data;
	if (pull === undefined) return undefined;
	const results = Object.entries(pull.download_map ?? {}).flatMap(([path, address]): JobResult[] => {
		const name = shown(path);
		return name === undefined
			? []
			: [{name, kind: typeof address === 'string' ? 'file' : 'file, not stored'}];
	});
	const command = shownLines(scrub(pull.command ?? '')).trim();
	return command === '' ? results : [...results, {name: "the server's command, not run", value: command}];
};

/** TensorPool says why as `message` or as FastAPI does. */
export const isTensorpoolAnswer: OwnWords['isOwn'] = body =>
	hasText(body, 'message') || isFastapiDetail(body);
