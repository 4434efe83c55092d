import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import type {Moment} from '../../job/time.ts';

/** What is known of rows, a column for each thing: an unchanged list goes through them one place after the other. Places are reused. */
export const createRowColumns = () => {
	const places = new Map<Ref, number>();
	const free: number[] = [];
	const jobs: (Job | undefined)[] = [];
	/** When each was asked for. */
	const asked: Moment[] = [];
	/** In which list each was last: the moment of that list. */
	const listed: Moment[] = [];
	/** Whether jobtop saw it alive. */
	const watched: boolean[] = [];

	const jobAt = (place: number): Job => jobs[place] as Job;

	return {
		places: places as ReadonlyMap<Ref, number>,
		asked,
		listed,
		watched,
		jobAt,
		/** Where this job has its row; `expected` is a guess. */
		placeOf: (job: Job, expected: number): number | undefined =>
			jobs[expected] === job ? expected : places.get(job.ref),
		setJob(place: number, job: Job) {
			jobs[place] = job;
		},
		add(job: Job, askedMoment: Moment): number {
			const place = free.pop() ?? jobs.length;
			places.set(job.ref, place);
			jobs[place] = job;
			asked[place] = askedMoment;
			listed[place] = Number.NEGATIVE_INFINITY;
			watched[place] = !job.terminal;
			return place;
		},
		remove(ref: Ref): boolean {
			const place = places.get(ref);
			if (place === undefined) return false;
			places.delete(ref);
			jobs[place] = undefined;
			free.push(place);
			return true;
		},
	};
};
