import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import {normalizeStatus} from '../../job/phase.ts';
import type {BackendDefinition, CancelReceipt, ListPage, ListRequest, RequestOptions} from '../backend.ts';
import {endedBefore, explainPath, refusesQuery} from '../fastapi.ts';
import {type HttpOptions, type JsonAnswer, openHttp, pathSegment} from '../http.ts';
import {HttpError} from '../http-failure.ts';
import {httpLimits} from '../http-limits.ts';
import {httpSystem} from '../http-system.ts';
import type {KnownRecords} from '../known-records.ts';
import {readResults} from '../read-results.ts';
import {traits} from './facts.ts';
import {
	createListReading,
	type IonworksRecord,
	isChildOf,
	isIonworksAnswer,
	liveWords,
	mayHaveChildren,
	readDetail,
	readPage,
	readRecord,
	readTraces,
	type WirePage,
	withChildren,
	withProgress,
	withUnknownChildren,
} from './wire.ts';

/** `headers` gives `X-API-Key` or a bearer token, and `X-Organization-Id` where an organization is chosen. */
export type IonworksOptions = HttpOptions & {
	/** Jobs a page, 1 to 100; 100 if not said. */
	readonly pageSize?: number;
};

/** Where Ionworks is, unless a profile says another place. */
export const ionworksUrl = 'https://api.ionworks.com';

/** Jobs of Ionworks Studio. https://docs.ionworks.com */
export const ionworks: BackendDefinition<IonworksOptions> = {
	traits,
	connect(profile, options) {
		const http = openHttp(
			{connections: traits.concurrency, ...options},
			{title: traits.title, isOwn: isIonworksAnswer},
		);
		const pageSize = options.pageSize ?? 100;
		const longestMs = options.limits?.wholeMs ?? httpLimits.wholeMs;
		// Only one word can be asked for at a time. A server that does not take it is read whole.
		let knowsFilter = true;

		const records = createListReading(profile);

		/** One page, and where the next one begins. */
		const readAt = async (place: Place, signal: AbortSignal, known: KnownRecords<IonworksRecord>) => {
			const word = place.word === undefined ? undefined : liveWords[place.word];
			const query = {limit: pageSize, offset: place.offset === 0 ? undefined : place.offset, status: word};
			const {body} = await http.json({path: '/jobs', query, parse: known.parse, signal});
			const page = readPage(body);
			if (page === undefined) throw malformed('the answer is not a list of jobs');
			const {read, unreadable} = known.read(page.records);
			return {read, unreadable, ...placeAfter(place, page, read[0]?.job.id, pageSize)};
		};

		const listPage = async (request: ListRequest): Promise<ListPage> => {
			const {signal, everyone, ended} = request;
			const place = readCursor(request.cursor);
			const word = place.word === undefined ? undefined : liveWords[place.word];
			const readWhole = () => {
				knowsFilter = false;
				return listPage({signal, everyone, ended});
			};
			if (request.cursor === undefined) records.begin();
			const page = await readAt(place, signal, records).catch((error: unknown) => {
				if (word !== undefined && refusesQuery(error)) return undefined;
				throw error;
			});
			if (page === undefined) return readWhole();
			const {read, unreadable, next, whole} = page;
			if (word !== undefined && read.some(({status}) => normalizeStatus(status) !== word)) return readWhole();
			const onlyPage = word === undefined && place.offset === 0 && next === undefined && whole;
			const jobs = onlyPage ? withProgress(read) : read.map(withUnknownChildren);
			const following = ended || !knowsFilter ? next : livePlaceAfter(place, next);
			return {
				jobs: ended ? jobs : jobs.filter(job => !job.terminal),
				unreadable,
				...(following !== undefined && {cursor: JSON.stringify(following)}),
				covers: whole ? 'everything' : 'part',
			};
		};

		/** A job that is the one that was asked for. */
		const lookAt = async (id: string, {signal}: RequestOptions) => {
			const path = `/jobs/${pathSegment(id)}`;
			const {body, header} = await http.json({path, fresh: true, signal}).catch(explainPath);
			const record = readRecord(body, profile);
			if (record === undefined) throw malformed('the answer is not a job');
			if (record.job.id !== id) throw malformed(`asked for ${cleanText(id, 100)}, got ${record.job.id}`);
			return {record, body, correlation: header('x-correlation-id')};
		};

		/** The children of a job among the jobs that are listed first; nothing else names them. */
		const findChildren = async (id: string, signal: AbortSignal) => {
			const children: IonworksRecord[] = [];
			let place: Place | undefined = {offset: 0};
			let whole = true;
			for (let pages = 0; place !== undefined && pages < mostPages; pages += 1) {
				const page: Awaited<ReturnType<typeof readAt>> = await readAt(
					place,
					signal,
					createListReading(profile),
				);
				children.push(...page.read.filter(isChildOf(id)));
				whole &&= page.whole && page.unreadable === 0;
				place = page.next;
			}
			return {children, whole: whole && place === undefined};
		};

		return {
			listPage,
			async get(id, request) {
				const {record, body, correlation} = await lookAt(id, request);
				const detail = readDetail(body, record, correlation);
				if (!mayHaveChildren(record)) return detail;
				// A look is good without them too.
				const found = await findChildren(id, request.signal).catch(lesser);
				return found === undefined ? detail : withChildren(detail, found.children, found.whole);
			},
			async look(id, request) {
				const {record} = await lookAt(id, request);
				return record.job;
			},
			async results(id, request) {
				const {body} = await lookAt(id, request);
				const path = `/jobs/${pathSegment(id)}/metadata`;
				// For a job without metadata, as is usual, the server answers 404.
				const metadata = await http.json({path, signal: request.signal}).catch((error: unknown) => {
					if (error instanceof HttpError && error.failure.kind === 'not-found') return undefined;
					throw error;
				});
				return [
					...readResults(readTraces(body)?.result, 'result'),
					...readResults(metadata?.body, 'metadata'),
				];
			},
			async cancel(id, {signal}) {
				const answer = await http.json({...cancelRequest(id), signal}).catch(explainPath);
				return readReceipt(answer, id, longestMs);
			},
			describeLook: id => http.describe({path: `/jobs/${pathSegment(id)}`}),
			describeCancel: ids => ids.map(id => http.describe(cancelRequest(id))),
			system: async () => httpSystem(traits.kind, options),
			close: http.close,
		};
	},
};

