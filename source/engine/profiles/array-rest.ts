/*
The waiting rest of an array is one row, and its id changes with every task that starts. The row with the old id is not a missing job, and must not come back.
*/
import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import type {Rows} from '../polling/rows.ts';

/** Whether a job from a single look may have a row. The waiting rest of an array under an old id may not. */
export const mayHaveRow =
	(rows: Pick<Rows, 'get'>) =>
	({ref, set, terminal}: Job): boolean =>
		terminal || !set || set.apart !== undefined || rows.get(ref) !== undefined;

/** Whether a list with these jobs holds the waiting rest of the job's array under another id. */
export const isReplacedIn = (listed: () => Iterable<Job>): ((job: Job) => boolean) => {
	let parents: Set<Ref | undefined> | undefined;
	return ({set, parent}) => {
		if (!set || set.apart || parent === undefined) return false;
		parents ??= new Set(Array.from(listed(), job => job.parent));
		return parents.has(parent);
	};
};
