import * as z from 'zod';
import {cleanText} from '../../job/clean-text.ts';
import type {Job, JobChild, JobDetail, JobMoment, JobSet} from '../../job/job.ts';
import {isEnd, phaseOf} from '../../job/phase.ts';
import {type Ref, refOf} from '../../job/ref.ts';
import {createKnownRecords, type KnownRecords} from '../known-records.ts';
import {
	isUsableId,
	knownFacts,
	lesserNumber,
	lesserText,
	shown,
	shownJson,
	shownTime,
} from '../read-fields.ts';
import {readTime} from '../read-time.ts';
import {number, object, type ReadBy, text, unread} from '../record-readers.ts';
import {statuses} from './facts.ts';

/** The words of live jobs, in the order of a job's life: a job that moves on while the lists are read is read twice, not missed. */
export const liveWords = ['pending', 'running'] as const;

const progress = object({
	total: number,
	succeeded: number,
	failed: number,
	cancelled: number,
	pending: number,
});

/** `JobEntity`, of the list, of `GET …/jobs/{id}` and of the answer to a cancel: what a row is made of. */
const listedFields = {
	id: text,
	project_id: text,
	operation: text,
	status: text,
	created_at: text,
	started_at: text,
	completed_at: text,
	progress,
	error: text,
};
const listed = object(listedFields, ['id', 'status']);
type ListedJob = ReadBy<typeof listed>;

const job = object({...listedFields, source_id: text, correlation_id: text, result: unread}, [
	'id',
	'status',
]);
export type WireJob = ReadBy<typeof job>;

/** The parts of a job that are read only where they are shown. */
const storySchema = z.object({
	history: z
		.array(
			z
				.object({
					step: z.string(),
					timestamp: lesserText,
					duration_ms: lesserNumber,
					status: lesserText,
					details: z.record(z.string(), z.unknown()).nullish().catch(undefined),
				})
				.nullable()
				.catch(null),
		)
		.nullish()
		.catch(undefined),
	progress: z
		.object({
			child_jobs: z.array(
				z
					.object({
						job_id: z.string(),
						status: z.string(),
						source_document_id: lesserText,
						parse_result_id: lesserText,
						error: lesserText,
					})
					.nullable()
					.catch(null),
			),
		})
		.nullish()
		.catch(undefined),
});

/** A page of a list of jobs or of projects. The items stay as they are: each is read for itself. */
export const pageSchema = z.object({
	items: z.array(z.unknown()),
	total_count: lesserNumber,
	next_token: lesserText,
});

export type WirePage = z.infer<typeof pageSchema>;

export const projectSchema = z.object({id: z.string().min(1)});

/** Undefined where it cannot be read. */
export const readRecord = (record: unknown): WireJob | undefined => {
	const wire = job(record);
	return wire !== undefined && isUsableId(wire.id) ? wire : undefined;
};

/** A job of a list, with its word as it came. */
export type DexRecord = {readonly status: string; readonly job: Job};

/** Reads the records of lists, which are those of one project each. `nameOf` gives a job its id here. */
export const createListReading = (
	profile: string,
	nameOf: (project: string, id: string) => string,
): KnownRecords<DexRecord, string> =>
	createKnownRecords({
		fields: Object.keys(listedFields),
		idFields: ['id'],
		listFields: ['items'],
		read(record, project: string) {
			const wire = listed(record);
			if (wire === undefined || !isUsableId(wire.id) || !isOf(project, wire)) return undefined;
			return {status: wire.status, job: toJob(wire, nameOf(project, wire.id), profile)};
		},
	});

/** A job of another project than the one that was asked for must not be shown as one of it: its cancel would go to the wrong place. */
export const isOf = (project: string, {project_id: own}: ListedJob): boolean =>
	typeof own !== 'string' || own === project;

/** An id as jobtop uses it where a profile has several projects. A slash in the project's own id is spelt out, so that the first one always ends it. */
export const joinId = (project: string, id: string): string =>
	`${project.replaceAll('%', '%25').replaceAll('/', '%2F')}/${id}`;

export const splitId = (joined: string): {readonly project: string; readonly id: string} | undefined => {
	const slash = joined.indexOf('/');
	if (slash <= 0 || slash === joined.length - 1) return undefined;
	const project = joined.slice(0, slash).replaceAll('%2F', '/').replaceAll('%25', '%');
	return {project, id: joined.slice(slash + 1)};
};

export const toJob = (wire: ListedJob, id: string, profile: string): Job => {
	const phase = phaseOf(statuses, wire.status);
	const terminal = isEnd(phase);
	const kind = shown(wire.operation);
	const message = shown(wire.error);
	const failed = phase === 'failed' || (phase === 'partial' && message !== undefined);
	const createdAt = readTime(wire.created_at);
	const project = shown(wire.project_id);
	const startedAt = readTime(wire.started_at);
	const endedAt = terminal ? readTime(wire.completed_at) : undefined;
	const progress = readProgress(wire);
	const set = readSet(wire, terminal);
	return {
		ref: refOf(profile, id),
		profile,
		backend: 'dex',
		id,
		name: kind ?? wire.id,
		...(kind !== undefined && {kind}),
		// No answer names the owner.
		mine: true,
		phase,
		status: cleanText(wire.status, 100),
		terminal,
		...(!failed && message !== undefined && {reason: message}),
		...(project !== undefined && {labels: {project}}),
		...(createdAt !== undefined && {createdAt}),
		...(startedAt !== undefined && {startedAt}),
		...(endedAt !== undefined && {endedAt}),
		...(progress !== undefined && {progress}),
		...(set !== undefined && {set}),
		...(failed && {error: {kind: cleanText(wire.status, 100), message: message ?? 'no reason given'}}),
	};
};

