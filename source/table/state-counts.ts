/*
Jobs counted by state, with one meaning everywhere: each count has the word of its phase, and is the number of jobs that `state:` with that word finds in the scope.
*/
import type {Job} from '../job/job.ts';
import type {Phase} from '../job/phase.ts';
import type {Ref} from '../job/ref.ts';
import {jobsOfRow} from '../job/set.ts';
import type {Known} from '../state/known.ts';
import {rememberedBy, rememberedLast} from '../text/remembered.ts';
import {isBeingCancelled} from './cancellation-words.ts';

/** The phases in the order of their counts: live ones first, then what went wrong. */
export const countedPhases: readonly Phase[] = [
	'running',
	'starting',
	'queued',
	'held',
	'stopping',
	'unknown',
	'failed',
	'partial',
	'cancelled',
	'succeeded',
];

/** Whether the user has dismissed the job. A job that is alive again is not hidden. */
export const isHidden = ({dismissed}: Pick<Known, 'dismissed'>, {ref, terminal}: Job): boolean =>
	terminal && dismissed.has(ref);

export type PhaseCounts = {
	readonly all: number;
	/** Only phases with jobs; they add up to `all`. */
	readonly byPhase: ReadonlyMap<Phase, number>;
	/** The number of rows. */
	readonly rows: number;
};

// A table of jobs is counted once, not at every tick of the clock.
const countsAmong = rememberedBy(({byRef}: {readonly byRef: ReadonlyMap<Ref, Job>}) =>
	rememberedLast((dismissed: ReadonlySet<Ref>): PhaseCounts => {
		const byPhase = new Map<Phase, number>();
		let [all, rows] = [0, 0];
		for (const job of byRef.values()) {
			if (isHidden({dismissed}, job)) continue;
			const number = jobsOfRow(job);
			all += number;
			rows++;
			byPhase.set(job.phase, (byPhase.get(job.phase) ?? 0) + number);
		}
		return {all, byPhase, rows};
	}),
);

/** The jobs that the profiles list, without dismissed ones. */
export const phaseCounts = ({jobs, dismissed}: Pick<Known, 'jobs' | 'dismissed'>): PhaseCounts =>
	countsAmong(jobs)(dismissed);

/** How many of these jobs are being cancelled, whatever their phase. */
export const countCancelling = (known: Pick<Known, 'jobs' | 'dismissed' | 'cancellations'>): number => {
	let number = 0;
	for (const report of known.cancellations.values()) {
		const job = isBeingCancelled(report) ? known.jobs.byRef.get(report.ref) : undefined;
		if (job && !isHidden(known, job)) number += jobsOfRow(job);
	}
	return number;
};
