import {BackendError} from '../../job/failure.ts';
import {type CancelReceipt, isReceipt} from '../backend.ts';
import {type HttpRequest, pathSegment} from '../http.ts';
import {answerOfSet} from '../slurm/answers.ts';
import {sendableId, whyNoId} from '../slurm/records.ts';
import {asReceipt, readEnd} from './answers.ts';
import type {Api} from './api.ts';
import type {Server} from './server.ts';

/** Requests the end of one job or set. */
export const cancel = async (server: Server, id: string, signal: AbortSignal): Promise<CancelReceipt> => {
	signal.throwIfAborted();
	const form = sendableId(id) ?? '';
	const request = cancelRequest(form === '' ? server.knownApi() : await server.api(signal), id);
	const answer = await server.ask({...request, signal}).then(
		body => readEnd(body, form),
		(error: unknown) => {
			if (!(error instanceof BackendError)) throw error;
			return asReceipt(error.failure);
		},
	);
	const ofSet = answerOfSet(form, answer);
	if (isReceipt(ofSet)) return ofSet;
	throw new BackendError(ofSet);
};

/** The request of `cancel`; throws `rejected` for an id that cannot be sent. */
export const cancelRequest = (api: Api | undefined, id: string): Omit<HttpRequest, 'signal'> => {
	const form = sendableId(id);
	if (form === undefined) {
		throw new BackendError({kind: 'rejected', detail: whyNoId(id)});
	}
	// From 0.0.40 on, only this request is answered with what became of it.
	if (api?.endMany !== undefined) {
		return {method: 'DELETE', path: api.endMany, body: {jobs: [form]}};
	}
	const segment = pathSegment(form);
	return {method: 'DELETE', path: api?.job(segment) ?? `/slurm/{version}/job/${segment}`};
};
