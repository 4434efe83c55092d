import {adviceOf, type Failure, localCauseOf, localRemedies} from '../job/failure.ts';
import {type KeySource, keyWord} from '../keys/words.ts';
import type {Tone} from '../text/theme.ts';

// A failure of one job says nothing about its profile.
const ofOneJob: ReadonlySet<Failure['kind']> = new Set(['not-found', 'rejected', 'conflict']);

/** A refused credential waits for the user; jobtop itself tries again after every other failure. */
export const failureTone = ({kind}: Pick<Failure, 'kind'>): Tone =>
	kind === 'unauthorized' ? 'needs-you' : 'failed';

/** Advice on a failure, with the key to press. `hasCredential`: the profile has a credential that can be read again. */
export const adviceWords = (source: KeySource, failure: Failure, hasCredential = true): string => {
	const profiles = keyWord(source, 'profiles');
	if (failure.kind === 'unauthorized')
		return hasCredential
			? `renew the credential, then ${profiles} logs in again`
			: `renew your login there, then ${keyWord(source, 'refresh-all')} polls again`;
	return localCauseOf(failure) === 'credential-program'
		? `${localRemedies['credential-program']}; ${profiles}, then ${keyWord(source, 'log-in')} runs it again; jobtop keeps trying`
		: adviceOf(failure);
};

/** Why something about one job is missing, and what to do. */
export const failureWords = (source: KeySource, failure: Failure): string =>
	ofOneJob.has(failure.kind) ? failure.detail : `${failure.detail}; ${adviceWords(source, failure)}`;
