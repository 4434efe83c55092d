import type {FailureKind} from '../../job/failure.ts';
import {HttpError} from '../http-failure.ts';

/*
Status codes say little here: somebody else's job is a 401, and an unknown one a 400, a 404 or a 500. What happened stands as the first token in the message, `JOBS_…` or `TAPIS_…`.
*/

/** What the tokens mean, whatever code they come with. */
const kinds: Readonly<Record<string, FailureKind>> = {
	JOBS_MISMATCHED_OWNER: 'forbidden',
	JOBS_MISMATCHED_TENANT: 'forbidden',
	TAPIS_NOT_FOUND: 'not-found',
	// With a 404, but it is there: somebody has hidden it.
	JOBS_JOB_NOT_VISIBLE: 'conflict',
};

/** An unknown uuid; with a 500 it may as well be that the database could not be asked. */
const noSuchUuid = 'JOBS_JOB_SELECT_UUID_ERROR';

const tokenOf = (error: HttpError): string | undefined => {
	const {message} = (error.body ?? {}) as {readonly message?: unknown};
	return typeof message === 'string'
		? /\b(?:JOBS|JOBSAPI|TAPIS|SK)_[A-Z\d_]+/.exec(message.slice(0, 500))?.[0]
		: undefined;
};

/** Sorts a failing answer by its token. */
export const explain = (error: unknown): never => {
	if (!(error instanceof HttpError)) throw error;
	const token = tokenOf(error) ?? '';
	const kind = token === noSuchUuid && error.status === 400 ? 'not-found' : kinds[token];
	if (kind === undefined || kind === error.failure.kind) throw error;
	throw new HttpError({kind, detail: error.failure.detail}, error.status, error.body);
};

/** Whether the answer leaves open if there is no such job or if it could not be looked for. */
export const isAmbiguous = (error: unknown): boolean =>
	error instanceof HttpError && error.status >= 500 && tokenOf(error) === noSuchUuid;
