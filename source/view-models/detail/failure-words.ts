import {type Failure, type FailureKind, failurePolicies} from '../../job/failure.ts';
import {type KeySource, keyWord} from '../../keys/words.ts';

// A failure of one job says nothing about its profile.
const ofOneJob: ReadonlySet<Failure['kind']> = new Set(['not-found', 'rejected', 'conflict']);

/** Advice on a failure, with the key to press. */
export const adviceWords = (source: KeySource, kind: FailureKind): string =>
	kind === 'unauthorized'
		? `renew the credential, then ${keyWord(source, 'profiles')} logs in again`
		: failurePolicies[kind].advice;

/** Why something about one job is missing, and what to do. */
export const failureWords = (source: KeySource, failure: Failure): string =>
	ofOneJob.has(failure.kind) ? failure.detail : `${failure.detail}; ${adviceWords(source, failure.kind)}`;
