/*
Performs the effects of the machine: looks, requests, timers, journal lines. It decides nothing: each decision is in a file beside this one.
*/

import type {Connection} from '../../backends/backend.ts';
import type {Job} from '../../job/job.ts';
import type {Operation} from '../../job/operation.ts';
import {parseRef, type Ref} from '../../job/ref.ts';
import type {Moment} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import {errorWords} from '../../process/error-words.ts';
import type {Audit} from '../audit.ts';
import {BatchHeldError} from '../journal/batch-lock.ts';
import type {BatchJournal} from '../journal/write-batch.ts';
import type {CancelEffect} from '../machine/effects.ts';
import type {CancelEvent, LookSource, Timer} from '../machine/events.ts';
import {transition} from '../machine/machine.ts';
import type {Batch, CancellationReport} from '../report.ts';
import type {Usual} from '../usual.ts';
import {createBeginning} from './begin-batch.ts';
import {createEntries, type Dispatch, type Entry} from './entries.ts';
import {createForcing} from './forcing.ts';
import {createCommitSoon} from './gathering.ts';
import {createLanes} from './lanes.ts';
import {createAddEntry} from './new-entry.ts';
import {createParked} from './parked.ts';
import {createRepeating} from './repeating.ts';
import {createReports} from './reports.ts';
import {createResume} from './resume-batch.ts';
import {createSender} from './sending.ts';
import {createSightings} from './sightings.ts';
import {createTakingBack} from './taking-back.ts';
import {createTransitionRecord} from './transition-record.ts';

export type RunnerOptions = {
	/** By profile. Every request of a profile goes through its limiter. */
	readonly connections: ReadonlyMap<string, Connection>;
	readonly clock: Clock;
	readonly stateDirectory: string;
	/** `user@host`. */
	readonly by: string;
	/** Wait for a new credential instead of settling. */
	readonly park: boolean;
	/** Milliseconds in which a batch of this size can be recalled. */
	readonly stageMs: (targets: number) => number;
	/** The next moment: a counter that orders requests and answers. */
	readonly moment: () => Moment;
	/** Whether jobtop has seen the job alive. */
	readonly seenAlive: (ref: Ref) => boolean;
	/** A look saw these jobs; `askedMoment` is the moment of its request. */
	readonly onSeen: (jobs: readonly Job[], askedMoment: Moment) => void;
	/** How long cancelling usually takes on a profile. */
	readonly usual: (profile: string) => Usual | undefined;
	/** A job ended this many milliseconds after its request was accepted. */
	readonly onEnded: (profile: string, ms: number) => void;
	readonly audit: Pick<Audit, 'append'>;
	readonly onBatch: (batch: Batch) => void;
	readonly onReports: (reports: readonly CancellationReport[]) => void;
	/** The state of this batch could not be written, with the system's message: its journal holds less than was reported. */
	readonly onLost: (batch: number, words: string) => void;
};

/** Random part added to retry delays, so that cancellations do not all retry at once. */
const jitter = 0.1;

/** Milliseconds until a timer ends that its state wants after `ms`. A restart does not begin the patience again, but a look comes first. */
const delayOf = (entry: Entry, timer: Timer, ms: number): number => {
	if (timer === 'retry') return Math.ceil(ms * (1 + jitter * Math.random()));
	const {followedMs, policy} = entry;
	if (timer !== 'overdue' || followedMs === undefined) return ms;
	delete entry.followedMs;
	return Math.min(ms, Math.max(policy.patience.firstPollMs, ms - followedMs));
};

