import type {Job, JobSet} from './job.ts';
import type {Phase} from './phase.ts';
import type {Ref} from './ref.ts';
import type {Millis} from './time.ts';

/** A job as it was shown when the user decided about it, frozen: requests go to exactly this job. */
export type JobTarget = {
	readonly ref: Ref;
	/** If the name is only the id, it does not distinguish the job from another one. */
	readonly name: string;
	readonly phase: Phase;
	readonly status: string;
	/** Epoch milliseconds from its system, if it gave any. Distinguishes the job from a later one with the same id. */
	readonly submittedAt?: Millis;
	/** The set that its id stood for, if that was more than one job. */
	readonly set?: JobSet;
};

/** The fields that distinguish a job from another one with the same id. */
export type ShownJob = Pick<JobTarget, 'ref' | 'name' | 'submittedAt'>;

/** Makes a target of a job. */
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
