import assert from 'node:assert/strict';
import {BackendError, type Failure} from '../../source/job/failure.ts';

/** The failure of a call to a backend. Fails where the call succeeds, and throws what is no failure of a backend. */
export const failureOf = async (call: Promise<unknown>): Promise<Failure> => {
	const error: unknown = await call.then(
		value => assert.fail(`no failure, but ${JSON.stringify(value)}`),
		(reason: unknown) => reason,
	);
	if (!(error instanceof BackendError)) throw error;
	return error.failure;
};
