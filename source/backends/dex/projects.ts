import {BackendError} from '../../job/failure.ts';
import type {Http} from '../http.ts';
import {readRecords} from '../read-records.ts';
import {pageSchema, projectSchema} from './wire.ts';

export type Projects = {
	readonly ids: readonly string[];
	/** Projects without an id that could be read. */
	readonly unreadable: number;
	/** Whether there are no others. */
	readonly whole: boolean;
};

/** The projects of the account: `GET /v1/projects`, page by page. */
export const listProjects = async (http: Http, signal: AbortSignal): Promise<Projects> => {
	const ids = new Set<string>();
	const tokens = new Set<string>();
	let unreadable = 0;
	let token: string | undefined;
	do {
		const query = {page_size: 100, continuation_token: token};
		const {body} = await http.json({path: '/v1/projects', query, signal});
		const page = pageSchema.safeParse(body).data;
		if (page === undefined) {
			throw new BackendError({kind: 'malformed', detail: 'the answer is not a list of projects'});
		}
		const projects = readRecords(page.items, item => projectSchema.safeParse(item).data?.id);
		for (const id of projects.read) ids.add(id);
		unreadable += projects.unreadable;
		token = page.next_token || undefined;
		if (token !== undefined && tokens.has(token)) return {ids: [...ids], unreadable, whole: false};
		if (token !== undefined) tokens.add(token);
	} while (token !== undefined);
	return {ids: [...ids], unreadable, whole: unreadable === 0};
};
