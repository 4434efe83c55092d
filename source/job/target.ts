import type {Job, JobSet} from './job.ts';
import type {Phase} from './phase.ts';
import type {Ref} from './ref.ts';
import type {Millis} from './time.ts';

/** A job as it was shown when a person decided about it, frozen: a request is sent for exactly this job. */
export type JobTarget = {
	readonly ref: Ref;
	/** A name that is only the id does not tell the job from another one. */
	readonly name: string;
	readonly phase: Phase;
	readonly status: string;
	/** Epoch milliseconds, as its system gave it, absent where it gave none: what tells the job from a later one with the same id. */
	readonly submittedAt?: Millis;
	/** What its id stood for, where that was more than one job. */
	readonly set?: JobSet;
};

/** The part of a target that tells the job from another one with the same id. */
export type ShownJob = Pick<JobTarget, 'ref' | 'name' | 'submittedAt'>;

/** A job, as a target. */
export const targetOf = ({
	ref,
	name,
	phase,
	status,
	createdAt,
	set,
}: Pick<Job, 'ref' | 'name' | 'phase' | 'status' | 'createdAt' | 'set'>): JobTarget => ({
	ref,
	name,
	phase,
	status,
	...(createdAt !== undefined && {submittedAt: createdAt}),
	...(set && {set}),
});
