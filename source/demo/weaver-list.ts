/*
The list of jobs of the embedded Weaver: its parameters, its pages, and what it refuses.
*/
import {type Answer, json} from './faults.ts';
import type {WorldJob, WorldPhase} from './lives.ts';
import type {Call} from './server.ts';
import {words} from './weaver-records.ts';
import type {World} from './world.ts';

/** A job in the answer about it alone. */
export type WeaverRecord = (id: string, job: WorldJob, origin: string) => unknown;

export const createWeaverList = (world: World, idOf: (index: number) => string, record: WeaverRecord) => {
	const recordsOf = (indexes: readonly number[], detail: boolean, origin: string) =>
		indexes.map(index => {
			const id = idOf(index);
			const job = detail ? world.job(index) : undefined;
			return job === undefined ? id : record(id, job, origin);
		});

	/** All jobs by what they have in common: groups have no pages. */
	const grouped = ({groups, detail, wanted}: ListQuery, origin: string): Answer => {
		const phases = wanted && {phases: wanted};
		const {jobs, total} = world.list({first: 0, limit: Number.MAX_SAFE_INTEGER, ...phases});
		const found = new Map<string, {readonly category: object; readonly members: number[]}>();
		for (const index of jobs) {
			const job = world.job(index);
			if (job === undefined) continue;
			const category = Object.fromEntries(groups.map(name => [name, categories[name]?.(job) ?? null]));
			const name = JSON.stringify(category);
			const group = found.get(name) ?? {category, members: []};
			found.set(name, group);
			group.members.push(index);
		}
		return json(200, {
			total,
			count: jobs.length,
			groups: [...found.values()].map(({category, members}) => ({
				category,
				jobs: recordsOf(members, detail, origin),
				count: members.length,
			})),
			links: [collection(origin)],
		});
	};

	return ({query, origin}: Call): Answer => {
		const read = readQuery(query);
		if ('refused' in read) return invalidParameter(read.refused, query.get(read.refused));
		const {page, limit, detail, wanted, groups} = read;
		if (groups.length > 0) return grouped(read, origin);
		const first = page * limit;
		const {jobs: found, total} = world.list({first, limit, ...(wanted !== undefined && {phases: wanted})});
		if (page > 0 && first >= total) return invalidParameter('page', String(page));
		const records = recordsOf(found, detail, origin);
		const pageOf = (page: number, rel: string) => {
			const parameters = new URLSearchParams(query);
			parameters.set('page', String(page));
			return {rel, href: `${origin}/jobs?${parameters}`, type: 'application/json'};
		};
		const last = Math.max(0, Math.ceil(total / limit) - 1);
		return json(200, {
			jobs: records,
			page,
			limit,
			count: records.length,
			total,
			links: [
				collection(origin),
				pageOf(page, 'current'),
				pageOf(0, 'first'),
				pageOf(last, 'last'),
				...(page > 0 ? [pageOf(page - 1, 'prev')] : []),
				...(page < last ? [pageOf(page + 1, 'next')] : []),
			],
		});
	};
};

const collection = (origin: string) => ({
	rel: 'collection',
	href: `${origin}/jobs`,
	type: 'application/json',
});

/** By what jobs are grouped. No job here comes from a provider, which is also called a service. */
const categories: Readonly<Record<string, (job: WorldJob) => string | null>> = {
	process: ({plan}) => plan.process,
	provider: () => null,
	service: () => null,
	status: ({phase}) => words[phase],
};

type ListQuery = {
	readonly page: number;
	readonly limit: number;
	readonly detail: boolean;
	readonly wanted?: ReadonlySet<WorldPhase>;
	/** Without groups: pages of jobs. */
	readonly groups: readonly string[];
};

/** What is asked of the list, or the parameter that is wrong. */
const readQuery = (query: URLSearchParams): ListQuery | {readonly refused: string} => {
	const page = Number(query.get('page') ?? 0);
	const limit = Number(query.get('limit') ?? 10);
	if (!Number.isInteger(page) || page < 0) return {refused: 'page'};
	if (!Number.isInteger(limit) || limit < 1 || limit > 1000) return {refused: 'limit'};
	if (!sorts.has(query.get('sort') ?? 'created')) return {refused: 'sort'};
	const detail = /^(?:true|1|yes)$/i.test(query.get('detail') ?? 'false');
	const groups = query.get('groups')?.split(',') ?? [];
	if (groups.some(name => !Object.hasOwn(categories, name))) return {refused: 'groups'};
	const status = query.get('status');
	if (status === null) return {page, limit, detail, groups};
	const named = status.split(',').map(word => vocabulary[word]);
	const known = named.filter(phases => phases !== undefined);
	if (known.length < named.length) return {refused: 'status'};
	return {page, limit, detail, groups, wanted: new Set(known.flat())};
};

// Every order is answered with the newest first; this server knows no other.
const sorts = new Set(['created', 'finished', 'status', 'process', 'service']);

// The stored word is what a filter compares: another word for the same phase is known, and matches nothing.
const storedWords = Object.fromEntries(
	Object.entries(words).map(([phase, word]) => [word, [phase as WorldPhase]]),
);
const otherWords = ['started', 'paused', 'queued', 'succeeded', 'finished', 'exception', 'error', 'canceled'];
const vocabulary: Readonly<Record<string, readonly WorldPhase[]>> = {
	...Object.fromEntries(
		otherWords.flatMap(word => [
			[word, []],
			[word.toUpperCase(), []],
		]),
	),
	...Object.fromEntries(
		Object.entries(storedWords).flatMap(([word, phases]) => [
			[word, phases],
			[word.toUpperCase(), phases],
		]),
	),
	RUNNING: ['queued', 'running'],
	FINISHED: ['succeeded', 'failed', 'cancelled'],
	FAILED: ['failed', 'cancelled'],
};

const invalidParameter = (name: string, value: string | null): Answer =>
	json(400, {
		code: 'JobInvalidParameter',
		description: 'A parameter of the job query is not valid.',
		cause: `{'${name}': '"${value}" cannot be used.'}`,
		value: {[name]: value},
	});
