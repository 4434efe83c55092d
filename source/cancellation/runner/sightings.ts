/*
Turns looks and lists into events of the cancellations.
*/

import type {Failure} from '../../job/failure.ts';
import {isOtherSubmission, whyAnother} from '../../job/identity.ts';
import type {Job} from '../../job/job.ts';
import {approachOf} from '../../job/operation.ts';
import type {Ref} from '../../job/ref.ts';
import {standingOfSet} from '../../job/set.ts';
import type {Moment} from '../../job/time.ts';
import {unprovenWords} from '../../job/unproven.ts';
import type {Clock} from '../../process/clock.ts';
import type {LookSource} from '../machine/events.ts';
import type {Dispatch, Entries, Entry, Lane} from './entries.ts';
import {compareWithList, contradicts, toVerify} from './list-trust.ts';
import type {Reports} from './reports.ts';

/** If all jobs of a batch of at least this size vanish at once, that is doubted. */
const minDoubtedJobs = 3;
/** How many jobs that contradict their own records are looked at after each list. */
const maxContradictions = 8;

export type SightingsOptions = {
	readonly clock: Clock;
	readonly entries: Entries;
	readonly reports: Pick<Reports, 'addJob' | 'note' | 'report'>;
	readonly dispatch: Dispatch;
	readonly wantLook: (entry: Entry, source: LookSource) => void;
	/** The credential of a look was refused. */
	readonly onRefused: (lane: Lane, failure: Failure) => void;
};

export type Sightings = ReturnType<typeof createSightings>;

