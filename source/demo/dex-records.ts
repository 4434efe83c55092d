import {timeOrNull} from './fastapi.ts';
import type {WorldJob, WorldPhase} from './lives.ts';
import {seedOf} from './random.ts';

/** What its jobs do, for a scenario. */
export const dexOperations = [
	'parse',
	'batch_parse',
	'extract',
	'research',
	'batch_parse',
	'summarization',
] as const;

export const statusWords = ['pending', 'running', 'succeeded', 'partially_succeeded', 'failed', 'cancelled'];

export const operationWords = [
	'parse',
	'batch_parse',
	'extract',
	'research',
	'vector_store',
	'chunk',
	'summarization',
	'create_index',
	'update_index',
];

const words: Readonly<Record<WorldPhase, string>> = {
	held: 'pending',
	queued: 'pending',
	running: 'running',
	succeeded: 'succeeded',
	failed: 'failed',
	cancelled: 'cancelled',
};

export type Child = {readonly status: string; readonly error: string | null};

/** What was done to a job beside its life in the world. */
export type Marks = {
	/** Its workflow ended it early. */
	readonly stopped: boolean;
	/** The numbers of the child jobs that were cancelled for themselves. */
	readonly stoppedChildren?: ReadonlySet<number>;
};

/** The documents of a batch. One of every third batch cannot be read. */
export const childrenOf = (id: string, {phase, percent}: WorldJob, marks: Marks): readonly Child[] => {
	const {stopped, stoppedChildren} = marks;
	const dice = seedOf(id, 'documents');
	const count = 4 + (dice % 9);
	const finished = phase === 'succeeded' && !stopped ? count : Math.floor((count * percent) / 100);
	const spoilt = dice % 3 === 0 ? 1 : undefined;
	const rest: Readonly<Record<WorldPhase, string>> = {
		held: 'pending',
		queued: 'pending',
		running: 'pending',
		succeeded: 'cancelled',
		failed: 'failed',
		cancelled: 'cancelled',
	};
	return Array.from({length: count}, (_, n) => {
		if (stoppedChildren?.has(n)) return {status: 'cancelled', error: null};
		if (n < Math.min(finished, stopped ? count - 1 : count)) {
			return n === spoilt
				? {status: 'failed', error: 'The document is encrypted.'}
				: {status: 'succeeded', error: null};
		}
		return {status: n === finished && phase === 'running' ? 'running' : rest[phase], error: null};
	});
};

/** How a job stands in the words of Dex. A batch that could not do all of its documents ended partly. */
export const wordOf = (id: string, job: WorldJob, marks: Marks): string => {
	const whole = (child: Child) => child.status === 'succeeded';
	if (job.phase !== 'succeeded' || job.plan.process !== 'batch_parse') return words[job.phase];
	return childrenOf(id, job, marks).every(whole) ? 'succeeded' : 'partially_succeeded';
};

export type EntityPlace = Marks & {readonly id: string; readonly project: string};

/** A job as `JobEntity`. */
export const jobEntity = (place: EntityPlace, job: WorldJob): Record<string, unknown> => {
	const {id, project} = place;
	const {createdAt, startedAt, endedAt, phase, plan} = job;
	const batch = plan.process === 'batch_parse';
	return {
		id,
		project_id: project,
		object: 'job',
		operation: plan.process,
		status: wordOf(id, job, place),
		source_id: batch ? null : sourceOf(id),
		correlation_id: `c-${seedOf(id, 'correlation').toString(36)}`,
		created_at: timeOrNull(createdAt),
		started_at: timeOrNull(startedAt),
		completed_at: timeOrNull(endedAt),
		result: phase === 'succeeded' ? resultOf(id, job) : null,
		progress: batch ? progressOf(id, childrenOf(id, job, place)) : null,
		error: phase === 'failed' ? 'The document has no page that could be read.' : null,
		history: historyOf(job),
	};
};

const childId = (batch: string, n: number): string => `${batch}_${n + 1}`;

/** The batch and the number of a child job, by its id. */
export const readChildId = (id: string): {readonly batch: string; readonly n: number} | undefined => {
	const [, batch, number] = /^(.+)_(\d+)$/.exec(id) ?? [];
	return batch === undefined ? undefined : {batch, n: Number(number) - 1};
};

