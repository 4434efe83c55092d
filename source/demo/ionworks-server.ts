import {type Clock, wait} from '../process/clock.ts';
import {invalid, isComplaint, readInteger, readWords, timeOrNull} from './fastapi.ts';
import {type Answer, json} from './faults.ts';
import type {WorldJob, WorldPhase} from './lives.ts';
import {createNamedJobs, type JobControls, type NamedJobs} from './named-jobs.ts';
import {createRandom, createUuid, seedOf} from './random.ts';
import {type Call, type DemoServer, serve} from './server.ts';
import type {World} from './world.ts';

/** An embedded Ionworks: its jobs by their ids, and the ways to make it fail. */
export type IonworksServer = DemoServer & JobControls;

export type IonworksServerOptions = {
	readonly world: World;
	readonly clock: Clock;
	/** Gives the ids. */
	readonly seed: string;
	/** Only a client that sends it, as `X-API-Key` or as a bearer token, is served. */
	readonly key: string;
	/** A client that names another organization is refused. */
	readonly organization?: string;
	/** 0, or not said: any that is free. */
	readonly port?: number;
	/** The answer to a cancel of an ended job: the unchanged job, or a refusal. No document says which. */
	readonly toEnded?: 'job' | 400 | 409;
};

/** The types of its jobs, for a scenario. */
export const ionworksTypes = ['datafit', 'optimize', 'simulate', 'validation', 'evaluate_variables'] as const;

const statusWords = ['pending', 'processing', 'waiting', 'completed', 'failed', 'canceled'];

const words: Readonly<Record<WorldPhase, string>> = {
	held: 'pending',
	queued: 'pending',
	running: 'processing',
	succeeded: 'completed',
	failed: 'failed',
	cancelled: 'canceled',
};

const ended = new Set(['completed', 'failed', 'canceled']);

// A stubborn job's worker stops after the first; a slow job's cancel is answered after the second.
const workerStopsAfterMs = 8000;
const slowAnswerMs = 2000;
/** A simulation is a child of a running optimization where it is one of the next jobs, up to this many. */
const maxChildren = 4;

/** What the embedded Ionworks answers from. */
type Service = Required<Pick<IonworksServerOptions, 'world' | 'clock' | 'seed' | 'key' | 'toEnded'>> &
	Pick<IonworksServerOptions, 'organization'> & {
		readonly jobs: NamedJobs;
		/** The organization of its jobs. */
		readonly ownOrganization: string;
	};

export const startIonworksServer = async (options: IonworksServerOptions): Promise<IonworksServer> => {
	const {world, clock, seed, organization} = options;
	const jobs = createNamedJobs(world, index => uuidOf(seed, 'id', index));
	const ownOrganization = organization ?? uuidOf(seed, 'organization');
	const service: Service = {toEnded: 'job', ...options, jobs, ownOrganization};
	let answers = 0;
	const dialect = async (call: Call): Promise<Answer> => {
		const {status, headers, body} = await answer(service, call);
		answers += 1;
		return {
			status,
			body,
			headers: {
				...headers,
				'x-correlation-id': uuidOf(seed, 'answer', answers),
				date: new Date(clock.now()).toUTCString(),
			},
		};
	};
	const server = await serve(dialect, clock, options.port);
	return {...server, ...jobs.controls};
};

const uuidOf = (seed: string, ...parts: (string | number)[]): string =>
	createUuid(createRandom(seedOf(seed, ...parts)));

const answer = (service: Service, call: Call): Answer | Promise<Answer> => {
	if (call.path === '/healthz') return json(200, {status: 'ok'});
	const [, head, id = '', part = '', ...rest] = call.path.split('/');
	const about = aboutService[call.path];
	if (about === undefined && (head !== 'jobs' || rest.length > 0)) return notFound('Not Found');
	const refused = refusal(service, call);
	if (refused !== undefined) return refused;
	if (about !== undefined) {
		return call.method === 'GET' ? json(200, about(service)) : methodNotAllowed('GET');
	}
	if (id !== '') return ofOneJob(service, call, decodeURIComponent(id), part);
	return call.method === 'GET' ? list(service, call) : methodNotAllowed('GET');
};

