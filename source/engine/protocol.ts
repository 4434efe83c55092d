/*
The messages between the engine and the screen: patches out, intentions in. Plain JSON, so that they can pass a message port.
*/

import type {DryRequest} from '../cancellation/dry-run.ts';
import type {Batch, BatchSummary, CancellationReport, WaitingBatch} from '../cancellation/report.ts';
import type {Failure, FailurePolicy} from '../job/failure.ts';
import type {Job, JobDetail, JobResult} from '../job/job.ts';
import type {Operation, ReversibleOperation} from '../job/operation.ts';
import type {Ref} from '../job/ref.ts';
import type {JobTarget} from '../job/target.ts';
import type {Millis} from '../job/time.ts';
import type {TimeZone} from '../text/times.ts';
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

/** A profile on the screen. `can` follows from the methods of its backend. */
export type ProfileInfo = {
	readonly name: string;
	readonly backend: string;
	/** The display name of the backend: `Weaver`. */
	readonly title: string;
	/** The statuses that its jobs can have, in the form of `normalizeStatus`. */
	readonly statuses: readonly string[];
	readonly can: Readonly<Record<Capability, boolean>>;
	/** What cancelling does there, and what it destroys: a sentence for the confirmation. */
	readonly consequence: string;
	/** The same for a force-cancel, if that does something else. */
	readonly forceConsequence?: string;
	/** What suspending and unsuspending do there: there where `can.suspend` is. */
	readonly suspendConsequences?: Readonly<Record<ReversibleOperation, string>>;
	/** `d` on a live job opens the cancel box: dismissing is the backend's own word for cancelling. */
	readonly cancelIsDismiss: boolean;
	/** What is lost when a job is deleted there, if the backend supports it. */
	readonly deleteConsequence?: string;
	/** Its address and the source of its credential, without secrets. */
	readonly address?: string;
	readonly credential?: string;
	/** Why it was found without a configuration; absent for a configured profile. */
	readonly found?: string;
	/** A program prints the credential, which may ask for something on the terminal. */
	readonly credentialProgram?: true;
	/** The environment variable with the credential, if there is one. */
	readonly variable?: string;
	/** Only succeeded jobs leave results there. */
	readonly resultsOnSuccess?: true;
	/** Nothing is changed there. */
	readonly readOnly?: true;
	/** Cancelling there requires typing the profile's name. */
	readonly protect?: true;
	/** Cancelling some jobs does more there than ending them; only a look at the job alone shows that. */
	readonly cautions?: true;
};

type Capability = 'inspect' | 'cancel' | 'force' | 'suspend' | 'hide' | 'delete' | 'logs' | 'results';

/** What is known of a profile, and what jobtop is doing there. */
export type ProfileHealth = {
	readonly profile: string;
	/** The result of the last finished poll. `loading` before the first; `off` if the user turned the profile off. */
	readonly state: 'loading' | 'off' | 'ok' | FailurePolicy['state'];
	/** Why the last poll failed. */
	readonly failure?: Failure;
	/** Failed polls in a row. */
	readonly failures: number;
	/** A poll is under way. */
	readonly asking: boolean;
	/** Epoch milliseconds of the start of the last good poll: the age of the rows. */
	readonly lastGoodAt?: Millis;
	/** Epoch milliseconds of the next poll; absent during a poll or while the profile is parked. */
	readonly nextAt?: Millis;
	/** The interval that the user wants, in milliseconds. */
	readonly intervalMs: number;
	/** The current interval in milliseconds, if it is longer. */
	readonly everyMs?: number;
	/** Why the interval is longer. */
	readonly slowedBy?: Slowness;
	/** Jobs in the last good list. */
	readonly jobs: number;
	/** Records of the last good list that could not be read. */
	readonly unreadable: number;
	/** The last good list was endless, and was cut. */
	readonly endless?: true;
};

/** Which jobs jobtop requests. */
export type Scope = {
	/** Also jobs of other users. */
	readonly everyone: boolean;
	/** Also jobs that had ended before jobtop started. */
	readonly ended: boolean;
};

export type Notice = {
	/** Epoch milliseconds. */
	readonly at: Millis;
	readonly tone: 'info' | 'warning' | 'error';
	readonly text: string;
	/** The profile whose health it is about. A notice about a request has none, and names its job in full. */
	readonly profile?: string;
};

/** New log text. Pieces are joined as they are: a whole line ends with its line break. */
export type LogNews = {
	readonly text: string;
	/** The text replaces all earlier text. */
	readonly anew?: true;
	/** Text just before this was left out because of its size. */
	readonly cut?: true;
	/** Nothing more will come. */
	readonly ended?: true;
	/** Why the last request failed; earlier text stays. */
	readonly failure?: Failure;
	/** No more requests until the user refreshes. */
	readonly parked?: true;
};

