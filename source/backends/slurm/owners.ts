import type {JobRecord} from './records.ts';

/** Beyond this many jobs the memory starts empty again. */
const maxJobs = 100_000;

/** Whose jobs the answers so far showed. An owner stays right until Slurm reuses the number. */
export type Owners = {
	readonly remember: (record: JobRecord) => void;
	/** By the number of the job, of its array or of its het job. */
	readonly of: (base: string) => 'me' | 'another' | undefined;
};

export const createOwners = (isMine: (record: JobRecord) => boolean): Owners => {
	const known = new Map<string, 'me' | 'another'>();
	return {
		remember(record) {
			if (known.size > maxJobs) known.clear();
			known.set(record.base, isMine(record) ? 'me' : 'another');
		},
		of: base => known.get(base),
	};
};
