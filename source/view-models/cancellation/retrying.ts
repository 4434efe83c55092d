/*
The jobs of a batch to retry: those that, as far as jobtop knows, have not ended.
*/
import {worthRetrying} from '../../cancellation/outcomes.ts';
import {phases} from '../../job/phase.ts';
import type {Skipped} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {isOnItsWay} from '../../table/cancellation-words.ts';
import {profileOf} from '../../table/subject.ts';
import {type AskedJob, askedJobOf} from './cancel-targets.ts';

export type Retryable = {readonly jobs: readonly AskedJob[]; readonly skipped: readonly Skipped[]};

/** The jobs of the shown batch to retry, the most urgent first. jobtop looks at each before it sends anything, also at one that is not listed. */
export const retryable = (state: State): Retryable => {
	const {run, known} = state;
	const jobs: AskedJob[] = [];
	const skipped: Skipped[] = [];
	for (const {ref, step, outcome} of run?.reports ?? []) {
		if (step !== 'settled' || !outcome || !worthRetrying.has(outcome.kind)) continue;
		const job = known.jobs.byRef.get(ref);
		const why = job?.terminal
			? `it has ended: ${phases[job.phase].label.toLowerCase()}`
			: isOnItsWay(known.cancellations.get(ref))
				? 'already being retried'
				: profileOf(state, ref)?.can.cancel === true
					? undefined
					: 'its profile cannot cancel or is not configured';
		if (why !== undefined) skipped.push({ref, why});
		else {
			const asked = job ?? askedJobOf(state, ref);
			if (asked) jobs.push(asked);
		}
	}
	return {jobs, skipped};
};

/** Why nothing can be retried. */
export const whyNotRetry = (state: State): string | undefined => {
	if (!state.run) return 'there is no batch here';
	if (state.known.readOnly) return 'jobtop is read-only';
	const {jobs, skipped} = retryable(state);
	if (jobs.length > 0) return undefined;
	return skipped[0] ? `${skipped[0].ref}: ${skipped[0].why}` : 'nothing in this batch needs a retry';
};
