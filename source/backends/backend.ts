import type {Failure} from '../job/failure.ts';
import type {Job, JobDetail, JobResult} from '../job/job.ts';
import type {ReversibleOperation} from '../job/operation.ts';
import type {StatusTable} from '../job/phase.ts';
import type {System} from '../job/system.ts';

/**
One way of listing and steering jobs.

What a backend can do is which methods it has: no `cancel`, no cancel key. Every method resolves or rejects with a `BackendError`, or with the signal's reason when it is aborted. No method retries, caches, or keeps time beyond the limit of one request.
*/
export type Backend = {
	/** The job system that answers here: a batch for one system is never sent to another one of the same name. Facts that are not available now are left out; it rejects for the signal only. */
	readonly system: (request: RequestOptions) => Promise<System>;
	/** One page of the jobs that are there. */
	readonly listPage: (request: ListRequest) => Promise<ListPage>;
	/** One job with all details that the backend has. Rejects with `not-found` where the backend does not know it (any more). */
	readonly get?: (id: string, request: RequestOptions) => Promise<JobDetail>;
	/** The job's own record alone, where `get` asks for more than that. Rejects as `get`. */
	readonly look?: (id: string, request: RequestOptions) => Promise<Job>;
	/** The state of many jobs with few requests. An id that is missing from `jobs` and from `failures` is not known to the backend. */
	readonly getMany?: (ids: readonly string[], request: RequestOptions) => Promise<ManyLooks>;
	/** Asks for the end of one live job. What the answer proves is in the receipt, never more. */
	readonly cancel?: (id: string, request: CancelRequest) => Promise<CancelReceipt>;
	/** Asks for the end of many jobs in one request; an answer for every id. Lists lag, so some of them may have ended, be unknown or belong to somebody else: absent where one such id could cost another job its request or its answer, or harm the server. */
	readonly cancelMany?: (
		ids: readonly string[],
		request: RequestOptions,
	) => Promise<ReadonlyMap<string, CancelAnswer>>;
	/** Which of several systems behind this profile would be asked about this id; absent where there is one. Nothing is asked. */
	readonly partOf?: (id: string) => string | undefined;
	/** The requests that cancelling these would send, each as one line without credentials. Nothing is asked. Throws a `BackendError` for an id that cannot be sent. */
	readonly describeCancel?: (ids: readonly string[]) => readonly string[];
	/** Force-cancels: ends a job that an ordinary cancel leaves alive. Absent where the system takes such a request as an ordinary cancel, as Slurm does with SIGKILL. */
	readonly forceCancel?: (id: string, request: CancelRequest) => Promise<CancelReceipt>;
	/** Stops the work of one live job and keeps its record, so that it can be started again. Only for jobs with a `suspension`. */
	readonly suspend?: (id: string, request: CancelRequest) => Promise<CancelReceipt>;
	/** Starts a suspended job again. */
	readonly unsuspend?: (id: string, request: CancelRequest) => Promise<CancelReceipt>;
	/** As `describeCancel`, for suspending or unsuspending these. */
	readonly describeSuspend?: (ids: readonly string[], operation: ReversibleOperation) => readonly string[];
	/** Hides an ended job on the server, reversibly. */
	readonly hide?: (id: string, request: RequestOptions) => Promise<void>;
	readonly unhide?: (id: string, request: RequestOptions) => Promise<void>;
	/** Removes an ended job on the server, for good. It looks right before: a live one, which some servers would cancel instead, is refused as a `conflict`. */
	readonly delete?: (id: string, request: RequestOptions) => Promise<void>;
	/** What the job printed so far, or since an earlier answer. */
	readonly logs?: (id: string, request: LogRequest) => Promise<LogPage>;
	/** The log as it grows, where the backend pushes it. Resolves when the log has ended. Where it is absent, `logs` is called repeatedly. */
	readonly listen?: (id: string, request: ListenRequest) => Promise<void>;
	/** What an ended job left: its outputs, by name. */
	readonly results?: (id: string, request: RequestOptions) => Promise<readonly JobResult[]>;
	/** The request that looks at one job, as one line without credentials: `GET https://…`, or a command for a shell. Nothing is asked. Throws a `BackendError` for an id that cannot be sent. */
	readonly describeLook?: (id: string) => string;
	/** The address of a page about the job for people; undefined where no page is known. Nothing is asked. */
	readonly pageUrl?: (id: string) => string | undefined;
	/** Reads the credential again from its source. Rejects with `unauthorized` without a credential. */
	readonly logIn?: (terminal?: 'lent') => Promise<void>;
	/** Lets go of connections. */
	readonly close?: () => Promise<void>;
};

