/*
The jobs of a batch to retry: those that, as far as jobtop knows, have not ended.
*/
import {isWorthRetrying} from '../../cancellation/outcomes.ts';
import {whyAnother} from '../../job/identity.ts';
import type {Operation} from '../../job/operation.ts';
import {phases} from '../../job/phase.ts';
import type {Skipped} from '../../state/screen.ts';
import type {State} from '../../state/state.ts';
import {isOnItsWay, mayAskAgain} from '../../table/cancellation-words.ts';
import {profileOf} from '../../table/subject.ts';
import {type AskedJob, askedJobOf, notYours, profileName} from './cancel-targets.ts';

export type Retryable = {readonly jobs: readonly AskedJob[]; readonly skipped: readonly Skipped[]};

/** The jobs of the shown batch to retry, the most urgent first. jobtop looks at each before it sends anything, also at one that is not listed. */
export const retryable = (state: State): Retryable => {
	const {run, known} = state;
	const jobs: AskedJob[] = [];
	const skipped: Skipped[] = [];
	for (const report of run?.reports ?? []) {
		const {ref, step, outcome, operation} = report;
		if (outcome?.notYours) {
			skipped.push({ref, why: notYours});
			continue;
		}
		const isSettled = step === 'settled' && outcome !== undefined && isWorthRetrying(outcome);
		if (!isSettled && !mayAskAgain(report)) continue;
		const job = known.jobs.byRef.get(ref);
		const latest = known.cancellations.get(ref);
		const why = job?.terminal
			? `it has ended: ${phases[job.phase].label.toLowerCase()}`
			: job && whyAnother(report, job, report.askedAt) !== undefined
				? 'another job has its id now'
				: isOnItsWay(latest) && !mayAskAgain(latest)
					? 'already being retried'
					: profileOf(state, ref)?.can[operation === 'cancel' ? 'cancel' : 'suspend'] === true
						? undefined
						: `its profile cannot ${operation} or is not configured`;
		if (why !== undefined) skipped.push({ref, why});
		else {
			const asked = job ?? askedJobOf(state, ref);
			if (asked) jobs.push(asked);
		}
	}
	return {jobs, skipped};
};

/** What the shown batch requests. */
export const operationOf = ({run}: State): Operation => run?.reports[0]?.operation ?? 'cancel';

/** The profiles of the shown batch whose requests wait for a credential. */
export const parkedProfiles = ({run}: State): readonly string[] => [
	...new Set((run?.reports ?? []).flatMap(({ref, step}) => (step === 'parked' ? profileName(ref) : []))),
];

/** Why nothing can be retried. */
export const whyNotRetry = (state: State): string | undefined => {
	if (!state.run) return 'there is no batch here';
	if (state.known.readOnly) return 'jobtop is read-only';
	if (state.known.troubles.journals !== undefined) return state.known.troubles.journals;
	const {jobs, skipped} = retryable(state);
	if (jobs.length === 0 && parkedProfiles(state).length > 0) return undefined;
	if (jobs.length > 0) return undefined;
	return skipped[0] ? `${skipped[0].ref}: ${skipped[0].why}` : 'nothing in this batch needs a retry';
};
