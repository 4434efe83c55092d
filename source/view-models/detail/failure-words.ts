import {type Failure, type FailureKind, failurePolicies} from '../../job/failure.ts';
import {type KeySource, keyWord} from '../../keys/words.ts';

// What concerns one job says nothing about its profile.
const ofOneJob: ReadonlySet<Failure['kind']> = new Set(['not-found', 'rejected', 'conflict']);

/** What the reader can do about a failure, with the key that does it. */
export const adviceWords = (source: KeySource, kind: FailureKind): string =>
	kind === 'unauthorized'
		? `renew the credential, then ${keyWord(source, 'profiles')} logs in again`
		: failurePolicies[kind].advice;

/** Why something of one job could not be told, and what can be done about it. */
export const failureWords = (source: KeySource, failure: Failure): string =>
	ofOneJob.has(failure.kind) ? failure.detail : `${failure.detail}; ${adviceWords(source, failure.kind)}`;