const sourceOf = (id: string): string => `file_${seedOf(id, 'source').toString(36)}`;

const parseResultOf = (id: string): string => `pres_${seedOf(id, 'parsed').toString(36)}`;

/** What a job that succeeded says of itself. The results of its operation hold more. */
const resultOf = (id: string, {plan}: WorldJob): Record<string, unknown> => {
	const {process} = plan;
	if (process === 'parse') return {parse_result_id: parseResultOf(id)};
	if (process === 'research') return {answer: 'The lease begins on 1 March 2026.'};
	return process === 'extract' ? {extraction_id: id} : {pages: 12};
};

/** A child job as `JobEntity`: it parses one document of its batch. */
export const childEntity = (
	{id, project}: EntityPlace,
	job: WorldJob,
	{status, error}: Child,
	n: number,
): Record<string, unknown> => {
	const own = childId(id, n);
	const waits = status === 'pending';
	return {
		id: own,
		project_id: project,
		object: 'job',
		operation: 'parse',
		status,
		source_id: sourceOf(own),
		correlation_id: `c-${seedOf(id, 'correlation').toString(36)}`,
		created_at: timeOrNull(job.createdAt),
		started_at: waits ? null : timeOrNull(job.startedAt),
		completed_at: waits || status === 'running' ? null : timeOrNull(job.endedAt ?? job.updatedAt),
		result: status === 'succeeded' ? {parse_result_id: parseResultOf(own)} : null,
		progress: null,
		error,
		history: null,
	};
};

const operationsOfResults: Readonly<Record<string, readonly string[]>> = {
	parse: ['parse', 'batch_parse'],
	extract: ['extract'],
	research: ['research'],
};

export const resultBranches = new Set(Object.keys(operationsOfResults));

/** The results of a job, in the form of their list. A research has the form of its job. */
export const resultEntities = (
	branch: string,
	place: EntityPlace,
	job: WorldJob,
): readonly Record<string, unknown>[] => {
	const {plan, createdAt, phase} = job;
	if (!operationsOfResults[branch]?.includes(plan.process)) return [];
	const {id, project} = place;
	if (branch === 'research') return [jobEntity(place, job)];
	const common = {project_id: project, created_at: timeOrNull(createdAt)};
	if (plan.process === 'batch_parse') {
		return childrenOf(id, job, place).flatMap(({status}, n) =>
			status === 'succeeded' ? [parseResult(childId(id, n), common)] : [],
		);
	}
	if (phase !== 'succeeded') return [];
	if (branch === 'parse') return [parseResult(id, common)];
	const data = {total_amount: {value: 119.99, confidence: 0.95, citations: []}};
	return [{...common, id, object: 'extraction', source_id: sourceOf(id), parameters: {}, result: {data}}];
};

const parseResult = (id: string, common: Record<string, unknown>) => ({
	...common,
	id: parseResultOf(id),
	object: 'parse_result',
	source_id: sourceOf(id),
	result: {pages: 12, chunks: 40},
});

const progressOf = (id: string, children: readonly Child[]) => {
	const count = (...statuses: string[]) => children.filter(({status}) => statuses.includes(status)).length;
	return {
		total: children.length,
		succeeded: count('succeeded'),
		failed: count('failed'),
		cancelled: count('cancelled'),
		pending: count('pending', 'running'),
		child_jobs: children.map(({status, error}, n) => ({
			source_document_id: sourceOf(childId(id, n)),
			job_id: childId(id, n),
			status,
			parse_result_id: status === 'succeeded' ? parseResultOf(childId(id, n)) : null,
			error,
		})),
	};
};

const historyOf = ({startedAt, endedAt, phase}: WorldJob) => {
	const event = (step: string, at: number, status: string | null, duration: number | null = null) => ({
		step,
		timestamp: timeOrNull(at),
		duration_ms: duration,
		status,
		details: null,
	});
	if (startedAt === undefined) return [];
	const events = [event('fetch', startedAt, 'completed', 240), event('ocr', startedAt + 240, 'started')];
	if (endedAt !== undefined) events.push(event('finish', endedAt, words[phase], endedAt - startedAt));
	return events;
};
