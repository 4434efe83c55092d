import type {
	Batch,
	BatchSummary,
	CancellationReport,
	DryRequest,
	Exchange,
	FileTroubles,
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

/** A map that the store patches in place: read it at once, never keep it. A new wrapper object marks a change. */
type LiveMap<Key, Value> = ReadonlyMap<Key, Value>;

/** Everything that the engine has reported. */
export type Known = {
	/** The engine has not reported yet what it watches. */
	readonly connecting?: true;
	readonly profiles: readonly ProfileInfo[];
	readonly readOnly: boolean;
	readonly troubles: FileTroubles;
	readonly lookedFor: readonly string[];
	readonly settings: ScreenSettings;
	/** Server certificates are not checked. */
	readonly unchecked?: true;
	readonly scope: Scope;
	/** An unchanged row keeps its identity. */
	readonly jobs: {readonly byRef: LiveMap<Ref, Job>};
	readonly health: ReadonlyMap<string, ProfileHealth>;
	/** How long cancelling takes on each profile, if enough is known. */
	readonly latencies: ReadonlyMap<string, Latency>;
	/** Hidden rows. */
	readonly dismissed: ReadonlySet<Ref>;
	readonly batches: readonly Batch[];
	/** The latest cancellation of each job. */
	readonly cancellations: ReadonlyMap<Ref, CancellationReport>;
	/** Every cancellation, by batch and ref. */
	readonly reports: {readonly byBatch: LiveMap<number, LiveMap<Ref, CancellationReport>>};
	/** Finished batches of earlier runs, the latest first; a bounded number. */
	readonly earlier: readonly BatchSummary[];
	/** Unfinished batches of earlier runs that were not resumed. */
	readonly waiting: readonly WaitingBatch[];
	readonly detail?: InspectedJob;
	readonly log?: LogText;
	readonly results?: ShownResults;
	/** The last profile test or log-in. */
	readonly tried?: {readonly profile: string; readonly steps: readonly ProfileStep[]; readonly done: boolean};
	/** Other ways to look at a job. */
	readonly links?: {readonly ref: Ref; readonly page?: string; readonly look?: string};
	/** The requests about a job alone, the latest last. */
	readonly requests?: {readonly ref: Ref; readonly exchanges: readonly Exchange[]};
	/** The last dry run; `asked` identifies it. */
	readonly dryRun?: {readonly asked: number; readonly requests: readonly DryRequest[]};
	/** The history of the `:` prompt, the latest last; a bounded number. */
	readonly history: readonly string[];
	/** The latest last; a bounded number. */
	readonly notices: readonly Notice[];
};

/** The details of the inspected job, or why the backend could not supply them. */
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
	/** The last lines. Unchanged lines keep their identity. The very last one may be incomplete or empty. */
	readonly lines: readonly LogLine[];
	/** The number of earlier lines that were dropped. */
	readonly dropped: number;
	/** Characters of the lines. */
	readonly size: number;
	/** The system left older text out. */
	readonly cut: boolean;
	/** Nothing more will come. */
	readonly ended: boolean;
	/** Why the last request failed. */
	readonly failure?: Failure;
	/** No more requests until the user refreshes. */
	readonly parked?: true;
};

export type LogLine = {readonly text: string};

/** The results of a job, or why the backend could not supply them. */
type ShownResults = {
	readonly ref: Ref;
	/** Epoch milliseconds. */
	readonly at: number;
	/** The last good answer is kept when a later one fails. */
	readonly results?: readonly JobResult[];
	readonly failure?: Failure;
};

export type SendIntention = (intention: Intention) => void;
