import type {Job, JobSet} from './job.ts';
import type {Phase} from './phase.ts';
import type {Ref} from './ref.ts';
import {sharesOf} from './set.ts';
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
	/** What its system calls this very submission, if it does. */
	readonly uid?: string;
	/** The set that its id stood for, if that was more than one job. */
	readonly set?: JobSet;
	/** Whose job it is, if not the user's; empty if its system does not say. */
	readonly owner?: string;
	/** The share of a set in the jobs of its confirmation: those that other targets name count there. */
	readonly jobs?: number;
};

/** Whether the job is another person's. */
export const isOthers = ({owner}: Pick<JobTarget, 'owner'>): boolean => owner !== undefined;

/** The fields that distinguish a job from another one with the same id. */
export type ShownJob = Pick<JobTarget, 'ref' | 'name' | 'submittedAt' | 'uid'>;

/** Makes a target of a job. */
export const targetOf = ({
	ref,
	name,
	phase,
	status,
	createdAt,
	uid,
	set,
	mine,
	owner = '',
}: Pick<
	Job,
	'ref' | 'name' | 'phase' | 'status' | 'createdAt' | 'uid' | 'set' | 'parent' | 'mine' | 'owner'
>): JobTarget => ({
	ref,
	name,
	phase,
	status,
	// JSON, and so the journal, holds no other number.
	...(Number.isFinite(createdAt) && {submittedAt: createdAt as Millis}),
	...(uid !== undefined && {uid}),
	...(set && {set}),
	...(!mine && {owner}),
});

/** Makes the targets of one confirmation: each job counts once among them. */
export const targetsOf = (jobs: readonly Parameters<typeof targetOf>[0][]): readonly JobTarget[] =>
	withShares(jobs.map(job => ({target: targetOf(job), job}))).map(({target}) => target);

/** The same candidates, with the shares of their sets in the confirmation. `job`: the one that was seen, if any was. */
export const withShares = <
	Candidate extends {readonly target: JobTarget; readonly job?: Pick<Job, 'parent'>},
>(
	candidates: readonly Candidate[],
): readonly Candidate[] => {
	const shares = sharesOf(
		candidates.map(({target: {ref, set}, job}) => ({
			ref,
			...(set && {set}),
			...(job?.parent !== undefined && {parent: job.parent}),
		})),
	);
	return candidates.map((candidate, index) => {
		const {target} = candidate;
		const {[index]: jobs = 1} = shares;
		return target.set ? {...candidate, target: {...target, jobs}} : candidate;
	});
};

/** How many jobs an id that stands for several accounts for among those of its confirmation, at least one; undefined where only this one is known. */
export const shareOf = ({jobs, set}: Pick<JobTarget, 'jobs' | 'set'>): number | undefined => {
	// Journals of earlier versions hold no share.
	const share = jobs ?? Math.max(1, set?.counts?.live ?? 1);
	return set?.counts || share > 1 ? share : undefined;
};

/** The number of jobs that a target accounts for. */
export const jobsOfTarget = (target: Pick<JobTarget, 'jobs' | 'set'>): number => shareOf(target) ?? 1;

/** The number of jobs that these targets account for. */
export const jobsOfTargets = (targets: readonly Pick<JobTarget, 'jobs' | 'set'>[]): number =>
	targets.reduce((sum, target) => sum + jobsOfTarget(target), 0);