/** Requests of the official client about the service itself. */
const aboutService: Readonly<Record<string, (service: Service) => unknown>> = {
	'/users/me': ({seed, ownOrganization}) => ({
		id: uuidOf(seed, 'user', 'demo'),
		email: 'demo@ionworks.demo.invalid',
		authorized_organization: {id: ownOrganization, name: 'The demo of jobtop'},
		organizations: [{id: ownOrganization, name: 'The demo of jobtop'}],
	}),
	'/discovery/capabilities': () => ({
		domain_context: {},
		schemas: [],
		openapi_spec: null,
		authentication: {headers: ['X-API-Key', 'Authorization']},
	}),
};

const refusal = ({key, organization}: Service, {header, expired}: Call): Answer | undefined => {
	if (expired || (header('x-api-key') !== key && header('authorization') !== `Bearer ${key}`)) {
		const detail = 'Invalid or missing API key';
		return json(401, {error_code: 'UNAUTHORIZED', message: detail, detail});
	}
	const chosen = header('x-organization-id');
	if (chosen === undefined || organization === undefined || chosen === organization) return undefined;
	const detail = 'You are not a member of this organization';
	return json(403, {error_code: 'FORBIDDEN', message: detail, detail});
};

const parentOf = (world: World, index: number): number | undefined => {
	const child = world.job(index);
	if (child?.plan.process !== 'simulate') return undefined;
	return Array.from({length: maxChildren}, (_, n) => index - n - 1).find(before => {
		const job = world.job(before);
		const {startedAt = Number.POSITIVE_INFINITY} = job ?? {};
		return job?.plan.process === 'optimize' && startedAt <= child.createdAt;
	});
};

const childrenOf = (world: World, index: number): number[] =>
	Array.from({length: maxChildren}, (_, n) => index + n + 1).filter(
		child => parentOf(world, child) === index,
	);

const wordOf = (world: World, index: number, {phase, plan}: WorldJob): string => {
	if (phase !== 'running' || plan.process !== 'optimize') return words[phase];
	const waits = childrenOf(world, index).some(
		child => !ended.has(words[world.job(child)?.phase ?? 'failed']),
	);
	return waits ? 'waiting' : 'processing';
};

const record = (service: Service, index: number, job: WorldJob): unknown => {
	const {world, jobs, seed, ownOrganization} = service;
	const id = jobs.idOf(index);
	const status = wordOf(world, index, job);
	const parent = parentOf(world, index);
	const {startedAt, endedAt, createdAt, updatedAt, phase} = job;
	return jobs.sent(id, {
		job_id: id,
		job_type: job.plan.process,
		status,
		priority: 5,
		created_at: timeOrNull(createdAt),
		updated_at: timeOrNull(updatedAt),
		started_at: timeOrNull(startedAt),
		completed_at: timeOrNull(endedAt),
		compute_time: endedAt === undefined || startedAt === undefined ? null : (endedAt - startedAt) / 1000,
		user_id: uuidOf(seed, 'user', job.plan.owner),
		organization_id: ownOrganization,
		project_id: uuidOf(seed, 'project'),
		access_level: 'project',
		is_terminal: ended.has(status),
		is_failed: ended.has(status) && status !== 'completed',
		error: phase === 'failed' ? 'The solver found no solution for the second discharge.' : null,
		error_code: phase === 'failed' ? 'EXECUTION_TIMEOUT' : null,
		result: phase === 'succeeded' ? resultOf(job) : null,
		callback_url: null,
		parent_job_id: parent === undefined ? null : jobs.idOf(parent),
		params_path: null,
		metadata_path: metadataOf(job) === undefined ? null : `metadata/${id}.json`,
	});
};

