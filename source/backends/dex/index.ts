import {cleanText} from '../../job/clean-text.ts';
import {BackendError} from '../../job/failure.ts';
import {isEnd, normalizeStatus, phaseOf} from '../../job/phase.ts';
import type {BackendDefinition, CancelReceipt, ListPage, ListRequest, RequestOptions} from '../backend.ts';
import {endedBefore, explainPath, isFastapiDetail, refusesQuery} from '../fastapi.ts';
import {type HttpOptions, type JsonAnswer, openHttp, pathSegment} from '../http.ts';
import {HttpError} from '../http-failure.ts';
import {httpLimits} from '../http-limits.ts';
import {httpSystem} from '../http-system.ts';
import {statuses, traits} from './facts.ts';
import {listProjects} from './projects.ts';
import {listResults} from './results.ts';
import {
	createListReading,
	isOf,
	joinId,
	liveWords,
	pageSchema,
	readDetail,
	readRecord,
	splitId,
	type WireJob,
	type WirePage,
} from './wire.ts';

/** `headers` gives `x-api-key` and `x-selected-account-id`; the server wants both. */
export type DexOptions = HttpOptions & {
	/** Jobs a page, 1 to 100; 100 if not said. */
	readonly pageSize?: number;
} & (
		| {readonly project: string}
		/** Some by their ids, or all of the account, searched again with every list. */
		| {readonly projects: readonly string[] | 'all'}
	);

/** Where Dex is, unless a profile says another place. */
export const dexUrl = 'https://dex.sgp.scale.com';

/** Jobs of Scale's Dex (document understanding). https://docs.gp.scale.com/reference/dex */
export const dex: BackendDefinition<DexOptions> = {
	traits,
	connect(profile, options) {
		const http = openHttp(
			{connections: traits.concurrency, ...options},
			{title: traits.title, isOwn: isFastapiDetail},
		);
		const pageSize = options.pageSize ?? 100;
		const longestMs = options.limits?.wholeMs ?? httpLimits.wholeMs;
		const chosen = 'project' in options ? [options.project] : options.projects;
		const only = chosen !== 'all' && chosen.length === 1 ? chosen[0] : undefined;
		// Only one word can be asked for at a time. A server that does not take it is read whole.
		let knowsFilter = true;

		const nameOf = (project: string, id: string) => (only === undefined ? joinId(project, id) : id);

		const records = createListReading(profile, nameOf);

		/** The address of a job. */
		const find = (name: string): Address & {readonly path: string} => {
			const found = only === undefined ? splitId(name) : {project: only, id: name};
			if (found === undefined || (chosen !== 'all' && !chosen.includes(found.project))) {
				const detail = `${cleanText(name, 100)} names no project of this profile: an id here is project/job`;
				throw new BackendError({kind: 'not-found', detail});
			}
			return {...found, path: `${jobsPath(found.project)}/${pathSegment(found.id)}`};
		};

		/** One page of one project. */
		const listPlace = async (place: Place, request: ListRequest): Promise<ListPage> => {
			const {signal, everyone, ended} = request;
			const [project, ...others] = place.projects;
			if (project === undefined) return {jobs: [], unreadable: 0, covers: 'everything'};
			const word = place.word === undefined ? undefined : liveWords[place.word];
			const readWhole = () => {
				knowsFilter = false;
				return listPage({signal, everyone, ended});
			};
			const query = {
				page_size: pageSize,
				sort_order: 'desc',
				status: word,
				continuation_token: place.token,
			};
			let body: unknown;
			try {
				const parse = (bytes: Buffer) => records.parse(bytes, project);
				({body} = await http.json({path: jobsPath(project), query, parse, signal}).catch(explainPath));
			} catch (error) {
				if (word !== undefined && refusesQuery(error)) return readWhole();
				// It was there a moment ago; the next list will not name it.
				if (chosen === 'all' && error instanceof HttpError && error.failure.kind === 'not-found') {
					return {jobs: [], unreadable: 0, ...cursorAt(projectAfter(others)), covers: 'part'};
				}
				throw only === undefined ? naming(project, error) : error;
			}
			const page = pageSchema.safeParse(body).data;
			if (page === undefined) throw malformed('the answer is not a list of jobs');
			const {read, unreadable} = records.read(page.items, project);
			if (word !== undefined && read.some(({status}) => normalizeStatus(status) !== word)) return readWhole();
			const jobs = read.map(({job}) => job);
			const {next, whole} = placeAfter(place, page);
			const following = ended || !knowsFilter ? next : livePlaceAfter(place, next);
			return {
				jobs: ended ? jobs : jobs.filter(job => !job.terminal),
				unreadable,
				...cursorAt(following ?? projectAfter(others)),
				covers: whole ? 'everything' : 'part',
			};
		};

		const listPage = async (request: ListRequest): Promise<ListPage> => {
			if (request.cursor !== undefined) return listPlace(JSON.parse(request.cursor), request);
			records.begin();
			if (chosen !== 'all') return listPlace({projects: [...new Set(chosen)], seen: 0}, request);
			const {ids, unreadable, whole} = await listProjects(http, request.signal);
			const page = await listPlace({projects: ids, seen: 0}, request);
			return {
				...page,
				unreadable: page.unreadable + unreadable,
				covers: whole ? page.covers : 'part',
			};
		};

		/** A job that is the one that was asked for. */
		const lookAt = async (name: string, {signal}: RequestOptions) => {
			const {path, ...address} = find(name);
			const {body} = await http.json({path, fresh: true, signal}).catch(explainPath);
			const wire = readRecord(body);
			if (wire === undefined) throw malformed('the answer is not a job');
			checkIdentity(wire, address);
			return {wire, body, project: address.project};
		};

		return {
			listPage,
			async get(name, request) {
				const {wire, body, project} = await lookAt(name, request);
				return readDetail(body, wire, {profile, nameOf: id => nameOf(project, id)});
			},
			async results(name, request) {
				const {project, ...job} = await lookAt(name, request);
				return listResults(http, project, job, request.signal);
			},
			async cancel(name, {signal}) {
				const {path, ...address} = find(name);
				const answer = await http.json({...cancelRequest(path), signal}).catch(explainPath);
				return readReceipt(answer, address, longestMs);
			},
			describeLook: name => http.describe({path: find(name).path}),
			describeCancel: names => names.map(name => http.describe(cancelRequest(find(name).path))),
			system: async () => httpSystem(traits.kind, options),
			close: http.close,
		};
	},
};

