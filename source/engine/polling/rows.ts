import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import {sameJson} from '../../job/same-json.ts';
import {shareValues} from '../../job/share-values.ts';
import type {Moment} from '../../job/time.ts';
import type {Scope} from '../protocol.ts';

/** Keeps the caution, which only a look at the job alone shows. */
const withCaution = (job: Job, before: Job | undefined): Job =>
	job.caution === undefined && before?.caution !== undefined && before.createdAt === job.createdAt
		? {...job, caution: before.caution}
		: job;

/** Maximum ended jobs that stay although their system does not list them: a screen may be open for weeks. */
export const maxUnlisted = 10_000;

/**
The rows of one profile: its jobs, from lists and from single looks.

Rules. An answer to an older request never overwrites a newer one. A job that is missing from a complete list is not gone: it must be fetched first. A job that ended while jobtop watched it stays until it leaves the scope, or until `maxUnlisted` later ones have ended. A job that had ended before stays only while the scope includes ended jobs.
*/
export const createRows = () => {
	const rows = new Map<Ref, {job: Job; askedMoment: Moment; watched: boolean}>();

	/**
	Takes jobs that were seen; `askedMoment` is the moment of the request. Returns the changed jobs, and all jobs with unchanged ones replaced by the known objects (structural sharing).
	*/
	const take = (
		jobs: Iterable<Job>,
		askedMoment: Moment,
	): {readonly changed: readonly Job[]; readonly known: readonly Job[]} => {
		const changed: Job[] = [];
		const known: Job[] = [];
		for (const seen of jobs) {
			const row = rows.get(seen.ref);
			const job = withCaution(seen, row?.job);
			const same = row !== undefined && sameJson(row.job, job);
			known.push(same ? row.job : job);
			if (!row) rows.set(job.ref, {job, askedMoment, watched: !job.terminal});
			else if (askedMoment >= row.askedMoment) {
				row.askedMoment = askedMoment;
				row.watched ||= !job.terminal;
				if (!same) row.job = job;
			}
			if (!same && (!row || row.job === job)) changed.push(shareValues(job));
		}
		return {changed, known};
	};

	/** Like `take`, but returns only the changed jobs. */
	const see = (jobs: Iterable<Job>, askedMoment: Moment): readonly Job[] => take(jobs, askedMoment).changed;

	const remove = (ref: Ref): boolean => rows.delete(ref);

	/** After a complete list: the rows to remove, and the live jobs that the list did not hold and that must be fetched. */
	const missingFrom = (
		listed: {readonly has: (ref: Ref) => boolean},
		askedMoment: Moment,
		scope: Scope,
	): {readonly removes: readonly Ref[]; readonly missing: readonly Job[]} => {
		const removes: Ref[] = [];
		const missing: Job[] = [];
		const kept: {readonly ref: Ref; readonly askedMoment: Moment}[] = [];
		for (const [ref, row] of rows) {
			if (listed.has(ref) || row.askedMoment > askedMoment) continue;
			if (!row.job.terminal) missing.push(row.job);
			else if (!row.watched || (!scope.everyone && !row.job.mine)) removes.push(ref);
			else kept.push({ref, askedMoment: row.askedMoment});
		}
		if (kept.length > maxUnlisted) {
			kept.sort((a, b) => a.askedMoment - b.askedMoment);
			for (const {ref} of kept.slice(0, kept.length - maxUnlisted)) removes.push(ref);
		}
		for (const ref of removes) rows.delete(ref);
		return {removes, missing};
	};

	/** Removes the rows outside a narrower scope, and returns their refs. */
	const narrow = (scope: Scope): readonly Ref[] => {
		const removes: Ref[] = [];
		for (const [ref, {job, watched}] of rows) {
			if ((!scope.everyone && !job.mine) || (!scope.ended && job.terminal && !watched)) removes.push(ref);
		}
		for (const ref of removes) rows.delete(ref);
		return removes;
	};

	return {
		see,
		take,
		remove,
		missingFrom,
		narrow,
		get: (ref: Ref) => rows.get(ref)?.job,
		all: (): readonly Job[] => [...rows.values()].map(({job}) => job),
		size: () => rows.size,
	};
};

export type Rows = ReturnType<typeof createRows>;
