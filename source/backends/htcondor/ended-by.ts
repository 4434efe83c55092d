/*
What ended a job, by the marks that HTCondor leaves in its record.
*/
import type {EndedBy} from '../../job/ended-by.ts';
import type {Ad} from './ad.ts';

/** `via condor_rm (by user alice)`; a text of `condor_rm -reason` may come before. */
const byUser = /\(by user ([^()\s]+)\)$/;

/** Whether an expression of the job or of the pool removed it, and not a person. */
export const isRemovedByPolicy = (reason: string | undefined): boolean =>
	reason !== undefined &&
	!byUser.test(reason) &&
	/\bexpression\b.*\bevaluated to\b|\bSYSTEM_(?:PERIODIC|ON_EXIT)_\w+|^(?:The )?(?:job attribute|system macro)\b/i.test(
		reason,
	);

/** Of a job that has ended; `code` is its JobStatus. */
export const endedByOf = (ad: Ad, code: number): EndedBy | undefined => {
	if (code === 3) {
		const reason = typeof ad.RemoveReason === 'string' ? ad.RemoveReason.trim() : undefined;
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