const cancelRequest = (path: string) => ({method: 'POST', path: `${path}/cancel`}) as const;

type Address = {readonly project: string; readonly id: string};

const jobsPath = (project: string): string => `/v1/projects/${pathSegment(project)}/jobs`;

/** Where a page begins. */
type Place = {
	/** The projects that are still to be read; the first one is being read. */
	readonly projects: readonly string[];
	/** Which of the live words is asked for; absent where all jobs are. */
	readonly word?: number;
	readonly token?: string;
	/** Jobs on the pages before, of this project and word. */
	readonly seen: number;
};

const cursorAt = (place: Place | undefined): {readonly cursor?: string} =>
	place === undefined ? {} : {cursor: JSON.stringify(place)};

const projectAfter = (others: readonly string[]): Place | undefined =>
	others.length === 0 ? undefined : {projects: others, seen: 0};

/** Where the next page begins, if there is one, and whether the pages so far fit together. */
const placeAfter = (place: Place, page: WirePage): {readonly next?: Place; readonly whole: boolean} => {
	const seen = place.seen + page.items.length;
	const token = page.next_token || undefined;
	if (token !== undefined) {
		// A server that hands out the same token again would be read for ever.
		return token === place.token ? {whole: false} : {next: {...place, token, seen}, whole: true};
	}
	// What the count means while only one word is asked for is written nowhere.
	const all = place.word !== undefined || typeof page.total_count !== 'number' || seen >= page.total_count;
	return {whole: all};
};

/** Of a project with more jobs than a page only the live ones are read on, one word after the other. */
const livePlaceAfter = (place: Place, next: Place | undefined): Place | undefined => {
	const {projects} = place;
	if (place.word === undefined) return next === undefined ? undefined : {projects, word: 0, seen: 0};
	if (next !== undefined) return next;
	return place.word + 1 < liveWords.length ? {projects, word: place.word + 1, seen: 0} : undefined;
};

/** With several projects in a profile a failure says which of them it is about. */
const naming = (project: string, error: unknown): unknown => {
	if (!(error instanceof HttpError)) return error;
	const {failure, status, body} = error;
	return new HttpError(
		{...failure, detail: `project ${cleanText(project, 100)}: ${failure.detail}`},
		status,
		body,
	);
};

/** Reject an answer about another job, or a job of another project. */
const checkIdentity = (wire: WireJob, {project, id}: Address): void => {
	if (wire.id !== id) throw malformed(`asked for ${cleanText(id, 100)}, the answer names ${wire.id}`);
	if (!isOf(project, wire)) {
		throw malformed(`asked in project ${cleanText(project, 100)}, the answer is about another project`);
	}
};

/** A 200 brings the job with its status; a 202 only promises, with a job, `null` or nothing as its body. */
const readReceipt = (answer: JsonAnswer, address: Address, longestMs: number): CancelReceipt => {
	const wire = readRecord(answer.body);
	if (wire === undefined) return {kind: 'accepted'};
	checkIdentity(wire, address);
	const phase = phaseOf(statuses, wire.status);
	if (answer.status !== 200 || !isEnd(phase)) return {kind: 'accepted'};
	const detail = `it answers that the job is ${cleanText(wire.status, 100)}`;
	if (phase !== 'cancelled') return {kind: 'too-late', detail};
	// A repeated cancel is answered in the same way: only the time of the end distinguishes them.
	const before = endedBefore(wire.completed_at, answer.header('date'), longestMs);
	return {kind: before ? 'already' : 'done', detail};
};

const malformed = (detail: string): BackendError => new BackendError({kind: 'malformed', detail});
