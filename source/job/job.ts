import type {EndedBy} from './ended-by.ts';
import type {Phase} from './phase.ts';
import type {Ref} from './ref.ts';
import type {Suspension} from './suspension.ts';
import type {Millis} from './time.ts';
import type {Unproven} from './unproven.ts';

/**
A job, whatever system runs it.

Plain JSON only (times are epoch milliseconds, not `Date`), so that an unchanged job is recognised between polls and crosses a thread boundary. Every string that came from outside has been through `cleanText`.
*/
export type Job = {
	readonly ref: Ref;
	readonly profile: string;
	/** The kind of job system: `weaver`, `slurm`. */
	readonly backend: string;
	/** The vendor's id, as its cancel request takes it. Opaque; sent unchanged. */
	readonly id: string;
	/** Its title or name, else what it runs, else its id. */
	readonly name: string;
	/** What it runs: process id, job type, app, operation. */
	readonly kind?: string;
	readonly owner?: string;
	/** False if the backend knows that it belongs to somebody else. */
	readonly mine: boolean;
	readonly phase: Phase;
	/** The backend's own word (and sub-state), shown and never lost. */
	readonly status: string;
	/** Whether it has ended. A server's flag decides, else the status table. An unknown status without a flag means no. */
	readonly terminal: boolean;
	/** Only for a cancelled job: its record does not prove that the work has ended. */
	readonly unproven?: Unproven;
	/** Only for an ended job: what ended it, if its system reports it. */
	readonly endedBy?: EndedBy;
	/** Only for a live job that may be suspended and unsuspended. */
	readonly suspension?: Suspension;
	readonly queue?: string;
	/** More about where it runs and for whom, by jobtop's names: `account`, `node` (their names), `nodes` (how many, of a job that waits), `project`. */
	readonly labels?: Readonly<Record<string, string>>;
	/** The reason for its state, in the backend's words (Slurm's reason, Weaver's message). */
	readonly reason?: string;
	/** What its system calls this very submission, if its id can be given to another job later. */
	readonly uid?: string;
	/** What its system calls the present state of its record, where a request can be made to count for that state alone. */
	readonly version?: string;
	/** Epoch milliseconds. */
	readonly createdAt?: Millis;
	/** How often its system has requeued it, if known. A requeue changes `createdAt`, but it stays the same job. */
	readonly restarts?: number;
	/** Epoch milliseconds; only of a start that has happened, never a forecast. */
	readonly startedAt?: Millis;
	/** Epoch milliseconds; only of an end that has happened, never a forecast. */
	readonly endedAt?: Millis;
	/** Milliseconds that it may run before its system ends it; absent if it has no limit, or an unknown one. */
	readonly limitMs?: number;
	readonly progress?: {readonly percent?: number; readonly done?: number; readonly total?: number};
	readonly error?: {readonly kind: string; readonly message: string};
	/** The job that contains this one. */
	readonly parent?: Ref;
	/** What cancelling this job does besides ending it, if that differs from other jobs of its system; a sentence without a full stop. Only a look at the job alone shows some cautions. */
	readonly caution?: string;
	/** The set that its id stands for, if that is more than one job. */
	readonly set?: JobSet;
};

/** One entry in the timeline of a job, from its backend. */
export type JobMoment = {
	/** Epoch milliseconds; absent if the backend gives none. */
	readonly at?: Millis;
	readonly what: string;
	readonly detail?: string;
};

/** A child of a job: a document of a batch, an element of a pipeline. */
export type JobChild = {
	readonly ref: Ref;
	readonly name?: string;
	readonly phase: Phase;
	/** The backend's own word. */
	readonly status: string;
	/** Why it failed. */
	readonly error?: string;
};

/** A result of a job. */
export type JobResult = {
	/** A path, the name of an output. */
	readonly name: string;
	/** Its content as text of many lines, if it is small enough; through `cleanLines`. */
	readonly value?: string;
	/** Where to download it. A signed address is a secret, and is left out. */
	readonly url?: string;
	/** Bytes. */
	readonly size?: number;
	/** The media type, or the backend's own word. */
	readonly kind?: string;
};

/** The details of one job. */
export type JobDetail = {
	readonly job: Job;
	/** Labelled facts for the summary, the most important first. */
	readonly fields: readonly (readonly [label: string, value: string])[];
	readonly timeline: readonly JobMoment[];
	/** The children of this job, if its backend names them. */
	readonly children?: readonly JobChild[];
	/** The backend's answer, as text of many lines. */
	readonly raw: string;
};

/** An id that stands for several jobs: an array, the rest of an array, a het job, a batch of documents, a job with child jobs. */
export type JobSet = {
	/** The counts of its members; absent if its system does not report them. */
	readonly counts?: MemberCounts;
	/** Set if the members are jobs with their own rows: the named members that have not ended, including this one if it is a member. */
	readonly apart?: readonly Ref[];
	/** One request ends all members, whatever happens to requests for single members. */
	readonly together?: true;
};

export type MemberCounts = {
	readonly live: number;
	readonly cancelled: number;
	/** Ended in another way. */
	readonly ended: number;
	/** How many of `ended` ended by a signal with which their system ends jobs that it was asked to cancel. */
	readonly signalled?: number;
	/** Its system no longer reports them. */
	readonly lost: number;
};
