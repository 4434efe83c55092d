import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import {sameJson} from '../../job/same-json.ts';
import {shareValues} from '../../job/share-values.ts';
import type {Moment} from '../../job/time.ts';
import type {Scope} from '../protocol.ts';
import {createRowColumns} from './row-columns.ts';

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
	const columns = createRowColumns();
	const {places, asked, listed, watched, jobAt, remove} = columns;

	/** Takes a job that was seen for the row at this place; whether the row changed. */
	const update = (place: number, seen: Job, askedMoment: Moment): boolean => {
		if (askedMoment < (asked[place] as Moment)) return false;
		asked[place] = askedMoment;
		const before = jobAt(place);
		if (before === seen) return false;
		if (!seen.terminal) watched[place] = true;
		const job = withCaution(seen, before);
		if (sameJson(before, job)) return false;
		columns.setJob(place, shareValues(job));
		return true;
	};

	/** Takes jobs that were seen, and returns the changed ones; `onPlace` hears where each has its row. */
	const takeEach = (
		jobs: Iterable<Job>,
		askedMoment: Moment,
		onPlace?: (place: number) => void,
	): readonly Job[] => {
		const changed: Job[] = [];
		// The job behind the last one is most likely the next one.
		let expected = 0;
		for (const seen of jobs) {
			let place = columns.placeOf(seen, expected);
			if (place === undefined) {
				place = columns.add(seen, askedMoment);
				changed.push(shareValues(seen));
			} else if (update(place, seen, askedMoment)) changed.push(jobAt(place));
			onPlace?.(place);
			expected = place + 1;
		}
		return changed;
	};

	/** Takes the jobs of a page of a list; `askedMoment` is the moment of the list, of which no other one has the same. Returns the changed jobs, and how many are new to this list. */
	const take = (
		jobs: readonly Job[],
		askedMoment: Moment,
	): {readonly changed: readonly Job[]; readonly added: number} => {
		let added = 0;
		const changed = takeEach(jobs, askedMoment, place => {
			if (listed[place] !== askedMoment) added++;
			listed[place] = askedMoment;
		});
		return {changed, added};
	};

	/** Takes jobs that were seen elsewhere; `askedMoment` is the moment of the request. Returns the changed ones. */
	const see = (jobs: Iterable<Job>, askedMoment: Moment): readonly Job[] => takeEach(jobs, askedMoment);

	/** After a complete list: the rows to remove, and the live jobs that the list did not hold and that must be fetched. */
	const missingFrom = (
		listMoment: Moment,
		scope: Scope,
	): {readonly removes: readonly Ref[]; readonly missing: readonly Job[]} => {
		const removes: Ref[] = [];
		const missing: Job[] = [];
		const kept: {readonly ref: Ref; readonly askedMoment: Moment}[] = [];
		for (const [ref, place] of places) {
			const askedMoment = asked[place] as Moment;
			if (listed[place] === listMoment || askedMoment > listMoment) continue;
			const job = jobAt(place);
			if (!job.terminal) missing.push(job);
			else if (!watched[place] || (!scope.everyone && !job.mine)) removes.push(ref);
			else kept.push({ref, askedMoment});
		}
		if (kept.length > maxUnlisted) {
			kept.sort((a, b) => a.askedMoment - b.askedMoment);
			for (const {ref} of kept.slice(0, kept.length - maxUnlisted)) removes.push(ref);
		}
		for (const ref of removes) remove(ref);
		return {removes, missing};
	};

	/** The jobs that the list of this moment held. */
	const listedAt = function* (listMoment: Moment): Generator<Job> {
		for (const place of places.values()) if (listed[place] === listMoment) yield jobAt(place);
	};

	/** Removes the rows outside a narrower scope, and returns their refs. */
	const narrow = (scope: Scope): readonly Ref[] => {
		const removes: Ref[] = [];
		for (const [ref, place] of places) {
			const {mine, terminal} = jobAt(place);
			if ((!scope.everyone && !mine) || (!scope.ended && terminal && !watched[place])) removes.push(ref);
		}
		for (const ref of removes) remove(ref);
		return removes;
	};

	return {
		see,
		take,
		remove,
		missingFrom,
		listed: listedAt,
		narrow,
		get(ref: Ref): Job | undefined {
			const place = places.get(ref);
			return place === undefined ? undefined : jobAt(place);
		},
		all: (): readonly Job[] => Array.from(places.values(), jobAt),
		size: () => places.size,
	};
};

export type Rows = ReturnType<typeof createRows>;
