import type {Job} from '../../job/job.ts';
import type {ListPage, ListRequest} from '../backend.ts';
import {readRecords} from '../read-records.ts';
import type {Cell} from './cell.ts';
import {readAccounts, readQueue} from './queue.ts';

/** Ended jobs in a list, the newest ones, and how many days ago they may have started: mine, and those of all users. */
const maxEnded = 1000;
const days = {mine: '7', everyone: '1'};

/** The jobs in the queue, and the newest of those that have left it, in one page. */
export const listPage = async (cell: Cell, {everyone, ended, signal}: ListRequest): Promise<ListPage> => {
	const user = await cell.findUser(signal);
	const printed = await readQueue(cell, everyone ? undefined : user, signal);
	cell.rows.begin();
	const {read, unreadable} = readRecords(printed, cell.rows.read);
	const live = newestOf(read.map(({job}) => job));
	if (!ended) return {jobs: live, unreadable, covers: 'everything'};
	// Asked for afterwards: a job that ends in between is in both, and in none otherwise.
	const which = everyone ? ['-d', days.everyone, '-j'] : ['-o', user, '-d', days.mine, '-j'];
	const accounts = await readAccounts(cell, which, signal);
	const past = accounts.records.slice(-maxEnded).map(({job}) => job);
	return {
		// Of a job that runs again the accounts have an earlier run.
		jobs: newestOf([...live, ...past]),
		unreadable: unreadable + accounts.unreadable,
		covers: 'everything',
	};
};

/** Of several records of one job the first. */
const newestOf = (jobs: readonly Job[]): readonly Job[] => {
	const seen = new Set<string>();
	return jobs.filter(({id}) => !seen.has(id) && seen.add(id));
};
