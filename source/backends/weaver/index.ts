import {cleanLines, cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import {phaseOf} from '../../job/phase.ts';
import type {
	BackendDefinition,
	BackendTraits,
	CancelReceipt,
	ListPage,
	ListRequest,
	RequestOptions,
} from '../backend.ts';
import {type HttpOptions, type JsonAnswer, openHttp, pathSegment} from '../http.ts';
import {HttpError, serverWords} from '../http-failure.ts';
import {readRecords} from '../read-records.ts';
import {
	activeStatuses,
	dismissalSchema,
	listSchema,
	logsSchema,
	readDetail,
	readJob,
	statuses,
} from './wire.ts';

export type WeaverOptions = HttpOptions & {
	/** Jobs a page, 1 to 1000; 500 if not said. */
	readonly pageSize?: number;
};

const traits: BackendTraits = {
	kind: 'weaver',
	title: 'Weaver',
	statuses,
	resend: 'guarded',
	gone: 'removed',
	consequence:
		"DELETE also removes the job's outputs and logs; a job that ends in that very moment can lose its results",
	cancelIsDismiss: true,
	patience: {firstPollMs: 1000, slowestPollMs: 15_000, overdueAfterMs: 120_000, confirmAfterMs: 1500},
	concurrency: 4,
	intervalMs: 5000,
};

/** Jobs of a Weaver server (OGC API - Processes). https://pavics-weaver.readthedocs.io/en/latest/processes.html */
export const weaver: BackendDefinition<WeaverOptions> = {
	traits,
	connect(profile, options) {
		const http = openHttp({connections: traits.concurrency, ...options});
		const pageSize = options.pageSize ?? 500;
		// An older server may not know every word of the filter; then all jobs are asked for and the ended ones left out here.
		let knowsFilter = true;

		const listPage = async (request: ListRequest): Promise<ListPage> => {
			const place = readCursor(request.cursor);
			const filtered = !request.ended && knowsFilter;
			const query = {
				detail: true,
				limit: pageSize,
				page: place.page,
				sort: 'created',
				status: filtered ? activeStatuses : undefined,
			};
			try {
				const {body} = await http.json({path: '/jobs', query, signal: request.signal});
				return readPage(body, place, pageSize, request.ended, profile);
			} catch (error) {
				if (!(error instanceof HttpError) || error.status !== 400) throw error;
				if (filtered && place.page === 0 && complainsAboutStatus(error.body)) {
					knowsFilter = false;
					return listPage(request);
				}
				// A page past the end is a 400 too: jobs went while the pages were read.
				if (place.page > 0) return {jobs: [], unreadable: 0, covers: 'part'};
				throw error;
			}
		};

		const dismiss = (id: string, {signal}: RequestOptions): Promise<JsonAnswer> =>
			http.json({method: 'DELETE', path: `/jobs/${pathSegment(id)}`, signal}).catch(explainRefusal);

		return {
			listPage,
			async get(id, {signal}) {
				const {body} = await http.json({path: `/jobs/${pathSegment(id)}`, signal}).catch(explain);
				const detail = readDetail(body, profile);
				if (detail === undefined) throw malformed('the answer is no job status');
				if (detail.job.id !== id) throw malformed(`asked for ${cleanText(id, 100)}, got ${detail.job.id}`);
				return detail;
			},
			async cancel(id, request) {
				const answer = await dismiss(id, request).catch(alreadyGone);
				if ('kind' in answer) return answer;
				return answer.status === 200 ? readDismissal(answer.body, id) : {kind: 'accepted'};
			},
			async delete(id, request) {
				await dismiss(id, request).catch(alreadyGone);
			},
			async logs(id, {signal}) {
				const {text} = await http.text({path: `/jobs/${pathSegment(id)}/logs`, signal}).catch(explain);
				return {text: cleanLines(readLogs(text))};
			},
			close: http.close,
		};
	},
};

/** Where a page stands, and how many jobs there were when the page before it was read. */
type Place = {readonly page: number; readonly total?: number};

const readCursor = (cursor = '0'): Place => {
	const [page = '0', total] = cursor.split('/');
	return {page: Number(page), ...(total !== undefined && {total: Number(total)})};
};

const readPage = (
	body: unknown,
	place: Place,
	pageSize: number,
	ended: boolean,
	profile: string,
): ListPage => {
	const page = listSchema.safeParse(body).data;
	if (page === undefined) throw malformed('the answer is no list of jobs');
	const {total} = page;
	const {read, unreadable} = readRecords(page.jobs, record => readJob(record, profile));
	const jobs: Job[] = ended ? read : read.filter(job => !job.terminal);
	// A server that does not count its pages would give the first one for ever.
	const pages = page.page === place.page && typeof total === 'number';
	const more = (place.page + 1) * (page.limit ?? pageSize) < (total ?? 0) && page.jobs.length > 0;
	// Another number of jobs than before: some may have slipped over the border between two pages.
	const steady = place.total === undefined || place.total === total;
	const whole = pages ? steady : place.page === 0 && page.jobs.length < pageSize;
	return {
		jobs,
		unreadable,
		...(pages && more && {cursor: `${place.page + 1}/${total}`}),
		covers: whole ? 'everything' : 'part',
	};
};

const complainsAboutStatus = (body: unknown): boolean => {
	if (typeof body !== 'object' || body === null) return false;
	const {value, cause} = body as Record<string, unknown>;
	if (typeof value === 'object' && value !== null) return 'status' in value;
	return /\bstatus\b/.test(`${typeof cause === 'string' ? cause : ''} ${serverWords(body) ?? ''}`);
};

/** What a 200 to a DELETE proves: `done` only where it says dismissed, of this very job. */
const readDismissal = (body: unknown, id: string): CancelReceipt => {
	const dismissal = dismissalSchema.safeParse(body).data;
	if (dismissal === undefined) return {kind: 'accepted'};
	const answered = dismissal.jobID ?? dismissal.id;
	if (typeof answered === 'string' && answered !== id) {
		throw malformed(`asked to dismiss ${cleanText(id, 100)}, the answer names ${cleanText(answered, 100)}`);
	}
	const kind = phaseOf(statuses, dismissal.status) === 'cancelled' ? 'done' : 'accepted';
	return {kind, ...(dismissal.message && {detail: cleanText(dismissal.message)})};
};

/** 410: it had been dismissed before. */
const alreadyGone = (error: unknown): CancelReceipt => {
	if (error instanceof HttpError && error.status === 410) {
		return {kind: 'already', detail: error.failure.detail};
	}
	throw error;
};

/** An id of another form than the server's own names no job of it: Weaver says so with a 400. */
const explain = (error: unknown): never => {
	if (error instanceof HttpError && error.status === 400) {
		const {status, body, failure} = error;
		if (/no-?such-?job/i.test(JSON.stringify(body) ?? '')) {
			throw new HttpError({kind: 'not-found', detail: failure.detail}, status, body);
		}
	}
	throw error;
};

const explainRefusal = (error: unknown): never => {
	if (error instanceof HttpError && (error.status === 405 || error.status === 501)) {
		const detail = `this server cannot dismiss jobs (${error.status})`;
		throw new HttpError({kind: 'rejected', detail}, error.status, error.body);
	}
	return explain(error);
};

const malformed = (detail: string): BackendError => new BackendError({kind: 'malformed', detail});

const readLogs = (text: string): string => {
	try {
		const lines = logsSchema.safeParse(JSON.parse(text)).data;
		return lines === undefined ? text : lines.join('\n');
	} catch {
		return text;
	}
};