const list = (service: Service, call: Call): Answer => {
	const {world} = service;
	const limit = readInteger(call, 'limit', [1, 100, 100]);
	const offset = readInteger(call, 'offset', [0, Number.MAX_SAFE_INTEGER, 0]);
	const status = readWords(call, 'status', statusWords);
	const complaints = [limit, offset, status].filter(isComplaint);
	if (isComplaint(limit) || isComplaint(offset) || isComplaint(status)) return invalid(...complaints);
	const types = call.query.getAll('job_types');
	const type = types.length > 0 ? types : call.query.getAll('job_type');
	const wanted = (index: number) => {
		const job = world.job(index);
		return (
			job !== undefined &&
			(status.length === 0 || status.at(-1) === wordOf(world, index, job)) &&
			(type.length === 0 || type.includes(job.plan.process))
		);
	};
	const filtered = status.length > 0 || type.length > 0;
	const page = world.list({first: offset, limit, ...(filtered && {only: wanted})});
	const records = page.jobs.map(index => record(service, index, world.job(index) as WorldJob));
	// The documents describe pages with a total; the official client requests this path and expects the bare jobs.
	return json(200, call.path === '/jobs/' ? records : {jobs: records, total: page.total});
};

const cancel = async (service: Service, index: number, before: WorldJob): Promise<Answer> => {
	const {world, clock, jobs, toEnded} = service;
	const id = jobs.idOf(index);
	const {quirk} = before.plan;
	if (ended.has(words[before.phase]) && toEnded !== 'job') {
		const detail = `Job ${id} has already ended.`;
		return json(toEnded, {error_code: 'INVALID_STATE', message: detail, detail});
	}
	// A worker that has all but finished reports its own end, whatever was requested.
	const inMs = before.phase === 'running' && quirk === 'stubborn' ? workerStopsAfterMs : 0;
	world.stop(index, inMs, quirk === 'late-write' && before.phase === 'running' ? 'succeeded' : 'cancelled');
	if (quirk === 'slow') await wait(clock, slowAnswerMs);
	return json(200, record(service, index, world.job(index) ?? before));
};

const ofOneJob = (service: Service, call: Call, id: string, part: string): Answer | Promise<Answer> => {
	const {world, jobs} = service;
	const index = jobs.numberOf(id);
	if (index < 0 && !uuid.test(id)) {
		const msg = 'Input should be a valid UUID';
		return invalid({loc: ['path', 'job_id'], msg, type: 'uuid_parsing', input: id});
	}
	const allowed = methods[part];
	if (allowed === undefined) return notFound('Not Found');
	if (call.method !== allowed) return methodNotAllowed(allowed);
	const job = part === '' ? world.look(index) : world.job(index);
	if (job === undefined) return notFound(`Job ${id} not found`);
	if (part === 'cancel') return cancel(service, index, job);
	if (part === '') return json(200, record(service, index, job));
	const metadata = metadataOf(job);
	return metadata === undefined ? notFound(`Job ${id} has no metadata`) : json(200, metadata);
};

const resultOf = ({plan}: WorldJob) =>
	plan.process === 'simulate'
		? {final_voltage: 3.021, cycles: 1}
		: {cost: 0.0123, parameters: {'Negative electrode diffusivity [m2.s-1]': 3.3e-14}};

/** The metadata of a fit: one step for each percent of its progress. */
const metadataOf = ({plan, percent, startedAt, phase}: WorldJob): unknown => {
	if (startedAt === undefined || (plan.process !== 'datafit' && plan.process !== 'optimize'))
		return undefined;
	return {
		intermediate_results: Array.from({length: percent}, (_, step) => ({step, cost: 1 / (step + 1)})),
		validation_results: phase === 'succeeded' ? {rmse: 0.0042} : null,
	};
};

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The requests about one job, and their methods. */
const methods: Readonly<Record<string, string>> = {'': 'GET', metadata: 'GET', cancel: 'POST'};

const notFound = (detail: string): Answer => json(404, {error_code: 'NOT_FOUND', message: detail, detail});

const methodNotAllowed = (allow: string): Answer => json(405, {detail: 'Method Not Allowed'}, {allow});
