import type {Phase} from './phase.ts';
import type {Ref} from './ref.ts';
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
	/** The vendor's own id, as its cancel request takes it. Opaque; sent exactly as it came. */
	readonly id: string;
	/** What a person calls it: its title or name, else what it runs, else its id. */
	readonly name: string;
	/** What it runs: process id, job type, app, operation. */
	readonly kind?: string;
	readonly owner?: string;
	/** False where the backend knows that it is somebody else's. */
	readonly mine: boolean;
	readonly phase: Phase;
	/** The backend's own word (and sub-state), shown and never lost. */
	readonly status: string;
	/** Whether it has ended. A server's flag decides, else the status table; an unknown word without a flag has not. */
	readonly terminal: boolean;
	/** Only on a job that is said to be cancelled: its record does not prove that the work has ended. */
	readonly unproven?: Unproven;
	readonly queue?: string;
	/** What else its system says of where it runs and for whom, by jobtop's own names: `account`, `node`, `project`. */
	readonly labels?: Readonly<Record<string, string>>;
	/** Why it is where it is, in the backend's words (Slurm's reason, Weaver's message). */
	readonly reason?: string;
	/** Epoch milliseconds. */
	readonly createdAt?: Millis;
	/** How often its system has put it back into the queue, where a look tells: each time it has got another `createdAt`, and stays the same job. */
	readonly restarts?: number;
	/** Epoch milliseconds; only of a start that has happened, never a forecast. */
	readonly startedAt?: Millis;
	/** Epoch milliseconds; only of an end that has happened, never a forecast. */
	readonly endedAt?: Millis;
	readonly progress?: {readonly percent?: number; readonly done?: number; readonly total?: number};
	readonly error?: {readonly kind: string; readonly message: string};
	/** The job that this one is a part of. */
	readonly parent?: Ref;
	/** What cancelling it does beside ending it, in a sentence without a full stop, where it is told apart from other jobs of its system. Some of these only a look at the job alone tells. */
	readonly caution?: string;
	/** What its id stands for, where that is more than one job. */
	readonly set?: JobSet;
};

/** One thing that happened to a job, as its backend tells it. */
export type JobMoment = {
	/** Epoch milliseconds; absent where the backend gives none. */
	readonly at?: Millis;
	readonly what: string;
	readonly detail?: string;
};

/** A part of a job: a document of a batch, an element of a pipeline. */
export type JobChild = {
	readonly ref: Ref;
	readonly name?: string;
	readonly phase: Phase;
	/** The backend's own word. */
	readonly status: string;
	/** Why it failed. */
	readonly error?: string;
};

/** Something that a job left behind. */
export type JobResult = {
	/** A path, the name of an output. */
	readonly name: string;
	/** What it is, as text of many lines, where it is small enough to be told; through `cleanLines`. */
	readonly value?: string;
	/** Where it can be had. One that carries a signature of its own is a secret, and is left out. */
	readonly url?: string;
	/** Bytes. */
	readonly size?: number;
	/** The media type, or the backend's own word for what it is. */
	readonly kind?: string;
};

/** All that a backend tells of one job. */
export type JobDetail = {
	readonly job: Job;
	/** Labelled facts for the summary, in the order in which they are worth reading. */
	readonly fields: readonly (readonly [label: string, value: string])[];
	readonly timeline: readonly JobMoment[];
	/** The parts of this job, where its backend names them. */
	readonly children?: readonly JobChild[];
	/** What the backend answered, as text of many lines. */
	readonly raw: string;
};

/** What one id stands for that means several jobs: an array, what is left of it, a het job, a batch of documents, a job with child jobs. */
export type JobSet = {
	/** How many of its members are where; absent where its system does not tell. */
	readonly counts?: MemberCounts;
	/** There where the members are jobs with rows of their own: those that have not ended, as far as they are named, this one among them where it is a member. */
	readonly apart?: readonly Ref[];
	/** One request ends all of them, whatever becomes of requests of their own. */
	readonly together?: true;
};

export type MemberCounts = {
	readonly live: number;
	readonly cancelled: number;
	/** Ended in another way. */
	readonly ended: number;
	/** Its system tells nothing of them any more. */
	readonly lost: number;
};
