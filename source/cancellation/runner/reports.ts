/*
What the runner reports: how each cancellation stands, and the jobs that its looks saw.
*/

import type {Job} from '../../job/job.ts';
import type {Moment} from '../../job/time.ts';
import type {Clock} from '../../process/clock.ts';
import {leave, standing, whyOf} from '../machine/standing.ts';
import type {CancellationReport, MomentStep} from '../report.ts';
import type {Entry} from './entries.ts';
import {gathering} from './gathering.ts';

/** Moments that a cancellation keeps; the journal has all. */
const maxMoments = 100;

export type ReportsOptions = {
	readonly clock: Clock;
	/** How many jobs are being cancelled, or were. */
	readonly jobCount: () => number;
	/** A look saw these jobs; `askedMoment` is the moment in which they were asked for. */
	readonly onSeen: (jobs: readonly Job[], askedMoment: Moment) => void;
	readonly onReports: (reports: readonly CancellationReport[]) => void;
};

export type Reports = ReturnType<typeof createReports>;

/** Gathers what changed in one turn; with many cancellations, for some milliseconds: thousands of answers make few messages. */
export const createReports = ({clock, jobCount, onSeen, onReports}: ReportsOptions) => {
	const changed = new Set<Entry>();
	let jobs: {readonly job: Job; readonly askedMoment: Moment}[] = [];
	let scheduled = false;
	let sentAt = Number.NEGATIVE_INFINITY;
	let nobodyWaits = false;

	const sendSoon = () => {
		if (scheduled) return;
		scheduled = true;
		const {aboveJobs, everyMs} = gathering;
		// Never longer than that: the clock may have been set back.
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
		const reports = [...changed].map(entry => reportOf(entry, nobodyWaits));
		changed.clear();
		if (reports.length > 0) onReports(reports);
	};

	const report = (entry: Entry) => {
		changed.add(entry);
		sendSoon();
	};

	return {
		/** Reports how this cancellation stands, soon. */
		report,
		/** Adds a moment to its timeline, and reports it. */
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
		/** From now on a cancellation that has not settled is reported as it stands. */
		stopWaiting() {
			nobodyWaits = true;
		},
		/** Sends now what has been gathered. */
		send,
	};
};

/** How a cancellation stands. `nobodyWaits`: one that has not settled gets the outcome of somebody who leaves. */
const reportOf = (entry: Entry, nobodyWaits = false): CancellationReport => {
	const {state, target, batch} = entry;
	const outcome = standing(state) ?? (nobodyWaits ? leave(state) : undefined);
	const why = whyOf(state);
	return {
		ref: target.ref,
		batch: batch.number,
		name: target.name,
		...(target.submittedAt !== undefined && {submittedAt: target.submittedAt}),
		...(target.set?.counts && {jobs: target.set.counts.live}),
		step: state.step,
		attempts: entry.requests,
		cameBack: state.cameBack,
		askedAt: batch.askedAt,
		moments: [...entry.moments],
		...(outcome && {outcome}),
		...(why !== undefined && {why}),
		...(entry.seen && {seen: entry.seen}),
		...(entry.acceptedAt !== undefined && {acceptedAt: entry.acceptedAt}),
		...(entry.settledAt !== undefined && {settledAt: entry.settledAt}),
	};
};
