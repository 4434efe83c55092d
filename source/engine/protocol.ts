/*
What crosses between the engine and whoever shows it: patches out, intentions in. Plain JSON only, so that it fits through a message port.
*/

import type {DryRequest} from '../cancellation/dry-run.ts';
import type {Batch, BatchSummary, CancellationReport, WaitingBatch} from '../cancellation/report.ts';
import type {Failure, FailurePolicy} from '../job/failure.ts';
import type {Job, JobDetail, JobResult} from '../job/job.ts';
import type {Ref} from '../job/ref.ts';
import type {JobTarget} from '../job/target.ts';
import type {Millis} from '../job/time.ts';
import type {Attending} from './attention.ts';
import type {Latency} from './latency.ts';
import type {Slowness} from './polling/tempo.ts';

export type {DryRequest} from '../cancellation/dry-run.ts';
export type {
	Batch,
	BatchSummary,
	CancellationMoment,
	CancellationReport,
	MomentStep,
	WaitingBatch,
} from '../cancellation/report.ts';
export type {Attending} from './attention.ts';
export type {Latency} from './latency.ts';
export type {Slowness} from './polling/tempo.ts';

/** A profile, as the screen knows it. `can` follows from the methods that its backend has. */
export type ProfileInfo = {
	readonly name: string;
	readonly backend: string;
	/** How people call the backend: `Weaver`. */
	readonly title: string;
	readonly can: Readonly<Record<Capability, boolean>>;
	/** What cancelling does there, and what it destroys: the sentence for the confirmation. */
	readonly consequence: string;
	/** `d` on a live job opens the cancel box: dismissing is the backend's own word for cancelling. */
	readonly cancelIsDismiss: boolean;
	/** What is lost with a job that is deleted there, where that can be done. */
	readonly deleteConsequence?: string;
	/** How it is reached, without secrets: its address, and where its credential comes from if it has one. */
	readonly address?: string;
	readonly credential?: string;
	/** The variable of the environment that holds that, where one does. */
	readonly variable?: string;
	/** Only a job that succeeded leaves results there. */
	readonly resultsOnSuccess?: true;
	/** Nothing is changed there. */
	readonly readOnly?: true;
	/** Cancelling there asks for the profile's name. */
	readonly protect?: true;
	/** Cancelling a certain job does more there than with others: a look at it alone tells. */
	readonly cautions?: true;
};

type Capability = 'inspect' | 'cancel' | 'force' | 'hide' | 'delete' | 'logs' | 'results';

/** What we know of a profile, and what we are doing about it: two questions. */
export type ProfileHealth = {
	readonly profile: string;
	/** What the last finished poll said. `loading` until the first one has finished; `off` where the reader wants nothing asked. */
	readonly state: 'loading' | 'off' | 'ok' | FailurePolicy['state'];
	/** Why the last poll failed. */
	readonly failure?: Failure;
	/** Failed polls in a row. */
	readonly failures: number;
	/** A poll is under way. */
	readonly asking: boolean;
	/** Epoch milliseconds in which the last good poll was asked for: the age of the rows. */
	readonly lastGoodAt?: Millis;
	/** Epoch milliseconds of the next poll; absent while one is under way or the profile is parked. */
	readonly nextAt?: Millis;
	/** Milliseconds between two polls as the reader wants it, when all is well. */
	readonly intervalMs: number;
	/** Milliseconds between two polls as it is; absent where that is the same. */
	readonly everyMs?: number;
	/** Why it is slower. */
	readonly slowedBy?: Slowness;
	/** Jobs in the last good list. */
	readonly jobs: number;
	/** Records of the last good list that could not be read. */
	readonly unreadable: number;
	/** The last good list did not end, and was cut. */
	readonly endless?: true;
};

/** Which jobs are asked for. */
export type Scope = {
	/** Other people's jobs too. */
	readonly everyone: boolean;
	/** Jobs that had ended before jobtop looked, too. */
	readonly ended: boolean;
};

export type Notice = {
	/** Epoch milliseconds. */
	readonly at: Millis;
	readonly tone: 'info' | 'warning' | 'error';
	readonly text: string;
	/** It is about how the profile is, as its health tells too. What came of something that was asked has none, and names its job in full. */
	readonly profile?: string;
};

/** What came of a log. Pieces that follow each other are joined as they are: a whole line ends with its line break. */
export type LogNews = {
	readonly text: string;
	/** The text takes the place of what was told before. */
	readonly anew?: true;
	/** Older text, just before this one, was left out for its size. */
	readonly cut?: true;
	/** Nothing more will come. */
	readonly ended?: true;
	/** Why nothing came this time; what was told stays. */
	readonly failure?: Failure;
	/** It is not asked for again until somebody refreshes. */
	readonly parked?: true;
};