export const createSightings = (options: SightingsOptions) => {
	const {clock, entries, reports, dispatch, wantLook} = options;

	/** Whether a look saw another job under the same id, which is no evidence. Only a look at the job alone can distinguish that from a requeue. */
	const isAnother = (entry: Entry, job: Job, askedMoment: Moment, source: LookSource): boolean => {
		const {target, batch, state} = entry;
		const own = source === 'alone';
		const detail = whyAnother(target, job, batch.askedAt);
		if (detail === undefined) {
			const {createdAt} = job;
			if (own && job.restarts !== undefined && createdAt !== undefined && createdAt !== target.submittedAt) {
				entry.target = {...target, submittedAt: createdAt};
			}
			return false;
		}
		if (own) {
			entry.stranger = job.createdAt;
			reports.report(entry);
			const proven = isOtherSubmission(target, job) && ({proven: true} as const);
			dispatch(entry, {type: 'replaced', askedMoment, detail, ...proven});
		} else if (state.step !== 'settled' || entry.stranger !== job.createdAt) wantLook(entry, 'alone');
		return true;
	};

	/** A look or list saw the job of this cancellation. */
	const saw = (entry: Entry, job: Job, askedMoment: Moment, source: LookSource) => {
		if (isAnother(entry, job, askedMoment, source)) return;
		const {unproven} = job;
		const {phase, status, terminal} = standingOfSet(job);
		compareWithList(entry, {terminal, askedMoment, source}, clock.now());
		const words = unproven ? `${status || phase}; ${unprovenWords[unproven]}` : status || phase;
		if (entry.seen?.phase !== phase || entry.seen.status !== status) reports.note(entry, 'seen', words);
		entry.seen = {phase, status, at: clock.now(), ...(unproven && {unproven})};
		if (!terminal) entry.allowing = job;
		if (source === 'alone') entry.lookedAt = clock.now();
		// The list may be right: look again before a waiting request leaves.
		if (source === 'list' && terminal && entry.state.step === 'sending') delete entry.lookedAt;
		entry.missed = false;
		delete entry.vanishedAt;
		// A pending look at this job is no longer necessary.
		if (askedMoment >= entry.state.since) entry.lane?.looks.spare(entry, source);
		dispatch(entry, {
			type: 'looked',
			askedMoment,
			source,
			phase,
			status,
			terminal,
			...detailsOf(entry, job),
			...(terminal && endedByOurs(entries, entry, job) && {ours: true}),
		});
	};

	const lookFailed = (entry: Entry, failure: Failure, askedMoment: Moment) => {
		if (failure.kind === 'not-found') {
			entry.vanishedAt ??= clock.now();
			return dispatch(entry, {type: 'missing', askedMoment, doubted: allVanished(entries, entry)});
		}
		if (failure.kind === 'unauthorized' && entry.lane) options.onRefused(entry.lane, failure);
		dispatch(entry, {type: 'look-failed', askedMoment, failure});
	};

	/** Passes the jobs of a list to their cancellations. Settled ones are included as long as jobtop runs: a job may come back. */
	const sawList = (jobs: Iterable<Job>, askedMoment: Moment) => {
		if (entries.jobCount() === 0) return;
		const alive = new Map<Lane, Entry[]>();
		let contradictions = 0;
		for (const job of jobs) {
			for (const entry of entries.ofJob(job.ref)) {
				const doubtful = contradicts(entry, job.terminal, askedMoment);
				if (doubtful ? ++contradictions > maxContradictions : !entry.lane?.looks.trusts()) continue;
				saw(entry, job, askedMoment, 'list');
				const {lane, state} = entry;
				if (lane && !job.terminal && state.step === 'following') {
					alive.set(lane, [...(alive.get(lane) ?? []), entry]);
				}
			}
		}
		for (const [{connection}, followed] of alive) {
			const {slowestPollMs} = connection.traits.patience;
			for (const entry of toVerify(followed, slowestPollMs, clock.now())) wantLook(entry, 'record');
		}
	};

	return {
		saw,
		lookFailed,
		/** A page of a list, read for pending looks. */
		sawPage(jobs: readonly Job[], askedMoment: Moment) {
			for (const job of jobs) if (entries.hasJob(job.ref)) reports.addJob(job, askedMoment);
			sawList(jobs, askedMoment);
		},
		/** Jobs that the poller or an inspection saw, on a list or in their own records. */
		observe(jobs: Iterable<Job>, askedMoment: Moment, source: LookSource) {
			if (source === 'list') return sawList(jobs, askedMoment);
			for (const job of jobs) {
				for (const entry of entries.ofJob(job.ref)) saw(entry, job, askedMoment, source);
			}
		},
		/** Another part of jobtop looked at this job, and its system did not find it. */
		missing(ref: Ref, askedMoment: Moment) {
			const failure = {kind: 'not-found', detail: 'it was not found'} as const;
			for (const entry of entries.ofJob(ref)) lookFailed(entry, failure, askedMoment);
		},
		/** A list no longer holds these jobs: the followed ones have probably ended. */
		missed(refs: readonly Ref[]) {
			for (const entry of refs.flatMap(entries.openOf)) {
				entry.missed = true;
				const {state} = entry;
				// An unconfirmed end also leaves the list of active jobs; its timer looks again.
				const isOpen = state.step === 'following' && !state.ending && !state.unproven;
				if (isOpen) wantLook(entry, 'record');
			}
		},
	};
};

/** What a look shows of a job beside where it is. */
const detailsOf = ({policy}: Entry, job: Job) => {
	const {unproven, endedBy} = job;
	const approach = approachOf(policy.operation, job);
	return {
		...(approach && {approach}),
		...(unproven && {unproven}),
		...(endedBy && {endedBy}),
		...(job.set?.counts && {members: job.set.counts}),
	};
};

/** Whether a request of this batch for the set that contains the job may have ended it. */
const endedByOurs = (entries: Entries, {batch}: Entry, {parent}: Job): boolean =>
	parent !== undefined &&
	[...entries.ofJob(parent)].some(whole => whole.batch === batch && whole.state.mayHaveWorked);

/** Whether all jobs of the batch on this profile vanished at once, which is doubted: none of them had settled when this one vanished. */
const allVanished = (entries: Entries, {batch, lane, vanishedAt = 0}: Entry): boolean => {
	const batchThere = entries.ofBatch(batch.number).filter(other => other.lane === lane);
	const vanishedTogether = ({vanishedAt: at, settledAt = vanishedAt}: Entry) =>
		at !== undefined && settledAt >= vanishedAt;
	return batchThere.length >= minDoubtedJobs && batchThere.every(vanishedTogether);
};
