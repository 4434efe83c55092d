import {type Clock, wait} from '../process/clock.ts';
import {type Answer, json} from './faults.ts';
import type {WorldJob} from './lives.ts';
import {createNamedJobs, type JobControls, type NamedJobs} from './named-jobs.ts';
import {between, createRandom, createUuid, seedOf} from './random.ts';
import {type Call, type DemoServer, serve} from './server.ts';
import {
	details,
	fileRecords,
	filesOf,
	historyOf,
	isTerminal,
	summary,
	type TapisJob,
	wordOf,
} from './tapis-records.ts';
import type {World} from './world.ts';
import {zip} from './zip.ts';

/** An embedded Tapis: its jobs by their ids, and the ways to make it fail. */
export type TapisServer = DemoServer &
	JobControls & {
		/** Whether a job is shown in the lists. */
		readonly isHidden: (id: string) => boolean;
		/** Replaces a file of a job, or adds one; without a content it removes the file. */
		readonly putFile: (id: string, path: string, content?: Buffer) => void;
	};

export type TapisServerOptions = {
	readonly world: World;
	readonly clock: Clock;
	/** Gives the ids. */
	readonly seed: string;
	/** Only a client that sends it as `X-Tapis-Token` is served. */
	readonly token: string;
	/** The owner of the token and of most jobs; `demo` if not said. */
	readonly user?: string;
	/** The speed-up factor of a worker's notice; 1 if not said. */
	readonly speed?: number;
	/** Milliseconds until a worker notices a cancel; 1 to 60 seconds of life if not said, longer for jobs that run. */
	readonly noticeMs?: number;
	/** 0, or not said: any that is free. */
	readonly port?: number;
};

/** The apps of its jobs, for a scenario. */
export const tapisApps = ['openfoam', 'lammps', 'namd', 'fastqc', 'opensees', 'wrf'] as const;

/** Users who have shared jobs of their own: only they may change them. */
const tapisStrangers: ReadonlySet<string> = new Set(['emeka', 'freya']);

const tenantName = 'demo';
const site = 'demo';
const slowAnswerMs = 2000;
// A worker looks for orders between two polls, which grow further apart.
const noticesAfterMs = {queued: [1000, 8000], running: [5000, 60_000]} as const;

/** A token in the form of a JSON Web Token. Nobody has signed it. */
export const tapisToken = (user: string, expiresAt: number): string => {
	const part = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');
	const claims = {
		sub: `${user}@${tenantName}`,
		'tapis/tenant_id': tenantName,
		'tapis/username': user,
		exp: Math.floor(expiresAt / 1000),
	};
	return [part({typ: 'JWT', alg: 'RS256'}), part(claims), part('unsigned')].join('.');
};

/** What the embedded Tapis remembers of its jobs, and whose token it serves. */
type Tenant = Required<Pick<TapisServerOptions, 'world' | 'clock' | 'seed' | 'token' | 'user' | 'speed'>> &
	Pick<TapisServerOptions, 'noticeMs'> & {
		readonly jobs: NamedJobs;
		/** The ids of hidden jobs. */
		readonly hidden: Set<string>;
		/** Files that a test put in the place of a job's own, by id and path; undefined for a removed one. */
		readonly put: Map<string, Map<string, Buffer | undefined>>;
		/** Stubborn jobs that were cancelled before: the first order for one falls between two queues. */
		readonly ordered: Set<number>;
	};

export const startTapisServer = async (options: TapisServerOptions): Promise<TapisServer> => {
	const {world, seed} = options;
	const jobs = createNamedJobs(world, index => `${createUuid(createRandom(seedOf(seed, 'id', index)))}-007`);
	const hidden = new Set<string>();
	const put = new Map<string, Map<string, Buffer | undefined>>();
	const tenant: Tenant = {user: 'demo', speed: 1, ...options, jobs, hidden, put, ordered: new Set()};
	const server = await serve(call => answer(tenant, call), options.clock, options.port);
	return {
		...server,
		...jobs.controls,
		isHidden: id => hidden.has(id),
		putFile(id, path, content) {
			const files = put.get(id) ?? new Map<string, Buffer | undefined>();
			put.set(id, files.set(path, content));
		},
	};
};

