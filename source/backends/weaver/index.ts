import type {Job} from '../../job/job.ts';
import type {BackendDefinition, ListPage, ListRequest} from '../backend.ts';
import {type HttpOptions, openHttp} from '../http.ts';
import {HttpError, serverWords} from '../http-failure.ts';
import {httpSystem} from '../http-system.ts';
import type {KnownRecords} from '../known-records.ts';
import {explain, jobPath, malformed, oneJob} from '../ogc/one-job.ts';
import {explainNoResults, readResults} from '../ogc/results.ts';
import {activeStatuses, createListReading, type Home, listSchema} from '../ogc/wire.ts';
import {isTooSlow, smallerPage} from '../smaller-pages.ts';
import {traits} from './facts.ts';
import {logPage, readExceptions, readLog} from './logs.ts';
import {isWeaverException, weaverPage} from './own-words.ts';

export type WeaverOptions = HttpOptions & {
	/** Jobs a page, 1 to 1000; 500 if not said. */
	readonly pageSize?: number;
};

/** Jobs of a Weaver server (OGC API - Processes). https://pavics-weaver.readthedocs.io/en/latest/processes.html */
export const weaver: BackendDefinition<WeaverOptions> = {
	traits,
	connect(profile, options) {
		const http = openHttp(
			{connections: traits.concurrency, ...options},
			{title: traits.title, isOwn: isWeaverException, page: weaverPage},
		);
		const home: Home = {profile, backend: 'weaver'};
		const records = createListReading(home);
		const one = oneJob(http, home);
		// A server that is too slow for this many jobs gets requests for fewer from then on.
		const usual = options.pageSize ?? 500;
		let pageSize = usual;
		// An older server may not know every word of the filter; then all jobs are asked for and the ended ones left out here.
		let knowsFilter = true;

		const listPage = async (request: ListRequest): Promise<ListPage> => {
			if (request.cursor === undefined) records.begin();
			const place = readCursor(request.cursor, usual, pageSize);
			const filtered = !request.ended && knowsFilter;
			const query = {
				detail: true,
				limit: place.size,
				page: place.page,
				sort: 'created',
				status: filtered ? activeStatuses : undefined,
			};
			try {
				const {body} = await http.json({path: '/jobs', query, parse: records.parse, signal: request.signal});
				return readPage(body, place, {usual, ended: request.ended}, records);
			} catch (error) {
				const smaller = isTooSlow(error) ? smallerPage(place.size) : undefined;
				if (smaller !== undefined) {
					pageSize = Math.min(pageSize, smaller);
					const page = place.page * (place.size / smaller);
					return listPage({...request, cursor: cursorOf({...place, page, size: smaller}, usual)});
				}
				if (!(error instanceof HttpError) || error.status !== 400) throw error;
				if (filtered && place.page === 0 && complainsAboutStatus(error.body)) {
					knowsFilter = false;
					return listPage(request);
				}
				// A page past the end is a 400 too: jobs went while the pages were read.
				if (place.page > 0) return {jobs: [], unreadable: 0, covers: 'part'};
				throw error;
			}
		};

		return {
			listPage,
			...one,
			async logs(id, {signal, after}) {
				// The look comes first: of a job that had ended then, the log is whole now.
				const {job} = await one.get(id, {signal});
				const {text} = await http.text({path: jobPath(id, '/logs'), signal}).catch(explainNoLog);
				const lines = readLog(text);
				if (job.phase === 'failed') {
					const {body} = await http.json({path: jobPath(id, '/exceptions'), signal}).catch(explainNoLog);
					lines.push(...readExceptions(body));
				}
				return logPage(lines, {after, ended: job.terminal});
			},
			async results(id, {signal}) {
				// `/results` gives the content itself of a job that was submitted for a raw answer; this one never does.
				const {body} = await http.json({path: jobPath(id, '/outputs'), signal}).catch(explainNoResults);
				return readResults(body);
			},
			system: async () => httpSystem(traits.kind, options),
			close: http.close,
		};
	},
};

/** Where a page stands, how many jobs a page has, and how many jobs there were when the page before it was read. */
type Place = {readonly page: number; readonly size: number; readonly total?: number};

const cursorOf = ({page, size, total}: Place, usual: number): string =>
	[page, total ?? '', ...(size === usual ? [] : [size])].join('/');

const readCursor = (cursor: string | undefined, usual: number, now: number): Place => {
	if (cursor === undefined) return {page: 0, size: now};
	const [page, total, size] = cursor.split('/');
	return {
		page: Number(page),
		size: size === undefined ? usual : Number(size),
		...(total && {total: Number(total)}),
	};
};

/** The usual jobs a page, and whether ended jobs were requested too. */
type PageRequest = {readonly usual: number; readonly ended: boolean};

const readPage = (
	body: unknown,
	place: Place,
	{usual, ended}: PageRequest,
	records: KnownRecords<Job>,
): ListPage => {
	const page = listSchema.safeParse(body).data;
	if (page === undefined) throw malformed('the answer is not a list of jobs');
	const {total} = page;
	const {read, unreadable} = records.read(page.jobs);
	const jobs: Job[] = ended ? read : read.filter(job => !job.terminal);
	// A server that does not count its pages would give the first one for ever.
	const pages = page.page === place.page && typeof total === 'number';
	const more = (place.page + 1) * (page.limit ?? place.size) < (total ?? 0) && page.jobs.length > 0;
	// Another number of jobs than before: some may have slipped over the border between two pages.
	const steady = place.total === undefined || place.total === total;
	const whole = pages ? steady : place.page === 0 && page.jobs.length < place.size;
	return {
		jobs,
		unreadable,
		...(pages && more && {cursor: cursorOf({page: place.page + 1, size: place.size, total}, usual)}),
		covers: whole ? 'everything' : 'part',
	};
};

const complainsAboutStatus = (body: unknown): boolean => {
	if (typeof body !== 'object' || body === null) return false;
	const {value, cause} = body as Record<string, unknown>;
	if (typeof value === 'object' && value !== null) return 'status' in value;
	return /\bstatus\b/.test(`${typeof cause === 'string' ? cause : ''} ${serverWords(body) ?? ''}`);
};

/** Weaver keeps no log of a dismissed job. */
const explainNoLog = (error: unknown): never => {
	if (error instanceof HttpError && error.status === 410 && error.failure.kind === 'not-found') {
		const detail = `its log was removed when it was dismissed (${error.failure.detail})`;
		throw new HttpError({kind: 'not-found', detail}, error.status, error.body);
	}
	return explain(error);
};