/** A request about a job, and its answer. */
export type Exchange = {
	/** Epoch milliseconds when it left. */
	readonly at: Millis;
	/** Its purpose, in a word or two: `look`, `cancel`. */
	readonly what: string;
	/** The request by method and address, or the command; without credentials. */
	readonly request: string;
	/** The code and a few words; absent until there is an answer. */
	readonly answer?: string;
	/** Whether it succeeded. */
	readonly well?: boolean;
	/** Milliseconds until the answer. */
	readonly ms?: number;
};

/** A sort column; `descending` reverses its default order. */
export type SortKey = {readonly column: string; readonly descending: boolean};
/** The first column decides; `others` break ties, in order. */
export type Sort = SortKey & {readonly others?: readonly SortKey[]};

/** The table layout, saved between runs; absent values are the defaults. */
export type TableView = {
	readonly sort?: Sort;
	/** The columns that the user turned on or off, by id. */
	readonly columns?: Readonly<Record<string, boolean>>;
	readonly wide?: boolean;
	/** Whether jobs that belong together share a row. */
	readonly folding?: boolean;
	/** Filters that were used, the latest last; a bounded number. */
	readonly queries?: readonly string[];
};

/** A step of a profile test or log-in. */
export type ProfileStep = {
	/** Epoch milliseconds. */
	readonly at: Millis;
	readonly text: string;
	/** `wrong`: it failed. `next`: it says what to do. */
	readonly how: 'well' | 'wrong' | 'next';
};

/** A filter with a name, from the configuration. */
type SavedQuery = {readonly name: string; readonly text: string};

/** The screen settings from the configuration. */
export type ScreenSettings = {
	/** The colours of the tones; absent for the default theme. */
	readonly theme?: 'default' | 'high-contrast' | 'mono';
	/** Print lines instead of a screen. */
	readonly plain?: true;
	/** Clicks and the wheel are for jobtop, no longer for the terminal. */
	readonly mouse?: true;
	/** The zone in which moments are shown; absent for that of the terminal. */
	readonly timeZone?: TimeZone;
	/** How to notify the user of the end of a batch while the terminal has no focus. */
	readonly notify: 'off' | 'bell' | 'desktop';
	readonly queries?: readonly SavedQuery[];
	/** Keys that replace the default ones, by command id. */
	readonly keys?: Readonly<Record<string, readonly string[]>>;
};

export const usualSettings: ScreenSettings = {notify: 'off'};

/** The warning while certificates are not checked. */
export const uncheckedWords =
	'NODE_TLS_REJECT_UNAUTHORIZED=0: certificates are not checked, so any server that answers receives your tokens';

/** Why files of the state directory cannot be written, and what to do; absent for those that can. */
export type FileTroubles = {
	/** Nothing can be cancelled. */
	readonly journals?: string;
	/** Nothing can be dismissed or restored. */
	readonly dismissals?: string;
};

/** From the engine. Patches that belong together arrive in one array. */
export type Patch =
	| {
			readonly type: 'hello';
			readonly profiles: readonly ProfileInfo[];
			readonly scope: Scope;
			/** Hidden rows. */
			readonly dismissed: readonly Ref[];
			readonly readOnly: boolean;
			/** If there is nothing to watch: where jobtop looked, one line each. */
			readonly lookedFor: readonly string[];
			readonly settings: ScreenSettings;
			/** Certificates are not checked. */
			readonly unchecked?: true;
			/** The saved table layout. */
			readonly view?: TableView;
	  }
	/** New and changed rows, and removed rows. */
	| {readonly type: 'jobs'; readonly upserts: readonly Job[]; readonly removes: readonly Ref[]}
	| {readonly type: 'health'; readonly health: ProfileHealth}
	/** How long cancelling takes on the profile. */
	| {readonly type: 'latency'; readonly profile: string; readonly latency: Latency}
	| {readonly type: 'batch'; readonly batch: Batch}
	/** Finished batches of earlier runs, the latest first. */
	| {readonly type: 'earlier'; readonly batches: readonly BatchSummary[]}
	/** Unfinished batches that were not resumed. */
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
	/** A profile test or log-in: all steps so far. */
	| {
			readonly type: 'profile-steps';
			readonly profile: string;
			readonly steps: readonly ProfileStep[];
			readonly done: boolean;
	  }
	/** Other ways to look at a job: a web page, and a shell command without secrets. */
	| {readonly type: 'links'; readonly ref: Ref; readonly page?: string; readonly look?: string}
	/** The requests about this job alone, the latest last. */
	| {readonly type: 'requests'; readonly ref: Ref; readonly exchanges: readonly Exchange[]}
	/** What cancelling would send; `asked` identifies the dry run. */
	| {readonly type: 'dry-run'; readonly asked: Millis; readonly requests: readonly DryRequest[]}
	| {readonly type: 'dismissed'; readonly refs: readonly Ref[]; readonly hidden: boolean}
	/** The servers of these jobs have answered about hiding or showing them; notices say how. */
	| {readonly type: 'servers-answered'; readonly refs: readonly Ref[]}
	| {readonly type: 'scope'; readonly scope: Scope}
	/** The history of the `:` prompt, the latest last. */
	| {readonly type: 'history'; readonly lines: readonly string[]}
	/** Whether the engine accepted an intention about these jobs (a cancellation is then in its journal). If not, a notice says why. */
	| {
			readonly type: 'asked';
			readonly kind: Operation | 'force' | 'delete';
			readonly refs: readonly Ref[];
			readonly taken: boolean;
			/** The number of the batch that cancels them, or the first of them that is asked again. */
			readonly batch?: number;
	  }
	/** The files that cannot be written. */
	| {readonly type: 'file-troubles'; readonly troubles: FileTroubles}
	| {readonly type: 'notice'; readonly notice: Notice}
	/** The engine cannot continue: the reason in one line, and the exit code. */
	| {readonly type: 'fatal'; readonly message: string; readonly exitCode: number}
	/** Everything is on disk and the engine has stopped. */
	| {readonly type: 'stopped'};

