/*
What waits of an array is one row, and has another id with every task that starts: its old row is no job that went missing, and must not come back.
*/
import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import type {Rows} from '../polling/rows.ts';

/** Whether a job that was looked at by itself may have a row: what waits of an array and has got another id since has none any more, and gets none again. */
export const mayHaveRow =
	(rows: Pick<Rows, 'get'>) =>
	({ref, set, terminal}: Job): boolean =>
		terminal || !set || set.apart !== undefined || rows.get(ref) !== undefined;

/** Whether a list holds the array of a job under another id: there is one row of what waits of an array. */
export const isReplacedIn = (listed: ReadonlyMap<Ref, Job>): ((job: Job) => boolean) => {
	let parents: Set<Ref | undefined> | undefined;
	return ({set, parent}) => {
		if (!set || set.apart || parent === undefined) return false;
		parents ??= new Set([...listed.values()].map(job => job.parent));
		return parents.has(parent);
	};
};
