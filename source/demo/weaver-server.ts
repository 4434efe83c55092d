import type {Clock} from '../process/clock.ts';
import {wait} from '../process/clock.ts';
import {type Answer, html, json} from './faults.ts';
import type {WorldJob} from './lives.ts';
import {createNamedJobs, type JobControls} from './named-jobs.ts';
import {createRandom, createUuid, seedOf} from './random.ts';
import {type Call, type DemoServer, decodeSegment, serve} from './server.ts';
import {createWeaverList, type WeaverRecord} from './weaver-list.ts';
import {logLines, statusInfo, words} from './weaver-records.ts';
import type {World} from './world.ts';

/** An embedded Weaver: its jobs by their ids, and the ways to make it fail. */
export type WeaverServer = DemoServer & JobControls;

export type WeaverServerOptions = {
	readonly world: World;
	readonly clock: Clock;
	/** Gives the ids. */
	readonly seed: string;
	/** 0, or not said: any that is free. */
	readonly port?: number;
	/** Only who sends it as a bearer token is served. */
	readonly token?: string;
};

// The delay of a slow job's dismissal.
const slowAnswerMs = 2000;

export const startWeaverServer = async (options: WeaverServerOptions): Promise<WeaverServer> => {
	const {world, clock, seed, token} = options;
	const jobs = createNamedJobs(world, index => createUuid(createRandom(seedOf(seed, 'id', index))));
	const {numberOf} = jobs;

	const record: WeaverRecord = (id, job, origin) => jobs.sent(id, statusInfo(id, job, origin));

	const dismiss = async (id: string): Promise<Answer> => {
		const index = numberOf(id);
		const effect = world.dismiss(index);
		const job = world.job(index);
		if (effect === undefined || job === undefined) return noSuchJob(id);
		if (job.plan.quirk === 'slow') await wait(clock, slowAnswerMs);
		if (effect === 'nothing') return gone(id);
		const {message} = statusInfo(id, job, '');
		return json(200, {jobID: id, status: 'dismissed', message, percentCompleted: job.percent});
	};

	const dismissMany = async (call: Call): Promise<Answer> => {
		let wanted: unknown;
		try {
			wanted = (JSON.parse(call.body) as {jobs?: unknown}).jobs;
		} catch {
			return json(400, {code: 'Could not parse request body.', description: 'The body is not JSON.'});
		}
		if (!Array.isArray(wanted) || !wanted.every(id => typeof id === 'string')) {
			return json(422, {code: 'Invalid', description: 'A list of job ids is needed.'});
		}
		const dismissed: string[] = [];
		for (const id of wanted) {
			const effect = world.dismiss(numberOf(id));
			// The first one that is gone ends the whole call, and nobody learns what was done before.
			if (effect === 'nothing') return gone(id);
			if (effect !== undefined) dismissed.push(id);
		}
		return json(200, {jobs: dismissed});
	};

	const ofOneJob = async (call: Call, id: string, part: string): Promise<Answer> => {
		if (!uuid.test(id) && numberOf(id) < 0) {
			const detail = 'The job reference is no UUID.';
			return json(400, {
				title: 'NoSuchJob',
				type: `${exceptionTypes}/no-such-job`,
				detail,
				status: 400,
				cause: id,
			});
		}
		const index = numberOf(id);
		if (part === '' && call.method === 'DELETE') return forClient(call, await dismiss(id));
		if (call.method !== 'GET') return json(405, {title: 'MethodNotAllowed', status: 405});
		const job = part === '' ? world.look(index) : world.job(index);
		if (job === undefined) return forClient(call, noSuchJob(id));
		if (part === '') return json(200, record(id, job, call.origin));
		const answer = parts[part];
		return answer === undefined ? html(404, '404 Not Found', part) : answer(id, job, call);
	};

	const dialect = async (call: Call): Promise<Answer> => {
		if (call.expired || (token !== undefined && call.header('authorization') !== `Bearer ${token}`)) {
			return json(401, {title: 'Unauthorized', status: 401, detail: 'A valid token is needed.'});
		}
		const [, head = '', id = '', ...rest] = call.path.split('/');
		if (head === 'jobs' && id !== '') return ofOneJob(call, decodeSegment(id), rest.join('/'));
		const route = routes[`${call.method} /${head}`];
		return route === undefined ? html(404, '404 Not Found', head) : route(call);
	};

	const routes: Readonly<Record<string, (call: Call) => Answer | Promise<Answer>>> = {
		'GET /': ({origin}) => json(200, landing(origin)),
		'GET /versions': () => json(200, {versions: [{name: 'weaver', type: 'api', version: '6.15.0'}]}),
		'GET /conformance': () => json(200, {conformsTo: conformance}),
		'GET /jobs': createWeaverList(world, jobs.idOf, record),
		'DELETE /jobs': dismissMany,
	};

	const server = await serve(dialect, clock, options.port);
	return {...server, ...jobs.controls};
};

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