/** Something that was asked about a job, and what came back. */
export type Exchange = {
	/** Epoch milliseconds in which it left. */
	readonly at: Millis;
	/** Why it was asked, in a word or two: `look`, `cancel`. */
	readonly what: string;
	/** The request by method and address, or the command; without credentials. */
	readonly request: string;
	/** The code and a few words; absent as long as nothing came back. */
	readonly answer?: string;
	/** Whether it was answered as it was meant. */
	readonly well?: boolean;
	/** Milliseconds until the answer. */
	readonly ms?: number;
};

/** A column that sorts; `descending` turns its usual order round. */
export type SortKey = {readonly column: string; readonly descending: boolean};
/** The first column decides; where that finds no difference, each of the others. */
export type Sort = SortKey & {readonly others?: readonly SortKey[]};

/** How the reader likes the table. It is kept between runs; what is absent is as usual. */
export type TableView = {
	readonly sort?: Sort;
	/** By the id of a column: whether it is wanted, where the reader has said so. */
	readonly columns?: Readonly<Record<string, boolean>>;
	readonly wide?: boolean;
	/** Whether jobs that belong together share a row. */
	readonly folding?: boolean;
	/** Filters that were used, the latest last; a bounded number. */
	readonly queries?: readonly string[];
};

/** A step of a test of a profile, as it happened. */
export type ProfileStep = {
	/** Epoch milliseconds. */
	readonly at: Millis;
	readonly text: string;
	/** `wrong` where it went wrong, `next` where it says what to do. */
	readonly how: 'well' | 'wrong' | 'next';
};

/** A filter with a name, from the configuration. */
type SavedQuery = {readonly name: string; readonly text: string};

/** What the configuration says about the screen. */
export type ScreenSettings = {
	/** How the tones look; the usual theme where it is absent. */
	readonly theme?: 'default' | 'high-contrast' | 'mono';
	/** Lines below each other instead of a screen. */
	readonly plain?: true;
	/** How the end of a batch is told to somebody who looks elsewhere. */
	readonly notify: 'off' | 'bell' | 'desktop';
	readonly queries?: readonly SavedQuery[];
	/** Keys instead of the usual ones, by the id of their command. */
	readonly keys?: Readonly<Record<string, readonly string[]>>;
};

export const usualSettings: ScreenSettings = {notify: 'off'};

/** What is said where nobody checks certificates. */
export const uncheckedWords =
	'NODE_TLS_REJECT_UNAUTHORIZED=0: certificates are not checked, so any server that answers receives your tokens';

/** From the engine. Patches that belong together come together, as one array. */
export type Patch =
	| {
			readonly type: 'hello';
			readonly profiles: readonly ProfileInfo[];
			readonly scope: Scope;
			/** Hidden rows. */
			readonly dismissed: readonly Ref[];
			readonly readOnly: boolean;
			/** Where nothing was found to watch: what was looked for, a line each. */
			readonly lookedFor: readonly string[];
			readonly settings: ScreenSettings;
			/** Whoever answers is believed to be the server: nobody checks certificates. */
			readonly unchecked?: true;
			/** How the table was left. */
			readonly view?: TableView;
	  }
	/** New and changed rows, and rows that are no more. */
	| {readonly type: 'jobs'; readonly upserts: readonly Job[]; readonly removes: readonly Ref[]}
	| {readonly type: 'health'; readonly health: ProfileHealth}
	/** How long cancelling takes there, as far as it is known. */
	| {readonly type: 'latency'; readonly profile: string; readonly latency: Latency}
	| {readonly type: 'batch'; readonly batch: Batch}
	/** Batches of earlier runs that are over, the latest first. */
	| {readonly type: 'earlier'; readonly batches: readonly BatchSummary[]}
	/** Unfinished batches that were not taken up. */
	| {readonly type: 'waiting'; readonly batches: readonly WaitingBatch[]}
	| {readonly type: 'cancellations'; readonly reports: readonly CancellationReport[]}
	| {readonly type: 'detail'; readonly ref: Ref; readonly at: Millis; readonly detail: JobDetail}
	| {readonly type: 'detail-failed'; readonly ref: Ref; readonly at: Millis; readonly failure: Failure}
	| {readonly type: 'log'; readonly ref: Ref; readonly at: Millis; readonly news: LogNews}
	| {
			readonly type: 'results';
			readonly ref: Ref;
			readonly at: Millis;
			readonly results: readonly JobResult[];
	  }
	| {readonly type: 'results-failed'; readonly ref: Ref; readonly at: Millis; readonly failure: Failure}
	/** How the test of a profile goes, or its log-in: all steps so far. */
	| {
			readonly type: 'profile-steps';
			readonly profile: string;
			readonly steps: readonly ProfileStep[];
			readonly done: boolean;
	  }
	/** Where a job can be looked at by other means: a page for people, a line for a shell without secrets. */
	| {readonly type: 'links'; readonly ref: Ref; readonly page?: string; readonly look?: string}
	/** What was asked about this job by itself, the latest last. */
	| {readonly type: 'requests'; readonly ref: Ref; readonly exchanges: readonly Exchange[]}
	/** What cancelling would send; `asked` is that of the question. */
	| {readonly type: 'dry-run'; readonly asked: Millis; readonly requests: readonly DryRequest[]}
	| {readonly type: 'dismissed'; readonly refs: readonly Ref[]; readonly hidden: boolean}
	| {readonly type: 'scope'; readonly scope: Scope}
	/** What was typed behind `:`, in earlier runs too, the latest last. */
	| {readonly type: 'history'; readonly lines: readonly string[]}
	/** What an intention about these jobs came to: the engine has taken it on (a cancellation is in its journal), or has not; then a notice says why. */
	| {
			readonly type: 'asked';
			readonly kind: 'cancel' | 'force' | 'delete';
			readonly refs: readonly Ref[];
			readonly taken: boolean;
	  }
	| {readonly type: 'notice'; readonly notice: Notice}
	/** The engine cannot go on: what is wrong in one line, and the exit code. */
	| {readonly type: 'fatal'; readonly message: string; readonly exitCode: number}
	/** Everything is on disk and the engine has stopped. */
	| {readonly type: 'stopped'};

