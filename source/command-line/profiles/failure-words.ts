import type {Connection} from '../../backends/backend.ts';
import {
	type Failure,
	type FailureKind,
	failurePolicies,
	localCauseOf,
	localRemedies,
} from '../../job/failure.ts';

/** Advice for one-shot commands, which do not retry. */
const remedies: Readonly<Record<FailureKind, string>> = {
	unreachable: 'check the network, the address or the VPN',
	'cut-off': 'the connection broke; try again',
	timeout: 'no answer in time; try again',
	unauthorized: 'renew the credential of this profile',
	forbidden: 'this credential is not allowed to do that; ask for permission or use another profile',
	'not-found': 'check the address of the profile',
	conflict: 'try again',
	rejected: 'the server does not accept this request; check the address and its version',
	'rate-limited': 'the server asked to slow down; try again later',
	broken: 'the server failed; try again later',
	malformed: 'unexpected answer, perhaps from a login page; check the address',
};

const remedyOf = (failure: Failure): string => {
	const cause = localCauseOf(failure);
	return cause === undefined ? remedies[failure.kind] : localRemedies[cause];
};

const seconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`;

/** A failure of a profile in one line: its kind, the server's words, and what to do. */
export const failureLine = (profile: string, failure: Failure): string => {
	const {kind, detail} = failure;
	const later =
		'retryAfterMs' in failure && failure.retryAfterMs ? ` (in ${seconds(failure.retryAfterMs)})` : '';
	return `jobtop: ${profile}: ${failurePolicies[kind].state}: ${detail}; ${remedyOf(failure)}${later}`;
};

/** 4 if only credentials failed, else 5; 0 if nothing failed. */
export const exitCodeOfFailures = (failures: readonly Failure[]): number => {
	if (failures.length === 0) return 0;
	return failures.every(({kind}) => kind === 'unauthorized') ? 4 : 5;
};

/** The connection of a profile that must exist. */
export const connectionOf = (connections: readonly Connection[], profile: string): Connection => {
	const connection = connections.find(one => one.profile === profile);
	if (!connection) throw new Error(`no profile ${profile}`);
	return connection;
};
