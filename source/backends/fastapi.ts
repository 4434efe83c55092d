import {HttpError} from './http-failure.ts';
import type {OwnWords} from './own-words.ts';
import {readTime} from './read-time.ts';

/** An id of another form than the server's own names nothing there: FastAPI says so with a 422 about the path. */
export const explainPath = (error: unknown): never => {
	if (error instanceof HttpError && error.status === 422 && complainsAboutPath(error.body)) {
		const {status, body, failure} = error;
		throw new HttpError({kind: 'not-found', detail: failure.detail}, status, body);
	}
	throw error;
};

const complainsAboutPath = (body: unknown): boolean => {
	const {detail} = (body ?? {}) as {readonly detail?: unknown};
	return (
		Array.isArray(detail) &&
		detail.length > 0 &&
		detail.every((complaint: unknown) => {
			const {loc} = (complaint ?? {}) as {readonly loc?: unknown};
			return Array.isArray(loc) && loc[0] === 'path';
		})
	);
};

/** Whether the server does not take a parameter of the query. */
export const refusesQuery = (error: unknown): boolean =>
	error instanceof HttpError && error.failure.kind === 'rejected' && [400, 422].includes(error.status);

/**
Whether a job had ended before the request that this answer belongs to, by the server's own clock (`Date`, RFC 9110 §6.6.1): no answer takes longer than `longestMs`. False where nobody can know.
*/
export const endedBefore = (
	endedAt: string | null | undefined,
	date: string | undefined,
	longestMs: number,
): boolean => {
	const ended = readTime(endedAt);
	const answered = Date.parse(date ?? '');
	return ended !== undefined && ended < answered - longestMs;
};

/** What FastAPI answers: a text, or what it does not like about the request, or what a service puts there. */
export const isFastapiDetail: OwnWords['isOwn'] = ({detail}) =>
	typeof detail === 'string' || (typeof detail === 'object' && detail !== null);
