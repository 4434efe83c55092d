import type {
	Batch,
	BatchSummary,
	CancellationReport,
	DryRequest,
	Exchange,
	Intention,
	Latency,
	Notice,
	ProfileHealth,
	ProfileInfo,
	ProfileStep,
	Scope,
	ScreenSettings,
	WaitingBatch,
} from '../engine/protocol.ts';
import type {Failure} from '../job/failure.ts';
import type {Job, JobDetail, JobResult} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';

/** A map that the store patches in place: read it now, never keep it. A new wrapper around it says that it changed. */
type LiveMap<Key, Value> = ReadonlyMap<Key, Value>;

/** What the engine has told: what we know. */
export type Known = {
	readonly profiles: readonly ProfileInfo[];
	readonly readOnly: boolean;
	readonly lookedFor: readonly string[];
	readonly settings: ScreenSettings;
	/** Nobody checks the certificates of servers. */
	readonly unchecked?: true;
	readonly scope: Scope;
	/** An unchanged row keeps its identity. */
	readonly jobs: {readonly byRef: LiveMap<Ref, Job>};
	readonly health: ReadonlyMap<string, ProfileHealth>;
	/** How long cancelling takes on each profile, where enough is known. */
	readonly latencies: ReadonlyMap<string, Latency>;
	/** Hidden rows. */
	readonly dismissed: ReadonlySet<Ref>;
	readonly batches: readonly Batch[];
	/** The latest cancellation of each job. */
	readonly cancellations: ReadonlyMap<Ref, CancellationReport>;
	/** Every cancellation, by batch and ref. */
	readonly reports: {readonly byBatch: LiveMap<number, LiveMap<Ref, CancellationReport>>};
	/** Batches of earlier runs of jobtop that are over, the latest first; a bounded number. */
	readonly earlier: readonly BatchSummary[];
	/** Unfinished batches of earlier runs that were not taken up. */
	readonly waiting: readonly WaitingBatch[];
	readonly detail?: InspectedJob;
	readonly log?: LogText;
	readonly results?: ToldResults;
	/** How the last test of a profile went, or its log-in. */
	readonly tried?: {readonly profile: string; readonly steps: readonly ProfileStep[]; readonly done: boolean};
	/** Where a job can be looked at by other means. */
	readonly links?: {readonly ref: Ref; readonly page?: string; readonly look?: string};
	/** What was asked about a job by itself, the latest last. */
	readonly requests?: {readonly ref: Ref; readonly exchanges: readonly Exchange[]};
	/** What the last dry run told; `asked` is that of its question. */
	readonly dryRun?: {readonly asked: number; readonly requests: readonly DryRequest[]};
	/** What was typed behind `:`, the latest last; a bounded number. */
	readonly history: readonly string[];
	/** The latest last; a bounded number. */
	readonly notices: readonly Notice[];
};

/** All that the backend told of the inspected job, or why it could not. */
type InspectedJob = {
	readonly ref: Ref;
	/** Epoch milliseconds. */
	readonly at: number;
	/** The last good answer is kept when a later one fails. */
	readonly detail?: JobDetail;
	readonly failure?: Failure;
};

/** The end of what a job printed. */
export type LogText = {
	readonly ref: Ref;
	/** Epoch milliseconds of the last answer. */
	readonly at: number;
	/** The last lines; one that did not change keeps its identity. The last of all may be half of one, or empty. */
	readonly lines: readonly LogLine[];
	/** Lines before these that were let go of. */
	readonly dropped: number;
	/** Characters of the lines. */
	readonly size: number;
	/** The system left older text out. */
	readonly cut: boolean;
	/** Nothing more will come. */
	readonly ended: boolean;
	/** Why the last reading failed. */
	readonly failure?: Failure;
	/** It is not asked for again until somebody refreshes. */
	readonly parked?: true;
};

export type LogLine = {readonly text: string};

/** What a job left behind, or why it could not be told. */
type ToldResults = {
	readonly ref: Ref;
	/** Epoch milliseconds. */
	readonly at: number;
	/** The last good answer is kept when a later one fails. */
	readonly results?: readonly JobResult[];
	readonly failure?: Failure;
};

export type SendIntention = (intention: Intention) => void;