const answer = async (tenant: Tenant, call: Call): Promise<Answer> => {
	const about = call.method === 'GET' ? tenancy[call.path] : undefined;
	if (about !== undefined) return success(200, 'The tenants service of the demo.', about(call));
	const path = /^\/v3\/jobs\/([^/]+)(?:\/(.*))?$/.exec(call.path);
	if (path === null) return text(404, 'Not Found');
	const [, head = '', part = ''] = path;
	if (head === 'healthcheck') return success(200, 'TAPIS_HEALTHY Jobs', {checkNum: 1});
	const given = call.header('x-tapis-token');
	if (given === undefined) return failure(401, 'TAPIS_SECURITY_MISSING_JWT_INFO There is no token.');
	if (call.expired || given !== tenant.token)
		return failure(401, 'TAPIS_SECURITY_JWT_INVALID The token is not valid any more.');
	if (call.method === 'GET' && part === '' && (head === 'list' || head === 'search'))
		return list(tenant, call);
	return ofOneJob(tenant, call, decodeURIComponent(head), part);
};

const ownerOf = ({user}: Tenant, {plan}: WorldJob): string =>
	tapisStrangers.has(plan.owner) ? plan.owner : user;

const tapisJob = (tenant: Tenant, index: number, job: WorldJob): TapisJob => {
	const {jobs, hidden, clock} = tenant;
	const uuid = jobs.idOf(index);
	return {
		uuid,
		owner: ownerOf(tenant, job),
		tenant: tenantName,
		now: clock.now(),
		visible: !hidden.has(uuid),
		job,
	};
};

const list = (tenant: Tenant, {query}: Call): Answer => {
	const {world, clock, jobs, hidden, user} = tenant;
	const limit = Number(query.get('limit') ?? 100);
	const skip = Number(query.get('skip') ?? 0);
	const listType = query.get('listType') ?? 'MY_JOBS';
	// This one comes from a filter in front of the service, which knows no envelope.
	if (!Number.isInteger(limit) || limit < -1 || !Number.isInteger(skip) || skip < 0) {
		return text(400, 'TAPIS_QUERY_PARAM_INVALID A number of the query is not one.');
	}
	if (!(listType in listTypes)) {
		return failure(400, `JOBS_SEARCH_INVALID_LISTTYPE_ERROR There is no listType ${listType}.`);
	}
	const isOnList = listTypes[listType as keyof typeof listTypes];
	const wanted = query.get('status.in')?.toUpperCase().split(',');
	const isWanted = (index: number) => {
		const job = world.job(index);
		return (
			job !== undefined &&
			!hidden.has(jobs.idOf(index)) &&
			isOnList(ownerOf(tenant, job) === user) &&
			(wanted === undefined || wanted.includes(wordOf(job, clock.now())))
		);
	};
	const maxJobs = limit === -1 ? Number.MAX_SAFE_INTEGER : limit;
	const page = world.list({first: skip, limit: maxJobs, only: isWanted});
	const records = page.jobs.map(index => {
		const job = tapisJob(tenant, index, world.job(index) as WorldJob);
		return jobs.sent(job.uuid, summary(job));
	});
	return success(200, 'JOBS_LIST_RETRIEVED The jobs were read.', records, {
		recordCount: records.length,
		recordLimit: limit,
		recordsSkipped: skip,
		orderBy: query.get('orderBy'),
		startAfter: null,
		totalCount: isTrue(query, 'computeTotal') ? page.total : -1,
	});
};

const cancel = async (
	{world, clock, seed, speed, noticeMs, ordered}: Tenant,
	{of, index}: JobCall,
): Promise<Answer> => {
	const {uuid, job} = of;
	if (isTerminal(job)) {
		const message = `JOBS_JOB_IN_TERMINAL_STATE Job ${uuid} has ended: ${wordOf(job, clock.now())}.`;
		return failure(409, message, {name: uuid});
	}
	const {quirk} = job.plan;
	const lost = quirk === 'stubborn' && !ordered.has(index);
	ordered.add(index);
	if (!lost) {
		const [minMs, maxMs] = noticesAfterMs[job.phase === 'running' ? 'running' : 'queued'];
		const delay = noticeMs ?? between(createRandom(seedOf(seed, 'order', index)), minMs, maxMs) / speed;
		world.stop(index, delay, quirk === 'late-write' && job.phase === 'running' ? 'succeeded' : 'cancelled');
	}
	if (quirk === 'slow') await wait(clock, slowAnswerMs);
	return success(200, `JOBS_JOB_CANCEL_ACCEPTED_DETAILS The request for job ${uuid} is queued; no more.`, {
		message: `JOBS_JOB_CANCEL_ACCEPTED Request to cancel job ${uuid} has been accepted.`,
	});
};