export type RequestOptions = {
	readonly signal: AbortSignal;
	/** Called by the limiter when the turn of the request has come, before anything leaves; what it throws keeps the request here. */
	readonly leaving?: () => void;
	/** Called where the far side asked for patience and was given it, so that the request went through all the same: others are better asked less often. */
	readonly onPatience?: (wish: Failure) => void;
};

/** A request to end, suspend or unsuspend one job. */
export type CancelRequest = RequestOptions & {
	/** The job as the look showed it that allows the request. Where `resend` is `conditional`, the request is made to count for that record alone; without one, the backend looks at the job first. */
	readonly seen?: Job;
};

type LogRequest = RequestOptions & {
	/** Only what was printed behind this place, which an earlier answer gave as its `cursor`. */
	readonly after?: string;
};

export type LogPage = {
	/** Text of many lines in the order in which they were printed, through `cleanLines`. */
	readonly text: string;
	/** The place behind this text, for the next question; absent where each answer is the whole log. */
	readonly cursor?: string;
	/** The text is the whole log, and takes the place of what was read before: the log was replaced, or `after` could not be honoured. */
	readonly anew?: true;
	/** Older text was left out for its size. */
	readonly cut?: true;
	/** Nothing more will come. */
	readonly ended?: true;
};

type ListenRequest = RequestOptions & {
	/** Takes the next piece of the log, through `cleanLines`. */
	readonly onText: (text: string) => void;
};

export type ListRequest = RequestOptions & {
	/** Other people's jobs too. */
	readonly everyone: boolean;
	/** Ended jobs too, as far back as the backend lists them. */
	readonly ended: boolean;
	/** Where the previous page ended. */
	readonly cursor?: string;
};

export type ListPage = {
	readonly jobs: readonly Job[];
	/** Records that could not be read. They are counted and shown, and cost no other record its place. */
	readonly unreadable: number;
	/** There is more; absent on the last page. */
	readonly cursor?: string;
	/**
	What the absence of a job from all pages means: the job is not among the requested ones (`everything`), or nothing (`part`: the list was cut, or the server changed it while it was being read).
	*/
	readonly covers: 'everything' | 'part';
};

export type ManyLooks = {
	readonly jobs: ReadonlyMap<string, Job>;
	readonly failures: ReadonlyMap<string, Failure>;
};

/**
What a backend answered to a request to cancel, suspend or unsuspend a job.

- `done`: it says that this is done now.
- `accepted`: it says that it will be.
- `already`: it says that it had been done before this request.
- `too-late`: it had ended, or was ending, before this request.

No receipt is an end: a look shows what became of the job.
*/
export type CancelReceipt = {
	readonly kind: 'done' | 'accepted' | 'already' | 'too-late';
	/** The backend's words, cleaned. */
	readonly detail?: string;
	/** It says that it has removed the job, or members of the set, and it keeps no record of them. */
	readonly removed?: true;
};

/** What became of one id of many. `not-asked`: the request ended before it reached this job. Nothing was sent for it, and it can be requested again. */
export type CancelAnswer = CancelReceipt | Failure | NotAsked;

type NotAsked = {readonly kind: 'not-asked'; readonly detail: string};

const receiptKinds = [
	'done',
	'accepted',
	'already',
	'too-late',
] as const satisfies readonly CancelReceipt['kind'][];

export const isReceipt = (answer: CancelAnswer): answer is CancelReceipt =>
	(receiptKinds as readonly string[]).includes(answer.kind);

/** How long a backend's cancellations take, all in milliseconds. */
export type Patience = {
	readonly firstPollMs: number;
	readonly slowestPollMs: number;
	/** An accepted cancellation whose job is still alive after this is overdue (and still followed). */
	readonly overdueAfterMs: number;
	/** Ask once more when it is still alive after this; absent where asking again is of no use. */
	readonly reissueAfterMs?: number;
	/** A job seen cancelled is looked at once more after this before it is believed: the server may still change its mind. */
	readonly confirmAfterMs?: number;
	/** A job that is not known any more is looked for once more after this before it is called gone: a server that restarts, or a copy that lags, does not know it either. */
	readonly confirmGoneAfterMs: number;
	/** The record of how a job ended may come this much later than its end: only then nobody can tell. */
	readonly outcomeAfterMs?: number;
	/** A job that is said to be cancelled without a proof (`unproven`) is followed for so long before it is called so, with the words of what may still happen. */
	readonly proofAfterMs?: number;
};

