/*
The runner's reports: the state of each cancellation, and the jobs that its looks saw.
*/

import type {Job} from '../../job/job.ts';
import {isEnd} from '../../job/phase.ts';
import {shareOf} from '../../job/target.ts';
import type {Moment} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import {leave, mayRepeat, standing, whyOf} from '../machine/standing.ts';
import {isWorthRetrying} from '../outcomes.ts';
import type {CancellationReport, MomentStep} from '../report.ts';
import type {Entry} from './entries.ts';
import {gathering} from './gathering.ts';

/** Timeline entries that a cancellation keeps; the journal has all of them. */
const maxMoments = 100;

export type ReportsOptions = {
	readonly clock: Clock;
	/** How many jobs are being cancelled, or were. */
	readonly jobCount: () => number;
	/** Whether a newer cancellation of this job exists. */
	readonly isSuperseded: (entry: Entry) => boolean;
	/** A look saw these jobs; `askedMoment` is the moment of its request. */
	readonly onSeen: (jobs: readonly Job[], askedMoment: Moment) => void;
	readonly onReports: (reports: readonly CancellationReport[]) => void;
};

export type Reports = ReturnType<typeof createReports>;

/** Batches the changes of one turn. With many cancellations, batches longer, so that thousands of answers make few messages. */
export const createReports = ({clock, jobCount, isSuperseded, onSeen, onReports}: ReportsOptions) => {
	const changed = new Set<Entry>();
	let jobs: {readonly job: Job; readonly askedMoment: Moment}[] = [];
	let scheduled = false;
	let sentAt = Number.NEGATIVE_INFINITY;
	let hasLeft = false;

	const sendSoon = () => {
		if (scheduled) return;
		scheduled = true;
		const {aboveJobs, everyMs} = gathering;
		// Wait at most `everyMs`: the clock may have been set back.
		const waitMs = jobCount() > aboveJobs ? Math.min(everyMs, sentAt + everyMs - clock.now()) : 0;
		if (waitMs > 0) clock.after(waitMs, send);
		else setImmediate(send);
	};

	const send = () => {
		scheduled = false;
		sentAt = clock.now();
		const byMoment = Map.groupBy(jobs, ({askedMoment}) => askedMoment);
		jobs = [];
		for (const [askedMoment, seen] of byMoment) {
			onSeen(
				seen.map(({job}) => job),
				askedMoment,
			);
		}
		const reports = [...changed].map(entry => reportOf(entry, isSuperseded(entry), hasLeft));
		changed.clear();
		if (reports.length > 0) onReports(reports);
	};

	const report = (entry: Entry) => {
		changed.add(entry);
		sendSoon();
	};

	return {
		/** Reports the state of this cancellation soon. */
		report,
		/** Adds a timeline entry, and reports it. */
		note(entry: Entry, step: MomentStep, detail?: string) {
			const {moments} = entry;
			moments.push({at: clock.now(), step, ...(detail !== undefined && detail !== '' && {detail})});
			if (moments.length > maxMoments) moments.splice(1, 1);
			report(entry);
		},
		/** A look saw this job. */
		addJob(job: Job, askedMoment: Moment) {
			jobs.push({job, askedMoment});
			sendSoon();
		},
		/** From now on, reports unsettled cancellations with their outcome for a user who leaves. */
		stopWaiting() {
			hasLeft = true;
		},
		/** Sends the batched reports now. */
		send,
	};
};

/** Whether asking again would do nothing, where words alone would ask for it. */
const cannotRepeat = (entry: Entry, isSuperseded: boolean): boolean => {
	const {state, policy, lane, seen, stranger} = entry;
	const outcome = standing(state);
	const calls = state.step === 'settled' ? isWorthRetrying(state.outcome) : outcome || state.cameBack;
	if (!calls) return false;
	if (isSuperseded || stranger !== undefined) return true;
	if (!lane?.connection.backend[policy.operation] || lane.connection.readOnly) return true;
	// A list may show the end before the job's own record proves it.
	if (seen && isEnd(seen.phase)) return true;
	return state.step !== 'settled' && !mayRepeat(state, policy);
};

/** The report of a cancellation. `hasLeft`: the user has left, so an unsettled one gets that outcome. */
const reportOf = (entry: Entry, isSuperseded: boolean, hasLeft = false): CancellationReport => {
	const {state, target, batch} = entry;
	const outcome = standing(state) ?? (hasLeft ? leave(state) : undefined);
	const why = whyOf(state);
	const share = shareOf(target);
	return {
		ref: target.ref,
		batch: batch.number,
		operation: batch.operation,
		name: target.name,
		...(target.submittedAt !== undefined && {submittedAt: target.submittedAt}),
		...(target.uid !== undefined && {uid: target.uid}),
		...(share !== undefined && {jobs: share}),
		...(target.owner !== undefined && {owner: target.owner}),
		step: state.step,
		attempts: entry.requests,
		cameBack: state.cameBack,
		askedAt: batch.askedAt,
		moments: [...entry.moments],
		...(outcome && {outcome}),
		...(cannotRepeat(entry, isSuperseded) && {cannotRepeat: true as const}),
		...(why !== undefined && {why}),
		...(entry.seen && {seen: entry.seen}),
		...(entry.acceptedAt !== undefined && {acceptedAt: entry.acceptedAt}),
		...(entry.settledAt !== undefined && {settledAt: entry.settledAt}),
	};
};
