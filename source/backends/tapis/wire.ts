import * as z from 'zod';
import {cleanText} from '../../job/clean-text.ts';
import type {EndedBy, EndKind} from '../../job/ended-by.ts';
import type {Job, JobDetail, JobMoment} from '../../job/job.ts';
import {isEnd, type Phase, phaseOf} from '../../job/phase.ts';
import {refOf} from '../../job/ref.ts';
import {createKnownRecords, type KnownRecords} from '../known-records.ts';
import {hasText, type OwnWords} from '../own-words.ts';
import {parseJson} from '../parse-json.ts';
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
import {flag, number, object, type ReadBy, text, unread} from '../record-readers.ts';
import {statuses} from './facts.ts';

/** The words of jobs that have not ended, as the search takes them. */
export const liveWords = [
	'PENDING',
	'PROCESSING_INPUTS',
	'STAGING_INPUTS',
	'STAGING_JOB',
	'SUBMITTING_JOB',
	'QUEUED',
	'RUNNING',
	'ARCHIVING',
	'BLOCKED',
	'PAUSED',
] as const;

/**
What every answer comes in. Its `status` is that of the request, never that of a job, and says `success` with some refusals too.
*/
export const envelopeSchema = z.object({
	result: z.unknown().optional(),
	status: lesserText,
	message: lesserText,
	metadata: z.object({recordsSkipped: lesserNumber, totalCount: lesserNumber}).nullish().catch(undefined),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** A job in the lists and in `GET /{uuid}`: what a row is made of. */
const jobFields = {
	uuid: text,
	status: text,
	condition: text,
	name: text,
	owner: text,
	appId: text,
	created: text,
	remoteStarted: text,
	ended: text,
	lastMessage: text,
	execSystemId: text,
};
const job = object(jobFields, ['uuid', 'status']);
type WireJob = ReadBy<typeof job>;

/** What the details of a job and the places of its files need beside that. */
const detail = object(
	{
		...jobFields,
		description: text,
		appVersion: text,
		lastUpdated: text,
		execSystemLogicalQueue: text,
		archiveSystemId: text,
		remoteJobId: text,
		remoteOutcome: text,
		remoteResultInfo: text,
		blockedCount: number,
		nodeCount: number,
		coresPerNode: number,
		maxMinutes: number,
		visible: flag,
		parameterSet: unread,
		archiveSystemDir: text,
		execSystemOutputDir: text,
	},
	['uuid', 'status'],
);
type WireDetail = ReadBy<typeof detail>;

/** The answer to a cancel, a hide or an unhide. */
export const messageSchema = z.object({message: lesserText});

/** The answer of `GET /{uuid}/history`. */
const historySchema = z.array(z.unknown());
const eventSchema = z.object({
	event: lesserText,
	created: lesserText,
	eventDetail: lesserText,
	description: lesserText,
});

/** One record of `GET /{uuid}/output/list/`. */
const fileSchema = z.object({
	name: lesserText,
	path: lesserText,
	type: lesserText,
	mimeType: lesserText,
	size: lesserNumber,
});

/** The part of a job's parameters that names its logs; it comes as an object, or as the text of one. */
const parametersSchema = z
	.preprocess(
		value => (typeof value === 'string' ? parseJson(value) : value),
		z.object({logConfig: z.object({stdoutFilename: lesserText, stderrFilename: lesserText})}),
	)
	.catch({logConfig: {stdoutFilename: undefined, stderrFilename: undefined}});

/** The owner of the token, where the token says. */
export type Asker = {readonly user?: string};

/** One record of a list, or all of a job; undefined where it cannot be read. */
export const readJob = (record: unknown, profile: string, asker: Asker): Job | undefined => {
	const wire = job(record);
	return wire !== undefined && isUsableId(wire.uuid) ? toJob(wire, profile, asker) : undefined;
};

/** Reads the records of lists; whose a job is depends on the user. */
export const createListReading = (profile: string): KnownRecords<Job, string | undefined> =>
	createKnownRecords({
		fields: Object.keys(jobFields),
		idFields: ['uuid'],
		listFields: ['result'],
		read: (record, user: string | undefined) => readJob(record, profile, {...(user !== undefined && {user})}),
	});

const readWire = (record: unknown): WireDetail | undefined => {
	const wire = detail(record);
	return wire !== undefined && isUsableId(wire.uuid) ? wire : undefined;
};

const toJob = (wire: WireJob, profile: string, {user}: Asker): Job => {
	const phase = phaseOf(statuses, wire.status);
	const terminal = isEnd(phase);
	const id = wire.uuid;
	const kind = shown(wire.appId);
	const owner = shown(wire.owner);
	const queue = shown(wire.execSystemId);
	const reason = phase === 'failed' ? undefined : (shown(wire.lastMessage) ?? shown(wire.condition));
	const createdAt = readTime(wire.created);
	const startedAt = readTime(wire.remoteStarted);
	const endedAt = terminal ? readTime(wire.ended) : undefined;
	return {
		ref: refOf(profile, id),
		profile,
		backend: 'tapis',
		id,
		name: shown(wire.name) ?? kind ?? id,
		...(kind !== undefined && {kind}),
		...(owner !== undefined && {owner}),
		mine: user === undefined || typeof wire.owner !== 'string' || wire.owner === user,
		phase,
		status: cleanText(wire.status, 100),
		terminal,
		...(queue !== undefined && {queue}),
		...(reason !== undefined && {reason}),
		...(createdAt !== undefined && {createdAt}),
		...(startedAt !== undefined && {startedAt}),
		...(endedAt !== undefined && {endedAt}),
		...(terminal && endedByOf(wire)),
		...(phase === 'failed' && {error: readError(wire)}),
	};
};

/** What ended a job, if its condition says it: of a cancellation it does not say by whom. */
const endedByOf = (wire: WireJob): {readonly endedBy?: EndedBy} => {
	const kind = endKinds.get(wire.condition ?? '');
	return kind === undefined ? {} : {endedBy: {kind}};
};

const endKinds: ReadonlyMap<string, EndKind> = new Map([
	['CANCELLED_BY_USER', 'cancelled'],
	['SCHEDULER_CANCELLED', 'cancelled'],
	['SCHEDULER_DEADLINE', 'deadline'],
	['SCHEDULER_OUT_OF_MEMORY', 'memory'],
	['SCHEDULER_TIMEOUT', 'time-limit'],
]);

const readError = (wire: WireJob): {readonly kind: string; readonly message: string} => {
	const condition = shown(wire.condition);
	return {
		kind: condition ?? cleanText(wire.status, 100),
		message:
			shown(wire.lastMessage) ?? (condition && conditionWords[condition]) ?? condition ?? 'no reason given',
	};
};

// The list holds the word alone. The set is open.
const conditionWords: Readonly<Record<string, string>> = {
	JOB_ARCHIVING_FAILED: 'its outputs could not be archived',
	JOB_DATABASE_ERROR: 'the database of Tapis failed',
	JOB_EXECUTION_MONITORING_ERROR: 'Tapis lost track of it',
	JOB_EXECUTION_MONITORING_TIMEOUT: 'it ran longer than permitted',
	JOB_FILES_SERVICE_ERROR: 'the Files service failed',
	JOB_INTERNAL_ERROR: 'Tapis itself failed',
	JOB_INVALID_DEFINITION: 'its definition is not valid',
	JOB_LAUNCH_FAILURE: 'it could not be launched',
	JOB_QUEUE_MONITORING_ERROR: 'Tapis lost track of it in the queue',
	JOB_RECOVERY_FAILURE: 'it was blocked, and could not be resumed',
	JOB_RECOVERY_TIMEOUT: 'it was blocked for too long',
	JOB_REMOTE_ACCESS_ERROR: 'its execution system could not be reached',
	JOB_REMOTE_OUTCOME_ERROR: 'its program ended with an error',
	JOB_TRANSFER_FAILED_OR_CANCELLED: 'the transfer of its files failed or was cancelled',
	JOB_TRANSFER_MONITORING_TIMEOUT: 'the transfer of its files took too long',
	JOB_UNABLE_TO_STAGE_INPUTS: 'its inputs could not be staged',
	JOB_UNABLE_TO_STAGE_JOB: 'it could not be staged on its execution system',
	SCHEDULER_CANCELLED: 'the scheduler cancelled it',
	SCHEDULER_DEADLINE: 'the scheduler ended it at its deadline',
	SCHEDULER_OUT_OF_MEMORY: 'it ran out of memory',
	SCHEDULER_STOPPED: 'the scheduler stopped it',
	SCHEDULER_TERMINATED: 'the scheduler ended it',
	SCHEDULER_TIMEOUT: 'it reached its time limit',
};

/** All of a job, with its history where that could be read; undefined where the job cannot be read. */
export const readDetail = (
	result: unknown,
	history: unknown,
	profile: string,
	asker: Asker,
): JobDetail | undefined => {
	const wire = readWire(result);
	if (wire === undefined) return undefined;
	const job = toJob(wire, profile, asker);
	const moments = readHistory(history);
	return {
		job,
		fields: knownFacts([
			['App', [shown(wire.appId), shown(wire.appVersion)].filter(Boolean).join(' ') || undefined],
			['Status', shown(wire.status)],
			['Condition', shown(wire.condition)],
			['Message', shown(wire.lastMessage)],
			['Description', shown(wire.description)],
			['Owner', shown(wire.owner)],
			['System', shown(wire.execSystemId)],
			['Queue', shown(wire.execSystemLogicalQueue)],
			['Remote job', remoteJob(wire, job.phase)],
			['Remote outcome', shown(wire.remoteOutcome)],
			['Remote result', shown(wire.remoteResultInfo)],
			['Nodes', numberText(wire.nodeCount)],
			['Cores per node', numberText(wire.coresPerNode)],
			['Time limit', minutesText(wire.maxMinutes)],
			['Blocked', wire.blockedCount ? `${wire.blockedCount} times` : undefined],
			['Archive', shown(wire.archiveSystemId)],
			['Created', shownTime(wire.created)],
			['Started', shownTime(wire.remoteStarted)],
			['Ended', job.terminal ? shownTime(wire.ended) : undefined],
			['Updated', shownTime(wire.lastUpdated)],
			['Hidden', wire.visible === false ? 'yes, on the server' : undefined],
		]),
		timeline: moments.length > 0 ? moments : timesOf(wire),
		raw: shownJson(result),
	};
};

/** The files that a job prints to, as paths below its output. */
type LogNames = {
	readonly output: string;
	/** Only where it is another one. */
	readonly errors?: string;
};

/** What of a job's record is needed to read what it left; undefined where the record cannot be read. */
export type Traces = {
	readonly job: Job;
	readonly logs: LogNames;
	/** Where its files may be; the longest first. */
	readonly folders: readonly string[];
};

export const readTraces = (result: unknown, profile: string, asker: Asker): Traces | undefined => {
	const wire = readWire(result);
	if (wire === undefined) return undefined;
	const {logConfig} = parametersSchema.parse(wire.parameterSet);
	const output = filePath(logConfig.stdoutFilename) ?? 'tapisjob.out';
	const errors = filePath(logConfig.stderrFilename) ?? output;
	return {
		job: toJob(wire, profile, asker),
		logs: {output, ...(errors !== output && {errors})},
		folders: [wire.archiveSystemDir, wire.execSystemOutputDir]
			.map(folder => trimSlashes(folder ?? ''))
			.filter(folder => folder !== '')
			.sort((a, b) => b.length - a.length),
	};
};

const trimSlashes = (path: string): string => path.replace(/^\/+|\/+$/g, '');

/** A path below the output of a job that can be requested unchanged, and shown. */
const filePath = (path: string | null | undefined): string | undefined => {
	const trimmed = trimSlashes(path ?? '');
	return isUsableId(trimmed) && !trimmed.split(/[\\/]/).some(part => part === '..' || part === '.')
		? trimmed
		: undefined;
};

/** A file that a job left. */
export type OutputFile = {readonly path: string; readonly size?: number; readonly kind?: string};

/** One record of an output list; undefined for a folder, and for one that cannot be read. */
export const readFile = (record: unknown, {folders}: Traces): OutputFile | undefined => {
	const wire = fileSchema.safeParse(record).data;
	// Its path is that on its system, where the job's folder is a part of it.
	const whole = trimSlashes(wire?.path ?? wire?.name ?? '');
	const folder = folders.find(folder => whole.startsWith(`${folder}/`));
	const path = filePath(folder === undefined ? whole : whole.slice(folder.length + 1));
	if (wire === undefined || path === undefined || wire.type === 'dir') return undefined;
	const kind = shown(wire.mimeType) ?? shown(wire.type);
	return {
		path,
		...(typeof wire.size === 'number' && {size: wire.size}),
		...(kind !== undefined && {kind}),
	};
};

/** Tapis calls a job cancelled before the scheduler's job has ended, and tries to end that only once. */
const remoteJob = (wire: WireDetail, phase: Phase): string | undefined => {
	const id = shown(wire.remoteJobId);
	return id !== undefined && phase === 'cancelled' ? `${id} (may still run on its system)` : id;
};

const numberText = (value: number | null | undefined): string | undefined =>
	typeof value === 'number' ? String(value) : undefined;

const minutesText = (value: number | null | undefined): string | undefined =>
	typeof value === 'number' ? `${value} min` : undefined;

const readHistory = (history: unknown): JobMoment[] => {
	const moments: JobMoment[] = [];
	for (const record of historySchema.safeParse(history).data ?? []) {
		const event = eventSchema.safeParse(record).data;
		const at = readTime(event?.created);
		const status = event?.event === 'JOB_NEW_STATUS' ? shown(event.eventDetail) : undefined;
		const what = status ?? shown(event?.event);
		if (event === undefined || what === undefined) continue;
		const detail = shown(event.description) ?? (status === undefined ? shown(event.eventDetail) : undefined);
		moments.push({...(at !== undefined && {at}), what, ...(detail !== undefined && {detail})});
	}
	return moments.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
};

/** The events in the job's own record, where its history cannot be read. */
const timesOf = (wire: WireJob): JobMoment[] => {
	const times = [
		[wire.created, 'created'],
		[wire.remoteStarted, 'started'],
		[wire.ended, cleanText(wire.status, 100)],
	] as const;
	return times.flatMap(([time, what]) => {
		const at = readTime(time);
		return at === undefined ? [] : [{at, what}];
	});
};

/** The envelope of Tapis, which every answer comes in. */
export const isTapisEnvelope: OwnWords['isOwn'] = body =>
	(body.status === 'error' || body.status === 'success') && hasText(body, 'message');