/** Receives the engine's patches. Patches that belong together arrive together. */
export type Report = (patches: readonly Patch[]) => void;

/** To the engine. */
export type Intention =
	| {readonly type: 'cancel'; readonly targets: readonly JobTarget[]; readonly reason?: string}
	/** Suspend jobs, or start suspended ones again. */
	| {
			readonly type: 'suspend';
			readonly operation: ReversibleOperation;
			readonly targets: readonly JobTarget[];
			readonly reason?: string;
	  }
	/** Recall the requests of a batch that have not left. */
	| {readonly type: 'recall'; readonly batch: number}
	/** Force-cancel jobs that are already being cancelled. */
	| {readonly type: 'force'; readonly refs: readonly Ref[]}
	/** Stop following these cancellations: they settle in their current state, and the journal records that. */
	| {readonly type: 'unfollow'; readonly refs: readonly Ref[]}
	/** Report what an operation on these jobs would send. Sends nothing. */
	| {
			readonly type: 'dry-run';
			readonly asked: Millis;
			readonly operation: Operation;
			readonly refs: readonly Ref[];
	  }
	/** Report the details of one job, now and after each poll, until another job or none is inspected. */
	| {readonly type: 'inspect'; readonly ref?: Ref}
	/** Look at this job once, because a question about it is open. */
	| {readonly type: 'look'; readonly ref: Ref}
	/** Report the log of one job as it grows, until another log or none is shown. */
	| {readonly type: 'logs'; readonly ref?: Ref}
	/** Report the results of one job, now and once it has ended, until other results or none are shown. */
	| {readonly type: 'results'; readonly ref?: Ref}
	/** Report the requests about one job, until another job or none is shown. */
	| {readonly type: 'requests'; readonly ref?: Ref}
	/** Hide ended jobs, or show them again: here, and on their servers where supported. */
	| {readonly type: 'dismiss'; readonly refs: readonly Ref[]}
	| {readonly type: 'restore'; readonly refs: readonly Ref[]}
	/** Delete ended jobs on their servers for good, if they are unchanged since they were shown. */
	| {readonly type: 'delete'; readonly targets: readonly JobTarget[]}
	/** Poll one profile, or all, now. A parked profile tries its credential again. */
	| {readonly type: 'refresh'; readonly profile?: string}
	| {readonly type: 'scope'; readonly scope: Scope}
	/** Request one page of a profile, and report each step. */
	| {readonly type: 'test'; readonly profile: string}
	/** Read the credential of a profile again, and poll with it. Parked cancellations continue. */
	| {
			readonly type: 'log-in';
			readonly profile: string;
			/** The screen has given its terminal away until the steps of this are done. */
			readonly terminal?: 'lent';
	  }
	/** Turn a profile on or off until the end of this run: its polls and its rows. Cancellations there are still followed. */
	| {readonly type: 'enable'; readonly profile: string; readonly enabled: boolean}
	/** Report other ways to look at a job. */
	| {readonly type: 'links'; readonly ref: Ref}
	/** Set the interval of every profile, in milliseconds, or make it longer or shorter, until the end of this run. */
	| {readonly type: 'interval'; readonly to: number | 'longer' | 'shorter'}
	/** The user pressed a key, or the terminal gained or lost focus. */
	| {readonly type: 'attention'; readonly what: Attending}
	/** Save the table layout. */
	| {readonly type: 'keep-view'; readonly view: TableView}
	/** Save a line of the `:` prompt. */
	| {readonly type: 'remember-command'; readonly line: string}
	/** Write the contents of a batch's journal to a file; a notice names it. */
	| {readonly type: 'export'; readonly batch: number}
	| {readonly type: 'stop'};
