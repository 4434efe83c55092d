import {type Clock, wait} from '../process/clock.ts';
import {
	childEntity,
	childrenOf,
	type EntityPlace,
	jobEntity,
	operationWords,
	readChildId,
	resultBranches,
	resultEntities,
	statusWords,
	wordOf,
} from './dex-records.ts';
import {invalid, isComplaint, longId, readInteger, readWords, timeOrNull} from './fastapi.ts';
import {type Answer, json} from './faults.ts';
import type {WorldJob} from './lives.ts';
import {createNamedJobs, type JobControls, type NamedJobs} from './named-jobs.ts';
import {createRandom, createUuid, seedOf} from './random.ts';
import {type Call, type DemoServer, serve} from './server.ts';
import type {World} from './world.ts';

/** An embedded Dex: its jobs by their ids, and the ways to make it fail. `add` puts a job into the first project. */
export type DexServer = DemoServer &
	JobControls & {
		readonly addTo: (project: string, ...job: Parameters<JobControls['add']>) => string;
	};

export type DexServerOptions = {
	readonly world: World;
	readonly clock: Clock;
	/** Gives the ids. */
	readonly seed: string;
	/** Only a client that sends it as `x-api-key` is served. */
	readonly key: string;
	/** Only a client that sends it as `x-selected-account-id` is served. */
	readonly account: string;
	/** The ids of the projects; the world's jobs are spread over them. */
	readonly projects: readonly [string, ...string[]];
	/** 0, or not said: any that is free. */
	readonly port?: number;
	/** Milliseconds until the workflow of a running job takes notice of a cancel; 3000 if not said. */
	readonly noticeMs?: number;
};

// A stubborn workflow takes longer to notice; the answer to a slow job's cancel takes the second.
const stubbornMs = 9000;
const slowAnswerMs = 2000;

/** What the embedded Dex answers from. */
type Service = Required<
	Pick<DexServerOptions, 'world' | 'clock' | 'key' | 'account' | 'projects' | 'noticeMs'>
> & {
	readonly jobs: NamedJobs;
	/** The projects of jobs that were put into one, by id. */
	readonly placed: Map<string, string>;
	/** The child jobs that were cancelled singly, by their batches. */
	readonly stoppedChildren: Map<string, Set<number>>;
};

export const startDexServer = async (options: DexServerOptions): Promise<DexServer> => {
	const {world, clock, seed, projects} = options;
	const jobs = createNamedJobs(world, index => {
		const uuid = createUuid(createRandom(seedOf(seed, 'id', index)));
		return `job_${uuid.replaceAll('-', '').slice(0, 20)}`;
	});
	const placed = new Map<string, string>();
	const service: Service = {noticeMs: 3000, ...options, jobs, placed, stoppedChildren: new Map()};

	const dialect = async (call: Call): Promise<Answer> => {
		const {status, headers, body} = await answer(service, call);
		return {status, body, headers: {...headers, date: new Date(clock.now()).toUTCString()}};
	};

	const addTo: DexServer['addTo'] = (project, ...job) => {
		const id = jobs.controls.add(...job);
		placed.set(id, project);
		return id;
	};

	const server = await serve(dialect, clock, options.port);
	return {...server, ...jobs.controls, addTo, add: (...job) => addTo(projects[0], ...job)};
};

const projectOf = ({placed, projects}: Service, id: string): string =>
	placed.get(id) ?? projects[seedOf(id, 'project') % projects.length] ?? projects[0];

const placeOf = (service: Service, id: string): EntityPlace => ({
	id,
	project: projectOf(service, id),
	stopped: service.jobs.controls.history(id).some(({effect}) => effect === 'stopped'),
	stoppedChildren: service.stoppedChildren.get(id) ?? new Set(),
});

const record = (service: Service, id: string, job: WorldJob): unknown =>
	service.jobs.sent(id, jobEntity(placeOf(service, id), job));

const statusOf = (service: Service, id: string, job: WorldJob): string =>
	wordOf(id, job, placeOf(service, id));

