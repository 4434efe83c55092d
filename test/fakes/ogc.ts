import {ogc} from '../../source/backends/ogc/index.ts';
import {type Answer, html, json} from '../../source/demo/faults.ts';
import {createRandom, createUuid, seedOf} from '../../source/demo/random.ts';
import {type Call, serve} from '../../source/demo/server.ts';
import type {Phase} from '../../source/job/phase.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {faultFor} from './faults.ts';
import {type Remote, secret} from './remote.ts';

/** An OGC API - Processes server that answers as pygeoapi does, down to its oddities. */
export const openOgc = async (): Promise<Remote> => {
	const {clock} = createManualClock();
	// In the order in which they were accepted.
	const jobs = new Map<string, Record<string, unknown>>();

	const list = ({query, origin}: Call): Answer => {
		// `status` is not known, and changes nothing. More than its most jobs are not given, and not refused.
		const limit = Math.min(50, Number(query.get('limit') ?? 20));
		const offset = Number(query.get('offset') ?? 0);
		// The first page has the oldest jobs, and has them newest first.
		const page = [...jobs.values()].slice(offset, offset + limit).reverse();
		const link = (rel: string, parameters: string) => ({
			rel,
			href: `${origin}/jobs?${parameters}`,
			type: 'application/json',
		});
		// A full page has a next one, even if nothing is on it.
		const more = offset + limit < jobs.size || page.length === limit;
		return json(200, {
			jobs: page,
			links: [
				link('self', 'f=json'),
				...(offset > 0 ? [link('prev', `offset=${Math.max(0, offset - limit)}&limit=${limit}`)] : []),
				...(more ? [link('next', `offset=${offset + limit}&limit=${limit}`)] : []),
			],
		});
	};

	const problem = (status: number, code: string, description: string): Answer =>
		json(status, {code, type: code, description});

	const results = (id: string): Answer => {
		const status = jobs.get(id)?.status;
		if (status === undefined) return problem(404, 'NoSuchJob', id);
		if (status === 'running') return problem(404, 'ResultNotReady', 'job still running');
		if (status === 'accepted') return problem(404, 'ResultNotReady', 'job accepted but not yet running');
		if (status === 'failed') return problem(400, 'InvalidParameterValue', 'job failed');
		return json(200, {id: 'echoOutput', value: 'Echo'});
	};

	const dismiss = (id: string, origin: string): Answer => {
		if (!jobs.delete(id)) return problem(404, 'NoSuchJob', id);
		const links = [{rel: 'up', href: `${origin}/jobs`, type: 'application/json'}];
		return {
			status: 200,
			headers: {'content-type': 'text/html; charset=utf-8'},
			body: JSON.stringify({
				jobID: id,
				status: 'dismissed',
				message: 'Job dismissed',
				progress: 100,
				links,
			}),
		};
	};

	const server = await serve(call => {
		if (call.header('authorization') !== `Bearer ${secret}`) return problem(401, 'Unauthorized', 'no');
		const [, head, id = '', part] = call.path.split('/').map(decodeURIComponent);
		if (head !== 'jobs') return html(404, '404 Not Found', 'The requested URL was not found on the server.');
		if (id === '') return list(call);
		if (call.method === 'DELETE') return dismiss(id, call.origin);
		if (part === 'results') return results(id);
		const job = jobs.get(id);
		return job === undefined ? problem(404, 'InvalidParameterValue', id) : json(200, job);
	}, clock);

	const backend = ogc.connect('far', {
		url: server.url,
		headers: () => ({authorization: `Bearer ${secret}`}),
		pageSize: 3,
		limits: {headersMs: 1500},
	});
	const time = '2026-11-22T06:55:20.693844Z';
	const put = (jobID: string, status: string, processID: string) =>
		jobs.set(jobID, {
			type: 'process',
			processID,
			jobID,
			status,
			message: messages[status] ?? 'Job complete',
			progress: status === 'successful' ? 100 : 5,
			parameters: null,
			created: time,
			started: time,
			finished: status === 'successful' || status === 'failed' ? time : null,
			updated: time,
			links: [],
		});
	const idFor = (n: number) => createUuid(createRandom(seedOf('fake ogc job', n)));

	return {
		connection: {profile: 'far', traits: ogc.traits, backend},
		async add(id, phase, {name = 'echo'} = {}) {
			const word = words[phase];
			if (word !== undefined) put(id, word, name);
			return word !== undefined;
		},
		async addStrange(id) {
			put(id, 'rebalancing', 'echo');
			return true;
		},
		async addUnreadable() {
			jobs.set('unreadable', {jobID: 17, status: ['running']});
			return true;
		},
		async failNext(kind) {
			if (kind === 'unreachable') await server.leave();
			else server.failNext(faultFor[kind]);
			return true;
		},
		async requests() {
			await server.comeBack();
			return server.count();
		},
		idFor,
		async close() {
			await backend.close?.();
			await server.close();
		},
	};
};

// A record that is dismissed is gone with that.
const words: Partial<Record<Phase, string>> = {
	queued: 'accepted',
	running: 'running',
	succeeded: 'successful',
	failed: 'failed',
};

const messages: Readonly<Record<string, string>> = {
	accepted: 'Job accepted and ready for execution',
	running: 'Writing job output',
	failed: 'InvalidParameterValue: Error executing process: Cannot run process without echo value',
};
