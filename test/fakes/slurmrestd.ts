import {slurmrestd} from '../../source/backends/slurmrestd/index.ts';
import {type Answer, type Fault, json, send} from '../../source/demo/faults.ts';
import {type Call, serve} from '../../source/demo/server.ts';
import type {FailureKind} from '../../source/job/failure.ts';
import type {Phase} from '../../source/job/phase.ts';
import {createManualClock} from '../helpers/manual-clock.ts';
import {faultFor} from './faults.ts';
import {type Remote, secret} from './remote.ts';

/** Of 22.05, of 24.11 asked for its older version, of 24.11, of 26.05. */
export type RestVersion = 38 | 40 | 42 | 45;

/** A job of the fake slurmrestd, in Slurm's words. Times are epoch seconds. */
export type RestRecord = {
	readonly job: number;
	readonly state: string;
	readonly array?: number;
	readonly task?: number;
	/** The number of its het job, and which of its components it is. */
	readonly het?: number;
	readonly component?: number;
	/** The tasks of an array that wait: `5-9%4`. */
	readonly tasks?: string;
	readonly user?: string;
	readonly name?: string;
	readonly reason?: string;
	readonly restarts?: number;
	readonly start?: number;
	readonly end?: number;
	/** How often it is still shown COMPLETING after a cancel. */
	readonly stubborn?: number;
};

export type FakeSlurmrestd = Remote & {
	readonly put: (record: RestRecord, where?: 'jobs' | 'accounts') => void;
	/** Requests with their methods and paths, in order; that for the description is left out. */
	readonly calls: () => readonly string[];
	/** From now on it speaks another version only. */
	readonly upgrade: (version: RestVersion) => void;
	readonly failWith: (fault: Fault) => void;
};

export const fakeRestUser = 'alice';
/** Epoch seconds. */
const now = 1_767_225_600;

const ended = new Set(['COMPLETED', 'CANCELLED', 'FAILED', 'TIMEOUT', 'NODE_FAIL']);

type Stored = RestRecord & {readonly ending?: number};