const answer = (service: Service, call: Call): Answer | Promise<Answer> => {
	const {key, account, projects} = service;
	const [, version, collection, ...parts] = call.path.split('/');
	const [project, branch, id, part = '', ...rest] = parts.map(decodeURIComponent);
	if (version !== 'v1' || collection !== 'projects' || rest.length > 0) return notFound('Not Found');
	if (call.expired || call.header('x-api-key') !== key)
		return json(401, {detail: 'Invalid or missing API key'});
	if (call.header('x-selected-account-id') !== account) {
		return json(403, {detail: 'This key has no access to the selected account'});
	}
	if (project === undefined) return listProjects(service, call);
	if (!projects.includes(project)) return notFound(`Project ${project} not found`);
	if (branch !== undefined && resultBranches.has(branch) && id === 'results' && part === '') {
		return listResults(service, call, project, branch);
	}
	if (branch !== 'jobs') return notFound('Not Found');
	if (id !== undefined) return ofOneJob(service, call, {project, id, part});
	return call.method === 'GET'
		? list(service, call, project)
		: json(405, {detail: 'Method Not Allowed'}, {allow: 'GET'});
};

const list = (service: Service, call: Call, project: string): Answer => {
	const {world, jobs} = service;
	const limit = readInteger(call, 'page_size', [1, 100, 20]);
	const status = readWords(call, 'status', statusWords);
	const operation = readWords(call, 'operation', operationWords);
	const order = readWords(call, 'sort_order', ['asc', 'desc']);
	const complaints = [limit, status, operation, order].filter(isComplaint);
	if (isComplaint(limit) || isComplaint(status) || isComplaint(operation) || complaints.length > 0) {
		return invalid(...complaints);
	}
	const first = readToken(call);
	if (first === undefined) return badToken();
	const ids = call.query.getAll('ids');
	const only = (index: number) => {
		const id = jobs.idOf(index);
		const job = world.job(index);
		return (
			job !== undefined &&
			projectOf(service, id) === project &&
			(status.length === 0 || status.at(-1) === statusOf(service, id, job)) &&
			(operation.length === 0 || operation.at(-1) === job.plan.process) &&
			(ids.length === 0 || ids.includes(id))
		);
	};
	const {jobs: found, total} = world.list({first, limit, only});
	const items = found.map(index => record(service, jobs.idOf(index), world.job(index) as WorldJob));
	return pageOf(items, {first, limit, total});
};

const listProjects = ({projects}: Service, call: Call): Answer => {
	const limit = readInteger(call, 'page_size', [1, 100, 20]);
	if (isComplaint(limit)) return invalid(limit);
	const first = readToken(call);
	if (first === undefined) return badToken();
	const items = projects.slice(first, first + limit).map(id => ({
		id,
		object: 'project',
		name: id.replaceAll('_', ' '),
		created_at: timeOrNull(Date.UTC(2026, 0, 1)),
	}));
	return pageOf(items, {first, limit, total: projects.length});
};

/** A request about one job; `part` is what its path says behind the id. */
type JobPath = {readonly project: string; readonly id: string; readonly part: string};

const ofOneJob = (service: Service, call: Call, {project, id, part}: JobPath): Answer | Promise<Answer> => {
	const {world, jobs} = service;
	const tooLong = longId(id, 'job_id');
	if (tooLong !== undefined) return invalid(tooLong);
	const index = jobs.numberOf(id);
	const allowed = methods[part];
	if (allowed === undefined) return notFound('Not Found');
	if (call.method !== allowed) return json(405, {detail: 'Method Not Allowed'}, {allow: allowed});
	if (index < 0) return ofOneChild(service, project, id, part);
	const known = projectOf(service, id) === project;
	const job = known ? (part === '' ? world.look(index) : world.job(index)) : undefined;
	if (job === undefined) return notFound(`Job ${id} not found`);
	return part === 'cancel' ? cancel(service, index, job) : json(200, record(service, id, job));
};

