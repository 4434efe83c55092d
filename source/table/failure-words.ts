import {adviceOf, type Failure, localCauseOf, localRemedies} from '../job/failure.ts';
import {type KeySource, keyWord} from '../keys/words.ts';

// A failure of one job says nothing about its profile.
const ofOneJob: ReadonlySet<Failure['kind']> = new Set(['not-found', 'rejected', 'conflict']);

/** Advice on a failure, with the key to press. */
export const adviceWords = (source: KeySource, failure: Failure): string => {
	const profiles = keyWord(source, 'profiles');
	if (failure.kind === 'unauthorized') return `renew the credential, then ${profiles} logs in again`;
	return localCauseOf(failure) === 'credential-program'
		? `${localRemedies['credential-program']}; ${profiles}, then ${keyWord(source, 'log-in')} runs it again; jobtop keeps trying`
		: adviceOf(failure);
};

/** Why something about one job is missing, and what to do. */
export const failureWords = (source: KeySource, failure: Failure): string =>
	ofOneJob.has(failure.kind) ? failure.detail : `${failure.detail}; ${adviceWords(source, failure)}`;
