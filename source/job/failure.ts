/**
Why a request did not do its work, sorted by what may be concluded from it, not by status code.

`detail` is one clean line for people: the server's own words where it gave some.
*/
export type Failure =
	/** Never left this machine: refused connection, unknown host, no such program. */
	| {readonly kind: 'unreachable'; readonly detail: string}
	/** It left, and the connection broke before an answer. */
	| {readonly kind: 'cut-off'; readonly detail: string}
	/** It left, and no answer came in time. */
	| {readonly kind: 'timeout'; readonly detail: string}
	/** The credential is missing, wrong or expired. `sent` is false where there was none to send. */
	| {readonly kind: 'unauthorized'; readonly detail: string; readonly sent?: false}
	| {readonly kind: 'forbidden'; readonly detail: string}
	| {readonly kind: 'not-found'; readonly detail: string}
	| {readonly kind: 'conflict'; readonly detail: string}
	/** The server understood and will not: 400, 402, 405, 422, 423, 501 and the like. */
	| {readonly kind: 'rejected'; readonly detail: string}
	| {readonly kind: 'rate-limited'; readonly detail: string; readonly retryAfterMs?: number}
	/** The server failed: 5xx, a program that crashed. */
	| {readonly kind: 'broken'; readonly detail: string; readonly retryAfterMs?: number}
	/** An answer that is not what this system says: HTML, half a document, another shape. */
	| {readonly kind: 'malformed'; readonly detail: string};

export type FailureKind = Failure['kind'];

export type FailurePolicy = {
	/** What the poller does next: ask again later and later (and not before the server said), or stop until somebody asks. */
	readonly poll: 'back-off' | 'park';
	/** Whether the request may have reached the server and been acted upon. */
	readonly delivered: 'no' | 'maybe';
	/** The word for a profile in this state. */
	readonly state: 'unreachable' | 'unauthorized' | 'forbidden' | 'rate-limited' | 'broken';
	/** One line: what the reader can do. Which key does it is known to the screen alone. */
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

/** Milliseconds that a server's wish to be left alone may last: a shorter pause makes a storm, a longer one leaves a profile for dead. */
const wishBounds = {leastMs: 1000, mostMs: 300_000};

/** How long a server is left alone that wishes for so many milliseconds. */
export const boundedWish = (ms: number): number =>
	Math.min(Math.max(ms, wishBounds.leastMs), wishBounds.mostMs);

/** How long a failure says that its server wants to be left alone, in milliseconds within bounds; undefined where it does not say. */
export const wishOf = (failure: Failure): number | undefined =>
	'retryAfterMs' in failure && failure.retryAfterMs !== undefined
		? boundedWish(failure.retryAfterMs)
		: undefined;

/** The one error that a backend throws. */
export class BackendError extends Error {
	readonly failure: Failure;

	constructor(failure: Failure, options?: ErrorOptions) {
		super(`${failure.kind}: ${failure.detail}`, options);
		this.name = 'BackendError';
		this.failure = failure;
	}
}

/** The failure that an error stands for. An error that is no `BackendError` is a fault of ours and is rethrown. */
export const failureOf = (error: unknown): Failure => {
	if (error instanceof BackendError) return error.failure;
	throw error;
};