/** Pages that are looked through for the children of a job. */
const mostPages = 5;

/** What is missing without it is not worth the rest of an answer. */
const lesser = (error: unknown): undefined => {
	if (!(error instanceof BackendError)) throw error;
};

const cancelRequest = (id: string) =>
	({method: 'POST', path: `/jobs/${pathSegment(id)}/cancel`, body: {}}) as const;

/** Where a page begins, and what is known from the page before it. */
type Place = {
	/** Which of the live words is asked for; absent where all jobs are. */
	readonly word?: number;
	readonly offset: number;
	readonly first?: string;
	readonly total?: number;
};

const readCursor = (cursor: string | undefined): Place =>
	cursor === undefined ? {offset: 0} : (JSON.parse(cursor) as Place);

/** Where the next page begins, if there is one, and whether the pages so far fit together. */
/** `first`: the first job of the page. */
const placeAfter = (
	place: Place,
	{records, total}: WirePage,
	first: string | undefined,
	pageSize: number,
): {readonly next?: Place; readonly whole: boolean} => {
	// A server that knows no offset gives the first page for ever.
	if (place.offset > 0 && first !== undefined && first === place.first) return {whole: false};
	const seen = place.offset + records.length;
	const more = records.length > 0 && (total === undefined ? records.length === pageSize : seen < total);
	// Another number of jobs than before: some may have slipped over the border between two pages.
	const steady = place.total === undefined || place.total === total;
	const next: Place = {
		...(place.word !== undefined && {word: place.word}),
		offset: seen,
		...(first !== undefined && {first}),
		...(total !== undefined && {total}),
	};
	return {...(more && {next}), whole: steady && (more || total === undefined || seen >= total)};
};

/** Of a list that is longer than a page only the live jobs are read on, one word after the other. */
const livePlaceAfter = (place: Place, next: Place | undefined): Place | undefined => {
	if (place.word === undefined) return next === undefined ? undefined : {word: 0, offset: 0};
	if (next !== undefined) return next;
	return place.word + 1 < liveWords.length ? {word: place.word + 1, offset: 0} : undefined;
};

/** An answer alone is no proof: the job in it shows the status. */
const readReceipt = ({body, header}: JsonAnswer, id: string, longestMs: number): CancelReceipt => {
	const record = readRecord(body, '');
	if (record === undefined) return {kind: 'accepted'};
	const {job} = record;
	if (job.id !== id) {
		throw malformed(`asked to cancel ${cleanText(id, 100)}, the answer names ${job.id}`);
	}
	const {phase, terminal, status} = job;
	const detail = `it answers that the job is ${status}`;
	if (!terminal) return {kind: 'accepted', detail};
	if (phase !== 'cancelled') return {kind: 'too-late', detail};
	const before = endedBefore(readTraces(body)?.completed_at, header('date'), longestMs);
	return {kind: before ? 'already' : 'done', detail};
};

const malformed = (detail: string): BackendError => new BackendError({kind: 'malformed', detail});
