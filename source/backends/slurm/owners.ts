import type {JobRecord} from './records.ts';

/** So many jobs are remembered; then it begins anew. */
const most = 100_000;

/** Whose jobs are, as far as was seen: a number is another's job only when it is used again. */
export const createOwners = (isMine: (record: JobRecord) => boolean) => {
	const known = new Map<string, 'me' | 'another'>();
	return {
		remember(records: readonly JobRecord[]): void {
			if (known.size > most) known.clear();
			for (const record of records) known.set(record.base, isMine(record) ? 'me' : 'another');
		},
		/** By the number of the job, of its array or of its het job. */
		of: (base: string): 'me' | 'another' | undefined => known.get(base),
	};
};
