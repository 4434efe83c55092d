/*
What the answers so far showed of a job and a later one does not show: the list of running jobs has no times of submission, the accounts have no paths, and qacct is asked by times of start.
*/
export type KnownJob = {
	owner: string;
	name: string;
	/** Epoch milliseconds, each. */
	submitted?: number;
	started?: number;
	/** How many tasks the array has. */
	tasks?: number;
	/** Where its output goes, as it was submitted. */
	output?: OutputPlace;
};

export type OutputPlace = {readonly path?: string; readonly folder?: string; readonly home?: string};

/** Beyond this many jobs the memory starts empty again. */
const maxJobs = 100_000;

export type Memory = {
	readonly of: (job: number) => Readonly<KnownJob> | undefined;
	/** Adds what an answer shows. Another owner, name or submission is another job of the same number. */
	readonly remember: (job: number, shown: KnownJob) => void;
};

export const createMemory = (): Memory => {
	const known = new Map<number, KnownJob>();
	return {
		of: job => known.get(job),
		remember(job, shown) {
			const before = known.get(job);
			if (before !== undefined && isSame(before, shown)) {
				const started = Math.min(
					before.started ?? Number.POSITIVE_INFINITY,
					shown.started ?? Number.POSITIVE_INFINITY,
				);
				Object.assign(before, shown, Number.isFinite(started) && {started});
				return;
			}
			if (known.size >= maxJobs) known.clear();
			known.set(job, {...shown});
		},
	};
};

const isSame = (before: KnownJob, shown: KnownJob): boolean =>
	before.owner === shown.owner &&
	before.name === shown.name &&
	(before.submitted === undefined || shown.submitted === undefined || before.submitted === shown.submitted);
