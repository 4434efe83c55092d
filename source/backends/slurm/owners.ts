import type {JobRecord} from './records.ts';

/** Beyond this many jobs the memory starts empty again. */
const maxJobs = 100_000;

/** Which jobs are my own, as far as the answers showed. An owner stays right until Slurm reuses the number. */
export type Owners = {
	readonly remember: (record: JobRecord) => void;
	/** By the number of the job, of its array or of its het job. */
	readonly isMine: (base: string) => boolean;
};

export const createOwners = (isMine: (record: JobRecord) => boolean): Owners => {
	const mine = new Set<string>();
	return {
		remember(record) {
			if (!isMine(record)) return void mine.delete(record.base);
			if (mine.size > maxJobs) mine.clear();
			mine.add(record.base);
		},
		isMine: base => mine.has(base),
	};
};