/** The facts that hold for every profile of one kind, as data. */
export type BackendTraits = {
	readonly kind: string;
	/** How people call it: `Weaver`, `Slurm`. */
	readonly title: string;
	/** jobtop was written from the documents or recordings of this system, and nobody has reported yet that it keeps its promises on a real one. */
	readonly fromDocuments?: true;
	readonly statuses: StatusTable;
	/**
	Whether a cancel request may be sent again. `safe`: a second one does no harm. `guarded`: on an ended job it destroys something, so each request has its own look just before it, and no request is sent after a look showed an end. `conditional`: on an ended job it would destroy something, but each request names the record that a look showed, and the system refuses it as a `conflict` if that has changed since.
	*/
	readonly resend: 'safe' | 'guarded' | 'conditional';
	/** What it means that a job is unknown after our request: the request removed it, or nobody knows. */
	readonly gone: 'removed' | 'unknown';
	/** The signals with which it ends the jobs that it was asked to cancel. Its record of an end says no more than that: with a request that it accepted before, such an end is a cancelled job; alone, it proves nothing. */
	readonly deletionSignals?: readonly number[];
	/** What `removed` leaves open there, in a few words: a record that is gone need not mean that the work has stopped. */
	readonly removedDetail?: string;
	/** The sentence of the confirmation: what cancelling does there, and what it destroys. */
	readonly consequence: string;
	/** The same for a force-cancel, where that does something else. */
	readonly forceConsequence?: string;
	/** What suspending and unsuspending do there, and what they destroy: sentences for their confirmations; there where the methods are. */
	readonly suspendConsequences?: Readonly<Record<ReversibleOperation, string>>;
	/** Only a job that succeeded leaves results there: the server refuses the results of any other job. */
	readonly resultsOnSuccess?: true;
	/** What is lost with a job that is deleted there; there where `delete` is. */
	readonly deleteConsequence?: string;
	/** The facts about its jobs that no method implies. */
	readonly shows: {
		/** Other people's jobs: only on request, or all that the server shows to this credential. */
		readonly others: 'asked' | 'shown';
		/** A look at a job does not say whose it is; its list does. */
		readonly ownerInListOnly?: true;
		/** Which jobs are a part of which. */
		readonly children?: true;
		/** How far a job is. */
		readonly progress?: true;
		/** Cancelling some jobs does more than with others: only a look at the job shows it, so the confirmation looks first. */
		readonly cautions?: true;
		/** What happened to a job, or only the times of its states. */
		readonly history: 'events' | 'times';
	};
	/** Where the backend's own word for cancelling is dismiss, `d` on a live job opens the cancel box. */
	readonly cancelIsDismiss?: true;
	readonly patience: Patience;
	/** Requests at the same time, per profile. */
	readonly concurrency: number;
	/** Requests a second, per profile; any number where it is absent. */
	readonly rate?: number;
	/** Milliseconds between two polls where the user has not said. */
	readonly intervalMs: number;
};

/** A kind of job system: what is true of all its profiles, and how to open one. */
export type BackendDefinition<Options> = {
	readonly traits: BackendTraits;
	readonly connect: (profile: string, options: Options) => Backend;
};

/** A profile, opened. */
export type Connection = {
	readonly profile: string;
	/** What the profile was called before: refs by these names mean it, too. */
	readonly aliases?: readonly string[];
	readonly traits: BackendTraits;
	/** Lacks all methods that change anything. */
	readonly readOnly?: true;
	/** The minimum of milliseconds between two polls, above all other settings; and where it is set. */
	readonly minInterval?: {readonly ms: number; readonly from: string};
	readonly backend: Backend;
	/** What a person may know of how it is reached; nothing of it is a secret. */
	readonly reach?: Reach;
	/** Somebody wants something now: the next few requests go first, and also where the server wants to be left alone. Where it is absent nothing is held back. */
	readonly goOn?: () => void;
};

/** How a profile is reached, for people. */
export type Reach = {
	/** `https://example.org/weaver`, or the programs that are run. */
	readonly address: string;
	/** The other machine on which the programs run, as ssh knows it; absent where they run here. */
	readonly host?: string;
	/** Why it was found without a configuration: `squeue is /usr/bin/squeue`; absent for a configured profile. */
	readonly found?: string;
	/** What the profile says of the way to it: `proxy http://proxy:3128, ca_file /etc/site.pem`. */
	readonly way?: string;
	/** Where its credential comes from: `$WEAVER_TOKEN`, `token_command pass`; absent without a credential. */
	readonly credential?: string;
	/** A program prints it, which may ask for something on the terminal. */
	readonly credentialProgram?: true;
	/** The variable of the environment that holds it, where one does. */
	readonly variable?: string;
	/** The options with which curl sends that credential, as words of a shell, with `$TOKEN` in its place. */
	readonly curl: readonly string[];
};
