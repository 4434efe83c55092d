import type {ListPage, ListRequest} from '../backend.ts';
import type {Cluster} from './cluster.ts';
import {readQueue} from './queue.ts';

/** All jobs in one page; the ended ones as long as bjobs shows them, which is an hour in most clusters. */
export const listPage = async (
	{programs, user, records}: Cluster,
	{everyone, ended, signal}: ListRequest,
): Promise<ListPage> => {
	await user.find(signal);
	const which = [...(everyone ? ['-u', 'all'] : []), ...(ended ? ['-a'] : [])];
	const answer = await readQueue(programs, which, signal);
	records.begin();
	const {read, unreadable} = records.read(answer.records);
	return {jobs: ended ? read : read.filter(({terminal}) => !terminal), unreadable, covers: 'everything'};
};