const show = ({hidden}: Tenant, of: TapisJob, visible: boolean): Answer => {
	const {uuid, job} = of;
	if (!isTerminal(job)) {
		const message = `JOBSAPI_NOT_IN_TERM_STATE Job ${uuid} has not ended.`;
		return failure(409, message, {name: uuid});
	}
	if (visible) hidden.delete(uuid);
	else hidden.add(uuid);
	const message = `JOBS_JOB_CHANGED_VISIBILITY Job ${uuid} has been changed to ${visible ? 'unhidden' : 'hidden'}.`;
	return success(200, message, {message});
};

/** The files below a path, or the file that it names; a refusal where no file is available. */
const filesAt = ({put}: Tenant, {call, of, path}: JobCall): Answer | (readonly [string, Buffer])[] => {
	if (!of.visible) return failure(404, notVisible(of));
	if (!isTerminal(of.job) && !isTrue(call.query, 'allowIfRunning')) {
		return failure(400, `JOBS_JOB_NOT_TERMINATED Job ${of.uuid} has not ended.`, {name: of.uuid});
	}
	const files = new Map(filesOf(of));
	for (const [name, content] of put.get(of.uuid) ?? []) {
		if (content === undefined) files.delete(name);
		else files.set(name, content);
	}
	const within = path === '' ? '' : `${path}/`;
	const found = [...files].filter(([name]) => name === path || name.startsWith(within));
	return found.length > 0 || path === ''
		? found.sort(([a], [b]) => (a < b ? -1 : 1))
		: failure(404, `FILES_REMOTE_FILESLIST_ERROR There is no ${path}.`);
};

const listOutput = (tenant: Tenant, jobCall: JobCall): Answer => {
	const {call, of} = jobCall;
	const files = filesAt(tenant, jobCall);
	if (!Array.isArray(files)) return files;
	const limit = Number(call.query.get('limit') ?? 100);
	const skip = Number(call.query.get('skip') ?? 0);
	const records = fileRecords(of, files).slice(skip, skip + limit);
	return success(200, `JOBS_OUTPUT_FILES_LIST_RETRIEVED The output of job ${of.uuid} was listed.`, records, {
		recordCount: records.length,
		recordLimit: limit,
		recordsSkipped: skip,
		orderBy: null,
		startAfter: null,
		totalCount: 0,
	});
};

const download = (tenant: Tenant, jobCall: JobCall): Answer => {
	const {call, of, path} = jobCall;
	if (!/octet-stream|\*\/\*/.test(call.header('accept') ?? '*/*')) return text(406, 'Not Acceptable');
	const files = filesAt(tenant, jobCall);
	if (!Array.isArray(files)) return files;
	const [first] = files;
	if (first === undefined) {
		return success(200, `JOBS_EMPTY_DIR_FOR_DOWNLOAD Job ${of.uuid} has written nothing.`, {name: of.uuid});
	}
	// Tapis' limit was intended as a gigabyte.
	const single = files.length === 1 && first[0] === path && first[1].length <= 1_000_000;
	const name = path.slice(path.lastIndexOf('/') + 1);
	return {
		status: 200,
		headers: {
			'content-type': 'application/octet-stream',
			'content-disposition': `attachment; filename=${single ? name : `${name || of.uuid}.zip`}`,
		},
		body: '',
		bytes: single ? first[1] : zip(files),
	};
};

/** A request about one job; `path` is that of a file. */
type JobCall = {
	readonly call: Call;
	readonly of: TapisJob;
	readonly index: number;
	readonly path: string;
};

type Route = (tenant: Tenant, call: JobCall) => Answer | Promise<Answer>;

