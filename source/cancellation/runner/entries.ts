/*
The cancellations that a runner drives, each with its state, its journal and the lane to its job system.
*/

import type {Connection} from '../../backends/backend.ts';
import type {Job} from '../../job/job.ts';
import type {Operation} from '../../job/operation.ts';
import type {Ref} from '../../job/ref.ts';
import type {JobTarget} from '../../job/target.ts';
import type {Millis, Moment} from '../../job/time.ts';
import type {Unproven} from '../../job/unproven.ts';
import type {BatchJournal} from '../journal/write-batch.ts';
import type {CancelPolicy} from '../machine/effects.ts';
import type {CancelEvent, Timer} from '../machine/events.ts';
import type {CancelState} from '../machine/state.ts';
import type {Batch, CancellationMoment} from '../report.ts';
import type {Looks} from './looks/looks.ts';
import type {Requests} from './requests.ts';

/** One cancellation. */
export type Entry = {
	/** The job as the confirmation showed it. After a requeue, its submission time is updated. */
	target: JobTarget;
	/** Its ref in the journal: the profile may have had another name then. */
	readonly journalled: Ref;
	readonly id: string;
	readonly batch: Batch;
	readonly journal: BatchJournal;
	readonly policy: CancelPolicy;
	readonly lane: Lane | undefined;
	readonly timers: Map<Timer, () => void>;
	readonly moments: CancellationMoment[];
	state: CancelState;
	/** Requests that may have left. */
	requests: number;
	/** How often its request was held back for a new look. */
	held: number;
	/** This process has followed it from the start, so its duration is known. */
	timed: boolean;
	/** Milliseconds since the request of an earlier process; they count for the first wait until it is overdue, unless another request leaves before. */
	followedMs?: number;
	/** The latest list of active jobs did not hold it. */
	missed: boolean;
	/** The last look that showed it alive: a conditional request counts for exactly that record. */
	allowing?: Job;
	/** Epoch milliseconds of the last look at it alone, which a guarded backend requires before a request. */
	lookedAt?: Millis;
	/** The last look at its own record, alone or with others; `at` in epoch milliseconds. */
	record?: {readonly terminal: boolean; readonly askedMoment: Moment; readonly at: Millis};
	/** The last list that held it. */
	listed?: {readonly terminal: boolean; readonly askedMoment: Moment};
	/** Epoch milliseconds of the first of the latest looks, if they did not find it. */
	vanishedAt?: Millis;
	/** The submission time of another job that now has its id. */
	stranger?: Millis | undefined;
	seen?: {
		readonly phase: Job['phase'];
		readonly status: string;
		readonly unproven?: Unproven;
		readonly at: Millis;
	};
	acceptedAt?: Millis;
	settledAt?: Millis;
};

/** The looks and requests of one profile. */
export type Lane = {
	readonly connection: Connection;
	readonly looks: Looks<Entry>;
	readonly requests: Requests<Entry>;
	/** Unsettled cancellations. */
	readonly open: Set<Entry>;
	patience: LanePatience;
};

/** `left`: good polls to skip before parked cancellations are retried. `next`: the number for the time after. */
export type LanePatience = {left: number; next: number};

/** The patience of a lane whose credential is not known to be refused. */
export const newPatience = (): LanePatience => ({left: 0, next: 1});

type WithoutMoment<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

/** Passes an event to the machine at the current moment, and performs the effects. */
export type Dispatch = (entry: Entry, event: WithoutMoment<CancelEvent>) => void;

export type Entries = ReturnType<typeof createEntries>;

/** All cancellations of this process, by batch and by job. */
export const createEntries = () => {
	const all = new Map<string, Entry>();
	const byBatch = new Map<number, Entry[]>();
	const byRef = new Map<Ref, Set<Entry>>();

	const ofJob = (ref: Ref): Iterable<Entry> => byRef.get(ref) ?? [];

	return {
		add(entry: Entry) {
			const {batch, target, lane} = entry;
			lane?.open.add(entry);
			const others = byBatch.get(batch.number) ?? [];
			byBatch.set(batch.number, others);
			others.push(entry);
			all.set(`${batch.number}/${target.ref}`, entry);
			byRef.set(target.ref, (byRef.get(target.ref) ?? new Set()).add(entry));
		},
		/** Stops using sightings of this job as evidence about the entry. */
		ignoreJob(entry: Entry) {
			byRef.get(entry.target.ref)?.delete(entry);
		},
		all: (): Iterable<Entry> => all.values(),
		/** All cancellations of a job, settled ones too: a job may come back. */
		ofJob,
		openOf: (ref: Ref): readonly Entry[] => [...ofJob(ref)].filter(({state}) => state.step !== 'settled'),
		/** Whether an unsettled request for this job forbids this one: a second one would change nothing, and a job that is being cancelled only ends. */
		forbids: (ref: Ref, operation: Operation): boolean =>
			[...ofJob(ref)].some(
				({state, batch}) =>
					state.step !== 'settled' && (batch.operation === 'cancel' || batch.operation === operation),
			),
		/** Whether a newer batch cancels the same job. */
		isSuperseded: ({batch, target}: Entry): boolean =>
			[...ofJob(target.ref)].some(other => other.batch.number > batch.number),
		ofBatch: (number: number): readonly Entry[] => byBatch.get(number) ?? [],
		hasJob: (ref: Ref): boolean => byRef.has(ref),
		jobCount: (): number => byRef.size,
	};
};
