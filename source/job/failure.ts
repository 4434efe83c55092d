/**
Why a request failed, classified by what may be concluded from it, not by status code.

`detail` is one clean line for users: the server's own words, if any.
*/
export type Failure =
	/** Never left this machine: refused connection, unknown host, no such program. */
	| {readonly kind: 'unreachable'; readonly detail: string; readonly local?: LocalCause}
	/** It left, and the connection broke before an answer. */
	| {readonly kind: 'cut-off'; readonly detail: string}
	/** It left, and no answer came in time. */
	| {readonly kind: 'timeout'; readonly detail: string}
	/** The credential is missing, wrong or expired. `sent` is false if there was none to send. */
	| {readonly kind: 'unauthorized'; readonly detail: string; readonly sent?: false}
	| {readonly kind: 'forbidden'; readonly detail: string}
	| {readonly kind: 'not-found'; readonly detail: string}
	| {readonly kind: 'conflict'; readonly detail: string}
	/** The server understood the request and refused it: 400, 402, 405, 422, 423, 501 and the like. */
	| {readonly kind: 'rejected'; readonly detail: string}
	| {readonly kind: 'rate-limited'; readonly detail: string; readonly retryAfterMs?: number}
	/** The server failed: 5xx, a program that crashed. */
	| {readonly kind: 'broken'; readonly detail: string; readonly retryAfterMs?: number}
	/** The answer has a wrong form: HTML, half a document, another shape. */
	| {readonly kind: 'malformed'; readonly detail: string; readonly local?: LocalCause};

export type FailureKind = Failure['kind'];

/** What fails on this machine, where it is not the network or the server. */
export type LocalCause =
	/** Processes, open files or memory are short. */
	| 'shortage'
	/** The program that prints the token failed. */
	| 'credential-program'
	/** A program of the job system does not run as it must. */
	| 'program'
	/** The variable or the key that names a proxy cannot be read. */
	| 'proxy'
	/** The proxy refuses to lead on, or wants a login. */
	| 'proxy-refusal'
	/** The certificate of the server comes from an authority that is not known here. */
	| 'certificate'
	/** The server wants a client certificate, or refuses the one of the profile. */
	| 'client-certificate'
	/** A certificate file of the profile cannot be used any more. */
	| 'tls-file'
	/** The kubeconfig does not say how to reach the server. */
	| 'kubeconfig';

export type FailurePolicy = {
	/** What the poller does next: retry with growing pauses (not before the time that the server gave), or stop until a request by hand. */
	readonly poll: 'back-off' | 'park';
	/** Whether the server may have received the request and acted on it. */
	readonly delivered: 'no' | 'maybe';
	/** The state of a profile after this failure. */
	readonly state: 'unreachable' | 'unauthorized' | 'forbidden' | 'rate-limited' | 'broken';
	/** One line: what the user can do. It names no key, because only the screen knows the keys. */
	readonly advice: string;
};

export const failurePolicies = {
	unreachable: {
		poll: 'back-off',
		delivered: 'no',
		state: 'unreachable',
		advice: 'check the network, the address or the VPN; jobtop keeps trying',
	},
	'cut-off': {
		poll: 'back-off',
		delivered: 'maybe',
		state: 'unreachable',
		advice: 'the connection broke; jobtop tries again',
	},
	timeout: {
		poll: 'back-off',
		delivered: 'maybe',
		state: 'unreachable',
		advice: 'no answer in time; jobtop tries again',
	},
	unauthorized: {
		poll: 'park',
		delivered: 'no',
		state: 'unauthorized',
		advice: 'renew the credential, then log in again',
	},
	forbidden: {
		poll: 'back-off',
		delivered: 'no',
		state: 'forbidden',
		advice: 'this credential has no permission for that; request it or use another profile',
	},
	'not-found': {
		poll: 'back-off',
		delivered: 'no',
		state: 'broken',
		advice: 'check the address of the profile',
	},
	conflict: {poll: 'back-off', delivered: 'no', state: 'broken', advice: 'jobtop looks again'},
	rejected: {
		poll: 'back-off',
		delivered: 'no',
		state: 'broken',
		advice: 'the server does not accept this request; check the address and its version',
	},
	'rate-limited': {
		poll: 'back-off',
		delivered: 'no',
		state: 'rate-limited',
		advice: 'the server limits requests; jobtop slows down automatically',
	},
	broken: {
		poll: 'back-off',
		delivered: 'maybe',
		state: 'broken',
		advice: 'the server failed; jobtop tries again',
	},
	malformed: {
		poll: 'back-off',
		delivered: 'maybe',
		state: 'broken',
		advice: 'unexpected answer, perhaps from a login page; check the address',
	},
} as const satisfies Record<FailureKind, FailurePolicy>;

/** What the reader can do about trouble of this machine. */
export const localRemedies: Readonly<Record<LocalCause, string>> = {
	shortage: 'close other programs, or raise the limits that ulimit -a shows',
	'credential-program': 'run it in a shell to see why, or to unlock it',
	proxy: 'correct it, and start jobtop again; a proxy is written as http://user:password@host:port',
	'proxy-refusal':
		'check proxy of the profile, or HTTPS_PROXY; a login is written as http://user:password@host:port',
	certificate:
		'for your own certificate authority, set ca_file of the profile, NODE_EXTRA_CA_CERTS or SSL_CERT_FILE to its file',
	'client-certificate': 'set client_cert and client_key of the profile to the files of a valid certificate',
	'tls-file': 'correct the file; jobtop reads it again',
	kubeconfig: 'correct the kubeconfig; jobtop reads it again',
	program: 'try it in a shell; load its module, or ask the administrators of the system',
};

/** What the reader can do about a failure, in one line. */
export const adviceOf = (failure: Failure): string => {
	const cause = localCauseOf(failure);
	return cause === undefined
		? failurePolicies[failure.kind].advice
		: `${localRemedies[cause]}; jobtop keeps trying`;
};

/** What fails on this machine; undefined where the network or the server does. */
export const localCauseOf = (failure: Failure): LocalCause | undefined =>
	'local' in failure ? failure.local : undefined;

/** Whether polls stop until somebody requests one: only a server's refusal stops them. A missing credential may appear. */
export const isParking = (failure: Failure): boolean =>
	failurePolicies[failure.kind].poll === 'park' && !('sent' in failure && failure.sent === false);

/** Bounds for the pause that a server asks for, in milliseconds: a shorter one makes a storm, a longer one makes the profile look dead. */
const wishBounds = {minMs: 1000, maxMs: 300_000};

/** The pause that a server asks for, in milliseconds, within bounds. */
export const boundedWish = (ms: number): number => Math.min(Math.max(ms, wishBounds.minMs), wishBounds.maxMs);

/** The pause that a failure asks for, in milliseconds within bounds; undefined if it gives none. */
export const wishOf = (failure: Failure): number | undefined =>
	'retryAfterMs' in failure && failure.retryAfterMs !== undefined
		? boundedWish(failure.retryAfterMs)
		: undefined;

/** The only error that a backend throws. */
export class BackendError extends Error {
	readonly failure: Failure;

	constructor(failure: Failure, options?: ErrorOptions) {
		super(`${failure.kind}: ${failure.detail}`, options);
		this.name = 'BackendError';
		this.failure = failure;
	}
}

/** The failure of a `BackendError`. Any other error is internal and is rethrown. */
export const failureOf = (error: unknown): Failure => {
	if (error instanceof BackendError) return error.failure;
	throw error;
};