/** A slurmrestd that answers as those of 22.05, 24.11 and 26.05 do, down to their oddities. */
export const openFakeSlurmrestd = async (
	first: RestVersion = 45,
	headers: () => Readonly<Record<string, string>> = () => ({'x-slurm-user-token': secret}),
): Promise<FakeSlurmrestd> => {
	const {clock} = createManualClock();
	let version = first;
	const jobs = new Map<number, Stored>();
	const accounts: RestRecord[] = [];
	const odd: unknown[] = [];
	// The second in which something changed last. An answer comes a second later, so that none is as old as a change.
	let second = now;
	let changed = now;
	const change = () => {
		second += 2;
		changed = second;
	};

	const modern = () => version >= 40;
	const number = (value: number | undefined): unknown => {
		if (!modern()) return value ?? null;
		return {set: value !== undefined, infinite: false, number: value ?? 0};
	};
	const plain = (value: number | undefined): unknown => (modern() ? number(value ?? 0) : (value ?? 0));
	const words = (state: string, flags: readonly string[] = []) => {
		// One word alone hides the outcome.
		if (!modern()) return flags[0] ?? state;
		return [state, ...flags];
	};

	const shown = (job: Stored) => ({
		account: 'lab',
		job_id: job.job,
		array_job_id: plain(job.array),
		array_task_id: number(job.task),
		array_task_string: job.tasks ?? '',
		het_job_id: plain(job.het),
		het_job_offset: plain(job.component),
		job_state: job.ending === undefined ? words(job.state) : words('CANCELLED', ['COMPLETING']),
		state_reason: job.reason ?? 'None',
		name: job.name ?? 'simulation',
		user_id: 4242,
		user_name: job.user ?? fakeRestUser,
		partition: 'debug',
		// A plain number in every version.
		restart_cnt: job.restarts ?? 0,
		submit_time: plain(now - 3600),
		start_time: plain(job.start),
		end_time: plain(job.end),
		exit_code: modern()
			? {status: ['SUCCESS'], return_code: number(0), signal: {id: number(undefined), name: ''}}
			: 0,
		time_limit: modern() ? {set: false, infinite: true, number: 0} : null,
		nodes: 'n1',
		standard_output: '/nowhere/slurm.out',
	});
	const accounted = (job: RestRecord) => ({
		account: 'lab',
		job_id: job.job,
		array: {
			job_id: job.array ?? 0,
			task_id: modern() ? number(job.task) : (job.task ?? null),
			task: job.tasks ?? (modern() ? '' : null),
		},
		het: {job_id: 0, job_offset: modern() ? number(undefined) : null},
		state: {current: words(job.state), reason: 'None'},
		name: job.name ?? 'simulation',
		user: job.user ?? fakeRestUser,
		partition: 'debug',
		time: {submission: now - 3600, start: job.start ?? 0, end: job.end ?? 0, limit: number(60)},
		exit_code: {status: modern() ? ['SUCCESS'] : 'SUCCESS', return_code: modern() ? number(0) : 0},
	});

	const meta = {plugin: {data_parser: 'data_parser'}};
	const good = (body: object) => json(200, {...body, meta, errors: [], ...(modern() && {warnings: []})});
	const problem = (status: number, error_number: number, error: string, description = '') =>
		json(status, {meta, errors: [{description, error_number, error, source: 'slurm'}], jobs: []});

	const list = (query: URLSearchParams): Answer => {
		const since = query.get('update_time');
		if (since !== null && version === 40) {
			return problem(422, 9202, 'Unable to convert Data type', `Parsing of ${since} for timestamp failed`);
		}
		if (since !== null && Number(since) - 1 >= changed) {
			const description = `No job changes since update_time[${since}]=2026-11-22T06:52:46`;
			return json(200, {
				jobs: [],
				last_update: number(0),
				meta,
				errors: [],
				warnings: [{description, source: 'op_handler_jobs'}],
			});
		}
		const listed = [...jobs.values()].map(shown);
		for (const job of jobs.values()) settle(job);
		return good({jobs: [...listed, ...odd], ...(modern() && {last_update: number(second + 1)})});
	};

	/** A job that is ending has ended when it was shown so often. */
	const settle = (job: Stored) => {
		if (job.ending === undefined) return;
		const {ending, ...rest} = job;
		change();
		jobs.set(job.job, ending > 0 ? {...job, ending: ending - 1} : {...rest, state: 'CANCELLED'});
	};

	const one = (id: string): Answer => {
		const found = [...jobs.values()].filter(({job, array, het}) =>
			[job, array, het].some(number => String(number) === id),
		);
		if (found.length === 0) {
			return problem(modern() ? 404 : 500, 2017, 'Invalid job id specified', `Unable to find JobId=${id}`);
		}
		const answer = good({jobs: found.map(shown)});
		for (const job of found) settle(job);
		return answer;
	};

	const remembered = (id: string): Answer => {
		const found = accounts.filter(({job, array}) => String(job) === id || String(array) === id);
		return found.length === 0
			? problem(200, 9003, 'Nothing found with query')
			: good({jobs: found.map(accounted)});
	};

	/** The number of the problem; undefined where it worked. */
	const end = (id: string): number | undefined => {
		const [, base = '', task, set, component] = /^(\d+)(?:_(?:(\d+)|\[([\d,-]+)\])|\+(\d+))?$/.exec(id) ?? [];
		const targets = [...jobs.values()].filter(job => {
			// Whoever ends the leader of a het job ends all of its components.
			if (component !== undefined && component !== '0') {
				return String(job.het) === base && String(job.component) === component;
			}
			if (task === undefined && set === undefined) return String(job.het ?? job.array ?? job.job) === base;
			if (String(job.array) !== base) return false;
			return job.task === undefined ? job.tasks?.replace(/%.*/, '') === set : String(job.task) === task;
		});
		if (targets.length === 0) return 2017;
		if (targets.some(({user = fakeRestUser}) => user !== fakeRestUser)) return 2002;
		const live = targets.filter(({state, ending}) => ending === undefined && !ended.has(state));
		if (live.length === 0) return 2021;
		for (const job of live) {
			change();
			if (job.state !== 'PENDING') jobs.set(job.job, {...job, end: now, ending: job.stubborn ?? 0});
			else if (job.tasks !== undefined) jobs.delete(job.job);
			else jobs.set(job.job, {...job, state: 'CANCELLED', start: now, end: now});
		}
		return undefined;
	};

	const endOne = (id: string): Answer => {
		const number = end(id);
		if (version === 38 && number !== undefined && number !== 2021) {
			return problem(500, number, problems[number] ?? '', `unable to kill JobId=${id} with signal 9`);
		}
		// 0.0.40 and 22.05's finished jobs: whatever came of it, nothing is said.
		if (version <= 40) return good({});
		return good({status: number === undefined ? [] : [status(id, number)]});
	};
	const status = (id: string, code: number) => ({
		error: {string: problems[code], code, message: problems[code]},
		step_id: id,
		job_id: number(Number.parseInt(id, 10)),
	});
	const endMany = (body: string): Answer => {
		const {jobs: ids} = JSON.parse(body) as {readonly jobs: readonly string[]};
		const said = ids.flatMap(id => {
			const code = end(id);
			return code === undefined ? [] : [status(id, code)];
		});
		return good({status: said});
	};

	/** 22.05 does not tell its cluster. */
	const pinged = (): Answer => {
		const slurm = {version: {}, ...(version >= 42 && {cluster: 'lab'})};
		return json(200, {pings: [{hostname: 'head1'}], meta: {...meta, slurm}, errors: []});
	};

	const description = (): Answer => {
		// With and without a slash, and older ones beside the newest.
		const slash = modern() ? '/' : '';
		const paths: Record<string, object> = {};
		for (const each of modern() ? [39, 40, 41, 42, 45].filter(other => other <= version) : [36, 37, 38]) {
			const at = `/slurm/v0.0.${each}`;
			paths[`${at}/jobs${slash}`] = {get: {}, ...(each >= 40 && {delete: {}})};
			paths[`${at}/ping${slash}`] = {get: {}};
			paths[`${at}/job/{job_id}`] = {get: {}, post: {}, delete: {}};
			paths[`${at.replace('slurm', 'slurmdb')}/job/{job_id}`] = {get: {}};
		}
		return json(200, {openapi: '3.0.3', paths});
	};

	// What it speaks is no question about a job, unless that question is the one that fails.
	let unheard = 0;
	let failing = false;
	const asked: string[] = [];
	const answer = (call: Call): Answer => {
		const {method, path, query, body} = call;
		const token = call.header('x-slurm-user-token');
		if (token === undefined) {
			return {status: 401, headers: {'content-type': 'text/plain'}, body: 'Authentication failure'};
		}
		if (path === '/openapi/v3') return description();
		if (token !== secret) {
			return modern()
				? problem(511, 1007, 'Protocol authentication error', 'Unable to query jobs')
				: problem(500, -1, 'Unspecified error', 'Failed while looking for jobs');
		}
		const [, system, spoken, kind, id = ''] = path.split('/').map(decodeURIComponent);
		if (spoken !== `v0.0.${version}`) return unknownAddress;
		if (system === 'slurmdb' && kind === 'job') return remembered(id);
		if (system !== 'slurm') return unknownAddress;
		if (kind === 'ping') return pinged();
		if (kind === 'jobs') return method === 'DELETE' ? endMany(body) : list(query);
		if (kind !== 'job') return unknownAddress;
		return method === 'DELETE' ? endOne(id) : one(id);
	};
	const server = await serve(call => {
		const description = call.path === '/openapi/v3';
		if (description && !failing) unheard++;
		failing = false;
		if (!description)
			asked.push(
				`${call.method} ${call.path}${call.query.size > 0 ? `?${call.query}` : ''} ${call.body}`.trim(),
			);
		return answer(call);
	}, clock);

	const backend = slurmrestd.connect('far', {
		url: server.url,
		user: fakeRestUser,
		sendUser: true,
		headers,
		limits: {headersMs: 1500},
	});

	const put: FakeSlurmrestd['put'] = (record, where = 'jobs') => {
		change();
		if (where === 'jobs') jobs.set(record.job, record);
		else accounts.push(record);
	};

	return {
		connection: {profile: 'far', traits: slurmrestd.traits, backend},
		async add(id, phase, extra = {}) {
			const known = wordsFor[phase];
			if (phase === 'stopping') {
				change();
				jobs.set(Number(id), {
					job: Number(id),
					state: 'RUNNING',
					start: now - 60,
					end: now,
					ending: 99,
					...extra,
				});
				return true;
			}
			if (known !== undefined) put({job: Number(id), ...known, ...extra});
			return known !== undefined;
		},
		async addStrange(id) {
			put({job: Number(id), state: 'HIBERNATING', start: now - 60});
			return true;
		},
		async addUnreadable() {
			change();
			odd.push({...shown({job: 77, state: 'PENDING', array: 77}), array_task_string: '1,3,5,...'});
			return true;
		},
		async failNext(kind) {
			failing = true;
			if (kind === 'unreachable') await server.leave();
			else server.failNext(faults[kind] ?? faultFor[kind]);
			return true;
		},
		async requests() {
			await server.comeBack();
			return server.count() - unheard;
		},
		idFor: n => String(1000 + n),
		async close() {
			await backend.close?.();
			await server.close();
		},
		put,
		calls: () => asked,
		upgrade(other) {
			version = other;
			change();
		},
		failWith: fault => server.failNext(fault),
	};
};