/** The documents that need no more work. Only batches have documents. */
const readProgress = ({progress}: ListedJob): Job['progress'] => {
	const total = progress?.total;
	if (typeof total !== 'number' || total <= 0) return undefined;
	const ended = (progress?.succeeded ?? 0) + (progress?.failed ?? 0) + (progress?.cancelled ?? 0);
	const done = Math.min(total, Math.max(0, ended));
	return {percent: Math.floor((100 * done) / total), done, total};
};

/** The documents of a batch: each is worked on by a job of its own, which this answer does not name. Of a batch that has ended, the uncounted documents have ended with it in an unknown way. */
const readSet = ({progress}: ListedJob, terminal: boolean): JobSet | undefined => {
	const total = progress?.total;
	if (typeof total !== 'number' || total <= 0) return undefined;
	const part = (number: number | null | undefined) => Math.max(0, number ?? 0);
	const cancelled = part(progress?.cancelled);
	const ended = part(progress?.succeeded) + part(progress?.failed);
	const left = Math.max(0, total - cancelled - ended);
	return {counts: {live: terminal ? 0 : left, cancelled, ended, lost: terminal ? left : 0}, apart: []};
};

/** All of a job; `wire` is what was read of `body`. */
export const readDetail = (
	body: unknown,
	wire: WireJob,
	{profile, nameOf}: {readonly profile: string; readonly nameOf: (id: string) => string},
): JobDetail => {
	const story = storySchema.safeParse(body).data;
	const children = readChildren(story, id => refOf(profile, nameOf(id)));
	return {
		job: withMembers(toJob(wire, nameOf(wire.id), profile), children),
		fields: knownFacts([
			['Operation', shown(wire.operation)],
			['Status', shown(wire.status)],
			['Error', shown(wire.error)],
			['Progress', progressText(wire)],
			['Project', shown(wire.project_id)],
			['Source', shown(wire.source_id)],
			['Created', shownTime(wire.created_at)],
			['Started', shownTime(wire.started_at)],
			['Completed', shownTime(wire.completed_at)],
			['Correlation id', shown(wire.correlation_id)],
		]),
		timeline: readTimeline(wire, story),
		...(children.length > 0 && {children}),
		raw: shownJson(body),
	};
};

/** The batch with its unended documents, by name. */
const withMembers = (job: Job, children: readonly JobChild[]): Job =>
	job.set && children.length > 0
		? {...job, set: {...job.set, apart: children.filter(({phase}) => !isEnd(phase)).map(({ref}) => ref)}}
		: job;

const progressText = (wire: WireJob): string | undefined => {
	const counts = readProgress(wire);
	if (counts === undefined) return undefined;
	const parts = (['succeeded', 'failed', 'cancelled', 'pending'] as const)
		.filter(part => typeof wire.progress?.[part] === 'number')
		.map(part => `${wire.progress?.[part]} ${part}`);
	return `${counts.done} of ${counts.total} (${parts.join(', ')})`;
};

type Story = z.infer<typeof storySchema> | undefined;

/** The documents of a batch, each as the job that works on it. */
const readChildren = (story: Story, refTo: (id: string) => Ref): JobChild[] =>
	(story?.progress?.child_jobs ?? []).flatMap(child => {
		if (child === null || !isUsableId(child.job_id)) return [];
		const source = shown(child.source_document_id);
		const error = shown(child.error);
		return [
			{
				ref: refTo(child.job_id),
				...(source !== undefined && {name: `document ${source}`}),
				phase: phaseOf(statuses, child.status),
				status: cleanText(child.status, 100),
				...(error !== undefined && {error}),
			},
		];
	});

/** The ids under which the results of a batch's documents stand. */
export const parseResultsOf = (body: unknown): readonly string[] =>
	(storySchema.safeParse(body).data?.progress?.child_jobs ?? []).flatMap(
		child => child?.parse_result_id ?? [],
	);

/** A record of a list of results: of a parse, an extraction, a research job. */
const resultSchema = z.object({
	id: z.string(),
	job_id: lesserText,
	object: lesserText,
	result: z.unknown().optional(),
});

export type WireResult = {
	readonly id: string;
	readonly job?: string;
	/** What it is, in the words of Dex. */
	readonly object?: string;
	readonly result: unknown;
	/** All of the record. */
	readonly whole: unknown;
};

/** Undefined where it cannot be read. */
export const readResultItem = (record: unknown): WireResult | undefined => {
	const wire = resultSchema.safeParse(record).data;
	if (wire === undefined) return undefined;
	const {id, job_id: job, object, result} = wire;
	return {
		id,
		...(typeof job === 'string' && {job}),
		...(typeof object === 'string' && {object}),
		result,
		whole: record,
	};
};

const readTimeline = (wire: WireJob, story: Story): JobMoment[] => {
	const moments: JobMoment[] = [];
	const add = (time: string | null | undefined, what: string, detail?: string) => {
		const at = readTime(time);
		if (at !== undefined) moments.push({at, what, ...(detail && {detail})});
	};
	add(wire.created_at, 'created');
	add(wire.started_at, 'started');
	for (const event of story?.history ?? []) {
		if (event === null) continue;
		const {details, duration_ms: duration} = event;
		const parts = [
			shown(event.status),
			typeof duration === 'number' ? `${duration} ms` : undefined,
			details && Object.keys(details).length > 0 ? cleanText(JSON.stringify(details), 300) : undefined,
		];
		add(event.timestamp, cleanText(event.step, 200), parts.filter(Boolean).join(', '));
	}
	add(wire.completed_at, cleanText(wire.status, 100), shown(wire.error));
	return moments.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
};
