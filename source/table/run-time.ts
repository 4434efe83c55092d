import type {Job} from '../job/job.ts';

/** Milliseconds that the job has run, or ran; undefined before its start. */
export const elapsedMs = ({startedAt, endedAt}: Job, now: number): number | undefined =>
	startedAt === undefined ? undefined : Math.max(0, (endedAt ?? now) - startedAt);

/** Milliseconds that are left until the limit of a running job; undefined without a limit, and once it has ended. */
export const leftMs = (job: Job, now: number): number | undefined => {
	const elapsed = elapsedMs(job, now);
	return elapsed === undefined || job.limitMs === undefined || job.endedAt !== undefined || job.terminal
		? undefined
		: Math.max(0, job.limitMs - elapsed);
};
