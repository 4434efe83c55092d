import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import type {Clock} from '../../process/clock.ts';
import type {Patch} from '../protocol.ts';

/** Maximum rows per message to the screen: a larger one would delay keys. */
const sliceSize = 2000;
/** Milliseconds for which changed rows wait for others: each report costs the screen a pass over its whole order. A long list is read for seconds. */
const gatherMs = (rowCount: number): number => (rowCount < manyRows ? 200 : 1000);
const manyRows = 20_000;

/**
Reports changed rows to the screen.

Batches the rows of a list's pages; `rowCount` is how many rows the screen has in all. Batched rows are reported before later ones, so that an older row never follows a newer one.
*/
export const gatherRows = (
	clock: Clock,
	rowCount: () => number,
	report: (patches: readonly Patch[]) => void,
) => {
	let gathered: Job[] = [];
	let takeBack: (() => void) | undefined;

	const flush = () => {
		takeBack?.();
		takeBack = undefined;
		const upserts = gathered;
		gathered = [];
		for (let from = 0; from < upserts.length; from += sliceSize) {
			report([{type: 'jobs', upserts: upserts.slice(from, from + sliceSize), removes: []}]);
		}
	};

	return {
		/** Reports at once. */
		reportNow(upserts: readonly Job[], removes: readonly Ref[] = []) {
			for (const job of upserts) gathered.push(job);
			flush();
			if (removes.length > 0) report([{type: 'jobs', upserts: [], removes}]);
		},
		/** Reports soon, or with the next report. */
		gather(upserts: readonly Job[]) {
			for (const job of upserts) gathered.push(job);
			if (gathered.length >= sliceSize) flush();
			else if (gathered.length > 0) takeBack ??= clock.after(gatherMs(rowCount()), flush);
		},
		stop: () => takeBack?.(),
	};
};
