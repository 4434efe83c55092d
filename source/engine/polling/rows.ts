import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import type {Moment} from '../../job/time.ts';
import type {Scope} from '../protocol.ts';

/** Equal in everything that is shown. Jobs are plain JSON. */
export const sameJob = (a: Job, b: Job): boolean => {
	const left = Object.keys(a) as (keyof Job)[];
	if (left.length !== Object.keys(b).length) return false;
	for (const key of left) {
		const one = a[key];
		const other = b[key];
		if (one === other) continue;
		if (typeof one !== 'object' || typeof other !== 'object') return false;
		if (!sameFields(one as Fields, other as Fields)) return false;
	}
	return true;
};

type Fields = Readonly<Record<string, unknown>>;

const sameFields = (a: Fields, b: Fields): boolean => {
	const keys = Object.keys(a);
	return (
		keys.length === Object.keys(b).length &&
		keys.every(key => {
			const one = a[key];
			const other = b[key];
			if (one === other) return true;
			if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false;
			return sameFields(one as Fields, other as Fields);
		})
	);
};

/** A list does not take back what only a look at a job alone shows. */
const withCaution = (job: Job, before: Job | undefined): Job =>
	job.caution === undefined && before?.caution !== undefined && before.createdAt === job.createdAt
		? {...job, caution: before.caution}
		: job;

/**
The rows of one profile: what is known of its jobs, from lists and from single looks.

Rules. An answer to an older question never overwrites a newer one. A job that is missing from a complete list is not gone: it has to be asked for. A job that ended while it was watched stays until nobody wants it; one that had ended before stays only as long as ended jobs are asked for.
*/
export const createRows = () => {
	const rows = new Map<Ref, {job: Job; asked: Moment; watched: boolean}>();

	/**
	Takes in what was seen; `asked` is the moment in which the question was asked. Gives those that changed, and all of them again: one that did not change as it was known before, so that nobody has to keep it twice.
	*/
	const take = (
		jobs: Iterable<Job>,
		asked: Moment,
	): {readonly changed: readonly Job[]; readonly known: readonly Job[]} => {
		const changed: Job[] = [];
		const known: Job[] = [];
		for (const seen of jobs) {
			const row = rows.get(seen.ref);
			const job = withCaution(seen, row?.job);
			const same = row !== undefined && sameJob(row.job, job);
			known.push(same ? row.job : job);
			if (!row) rows.set(job.ref, {job, asked, watched: !job.terminal});
			else if (asked >= row.asked) {
				row.asked = asked;
				row.watched ||= !job.terminal;
				if (!same) row.job = job;
			}
			if (!same && (!row || row.job === job)) changed.push(job);
		}
		return {changed, known};
	};

	/** Takes in what was seen. Gives the jobs that changed. */
	const see = (jobs: Iterable<Job>, asked: Moment): readonly Job[] => take(jobs, asked).changed;

	const remove = (ref: Ref): boolean => rows.delete(ref);

	/** After a complete list: rows that are no longer wanted, and live ones that it did not hold and that must be asked for. */
	const missingFrom = (
		listed: {readonly has: (ref: Ref) => boolean},
		asked: Moment,
		scope: Scope,
	): {readonly removes: readonly Ref[]; readonly missing: readonly Job[]} => {
		const removes: Ref[] = [];
		const missing: Job[] = [];
		for (const [ref, row] of rows) {
			if (listed.has(ref) || row.asked > asked) continue;
			if (!row.job.terminal) missing.push(row.job);
			else if (!row.watched || (!scope.everyone && !row.job.mine)) removes.push(ref);
		}
		for (const ref of removes) rows.delete(ref);
		return {removes, missing};
	};

	/** Rows that a narrower scope no longer asks for. */
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