export const createRunner = (options: RunnerOptions) => {
	const {connections, clock, moment} = options;
	const stopping = new AbortController();
	const {signal} = stopping;
	const journals = new Map<number, BatchJournal>();

	const dispatch: Dispatch = (entry, event) => {
		if (signal.aborted) return;
		const before = entry.state;
		const [after, effects] = transition(before, {...event, at: moment()} as CancelEvent, entry.policy);
		entry.state = after;
		if (after !== before) recordTransition(entry, before, after);
		for (const effect of effects) perform(entry, effect);
	};

	const perform = (entry: Entry, effect: CancelEffect) => {
		switch (effect.type) {
			case 'look':
				return wantLook(entry, effect.source);
			case 'send':
				delete entry.followedMs;
				return entry.lane?.requests.send({wanting: entry, attempt: effect.attempt, force: effect.force});
			case 'wait':
				return startTimer(entry, effect.timer, effect.ms);
		}
	};

	const wantLook = (entry: Entry, source: LookSource) => {
		if (entry.lane) return entry.lane.looks.want(entry, source);
		const detail = `profile ${parseRef(entry.target.ref)?.profile} is not configured`;
		const failure = {kind: 'unreachable', detail} as const;
		dispatch(entry, {type: 'look-failed', askedMoment: moment(), failure});
	};

	const startTimer = (entry: Entry, timer: Timer, ms: number) => {
		const running = entry.timers.get(timer);
		if (running && (timer === 'overdue' || timer === 'reissue')) return;
		running?.();
		entry.timers.set(
			timer,
			clock.after(delayOf(entry, timer, ms), () => {
				entry.timers.delete(timer);
				dispatch(entry, {type: 'timer', timer});
			}),
		);
	};

	const onBatch = (batch: Batch, journal: BatchJournal) => {
		journals.set(batch.number, journal);
		options.onBatch(batch);
	};

	const entries = createEntries();
	const commitSoon = createCommitSoon(clock, entries.jobCount);
	const reports = createReports({
		...options,
		jobCount: entries.jobCount,
		isSuperseded: entries.isSuperseded,
	});
	const recordTransition = createTransitionRecord({...options, reports, commitSoon});
	const sender = createSender({clock, moment, reports, commitSoon, dispatch});
	const {refused: onRefused} = sender;
	const sightings = createSightings({clock, entries, reports, dispatch, wantLook, onRefused});
	const lanes = createLanes({connections, clock, signal, moment, reports, sightings, sender});
	const addEntry = createAddEntry({...options, lanes, entries});
	const driving = {signal, entries, reports, dispatch, addEntry, onBatch};
	const {recall, unfollow, supersede, leave} = createTakingBack({...driving, lanes, sender});
	const beginning = createBeginning({...options, ...driving, supersede});
	const resume = createResume({...options, ...driving});

	const {renewed, polled} = createParked(lanes, dispatch);

	return {
		start: beginning.start,
		resume,
		observe: sightings.observe,
		missing: sightings.missing,
		missed: sightings.missed,
		renewed,
		polled,
		recall,
		unfollow,
		leave,
		force: createForcing(driving),
		repeat: createRepeating(driving),
		/** Whether this job has an unsettled cancellation. */
		follows: (ref: Ref): boolean => beginning.isBeginning(ref) || entries.openOf(ref).length > 0,
		/** Whether an unsettled request for this job forbids this one. */
		forbids: (ref: Ref, operation: Operation): boolean =>
			beginning.isBeginning(ref) || entries.forbids(ref, operation),
		/** The number of the latest batch with an unsettled cancellation of this job. */
		batchOf: (ref: Ref): number | undefined =>
			entries
				.openOf(ref)
				.map(({batch}) => batch.number)
				.sort((a, b) => a - b)
				.at(-1),
		/** Whether this profile has an unsettled cancellation. */
		isBusyWith: (profile: string): boolean => (lanes.opened(profile)?.open.size ?? 0) > 0,
		async stop() {
			stopping.abort(new Error('jobtop stops'));
			await beginning.settled();
			for (const entry of entries.all()) for (const stop of entry.timers.values()) stop();
			reports.send();
			await Promise.all([...journals.values()].map(close));
		},
	};

	function close(journal: BatchJournal) {
		return journal.close().catch((error: unknown) => {
			if (!(error instanceof BatchHeldError)) options.onLost(journal.number, errorWords(error as Error));
		});
	}
};
