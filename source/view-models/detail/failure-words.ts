import {type Failure, failurePolicies} from '../../job/failure.ts';

// What concerns one job says nothing about its profile.
const ofOneJob: ReadonlySet<Failure['kind']> = new Set(['not-found', 'rejected', 'conflict']);

/** Why something of one job could not be told, and what can be done about it. */
export const failureWords = (failure: Failure): string =>
	ofOneJob.has(failure.kind) ? failure.detail : `${failure.detail}; ${failurePolicies[failure.kind].advice}`;
