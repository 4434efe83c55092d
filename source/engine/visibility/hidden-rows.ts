import type {Job} from '../../job/job.ts';
import type {Ref} from '../../job/ref.ts';
import {targetOf} from '../../job/target.ts';
import type {Clock} from '../../process/clock.ts';
import {unwritableWords} from '../../process/writable-state.ts';
import type {Notify} from '../notify.ts';
import type {Report} from '../protocol.ts';
import {createDismissals} from './dismissals.ts';

export type HiddenRows = {
	/** The hidden rows. */
	readonly refs: () => readonly Ref[];
	/** Hides rows or shows them again, and reports it. Returns false, with nothing changed, if that cannot be saved. */
	readonly set: (refs: readonly Ref[], hidden: boolean) => boolean;
	/** Shows other jobs that now have the id of a hidden job: nobody has hidden these. */
	readonly showReplacing: (jobs: readonly Job[]) => void;
};

export type HiddenRowsOptions = {
	readonly stateDirectory: string;
	readonly clock: Pick<Clock, 'now'>;
	/** A ref with its profile's current name. */
	readonly refHere: (ref: Ref) => Ref;
	/** A job as it was last seen. */
	readonly rowOf: (ref: Ref) => Job | undefined;
	readonly report: Report;
	readonly notify: Notify;
	/** Checks which files can be written, after one could not. */
	readonly checkFiles: () => void;
};

/** The rows that the user has hidden here, not on a server. */
export const createHiddenRows = (options: HiddenRowsOptions): HiddenRows => {
	const {stateDirectory, clock, refHere, rowOf, report, notify, checkFiles} = options;
	const dismissals = createDismissals(stateDirectory, clock.now, refHere);

	const set: HiddenRows['set'] = (refs, hidden) => {
		const dismissed = refs.map(ref => {
			const job = rowOf(ref);
			return job ? targetOf(job) : {ref};
		});
		try {
			dismissals.set(dismissed, hidden);
			report([{type: 'dismissed', refs, hidden}]);
			return true;
		} catch (error) {
			notify('error', `hidden rows cannot be saved: ${unwritableWords(error as Error)}`);
			report([{type: 'dismissed', refs, hidden: !hidden}]);
			checkFiles();
			return false;
		}
	};

	return {
		refs: () => [...dismissals.hidden.keys()],
		set,
		showReplacing(jobs) {
			const refs = dismissals.replacing(jobs);
			if (refs.length > 0) set(refs, false);
		},
	};
};
