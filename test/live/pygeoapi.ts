/* The backend for servers of OGC API - Processes, and what the built program says of its cancellations, on a real pygeoapi as `test/live/pygeoapi.sh` brings it up. */
import assert from 'node:assert/strict';
import {existsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import type {Backend} from '../../source/backends/backend.ts';
import {ogc} from '../../source/backends/ogc/index.ts';
import {createEngine} from '../../source/engine/engine.ts';
import {readList} from '../../source/engine/polling/read-list.ts';
import type {JobDetail} from '../../source/job/job.ts';
import {systemClock} from '../../source/process/clock.ts';
import {applyPatches, nothingKnown} from '../../source/store/apply-patches.ts';
import {failsAs} from '../helpers/backend.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {runCli} from '../helpers/run-cli.ts';

const {LIVE_PYGEOAPI, LIVE_PYGEOAPI_URL: url = '', LIVE_PYGEOAPI_FOLDER: folder = ''} = process.env;
// Where one is required the tests run, and fail without it.
const missing = LIVE_PYGEOAPI === 'required' ? false : 'there is no pygeoapi here: run test/live/pygeoapi.sh';

const {signal} = new AbortController();
const everything = {everyone: true, ended: true};

type Job = {
	readonly id: string;
	/** Lets its process end. */
	readonly release: () => void;
	/** Whether its process came to its end. */
	readonly isDone: () => boolean;
};

let submitted = 0;

/** Submits a job that goes on until it is released, or fails at once. */
const submit = async (inputs: Record<string, unknown> = {}): Promise<Job> => {
	const release = join(folder, `release-${submitted++}`);
	const response = await fetch(`${url}/processes/waiter/execution`, {
		method: 'POST',
		headers: {'content-type': 'application/json', prefer: 'respond-async'},
		body: JSON.stringify({inputs: {release, ...inputs}}),
	});
	assert.equal(response.status, 201);
	return {
		id: (response.headers.get('location') ?? '').split('/').at(-1) ?? '',
		release: () => writeFileSync(release, ''),
		isDone: () => existsSync(`${release}.done`),
	};
};

const open = (t: TestContext, address = url, headers: Record<string, string> = {}) => {
	const backend = ogc.connect('maps', {url: address, headers: () => headers});
	t.after(() => backend.close?.());
	return backend as Backend & Required<Pick<Backend, 'get' | 'cancel' | 'delete' | 'results'>>;
};

/** Asks again and again until the answer is a good one, for half a minute at most. */
const until = async <T>(
	what: string,
	ask: () => Promise<T> | T,
	isGood: (answer: T) => boolean,
): Promise<T> => {
	const end = performance.now() + 30_000;
	for (;;) {
		const answer = await ask();
		if (isGood(answer)) return answer;
		assert.ok(performance.now() < end, `${what}: still ${JSON.stringify(answer)}`);
		await pause(50);
	}
};

const end = async (backend: Backend, job: Job): Promise<JobDetail> => {
	job.release();
	const look = () => backend.get?.(job.id, {signal}) ?? assert.fail();
	return until(job.id, look, ({job}) => job.terminal);
};

/** The built program on a configuration file with this server in it. */
const run = (t: TestContext, parameters: readonly string[], address = url) => {
	const state = temporaryDirectory(t);
	const config = join(state, 'config.toml');
	writeFileSync(config, `[profiles.maps]\nbackend = "ogc"\nurl = "${address}"\n`);
	return runCli([...parameters, '--config', config], {env: {JOBTOP_STATE_DIR: state}});
};

const cancel = async (t: TestContext, ids: readonly string[]) => {
	const refs = ids.map(id => `maps/${id}`);
	const {stdout, stderr, code} = await run(t, ['cancel', ...refs, '-y', '-o', 'json', '--timeout', '30s']);
	assert.notEqual(stdout, '', stderr);
	type Result = {outcome: string; phase?: string; detail?: string; attempts: number};
	const {results} = JSON.parse(stdout) as {readonly results: readonly Result[]};
	return {code, only: results[0] as Result};
};

describe('a real pygeoapi', {skip: missing}, () => {
	test('a list of several pages holds every job once, and its last page may be a full one', async t => {
		const backend = open(t);
		const listed = async () => {
			const {jobs, covers, unreadable} = await readList(
				{profile: 'maps', traits: ogc.traits, backend},
				everything,
				signal,
			);
			assert.deepEqual([covers, unreadable], ['everything', 0]);
			return [...jobs.values()].map(job => job.id);
		};
		const known = await listed();
		const jobs: Job[] = [];
		// A page holds three: among these lengths are full last pages and others.
		for (const length of [4, 5, 6, 7]) {
			while (jobs.length < length) jobs.push(await submit());
			assert.deepEqual((await listed()).sort(), [...known, ...jobs.map(job => job.id)].sort());
		}
		const first = await backend.listPage({...everything, signal});
		assert.ok(first.cursor !== undefined && first.jobs.length === 3, 'the server gives three a page');
		for (const job of jobs) job.release();
	});

	test('a job is told as it goes on: it waits to its end, and then it has results', async t => {
		const backend = open(t);
		const job = await submit();
		const waiting = await backend.get(job.id, {signal});
		assert.deepEqual([waiting.job.phase, waiting.job.status], ['queued', 'accepted']);
		await failsAs(backend.results(job.id, {signal}), 'conflict', /no results yet/);
		const ended = await end(backend, job);
		assert.deepEqual([ended.job.phase, ended.job.progress], ['succeeded', {percent: 100}]);
		assert.ok((ended.job.endedAt ?? 0) >= (ended.job.createdAt ?? Number.POSITIVE_INFINITY));
		const [result] = await backend.results(job.id, {signal});
		assert.equal(result?.name, 'waited');
		assert.match(result.value ?? '', /^release-\d+$/);
		const {stdout, code} = await run(t, ['show', `maps/${job.id}`, '--results']);
		assert.equal(code, 0);
		assert.match(stdout, /waited.*release-\d+/s);
		const logs = await run(t, ['logs', `maps/${job.id}`]);
		assert.notEqual(logs.code, 0);
		assert.match(logs.stderr, /no log/);
	});

	test('a job that fails says why, and has no results', async t => {
		const backend = open(t);
		const {id} = await submit({fail: true});
		const {job} = await until(
			id,
			() => backend.get(id, {signal}),
			({job}) => job.terminal,
		);
		assert.equal(job.phase, 'failed');
		assert.match(job.error?.message ?? '', /Cannot wait without patience/);
		await failsAs(backend.results(id, {signal}), 'conflict', /a failed job has no results/);
	});

	test('a job that is cancelled is removed, and its process runs on: the outcome says that it may', async t => {
		const backend = open(t);
		const job = await submit();
		const {only, code} = await cancel(t, [job.id]);
		assert.deepEqual(only, {...only, outcome: 'removed', detail: 'the process may still run', attempts: 1});
		assert.equal(code, 0);
		await failsAs(backend.get(job.id, {signal}), 'not-found');
		// It was true.
		assert.equal(job.isDone(), false);
		job.release();
		await until('the process', job.isDone, done => done);
	});

	test('what is said of it to people says it too', async t => {
		const job = await submit();
		const {stderr, stdout} = await run(t, ['cancel', `maps/${job.id}`, '-y', '--timeout', '30s']);
		assert.match(stdout + stderr, /removed from its system after the request: the process may still run/);
		job.release();
	});

	test('a job that had ended is never destroyed by cancelling it', async t => {
		const backend = open(t);
		const job = await submit();
		await end(backend, job);
		const {only, code} = await cancel(t, [job.id]);
		assert.deepEqual([only.outcome, only.phase, only.attempts, code], ['finished-first', 'succeeded', 0, 6]);
		assert.equal((await backend.results(job.id, {signal})).length, 1);
	});

	test('a job that ended after it was shown and before it was looked at is not destroyed either', async t => {
		const backend = open(t);
		const job = await submit();
		const ref = `maps/${job.id}` as const;
		let known = nothingKnown();
		const engine = createEngine({
			connections: [{profile: 'maps', traits: ogc.traits, backend}],
			clock: systemClock,
			stateDirectory: temporaryDirectory(t),
			report(told) {
				known = applyPatches(known, told);
			},
			scope: {everyone: true, ended: false},
			park: true,
		});
		t.after(() => engine.stop());
		engine.start();
		const row = await until(
			'the row',
			() => known.jobs.byRef.get(ref),
			found => found !== undefined,
		);
		assert.ok(row);
		await end(backend, job);
		const {name, phase, status} = row;
		assert.equal(phase, 'queued');
		await engine.cancel([{ref, name, phase, status}]);
		const {outcome} = await until(
			'the outcome',
			() => known.cancellations.get(ref) ?? {outcome: undefined},
			({outcome}) => outcome !== undefined,
		);
		assert.deepEqual([outcome?.kind, outcome?.phase], ['finished-first', 'succeeded']);
		assert.equal((await backend.results(job.id, {signal})).length, 1);
	});

	test('deleting is refused while a job lives, and then really deletes', async t => {
		const backend = open(t);
		const job = await submit();
		await failsAs(backend.delete(job.id, {signal}), 'conflict', /has not ended/);
		assert.equal((await backend.get(job.id, {signal})).job.terminal, false);
		await end(backend, job);
		await backend.delete(job.id, {signal});
		await failsAs(backend.get(job.id, {signal}), 'not-found');
		await failsAs(backend.results(job.id, {signal}), 'not-found');
		await failsAs(backend.delete(job.id, {signal}), 'not-found');
		await failsAs(backend.cancel(job.id, {signal}), 'not-found');
	});

	test('another address on the same server is no list of jobs, and is said so in a line', async t => {
		await failsAs(open(t, `${url}/no-such-place`).listPage({...everything, signal}), 'malformed', /404/);
		// Who is answered with pages, as by a login in front of the server, is not told that there are no jobs.
		const pages = open(t, url, {accept: 'text/html'});
		const job = await submit();
		await failsAs(pages.listPage({...everything, signal}), 'malformed', /web page/);
		await failsAs(pages.get(job.id, {signal}), 'malformed', /web page/);
		job.release();
		const {code, stderr} = await run(t, ['list'], `${url}/no-such-place`);
		assert.equal(code, 5);
		assert.match(stderr, /^.*maps.*404/m);
	});
});