/** By method and the part of the path behind the id. */
const routes: Readonly<Record<string, Route>> = {
	'GET ': ({jobs}, {of}) => success(200, `JOBS_RETRIEVED ${of.uuid}`, jobs.sent(of.uuid, details(of))),
	'GET status': ({clock}, {of}) =>
		of.visible
			? success(200, `JOBS_STATUS_RETRIEVED ${of.uuid}`, {
					status: wordOf(of.job, clock.now()),
					condition: summary(of).condition,
				})
			: success(404, notVisible(of), {name: of.uuid}),
	'GET history': (_, {of}) =>
		of.visible
			? success(200, `JOBS_HISTORY_RETRIEVED ${of.uuid}`, historyOf(of))
			: success(404, notVisible(of), {name: of.uuid}),
	'GET output/list/': listOutput,
	'GET output/download/': download,
	'POST cancel': cancel,
	'POST hide': (tenant, {of}) => show(tenant, of, false),
	'POST unhide': (tenant, {of}) => show(tenant, of, true),
};

const ofOneJob = (tenant: Tenant, call: Call, uuid: string, part: string): Answer | Promise<Answer> => {
	const {world, jobs, user} = tenant;
	const [, output = part, path = ''] = /^(output\/(?:list|download)\/)(.*)$/.exec(part) ?? [];
	const route = routes[`${call.method} ${output}`];
	if (route === undefined) return text(405, 'Method Not Allowed');
	const index = jobs.numberOf(uuid);
	const job = route === routes['GET '] ? world.look(index) : world.job(index);
	if (job === undefined) return unknown(uuid, part);
	if (call.method === 'POST' && ownerOf(tenant, job) !== user) {
		const message = `JOBS_MISMATCHED_OWNER User (${user}) is not the owner (${ownerOf(tenant, job)}) of the job.`;
		return failure(401, message);
	}
	const of = tapisJob(tenant, index, job);
	return route(tenant, {call, of, index, path: decodeURIComponent(path).replace(/\/+$/, '')});
};

/** The official client requests these first, without a token. Their addresses are this server's own. */
const tenancy: Readonly<Record<string, (call: Call) => unknown>> = {
	'/v3/sites': ({origin}) => [
		{
			site_id: site,
			primary: true,
			base_url: origin,
			tenant_base_url_template: origin,
			site_admin_tenant_id: tenantName,
			services: ['jobs', 'tenants'],
		},
	],
	'/v3/tenants': ({origin}) => [
		{
			tenant_id: tenantName,
			site_id: site,
			base_url: origin,
			token_service: `${origin}/v3/tokens`,
			security_kernel: `${origin}/v3/security`,
			authenticator: `${origin}/v3/oauth2`,
			owner: 'demo@tapis.demo.invalid',
			status: 'active',
			description: 'The tenant of the jobtop demo.',
		},
	],
};

const notVisible = ({uuid}: TapisJob) => `JOBS_JOB_NOT_VISIBLE Job ${uuid} is hidden.`;

/** A boolean as JAX-RS reads one: `true` in any case, Python's `True` too, and everything else is false. */
const isTrue = (query: URLSearchParams, name: string): boolean => query.get(name)?.toLowerCase() === 'true';

const listTypes = {
	MY_JOBS: (own: boolean) => own,
	SHARED_JOBS: (own: boolean) => !own,
	ALL_JOBS: () => true,
} as const;

/** An unknown job has three answers, and a not-found calls itself a success. */
const unknown = (uuid: string, part: string): Answer => {
	const message = `JOBS_JOB_SELECT_UUID_ERROR Job ${uuid} could not be selected.`;
	if (part === 'cancel') return failure(400, message);
	if (part === '' || part === 'history') return failure(500, message);
	return success(404, `TAPIS_NOT_FOUND Job ${uuid} was not found.`, {name: uuid});
};

const about = {version: '1.9.1', commit: '0000000', build: '2026-03-01T00:00:00Z'};

const success = (code: number, message: string, result: unknown, metadata: unknown = {}): Answer =>
	json(code, {result, status: 'success', message, ...about, metadata});

const failure = (code: number, message: string, result: unknown = null): Answer =>
	json(code, {result, status: 'error', message, ...about, metadata: {}});

const text = (code: number, body: string): Answer => ({
	status: code,
	headers: {'content-type': 'text/plain'},
	body,
});
