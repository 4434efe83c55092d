import type {Job} from '../../job/job.ts';
import type {ListPage, ListRequest} from '../backend.ts';
import {quoted, readHistory, readQueue} from './queue.ts';
import type {Schedd} from './schedd.ts';
import {withNodes} from './sets.ts';

/** Ended jobs in a list, the newest ones, and how many records of the history are read for them. */
const maxEnded = 1000;
const maxScanned = 20_000;

/** The jobs in the queue, and the newest of those that have left it, in one page. */
export const listPage = async (schedd: Schedd, {everyone, ended, signal}: ListRequest): Promise<ListPage> => {
	const {programs, records} = schedd;
	const user = await schedd.user.find(signal);
	const owner = everyone ? [] : ['-constraint', `Owner == ${quoted(user)}`];
	const ads = await readQueue(programs, owner, signal);
	records.queue.begin();
	const queue = records.queue.read(ads);
	if (!ended) {
		// A record that the user wants to keep in the queue stays there after its end.
		const live = queue.read.filter(({terminal}) => !terminal);
		return {jobs: withNodes(live), unreadable: queue.unreadable, covers: 'everything'};
	}
	// Asked for afterwards: a job that ends in between is in both, and in none otherwise.
	const limits = ['-limit', String(maxEnded), '-scanlimit', String(maxScanned)];
	const past = await readHistory(programs, [...owner, ...limits], signal);
	records.history.begin();
	const history = records.history.read(past);
	return {
		jobs: withNodes(newestOf([...history.read, ...queue.read])),
		unreadable: queue.unreadable + history.unreadable,
		covers: 'everything',
	};
};

/** Of several records of one job the first: the history says what the queue did not know yet. A schedd whose queue was lost counts from 1 again: of several submissions with one id the last. */
const newestOf = (jobs: readonly Job[]): readonly Job[] => {
	const newest = new Map<string, Job>();
	for (const job of jobs) {
		const known = newest.get(job.id);
		if (known === undefined || (job.createdAt ?? 0) > (known.createdAt ?? 0)) newest.set(job.id, job);
	}
	return [...newest.values()];
};
