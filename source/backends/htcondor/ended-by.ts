/*
What ended a job, by the marks that HTCondor leaves in its record.
*/
import type {EndedBy} from '../../job/ended-by.ts';
import {type Ad, textOf} from './ad.ts';

/** `via condor_rm (by user alice)`; a text of `condor_rm -reason` may come before. */
const byUser = /\(by user ([^()\s]+)\)$/;

/** A node of a DAG that was removed: `removed because <OtherJobRemoveRequirements = DAGManJobId =?= 24> fired when job (24.0) was removed`. */
const withAnother = /\bOtherJobRemoveRequirements\b/;

/** Whether HTCondor removed it by itself, and no person. Its reason may be any text: `periodic_remove_reason` is one of the job's own. */
export const isRemovedByPolicy = (reason: string | undefined): boolean =>
	reason !== undefined &&
	!byUser.test(reason) &&
	!withAnother.test(reason) &&
	!reason.startsWith('via condor_rm');

/** Of a job that has ended; `code` is its JobStatus. */
export const endedByOf = (ad: Ad, code: number): EndedBy | undefined => {
	if (code === 3) {
		const reason = textOf(ad, 'RemoveReason');
		if (isRemovedByPolicy(reason)) return undefined;
		const by = byUser.exec(reason ?? '')?.[1];
		return {kind: 'cancelled', ...(by !== undefined && {by})};
	}
	if (ad.ExitBySignal === true) {
		return typeof ad.ExitSignal === 'number' ? {kind: 'signal', signal: ad.ExitSignal} : {kind: 'signal'};
	}
	return typeof ad.ExitCode === 'number' && ad.ExitCode !== 0 ? {kind: 'exit', code: ad.ExitCode} : undefined;
};

/** Whether only its record was dropped: HTCondor did not wait until its machine had ended it. */
export const isForced = (reason: string | undefined): boolean =>
	/^via condor_rm -forcex\b/.test(reason ?? '');
