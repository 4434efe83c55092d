import type {Job} from '../../job/job.ts';
import type {ListPage, ListRequest} from '../backend.ts';
import type {Instance} from './instance.ts';
import {readJobs, uncut} from './jobs.ts';

/** Ended jobs in a list, the newest ones. */
const maxEnded = '1000';

/** All live jobs, and the newest of those that have ended, in one page. */
export const listPage = async (
	{programs, user, records}: Instance,
	{everyone, ended, signal}: ListRequest,
): Promise<ListPage> => {
	await user.find(signal);
	const whose = everyone ? ['-A'] : [];
	const live = await readJobs(programs, [...uncut, ...whose], signal);
	// Asked for afterwards: a job that ends in between is in both, and in none otherwise.
	const past = ended ? await readJobs(programs, ['-f', 'inactive', '-c', maxEnded, ...whose], signal) : [];
	records.begin();
	const {read, unreadable} = records.read([...past, ...live]);
	return {
		jobs: firstOfEach(ended ? read : read.filter(({terminal}) => !terminal)),
		unreadable,
		covers: 'everything',
	};
};

/** Of several records of one job the first. */
const firstOfEach = (jobs: readonly Job[]): readonly Job[] => {
	const seen = new Set<string>();
	return jobs.filter(({id}) => !seen.has(id) && seen.add(id));
};
