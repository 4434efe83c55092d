import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import type {JobDetail} from '../../job/job.ts';
import {phaseOf} from '../../job/phase.ts';
import type {Backend, CancelReceipt, RequestOptions} from '../backend.ts';
import {type Http, type JsonAnswer, pathSegment} from '../http.ts';
import {HttpError} from '../http-failure.ts';
import {statuses} from './common-traits.ts';
import {dismissalSchema, type Home, readDetail} from './wire.ts';

/** Looking at one job, cancelling and deleting it: the same requests on every server of OGC API - Processes. */
export const oneJob = (http: Http, home: Home) => {
	const get = async (id: string, {signal}: RequestOptions): Promise<JobDetail> => {
		const {body} = await http.json({path: jobPath(id), fresh: true, signal}).catch(explain);
		const detail = readDetail(body, home);
		if (detail === undefined) throw malformed('the answer is not a job status');
		if (detail.job.id !== id) throw malformed(`asked for ${cleanText(id, 100)}, got ${detail.job.id}`);
		return detail;
	};

	const dismiss = (id: string, {signal}: RequestOptions): Promise<JsonAnswer> =>
		http.json({...dismissal(id), signal}).catch(explainRefusal);

	return {
		get,
		async cancel(id, request) {
			const answer = await dismiss(id, request).catch(alreadyGone);
			if ('kind' in answer) return answer;
			return answer.status === 200 ? readDismissal(answer.body, id) : {kind: 'accepted'};
		},
		describeLook: id => http.describe({path: jobPath(id)}),
		// The servers show the same address to a browser as a page.
		pageUrl: id => http.describe({path: jobPath(id)}).replace(/^GET /, ''),
		describeCancel: ids => ids.map(id => http.describe(dismissal(id))),
		// The same request cancels a live job: so it is looked at first, and only what a known word calls ended is deleted.
		async delete(id, request) {
			const {job} = await get(id, request);
			if (!job.terminal) {
				const detail = `it has not ended (${job.status}): deleting never cancels, cancel it first`;
				throw new BackendError({kind: 'conflict', detail});
			}
			const answer = await dismiss(id, request).catch(alreadyGone);
			if (!('kind' in answer)) readDismissal(answer.body, id);
		},
	} satisfies Partial<Backend>;
};

/** The path of a job, or of what lies under it. */
export const jobPath = (id: string, part = ''): string => `/jobs/${pathSegment(id)}${part}`;

const dismissal = (id: string) => ({method: 'DELETE', path: jobPath(id)}) as const;

/** What a 200 to a DELETE proves: `done` only where it says dismissed, of this very job. */
const readDismissal = (body: unknown, id: string): CancelReceipt => {
	const answer = dismissalSchema.safeParse(body).data;
	if (answer === undefined) return {kind: 'accepted'};
	const answered = answer.jobID ?? answer.id;
	if (typeof answered === 'string' && answered !== id) {
		throw malformed(`asked to dismiss ${cleanText(id, 100)}, the answer names ${cleanText(answered, 100)}`);
	}
	const kind = phaseOf(statuses, answer.status) === 'cancelled' ? 'done' : 'accepted';
	return {kind, ...(answer.message && {detail: cleanText(answer.message)})};
};

/** 410 in the server's own words: it had been dismissed before. */
const alreadyGone = (error: unknown): CancelReceipt => {
	if (error instanceof HttpError && error.status === 410 && error.failure.kind === 'not-found') {
		return {kind: 'already', detail: error.failure.detail};
	}
	throw error;
};

/** An id of another form than the server's own names no job of it: Weaver says so with a 400. */
export const explain = (error: unknown): never => {
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

export const malformed = (detail: string): BackendError => new BackendError({kind: 'malformed', detail});
