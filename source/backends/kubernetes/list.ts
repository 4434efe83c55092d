/*
The jobs of the namespaces, one after the other, in pages that belong to one state of the server.
*/
import {BackendError} from '../../job/failure.ts';
import type {ListPage, ListRequest} from '../backend.ts';
import {HttpError} from '../http-failure.ts';
import {type Cluster, namespacesOf} from './cluster.ts';
import {allNamespaces, jobsPath} from './ids.ts';
import {listSchema} from './record.ts';
import {explainWaits} from './waits.ts';
import type {SeenJob} from './wire.ts';

/** Where a page stands: in which of the namespaces, and behind which mark of the server. */
type Place = {readonly namespaces: readonly string[]; readonly page: number; readonly after?: string};

export const listPage = async (cluster: Cluster, request: ListRequest): Promise<ListPage> => {
	if (request.cursor === undefined) cluster.records.begin();
	const place: Place =
		request.cursor === undefined
			? {namespaces: [...new Set(await namespacesOf(cluster))], page: 1}
			: JSON.parse(request.cursor);
	const [namespace = '', ...others] = place.namespaces;
	const next = others.length > 0 ? {namespaces: others, page: 1} : undefined;
	const page = await readPage(cluster, {namespace, ...place, parse: cluster.records.parse}, request.signal);
	if (page.after === undefined) cluster.pages.set(namespace, place.page);
	const following = page.after === undefined ? next : {...place, page: place.page + 1, after: page.after};
	const jobs = await explainWaits(cluster, namespace, page.seen, request.signal);
	return {
		jobs: request.ended ? jobs : jobs.filter(({terminal}) => !terminal),
		unreadable: page.unreadable,
		...(following && {cursor: JSON.stringify(following)}),
		covers: page.isWhole ? 'everything' : 'part',
	};
};

export type Page = {
	readonly seen: readonly SeenJob[];
	readonly unreadable: number;
	/** The mark of the server for the next page; absent on the last one. */
	readonly after?: string;
	/** False where the server no longer had the state to which the pages before belong. */
	readonly isWhole: boolean;
};

type PageRequest = {
	readonly namespace: string;
	readonly after?: string;
	/** For a page of the list that is polled; any other one is a look at its jobs. */
	readonly parse?: Cluster['records']['parse'];
};

/** A page of the jobs of a namespace. */
export const readPage = async (
	cluster: Cluster,
	{namespace, after, parse}: PageRequest,
	signal: AbortSignal,
): Promise<Page> => {
	const {http} = await cluster.session.open();
	const query = {limit: cluster.pageSize, continue: after};
	let body: unknown;
	try {
		({body} = await http.json({
			path: jobsPath(namespace),
			query,
			signal,
			...(parse ? {parse} : {fresh: true}),
		}));
	} catch (error) {
		if (after !== undefined && isExpired(error)) return {seen: [], unreadable: 0, isWhole: false};
		throw namespace === allNamespaces ? withAdvice(error) : error;
	}
	const list = listSchema.safeParse(body).data;
	if (list === undefined) {
		throw new BackendError({kind: 'malformed', detail: 'the answer is not a list of jobs'});
	}
	const {read, unreadable} = cluster.records.read(list.items ?? []);
	const mark = list.metadata?.continue;
	return {
		seen: read,
		unreadable,
		...(mark && mark !== after && {after: mark}),
		isWhole: mark !== after || !mark,
	};
};

/** The server keeps an old state for some minutes only. The next list begins again. */
const isExpired = (error: unknown): boolean => error instanceof HttpError && error.status === 410;

/** Most people may list the jobs of some namespaces only. */
const withAdvice = (error: unknown): unknown => {
	if (!(error instanceof HttpError) || error.failure.kind !== 'forbidden') return error;
	const detail = `${error.failure.detail}; set namespaces to those in which you may list jobs`;
	return new HttpError({kind: 'forbidden', detail}, error.status, error.body);
};