const cancel = async (service: Service, index: number, before: WorldJob): Promise<Answer> => {
	const {world, clock, jobs, noticeMs} = service;
	const id = jobs.idOf(index);
	const {quirk} = before.plan;
	const word = statusOf(service, id, before);
	const unchanged = record(service, id, before);
	if (word === 'cancelled') return json(200, unchanged);
	if (word !== 'pending' && word !== 'running') return hasEnded(word);
	const running = word === 'running';
	const inMs = !running ? 0 : quirk === 'stubborn' ? stubbornMs : noticeMs;
	world.stop(index, inMs, running && quirk === 'late-write' ? 'succeeded' : 'cancelled');
	if (quirk === 'slow') await wait(clock, slowAnswerMs);
	if (!running) return json(200, record(service, id, world.job(index) ?? before));
	// No document says what stands in a 202.
	const bodies = [undefined, null, unchanged];
	const body = bodies[seedOf(id, 'accepted') % bodies.length];
	return body === undefined ? {status: 202, headers: {}, body: ''} : json(202, body);
};

/** One document of a batch. It is listed nowhere, and it ends at once when it is cancelled. */
const ofOneChild = (service: Service, project: string, id: string, part: string): Answer => {
	const {world, jobs, stoppedChildren} = service;
	const {batch = '', n = -1} = readChildId(id) ?? {};
	const job = projectOf(service, batch) === project ? world.job(jobs.numberOf(batch)) : undefined;
	const child =
		job?.plan.process === 'batch_parse' ? childrenOf(batch, job, placeOf(service, batch))[n] : undefined;
	if (job === undefined || child === undefined) return notFound(`Job ${id} not found`);
	const entity = (status: string) => childEntity(placeOf(service, batch), job, {...child, status}, n);
	if (part === '' || child.status === 'cancelled') return json(200, entity(child.status));
	if (child.status !== 'pending' && child.status !== 'running') return hasEnded(child.status);
	stoppedChildren.set(batch, new Set([...(stoppedChildren.get(batch) ?? []), n]));
	return child.status === 'pending' ? json(200, entity('cancelled')) : json(202, null);
};

/** The results of the jobs of an operation. */
const listResults = (service: Service, call: Call, project: string, branch: string): Answer => {
	const {world, jobs} = service;
	const limit = readInteger(call, 'page_size', [1, 100, 20]);
	if (isComplaint(limit)) return invalid(limit);
	const first = readToken(call);
	if (first === undefined) return badToken();
	const [ids, sources] = [call.query.getAll('ids'), call.query.getAll('source_id')];
	const all = world
		.list({
			first: 0,
			limit: Number.MAX_SAFE_INTEGER,
			only: index => projectOf(service, jobs.idOf(index)) === project,
		})
		.jobs.flatMap(index => {
			const job = world.job(index);
			return job === undefined ? [] : resultEntities(branch, placeOf(service, jobs.idOf(index)), job);
		})
		.filter(({id}) => ids.length === 0 || ids.includes(String(id)))
		.filter(({source_id: source}) => sources.length === 0 || sources.includes(String(source)));
	return pageOf(all.slice(first, first + limit), {first, limit, total: all.length});
};

/** The requests about one job, and their methods. */
const methods: Readonly<Record<string, string>> = {'': 'GET', cancel: 'POST'};

const badToken = (): Answer => json(400, {detail: 'Invalid continuation token'});

const hasEnded = (word: string): Answer =>
	json(400, {detail: `Job is in a terminal state (${word.toUpperCase()})`});

const notFound = (detail: string): Answer => json(404, {detail});

const tokenOf = (first: number): string => Buffer.from(`from ${first}`).toString('base64url');

/** The start of the page; undefined for a token that this server never gave. */
const readToken = ({query}: Call): number | undefined => {
	const token = query.get('continuation_token');
	if (token === null) return 0;
	const first = /^from (\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
	return first === undefined ? undefined : Number(first);
};

type Page = {readonly first: number; readonly limit: number; readonly total: number};

const pageOf = (items: readonly unknown[], {first, limit, total}: Page): Answer =>
	json(200, {
		items,
		total_count: total,
		next_token: first + limit < total ? tokenOf(first + limit) : null,
		prev_token: first > 0 ? tokenOf(Math.max(0, first - limit)) : null,
	});