const exceptionTypes = 'https://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0';

const noSuchJob = (id: string): Answer =>
	json(404, {
		title: 'NoSuchJob',
		type: `${exceptionTypes}/no-such-job`,
		status: 404,
		detail: 'There is no job of this id.',
		cause: id,
	});

const gone = (id: string): Answer =>
	json(410, {
		title: 'JobDismissed',
		type: `${exceptionTypes}/result-not-available`,
		status: 410,
		detail: 'The job was dismissed before, and what it left has been removed.',
		cause: {status: 'dismissed'},
		value: id,
	});

// Who does not ask for JSON gets a page for an unknown job.
const forClient = (call: Call, answer: Answer): Answer =>
	answer.status === 404 && !/json/.test(call.header('accept') ?? '')
		? html(404, '404 Not Found', 'The resource could not be found.')
		: answer;

const notReady = (job: WorldJob): Answer =>
	json(404, {
		title: 'JobResultsNotReady',
		type: `${exceptionTypes}/result-not-ready`,
		status: 404,
		detail: 'The job has no results yet.',
		cause: {status: words[job.phase]},
	});

const results = (id: string, job: WorldJob, origin: string, wrap: (outputs: unknown) => unknown): Answer => {
	if (job.phase === 'cancelled') return gone(id);
	if (job.phase === 'failed') {
		return json(400, {title: 'JobResultsFailed', status: 400, detail: 'The job failed and has no results.'});
	}
	if (job.phase !== 'succeeded') return notReady(job);
	const output = {href: `${origin}/wpsoutputs/${id}/output.tif`, type: 'image/tiff'};
	return json(200, wrap({output, tiles: {value: 11, mediaType: 'application/json'}}));
};

const plainText = (body: string): Answer => ({
	status: 200,
	headers: {'content-type': 'text/plain; charset=UTF-8'},
	body,
});

type Part = (id: string, job: WorldJob, call: Call) => Answer;

/** What lies under a job. */
const parts: Readonly<Record<string, Part>> = {
	inputs: (_, job) => json(200, {inputs: {title: job.plan.name}, outputs: null, headers: {}}),
	logs: (id, job, call) => {
		if (!job.kept) return gone(id);
		const asText = /^text\/plain\b/.test(call.header('accept') ?? '');
		return asText ? plainText(logLines(job).join('\n')) : json(200, logLines(job));
	},
	exceptions: (id, job) => {
		if (!job.kept) return gone(id);
		const exception = {Code: 'NoApplicableCode', Locator: null, Text: 'A tile has no valid pixels.'};
		return json(200, job.phase === 'failed' ? [exception] : []);
	},
	results: (id, job, {origin}) => results(id, job, origin, outputs => outputs),
	outputs: (id, job, {origin}) => results(id, job, origin, outputs => ({outputs, links: []})),
	result: id => json(308, {}, {location: `/jobs/${encodeURIComponent(id)}/results`}),
	statistics: (id, job) => {
		if (!job.kept) return gone(id);
		if (job.phase === 'succeeded') return json(200, {process: {usedThreads: 2, rss: '212 MiB'}});
		return json(404, {title: 'NoJobStatistics', status: 404, detail: 'The job has no statistics.'});
	},
};

const landing = (origin: string) => ({
	title: 'Weaver',
	description: 'The embedded Weaver of the jobtop demo.',
	attribution: 'jobtop',
	links: [
		{rel: 'self', href: `${origin}/`, type: 'application/json'},
		{
			rel: 'http://www.opengis.net/def/rel/ogc/1.0/conformance',
			href: `${origin}/conformance`,
			type: 'application/json',
		},
		{
			rel: 'http://www.opengis.net/def/rel/ogc/1.0/job-list',
			href: `${origin}/jobs`,
			type: 'application/json',
		},
	],
});

const conformance = ['core', 'json', 'job-list', 'dismiss'].map(
	part => `http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/${part}`,
);
