import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import type {Clock} from '../../process/clock.ts';
import type {Patch} from '../protocol.ts';

/** Rows that cross to the screen in one piece: a larger one would hold up the keys. */
const sliceSize = 2000;
/** For how long changed rows wait for others, in milliseconds: each report costs the screen a look at its whole order. */
const gatherMs = 200;

/**
Reports rows that changed to the screen.

Rows of the pages of one list are gathered; what was gathered is reported before anything that came later, so that an older row never follows a newer one.
*/
export const gatherRows = (clock: Clock, report: (patches: readonly Patch[]) => void) => {
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
		/** At once. */
		reportNow(upserts: readonly Job[], removes: readonly Ref[] = []) {
			for (const job of upserts) gathered.push(job);
			flush();
			if (removes.length > 0) report([{type: 'jobs', upserts: [], removes}]);
		},
		/** Soon, or with what is reported next. */
		gather(upserts: readonly Job[]) {
			for (const job of upserts) gathered.push(job);
			if (gathered.length >= sliceSize) flush();
			else if (gathered.length > 0) takeBack ??= clock.after(gatherMs, flush);
		},
		stop: () => takeBack?.(),
	};
};
