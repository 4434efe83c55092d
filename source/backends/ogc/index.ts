import type {Job} from '../../job/job.ts';
import type {BackendDefinition, ListPage, ListRequest} from '../backend.ts';
import {isFastapiDetail} from '../fastapi.ts';
import {type HttpOptions, openHttp} from '../http.ts';
import {HttpError, serverWords} from '../http-failure.ts';
import {httpSystem} from '../http-system.ts';
import type {KnownRecords} from '../known-records.ts';
import {traits} from './facts.ts';
import {jobPath, malformed, oneJob} from './one-job.ts';
import {explainNoResults, readAnswer} from './results.ts';
import {createListReading, type Home, isOgcException, listSchema, readLinks} from './wire.ts';

export type OgcOptions = HttpOptions & {
	/** Jobs a page that are asked for; 100 if not said. Servers may give fewer. */
	readonly pageSize?: number;
};

/** Jobs of any other server of OGC API - Processes, such as pygeoapi. https://docs.ogc.org/is/18-062r2/18-062r2.html */
export const ogc: BackendDefinition<OgcOptions> = {
	traits,
	connect(profile, options) {
		const http = openHttp(
			{connections: traits.concurrency, ...options},
			// Some are made with FastAPI, and say as it does why not.
			{title: 'the OGC API', isOwn: body => isOgcException(body) || isFastapiDetail(body)},
		);
		const home: Home = {profile, backend: 'ogc'};
		const records = createListReading(home);
		const limit = options.pageSize ?? 100;
		// A server may refuse more jobs a page than it gives at most, without saying how many that are; then it chooses.
		let choosesLimit = false;
		// A list of bare ids, as Weaver gives it, holds whole records on request.
		let wantsDetail = false;

		const listPage = async (request: ListRequest): Promise<ListPage> => {
			if (request.cursor === undefined) records.begin();
			const {signal, ended, cursor} = request;
			const firstQuery = [choosesLimit ? '' : `limit=${limit}`, wantsDetail ? 'detail=true' : '']
				.filter(Boolean)
				.join('&');
			const place: Place =
				cursor === undefined ? {query: firstQuery, page: 0, before: 0} : JSON.parse(cursor);
			try {
				const {body} = await http.json({
					path: `/jobs${place.query && `?${place.query}`}`,
					parse: records.parse,
					signal,
				});
				if (!wantsDetail && place.page === 0 && isBare(body)) {
					wantsDetail = true;
					return listPage(request);
				}
				return readPage(body, place, {limit, detail: wantsDetail, ended}, records);
			} catch (error) {
				const refused = error instanceof HttpError && error.status === 400 && place.page === 0;
				if (choosesLimit || !refused || !/limit/i.test(serverWords(error.body) ?? '')) throw error;
				choosesLimit = true;
				return listPage(request);
			}
		};

		return {
			...oneJob(http, home),
			listPage,
			async results(id, {signal}) {
				const answer = await http.text({path: jobPath(id, '/results'), signal}).catch(explainNoResults);
				return readAnswer(answer);
			},
			system: async () => httpSystem(traits.kind, options),
			close: http.close,
		};
	},
};

/** Where a page stands. It is the cursor, so it also holds what detects a list that goes in circles. */
type Place = {
	/** The query that asks for the page. */
	readonly query: string;
	/** How many pages stand before it. */
	readonly page: number;
	/** How many jobs stand before it. */
	readonly before: number;
	/** How many there are in all, where the page before it said so. */
	readonly total?: number;
	/** One of the pages before it: meeting that again, in whatever way, means going round. */
	readonly mark?: {readonly query: string; readonly first: unknown};
};

/** Whether a list holds only the ids of its jobs. */
const isBare = (body: unknown): boolean =>
	listSchema.safeParse(body).data?.jobs.some(job => typeof job === 'string') ?? false;

/** How pages are requested: jobs a page, whole records, and ended jobs too. */
type PageRequest = {readonly limit: number; readonly detail: boolean; readonly ended: boolean};

const readPage = (
	body: unknown,
	place: Place,
	request: PageRequest,
	records: KnownRecords<Job>,
): ListPage => {
	const {limit, ended} = request;
	const list = listSchema.safeParse(body).data;
	if (list === undefined) throw malformed('the answer is not a list of jobs');
	const {read, unreadable} = records.read(list.jobs);
	const jobs: Job[] = ended ? read : read.filter(job => !job.terminal);
	const total = list.numberMatched ?? list.total ?? undefined;
	const first = read[0]?.id;
	const done = {jobs, unreadable, covers: 'everything'} as const;
	const stopped = {jobs, unreadable, covers: 'part'} as const;

	const here = place.before + list.jobs.length;
	const links = readLinks(body);
	const link = links?.find(({rel}) => rel === 'next');
	// A page without jobs is the last one, whatever it links to. pygeoapi links to such a page behind every full one.
	if (list.jobs.length === 0) return total !== undefined && here < total ? stopped : done;
	// Some may have slipped over the border between two pages.
	const covers = place.total === undefined || place.total === total ? 'everything' : 'part';
	const more = total === undefined ? links === undefined && list.jobs.length >= limit : here < total;
	if (link === undefined && !more) return {...done, covers};

	const query =
		link === undefined ? countedQuery(list.page ?? undefined, here, request) : linkedQuery(link.href);
	if (query === undefined) return stopped;
	const {mark} = place;
	const round = mark !== undefined && (query === mark.query || (first !== undefined && first === mark.first));
	if (round) return stopped;
	const page = place.page + 1;
	const next: Place = {
		query,
		page,
		before: here,
		...(total !== undefined && {total}),
		// The mark moves on at each power of two, so that every circle is long enough to meet it (Brent).
		mark: mark === undefined || (page & (page - 1)) === 0 ? {query: place.query, first} : mark,
	};
	return {jobs, unreadable, cursor: JSON.stringify(next), covers};
};

/** What asks for the next page of a server that does not link to it. */
const countedQuery = (page: number | undefined, before: number, {limit, detail}: PageRequest): string =>
	(page === undefined ? `limit=${limit}&offset=${before}` : `limit=${limit}&page=${page + 1}`) +
	(detail ? '&detail=true' : '');

/**
The query of a link to the next page; undefined where the link leads elsewhere than to a list of jobs.

Only the query is taken, and asked of the address that the profile has: credentials go nowhere else, whatever a link says, and a server that does not know its own public address is read all the same.
*/
const linkedQuery = (href: string): string | undefined => {
	if (!URL.canParse(href, 'http://relative.invalid/jobs')) return undefined;
	const {pathname, searchParams} = new URL(href, 'http://relative.invalid/jobs');
	return /\/jobs\/?$/.test(pathname) ? String(searchParams) : undefined;
};
