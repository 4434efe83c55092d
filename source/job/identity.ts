import type {Job} from './job.ts';
import {parseRef} from './ref.ts';
import type {ShownJob} from './target.ts';
import {isMillis, type Millis} from './time.ts';

/** Systems write the same time with different precision in a list and in a record. */
const roundingMs = 1000;

/**
Why a job under an id is not the shown one, as a sentence; undefined if it may be.

What its system calls the submission decides, where it does. Else the submission time does, because a name can change: a different time, or, if none was shown, a time after the confirmation (`askedAt`, epoch milliseconds). A requeued job with the same name is the same job. If a look gives no time, a different name decides.
*/
export const whyAnother = (
	shown: ShownJob,
	job: Pick<Job, 'name' | 'createdAt' | 'restarts' | 'uid'>,
	askedAt = Number.POSITIVE_INFINITY,
): string | undefined => {
	const {createdAt} = job;
	if (shown.uid !== undefined && shown.uid === job.uid) return undefined;
	const named = `"${job.name}"`;
	if (isOtherSubmission(shown, job)) {
		return `the id now belongs to another job: ${named}, ${createdAt === undefined ? '' : `submitted ${utc(createdAt)}, `}uid ${job.uid}; uid ${shown.uid} was shown`;
	}
	if (createdAt === undefined) {
		const id = parseRef(shown.ref)?.id;
		const areNames = shown.name !== id && job.name !== id;
		return areNames && shown.name !== job.name
			? `the id now belongs to another job: ${named}; "${shown.name}" was shown`
			: undefined;
	}
	if ((job.restarts ?? 0) > 0 && job.name === shown.name) return undefined;
	const submitted = `the id now belongs to another job: ${named}, submitted ${utc(createdAt)}`;
	if (shown.submittedAt === undefined) {
		return createdAt <= askedAt ? undefined : `${submitted} by its system's clock, after the confirmation`;
	}
	return Math.abs(createdAt - shown.submittedAt) < roundingMs
		? undefined
		: `${submitted}; "${shown.name}" was submitted ${utc(shown.submittedAt)}`;
};

/** Whether its system itself says that the job is another one than the shown one: then the record of that one is gone. */
export const isOtherSubmission = (shown: Pick<ShownJob, 'uid'>, job: Pick<Job, 'uid'>): boolean =>
	shown.uid !== undefined && job.uid !== undefined && shown.uid !== job.uid;

/** `2026-11-28 06:06:13 UTC`; the plain number if it is out of range. */
const utc = (at: Millis): string =>
	isMillis(at) ? `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC` : String(at);