export const openSlurmrestd = (): Promise<Remote> => openFakeSlurmrestd();

const unknownAddress: Answer = {
	status: 404,
	headers: {'content-type': 'text/plain'},
	body: 'Unable find requested URL. Please view /openapi/v3 for API reference.',
};

const problems: Readonly<Record<number, string>> = {
	2002: 'Access/permission denied',
	2017: 'Invalid job id specified',
	2021: 'Job/step already completing or completed',
};

// A 404 without a number is an address that is not there.
const complain =
	(status: number, error_number: number, error: string): Fault =>
	response =>
		send(response, json(status, {errors: [{error_number, error, description: `token ${secret}`}]}));

const faults: Partial<Record<FailureKind, Fault>> = {
	'not-found': complain(404, 2017, 'Invalid job id specified'),
	conflict: complain(409, 2021, 'Job/step already completing or completed'),
	unauthorized: complain(511, 1007, 'Protocol authentication error'),
	broken: complain(500, -1, 'Unspecified error'),
};

// The times are what Slurm says: of a job that waits or runs, forecasts are among them.
const wordsFor: Partial<Record<Phase, Omit<RestRecord, 'job'>>> = {
	queued: {state: 'PENDING', reason: 'Priority', start: now + 3600, end: now + 7200},
	held: {state: 'PENDING', reason: 'JobHeldUser'},
	starting: {state: 'CONFIGURING', start: now - 10, end: now + 3590},
	running: {state: 'RUNNING', start: now - 600, end: now + 3000},
	succeeded: {state: 'COMPLETED', start: now - 600, end: now - 60},
	failed: {state: 'FAILED', reason: 'NonZeroExitCode', start: now - 600, end: now - 60},
	cancelled: {state: 'CANCELLED', start: now - 600, end: now - 60},
};
