import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import type {
	BackendDefinition,
	BackendTraits,
	CancelReceipt,
	ListPage,
	ListRequest,
	RequestOptions,
} from '../backend.ts';
import {type Http, type HttpOptions, type HttpRequest, openHttp} from '../http.ts';
import {HttpError} from '../http-failure.ts';
import {httpSystem} from '../http-system.ts';
import {shown} from '../read-fields.ts';
import {readRecords} from '../read-records.ts';
import {isTooSlow, smallerPage} from '../smaller-pages.ts';
import {apiPath, filesOf, jobPath} from './files.ts';
import {explain, isAmbiguous} from './refusals.ts';
import {expiredWords, readClaims, type TokenClaims} from './token.ts';
import {
	type Envelope,
	envelopeSchema,
	isTapisEnvelope,
	liveWords,
	messageSchema,
	readDetail,
	readJob,
	readTraces,
	statuses,
	type Traces,
} from './wire.ts';

/**
`url` is the tenant's, such as `https://tacc.tapis.io`; what may follow it (`/v3`, `/v3/jobs`) is understood. `headers` gives `X-Tapis-Token`.
*/
export type TapisOptions = HttpOptions & {
	/** Jobs a page; 500 if not said. */
	readonly pageSize?: number;
};

const minute = 60_000;

const traits: BackendTraits = {
	kind: 'tapis',
	title: 'Tapis',
	statuses,
	resend: 'safe',
	gone: 'unknown',
	consequence:
		'Tapis stops the job when its worker next looks, up to ten minutes later; the job of the remote scheduler may still run for a while after that.',
	// A worker looks for orders between two polls of the remote system, which come to be ten minutes apart.
	tells: {others: 'asked', history: 'events'},
	patience: {
		firstPollMs: 5000,
		slowestPollMs: 30_000,
		overdueAfterMs: 20 * minute,
		reissueAfterMs: 11 * minute,
		confirmGoneAfterMs: 3000,
	},
	concurrency: 4,
	intervalMs: 5000,
};

/** Jobs of Tapis v3. https://tapis-project.github.io/live-docs/?service=Jobs */
export const tapis: BackendDefinition<TapisOptions> = {
	traits,
	connect(profile, options) {
		let claims: TokenClaims = {};
		const base = options.url.replace(/\/v3(?:\/jobs)?\/*$/, '').replace(/\/+$/, '');
		const http = openHttp(
			{
				connections: traits.concurrency,
				...options,
				url: base,
				async headers() {
					const headers = (await options.headers?.()) ?? {};
					claims = readClaims(tokenIn(headers));
					return headers;
				},
			},
			{title: traits.title, isOwn: isTapisEnvelope},
		);
		// A server that is too slow for so many is asked for fewer from then on.
		let pageSize = options.pageSize ?? 500;
		// Where the search is refused, all jobs are asked for and the ended ones left out here.
		let knowsSearch = true;

		/** The words of a refused token say when it expired. */
		const explainToken = (error: unknown): never => {
			const words = expiredWords(claims, Date.now());
			if (!(error instanceof HttpError) || error.failure.kind !== 'unauthorized' || words === undefined) {
				throw error;
			}
			const detail = `${words}: ${error.failure.detail}`;
			throw new HttpError({kind: 'unauthorized', detail}, error.status, error.body);
		};

		const ask = async (request: HttpRequest): Promise<Envelope> => {
			const {body} = await http
				.json({...request, path: apiPath + request.path})
				.catch(explain)
				.catch(explainToken);
			// An order that is answered without a word was taken.
			const bare = body === undefined && request.method === 'POST';
			const envelope = envelopeSchema.safeParse(bare ? {} : body).data;
			if (envelope === undefined) throw malformed('the answer is not what Tapis answers');
			if (envelope.status === 'error') throw malformed('the answer is an error that calls itself a success');
			return envelope;
		};

		/** As `http.read`, below the address of the jobs. */
		const read: Http['read'] = (request, take) =>
			http
				.read({...request, path: apiPath + request.path}, take)
				.catch(explain)
				.catch(explainToken);

		const listPage = async (request: ListRequest): Promise<ListPage> => {
			const place = readCursor(request.cursor);
			const limit = pageSize;
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
				const envelope = await ask({path, query, signal: request.signal});
				return readPage(envelope, place, limit, request.ended, record => readJob(record, profile, claims));
			} catch (error) {
				const smaller = isTooSlow(error) ? smallerPage(limit) : undefined;
				if (smaller !== undefined) {
					pageSize = Math.min(pageSize, smaller);
					return listPage(request);
				}
				if (!searching || !(error instanceof HttpError) || error.status !== 400) throw error;
				knowsSearch = false;
				return listPage({signal: request.signal, everyone: request.everyone, ended: request.ended});
			}
		};

		/** Whether a job that could not be selected is not there: the status of an unknown one is answered with a 404. */
		const decide = async (error: unknown, id: string, signal: AbortSignal): Promise<never> => {
			if (!isAmbiguous(error)) throw error;
			try {
				await ask({path: `${jobPath(id)}/status`, fresh: true, signal});
			} catch (second) {
				signal.throwIfAborted();
				if (second instanceof BackendError && second.failure.kind === 'not-found') throw second;
			}
			throw error;
		};

		/** What happened to a job, for people. It is worth nothing without the job, and costs it nothing. */
		const readHistory = async (id: string, signal: AbortSignal): Promise<unknown> => {
			try {
				return (await ask({path: `${jobPath(id)}/history`, query: {limit: 1000}, signal})).result;
			} catch (error) {
				if (error instanceof BackendError) return undefined;
				throw error;
			}
		};

		const askFor = async (id: string, signal: AbortSignal): Promise<unknown> => {
			const {result} = await ask({path: jobPath(id), fresh: true, signal}).catch((error: unknown) =>
				decide(error, id, signal),
			);
			return result;
		};

		/** A job that is the one that was asked for. */
		const recordOf = async (id: string, signal: AbortSignal) => {
			const result = await askFor(id, signal);
			const job = readJob(result, profile, claims);
			checkIdentity(job?.id, id);
			return {result, job};
		};

		/** The job, where its files are and which of them it prints to. */
		const lookForTraces = async (id: string, signal: AbortSignal): Promise<Traces> => {
			const traces = readTraces(await askFor(id, signal), profile, claims);
			checkIdentity(traces?.job.id, id);
			return traces as Traces;
		};

		const setVisibility = async (how: 'hide' | 'unhide', id: string, {signal}: RequestOptions) => {
			await ask({method: 'POST', path: `${jobPath(id)}/${how}`, signal});
		};

		return {
			listPage,
			async look(id, {signal}) {
				const {job} = await recordOf(id, signal);
				if (job === undefined) throw malformed('the answer is no job');
				return job;
			},
			async get(id, {signal}) {
				const {result} = await recordOf(id, signal);
				const detail = readDetail(result, await readHistory(id, signal), profile, claims);
				if (detail === undefined) throw malformed('the answer is no job');
				return detail;
			},
			async cancel(id, {signal}) {
				try {
					return readReceipt(await ask({...cancelRequest(id), signal}));
				} catch (error) {
					/*
					JOBS_QMGR_POST_CANCEL stays `broken`, which may have arrived and may be asked again. It says that one of two orders could not be queued; the first of them, to the job's worker, may have been.
					*/
					if (!(error instanceof HttpError) || error.status !== 409 || error.failure.kind !== 'conflict')
						throw error;
					return {kind: 'too-late', detail: error.failure.detail};
				}
			},
			hide: (id, request) => setVisibility('hide', id, request),
			unhide: (id, request) => setVisibility('unhide', id, request),
			describeLook: id => http.describe({path: apiPath + jobPath(id)}),
			// The path of a job in TapisUI, which each tenant has at its own address:
			// https://github.com/tapis-project/tapis-ui/blob/dev/src/app/Jobs/_Router/Router.tsx
			pageUrl: id => `${new URL(options.url).origin}/#/jobs${jobPath(id)}`,
			describeCancel: ids =>
				ids.map(id => {
					const {method, path} = cancelRequest(id);
					return http.describe({method, path: apiPath + path});
				}),
			...filesOf({look: lookForTraces, ask, read, address: base}),
			async system() {
				// Whose jobs they are stands in the token; without one there is nothing to know yet.
				const headers = await Promise.resolve(options.headers?.()).catch(() => undefined);
				const account = headers && readClaims(tokenIn(headers)).user;
				return httpSystem(traits.kind, {url: base, ...(account !== undefined && {account})});
			},
			close: http.close,
		};
	},
};

