/*
What a person asks of jobs, and how far a job is on its way there.
*/
import type {Job} from './job.ts';
import type {Suspension} from './suspension.ts';

/** `cancel` ends a job for good; `suspend` stops its work and keeps its record; `unsuspend` starts it again. */
export type Operation = 'cancel' | 'suspend' | 'unsuspend';

/** An operation that leaves its job alive. */
export type ReversibleOperation = Exclude<Operation, 'cancel'>;

/** How far a job is towards an operation. */
export type Approach = 'under-way' | 'reached';

/** The suspensions on the way of each operation. */
export const ways = {
	suspend: {during: 'beginning', end: 'complete'},
	unsuspend: {during: 'ending', end: 'none'},
} as const satisfies Record<ReversibleOperation, {during: Suspension; end: Suspension}>;

/** `3 jobs are suspended`. */
export const participles = {
	cancel: 'cancelled',
	suspend: 'suspended',
	unsuspend: 'unsuspended',
} as const satisfies Record<Operation, string>;

/** How far the record of a job says that it is towards this operation; undefined if not at all. An end says itself how far a cancellation is. */
export const approachOf = (
	operation: Operation,
	{suspension}: Pick<Job, 'suspension'>,
): Approach | undefined => {
	if (operation === 'cancel') return undefined;
	const {during, end} = ways[operation];
	if (suspension === end) return 'reached';
	return suspension === during ? 'under-way' : undefined;
};

/** Whether the operation may be requested for this job, as far as its record says. */
export const isOpenTo = (
	operation: Operation,
	{terminal, suspension}: Pick<Job, 'suspension' | 'terminal'>,
): boolean =>
	!terminal && (operation === 'cancel' || (suspension !== undefined && suspension !== ways[operation].end));

/** Why the operation may not be requested for a live job of a system that has it. */
export const whyClosed = (
	operation: ReversibleOperation,
	job: Pick<Job, 'phase' | 'queue' | 'status' | 'suspension'>,
): string => {
	if (approachOf(operation, job) === 'reached') {
		return operation === 'suspend' ? 'it is suspended already' : 'it is not suspended';
	}
	const status = job.status || job.phase;
	return `it cannot be ${participles[operation]} (${status}): it is ending, or a controller such as Kueue decides when it runs`;
};
