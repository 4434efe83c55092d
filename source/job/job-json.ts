import type {Job, JobMoment} from '../job/job.ts';
import {isMillis} from './time.ts';

/** ISO 8601 in UTC; undefined for an invalid time. */
export const isoTime = (at: number | undefined): string | undefined =>
	at !== undefined && isMillis(at) ? new Date(at).toISOString() : undefined;

/** A job as JSON for other programs. Unknown values are left out. */
export const jobJson = (job: Job) => ({
	ref: job.ref,
	profile: job.profile,
	backend: job.backend,
	id: job.id,
	name: job.name,
	kind: job.kind,
	owner: job.owner,
	phase: job.phase,
	status: job.status,
	terminal: job.terminal,
	unproven: job.unproven,
	endedBy: job.endedBy,
	suspension: job.suspension,
	createdAt: isoTime(job.createdAt),
	startedAt: isoTime(job.startedAt),
	endedAt: isoTime(job.endedAt),
	limitSeconds: job.limitMs === undefined ? undefined : Math.round(job.limitMs / 1000),
	progress: job.progress,
	error: job.error,
	parent: job.parent,
	set: job.set?.counts && {...job.set.counts, refs: job.set.apart},
});

export const momentJson = ({at, what, detail}: JobMoment) => ({at: isoTime(at), what, detail});
