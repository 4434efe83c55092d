import type {Job} from '../../job/job.ts';
import type {ListPage, ListRequest} from '../backend.ts';
import {ownerOf} from './attributes.ts';
import {parseId} from './ids.ts';
import {readJobs, selectIds} from './queries.ts';
import {isRecord} from './records.ts';
import type {Server} from './server.ts';

/** Up to this many of my jobs, only they are asked for, each by a question of its own to the server: the whole list of a site takes a third of a millisecond for each job. */
const maxNamed = 100;
/** Ended jobs in a list, the newest ones. */
const maxEnded = 500;

/** The jobs of the server, arrays folded, and the newest of the ended ones, in one page. */
export const listPage = async (server: Server, {everyone, ended, signal}: ListRequest): Promise<ListPage> => {
	const {programs, records} = server;
	const user = await server.user.find(signal);
	const live = everyone
		? (await readJobs(programs, {}, undefined, signal)).records
		: await readMine(server, user, signal);
	// Asked for afterwards: a job that ends in between is in both, and in none otherwise.
	const past = ended ? await readEnded(server, everyone ? undefined : user, signal) : [];
	records.begin();
	const {read, unreadable} = records.read([...past, ...live]);
	const jobs = firstOfEach(ended ? read : read.filter(({terminal}) => !terminal));
	return {jobs, unreadable, covers: 'everything'};
};

const readMine = async (
	{programs}: Server,
	user: string,
	signal: AbortSignal,
): Promise<readonly unknown[]> => {
	const ids = await selectIds(programs, {user, ended: false}, signal);
	if (ids.length === 0) return [];
	if (ids.length <= maxNamed) return (await readJobs(programs, {}, ids, signal)).records;
	const {records} = await readJobs(programs, {}, undefined, signal);
	// What cannot be read may be mine.
	return records.filter(record => !isRecord(record) || (ownerOf(record) ?? user) === user);
};

const readEnded = async (
	{programs}: Server,
	user: string | undefined,
	signal: AbortSignal,
): Promise<readonly unknown[]> => {
	const ids = await selectIds(programs, {user, ended: true}, signal);
	const numberOf = (id: string) => Number(parseId(id)?.number);
	const newest = [...ids].sort((a, b) => numberOf(b) - numberOf(a)).slice(0, maxEnded);
	return newest.length === 0 ? [] : (await readJobs(programs, {history: true}, newest, signal)).records;
};

const firstOfEach = (jobs: readonly Job[]): readonly Job[] => {
	const seen = new Set<string>();
	return jobs.filter(({id}) => !seen.has(id) && seen.add(id));
};
