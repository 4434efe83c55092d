import {timeOrNull} from './fastapi.ts';
import {seedOf} from './random.ts';
import type {WorldJob, WorldPhase} from './world.ts';

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

type Child = {readonly status: string; readonly error: string | null};

/** The documents of a batch. One of every third batch cannot be read; `stopped`: its workflow ended it early. */
const childrenOf = (id: string, {phase, percent}: WorldJob, stopped: boolean): readonly Child[] => {
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
		if (n < Math.min(finished, stopped ? count - 1 : count)) {
			return n === spoilt
				? {status: 'failed', error: 'The document is encrypted.'}
				: {status: 'succeeded', error: null};
		}
		return {status: n === finished && phase === 'running' ? 'running' : rest[phase], error: null};
	});
};

/** How a job stands in the words of Dex. A batch that could not do all of its documents ended partly. */
export const wordOf = (id: string, job: WorldJob, stopped: boolean): string => {
	const whole = (child: Child) => child.status === 'succeeded';
	if (job.phase !== 'succeeded' || job.plan.process !== 'batch_parse') return words[job.phase];
	return childrenOf(id, job, stopped).every(whole) ? 'succeeded' : 'partially_succeeded';
};

export type EntityPlace = {readonly id: string; readonly project: string; readonly stopped: boolean};

/** A job as `JobEntity`. */
export const jobEntity = ({id, project, stopped}: EntityPlace, job: WorldJob): Record<string, unknown> => {
	const {createdAt, startedAt, endedAt, phase, plan} = job;
	const batch = plan.process === 'batch_parse';
	return {
		id,
		project_id: project,
		object: 'job',
		operation: plan.process,
		status: wordOf(id, job, stopped),
		source_id: batch ? null : `file_${seedOf(id, 'source').toString(36)}`,
		correlation_id: `c-${seedOf(id, 'correlation').toString(36)}`,
		created_at: timeOrNull(createdAt),
		started_at: timeOrNull(startedAt),
		completed_at: timeOrNull(endedAt),
		result: phase === 'succeeded' ? {pages: 12} : null,
		progress: batch ? progressOf(id, childrenOf(id, job, stopped)) : null,
		error: phase === 'failed' ? 'The document has no page that could be read.' : null,
		history: historyOf(job),
	};
};

const progressOf = (id: string, children: readonly Child[]) => {
	const count = (...statuses: string[]) => children.filter(({status}) => statuses.includes(status)).length;
	return {
		total: children.length,
		succeeded: count('succeeded'),
		failed: count('failed'),
		cancelled: count('cancelled'),
		pending: count('pending', 'running'),
		child_jobs: children.map(({status, error}, n) => ({
			source_document_id: `doc_${seedOf(id, 'document', n).toString(36)}`,
			job_id: `${id}_${n + 1}`,
			status,
			parse_result_id: status === 'succeeded' ? `pr_${seedOf(id, 'result', n).toString(36)}` : null,
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