const cancelRequest = (id: string) => ({method: 'POST', path: `${jobPath(id)}/cancel`}) as const;

const tokenIn = (headers: Readonly<Record<string, string>>): string | undefined =>
	Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-tapis-token')?.[1];

/** Where a page begins, and how many jobs there were when the page before it was read. */
type PagePlace = {readonly skip: number; readonly total?: number};

const readCursor = (cursor: string | undefined): PagePlace =>
	cursor === undefined ? {skip: 0} : (JSON.parse(cursor) as PagePlace);

const readPage = (
	{result, metadata}: Envelope,
	place: PagePlace,
	pageSize: number,
	ended: boolean,
	read: (record: unknown) => ReturnType<typeof readJob>,
): ListPage => {
	if (!Array.isArray(result)) throw malformed('the answer is no list of jobs');
	const {read: jobs, unreadable} = readRecords(result, read);
	const shownJobs = ended ? jobs : jobs.filter(job => !job.terminal);
	// A server that passes over none would give the first page for ever.
	if (place.skip > 0 && (metadata?.recordsSkipped ?? place.skip) !== place.skip) {
		return {jobs: shownJobs, unreadable, covers: 'part'};
	}
	// -1 where nobody counted.
	const counted = metadata?.totalCount;
	const total = typeof counted === 'number' && counted >= 0 ? counted : undefined;
	const seen = place.skip + result.length;
	const more = result.length > 0 && (total === undefined ? result.length === pageSize : seen < total);
	// Another number of jobs than before: some may have slipped over the border between two pages.
	const steady = place.total === undefined || place.total === total;
	const next: PagePlace = {skip: seen, ...(total !== undefined && {total})};
	return {
		jobs: shownJobs,
		unreadable,
		...(more && {cursor: JSON.stringify(next)}),
		covers: steady && (more || total === undefined || seen >= total) ? 'everything' : 'part',
	};
};

// https://github.com/tapis-project/tapis-ui/issues/483
const afterwards = "the remote scheduler's own job may still run for a while after Tapis says CANCELLED";

/** The order was taken, no more: nothing in the answer tells what becomes of it. */
const readReceipt = ({result}: Envelope): CancelReceipt => {
	const words = shown(messageSchema.safeParse(result).data?.message)?.replace(/\.$/, '');
	return {kind: 'accepted', detail: [words, afterwards].filter(Boolean).join('; ')};
};

const checkIdentity = (answered: string | undefined, id: string): void => {
	if (answered === undefined) throw malformed('the answer is no job');
	if (answered !== id) throw malformed(`asked for ${cleanText(id, 100)}, got ${answered}`);
};

const malformed = (detail: string): BackendError => new BackendError({kind: 'malformed', detail});
