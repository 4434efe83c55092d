import type {Job} from '../../job/job.ts';
import type {ListPage, ListRequest} from '../backend.ts';
import {HttpError} from '../http-failure.ts';
import type {ReadRecords} from '../read-records.ts';
import {isTooSlow, smallerPage} from '../smaller-pages.ts';
import {malformed, type Server} from './server.ts';
import {createListReading, type Envelope, liveWords} from './wire.ts';

/** Lists the jobs page by page. It adapts to the server: to smaller pages, and to a server without a search. */
export const createListPage = (
	server: Server,
	profile: string,
	pageSize: number,
): ((request: ListRequest) => Promise<ListPage>) => {
	// A server that is too slow for this many jobs gets requests for fewer from then on.
	let currentPageSize = pageSize;
	// Where the server refuses the search, all jobs are requested and the ended ones left out here.
	let knowsSearch = true;
	const records = createListReading(profile);

	const listPage = async (request: ListRequest): Promise<ListPage> => {
		const place = readCursor(request.cursor);
		if (request.cursor === undefined) records.begin();
		const limit = currentPageSize;
		const searching = !request.ended && knowsSearch;
		const query = {
			limit,
			skip: place.skip,
			orderBy: 'created(desc)',
			computeTotal: true,
			listType: request.everyone ? 'ALL_JOBS' : 'MY_JOBS',
			'status.in': searching ? liveWords.join(',') : undefined,
		};
		const path = searching ? '/search' : '/list';
		try {
			const parse = (bytes: Buffer) => records.parse(bytes, server.claims().user);
			const envelope = await server.ask({path, query, parse, signal: request.signal});
			const page = {...place, pageSize: limit, ended: request.ended};
			return readPage(envelope, page, results => records.read(results, server.claims().user));
		} catch (error) {
			const smaller = isTooSlow(error) ? smallerPage(limit) : undefined;
			if (smaller !== undefined) {
				currentPageSize = Math.min(currentPageSize, smaller);
				return listPage(request);
			}
			if (!searching || !(error instanceof HttpError) || error.status !== 400) throw error;
			knowsSearch = false;
			return listPage({signal: request.signal, everyone: request.everyone, ended: request.ended});
		}
	};

	return listPage;
};

/** Where a page begins, and how many jobs there were when the page before it was read. */
type PagePlace = {readonly skip: number; readonly total?: number};

const readCursor = (cursor: string | undefined): PagePlace =>
	cursor === undefined ? {skip: 0} : (JSON.parse(cursor) as PagePlace);

const readPage = (
	{result, metadata}: Envelope,
	request: PagePlace & {readonly pageSize: number; readonly ended: boolean},
	read: (results: readonly unknown[]) => ReadRecords<Job>,
): ListPage => {
	if (!Array.isArray(result)) throw malformed('the answer is not a list of jobs');
	const {read: jobs, unreadable} = read(result);
	const shownJobs = request.ended ? jobs : jobs.filter(job => !job.terminal);
	// A server that skips no jobs would give the first page for ever.
	if (request.skip > 0 && (metadata?.recordsSkipped ?? request.skip) !== request.skip) {
		return {jobs: shownJobs, unreadable, covers: 'part'};
	}
	// -1 where nobody counted.
	const counted = metadata?.totalCount;
	const total = typeof counted === 'number' && counted >= 0 ? counted : undefined;
	const seen = request.skip + result.length;
	const more = result.length > 0 && (total === undefined ? result.length === request.pageSize : seen < total);
	// Another number of jobs than before: some may have slipped over the border between two pages.
	const steady = request.total === undefined || request.total === total;
	const next: PagePlace = {skip: seen, ...(total !== undefined && {total})};
	return {
		jobs: shownJobs,
		unreadable,
		...(more && {cursor: JSON.stringify(next)}),
		covers: steady && (more || total === undefined || seen >= total) ? 'everything' : 'part',
	};
};
