import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import type {Job} from '../../job/job.ts';
import type {ManyLooks} from '../backend.ts';

/** What a look at many ids found, with the failures of those that could not be looked at. */
export type Looks<Found> = {
	readonly found: ReadonlyMap<string, Found>;
	readonly failures: ReadonlyMap<string, Failure>;
};

/** The jobs of a look. */
export const jobsIn = ({found, failures}: Looks<{readonly job: Job}>): ManyLooks => ({
	jobs: new Map([...found].map(([id, {job}]) => [id, job])),
	failures,
});

/** What a look found for this id. Throws its failure, or `not-found` where the system does not know it. */
export const oneIn = <Found>({found, failures}: Looks<Found>, id: string, title: string): Found => {
	const failure = failures.get(id);
	if (failure !== undefined) throw new BackendError(failure);
	const one = found.get(id);
	if (one !== undefined) return one;
	throw new BackendError({kind: 'not-found', detail: `${title} does not know job ${cleanText(id)}`});
};