/** Takes what the engine reports. Patches that belong together come together. */
export type Report = (patches: readonly Patch[]) => void;

/** To the engine. */
export type Intention =
	| {readonly type: 'cancel'; readonly targets: readonly JobTarget[]; readonly reason?: string}
	/** Take back what has not left of a batch. */
	| {readonly type: 'recall'; readonly batch: number}
	/** Ask by the stronger means that the backend has, where cancelling was asked for before. */
	| {readonly type: 'force'; readonly refs: readonly Ref[]}
	/** Stop following these cancellations: they are settled as they stand, and the journal says so. */
	| {readonly type: 'unfollow'; readonly refs: readonly Ref[]}
	/** Tell what cancelling these would send; nothing is sent. */
	| {readonly type: 'dry-run'; readonly asked: Millis; readonly refs: readonly Ref[]}
	/** Tell all of one job, now and after each poll, until another is inspected or `ref` is absent. */
	| {readonly type: 'inspect'; readonly ref?: Ref}
	/** Look at this job once: somebody is asked about it. */
	| {readonly type: 'look'; readonly ref: Ref}
	/** Tell the log of one job as it grows, until another is asked for or `ref` is absent. */
	| {readonly type: 'logs'; readonly ref?: Ref}
	/** Tell what one job left behind, now and once it has ended, until another is asked for or `ref` is absent. */
	| {readonly type: 'results'; readonly ref?: Ref}
	/** Tell what is asked about one job, until another is wanted or `ref` is absent. */
	| {readonly type: 'requests'; readonly ref?: Ref}
	/** Hide ended jobs, or show them again: here, and on their servers where these have such a thing. */
	| {readonly type: 'dismiss'; readonly refs: readonly Ref[]}
	| {readonly type: 'restore'; readonly refs: readonly Ref[]}
	/** Remove ended jobs on their servers for good, each if it still is what was shown. */
	| {readonly type: 'delete'; readonly targets: readonly JobTarget[]}
	/** Poll now: one profile, or all. A parked profile tries its credential again. */
	| {readonly type: 'refresh'; readonly profile?: string}
	| {readonly type: 'scope'; readonly scope: Scope}
	/** Ask a profile for one page, and tell step by step what happens. */
	| {readonly type: 'test'; readonly profile: string}
	/** Read the credential of a profile anew, and ask it; what waits for a credential goes on. */
	| {readonly type: 'log-in'; readonly profile: string}
	/** Ask a profile and show its rows, or neither, until the end of this run. What is being cancelled there is followed all the same. */
	| {readonly type: 'enable'; readonly profile: string; readonly enabled: boolean}
	/** Tell where a job can be looked at by other means. */
	| {readonly type: 'links'; readonly ref: Ref}
	/** Ask every profile so often, in milliseconds, or less or more often than now; until the end of this run. */
	| {readonly type: 'interval'; readonly to: number | 'longer' | 'shorter'}
	/** Somebody pressed a key, or looks at the terminal again, or elsewhere. */
	| {readonly type: 'attention'; readonly what: Attending}
	/** Keep how the table is looked at for the next run. */
	| {readonly type: 'keep-view'; readonly view: TableView}
	/** Keep what was typed behind `:`. */
	| {readonly type: 'remember-command'; readonly line: string}
	/** Write all that the journal holds of a batch into a file; a notice says where. */
	| {readonly type: 'export'; readonly batch: number}
	| {readonly type: 'stop'};
