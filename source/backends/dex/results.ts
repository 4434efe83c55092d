import type {JobResult} from '../../job/job.ts';
import {type Http, pathSegment} from '../http.ts';
import {HttpError} from '../http-failure.ts';
import {readRecords} from '../read-records.ts';
import {readResult, readResults} from '../read-results.ts';
import {pageSchema, parseResultsOf, readResultItem, type WireJob, type WireResult} from './wire.ts';

/** Where the results of an operation are listed; the results of other operations stand in the job alone. */
const branches: ReadonlyMap<string, string> = new Map([
	['parse', 'parse'],
	['batch_parse', 'parse'],
	['extract', 'extract'],
	['research', 'research'],
]);

/** Pages that are looked through for the results of a job. */
const mostPages = 5;

/** What a job left: its own `result`, and what the results of its operation hold of it. */
export const listResults = async (
	http: Http,
	project: string,
	{wire, body}: {readonly wire: WireJob; readonly body: unknown},
	signal: AbortSignal,
): Promise<readonly JobResult[]> => {
	const branch = branches.get(wire.operation ?? '');
	const items = branch === undefined ? [] : await listItems(http, {project, branch, wire, signal});
	const names = namesIn(wire, body);
	const others = items
		// Of research the job itself is listed, with the same result.
		.filter(item => item.object !== 'job' && (item.job === wire.id || names.has(item.id)))
		.map(item => readResult(`${branch}/${item.id}`, item.result ?? item.whole, item.object));
	const own = wire.result ?? items.find(({id}) => id === wire.id)?.result;
	return [...readResults(own, 'result'), ...others];
};

type Place = {
	readonly project: string;
	readonly branch: string;
	readonly wire: WireJob;
	readonly signal: AbortSignal;
};

/** The results that may be the job's: the results of its source where it has one. */
const listItems = async (http: Http, {project, branch, wire, signal}: Place): Promise<WireResult[]> => {
	const path = `/v1/projects/${pathSegment(project)}/${branch}/results`;
	const filter = branch === 'research' ? {ids: wire.id} : {source_id: wire.source_id ?? undefined};
	const found: WireResult[] = [];
	let token: string | undefined;
	for (let pages = 0; pages < mostPages; pages += 1) {
		const query = {page_size: 100, sort_order: 'desc', ...filter, continuation_token: token};
		const answer = await http.json({path, query, signal}).catch((error: unknown) => {
			// A server of another age has no such list.
			if (error instanceof HttpError && error.status === 404) return undefined;
			throw error;
		});
		const page = pageSchema.safeParse(answer?.body).data;
		found.push(...readRecords(page?.items ?? [], readResultItem).read);
		const next = page?.next_token || undefined;
		if (next === undefined || next === token) break;
		token = next;
	}
	return found;
};

/** The ids under which a job's results may stand: its own, and the ids that it names. */
const namesIn = (wire: WireJob, body: unknown): ReadonlySet<string> => {
	const names = new Set([wire.id, ...parseResultsOf(body)]);
	const collect = (value: unknown): void => {
		if (typeof value === 'string') names.add(value);
		else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
	};
	collect(wire.result);
	return names;
};
