/* The backend for slurmrestd against a real one, as an ordinary user: by its socket, and over TCP with a token. */
import assert from 'node:assert/strict';
import {describe, type TestContext, test} from 'node:test';
import type {Backend} from '../../source/backends/backend.ts';
import {slurmrestd} from '../../source/backends/slurmrestd/index.ts';
import {BackendError, type Failure} from '../../source/job/failure.ts';
import type {Job} from '../../source/job/job.ts';
import {
	controller,
	foreignJob,
	missingSlurm,
	slurmProgram,
	startStubborn,
	statesOf,
	submit,
	until,
	waitForState,
} from './helpers/slurm.ts';

const {LIVE_SLURM_REST_SOCKET: socketPath = '', LIVE_SLURM_REST_URL: url = ''} = process.env;
const {signal} = new AbortController();
const user = 'labalice';

const bySocket = () =>
	slurmrestd.connect('lab', {user, url: 'http://localhost', socketPath}) as Required<Backend>;
const byToken = (token: string) =>
	slurmrestd.connect('lab', {
		user,
		sendUser: true,
		url,
		headers: () => ({'x-slurm-user-token': token}),
	}) as Required<Backend>;
const makeToken = async (...options: readonly string[]) =>
	(await slurmProgram('scontrol', ['token', ...options])).stdout.trim().replace(/^SLURM_JWT=/, '');

const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
	promise.then(
		value => assert.fail(`no failure, but ${JSON.stringify(value)}`),
		(error: unknown) => (error instanceof BackendError ? error.failure : assert.fail(String(error))),
	);
const list = (backend: Backend, everyone = false) => backend.listPage({everyone, ended: true, signal});

describe('a real slurmrestd', {skip: missingSlurm ?? false}, () => {
	for (const [way, open] of [
		['by its socket', async () => bySocket()],
		['with a token', async () => byToken(await makeToken())],
	] as const) {
		describe(way, () => {
			const connect = async (t: TestContext) => {
				const backend = await open();
				t.after(() => backend.close());
				const waitFor = (id: string, phase: Job['phase']) =>
					until(
						`job ${id}`,
						async () => (await backend.get(id, {signal})).job.phase,
						seen => seen === phase,
					);
				return {backend, waitFor};
			};

			test('lists and tells jobs as they are', async t => {
				const {backend} = await connect(t);
				const name = 'a|b "c" 日本 ☃';
				const running = await submit(t, 'sleep 600', [`--job-name=${name}`, '--time=30']);
				const held = await submit(t, 'sleep 600', ['--hold']);
				await waitForState(running, 'RUNNING');
				const {jobs, unreadable, covers} = await list(backend);
				assert.deepEqual([unreadable, covers], [0, 'everything']);
				const find = (id: string) => jobs.find(job => job.id === id);
				assert.deepEqual([find(running)?.phase, find(running)?.name], ['running', name]);
				assert.deepEqual([find(held)?.phase, find(held)?.reason], ['held', 'JobHeldUser']);
				assert.ok(jobs.every(job => job.mine && job.owner === user));
				assert.equal(find(foreignJob), undefined);
				const other = (await list(backend, true)).jobs.find(job => job.id === foreignJob);
				assert.deepEqual([other?.mine, other?.owner], [false, 'labbob']);
				const {fields, raw} = await backend.get(running, {signal});
				assert.ok(fields.some(([label, value]) => label === 'Time limit' && value === '30 min'));
				assert.match(raw, /"job_state": /);
			});

			test('ends jobs that run and that wait, and sees it', async t => {
				const {backend, waitFor} = await connect(t);
				const running = await startStubborn(t);
				const held = await submit(t, 'sleep 600', ['--hold']);
				for (const id of [running, held]) {
					assert.deepEqual(await backend.cancel(id, {signal}), {kind: 'accepted'});
				}
				assert.equal((await backend.get(held, {signal})).job.phase, 'cancelled');
				// It does not hear SIGTERM: whatever was answered, it has not ended.
				assert.equal((await backend.get(running, {signal})).job.phase, 'stopping');
				await waitFor(running, 'cancelled');
			});

			test('ends one task, and a set of tasks, and no other', async t => {
				const {backend, waitFor} = await connect(t);
				const id = await submit(t, 'sleep 600', ['--array=0-7%2']);
				await waitForState(id, 'RUNNING');
				await waitFor(`${id}_1`, 'running');
				assert.equal((await backend.get(`${id}_6`, {signal})).job.phase, 'queued');
				await backend.cancel(`${id}_1`, {signal});
				await backend.cancel(`${id}_[5-6]`, {signal});
				await waitFor(`${id}_1`, 'cancelled');
				assert.equal((await failureOf(backend.get(`${id}_6`, {signal}))).kind, 'not-found');
				assert.equal((await backend.get(`${id}_0`, {signal})).job.phase, 'running');
				const rows = (await list(backend)).jobs.filter(job => job.id.startsWith(`${id}_[`));
				assert.match(rows[0]?.id ?? '', /_\[[34]?-?[4]?,?7\]$/);
				await backend.cancel(id, {signal});
				await waitFor(`${id}_0`, 'cancelled');
			});

			test("refuses somebody else's job, and knows no unknown one", async t => {
				const {backend} = await connect(t);
				assert.equal((await failureOf(backend.cancel(foreignJob, {signal}))).kind, 'forbidden');
				assert.deepEqual(await statesOf(foreignJob), ['RUNNING']);
				assert.equal((await failureOf(backend.cancel('999999', {signal}))).kind, 'not-found');
				assert.equal((await failureOf(backend.get('999999', {signal}))).kind, 'not-found');
				const looks = await backend.getMany([foreignJob, '999999'], {signal});
				assert.deepEqual([[...looks.jobs.keys()], looks.failures.size], [[foreignJob], 0]);
			});

			test('a finished job stays what it is, whatever is answered', async t => {
				const {backend} = await connect(t);
				const id = await submit(t, 'exit 3');
				await waitForState(id, 'FAILED');
				const {kind} = await backend.cancel(id, {signal});
				assert.ok(kind === 'accepted' || kind === 'too-late', kind);
				const {job, fields} = await backend.get(id, {signal});
				assert.equal(job.phase, 'failed');
				assert.ok(fields.some(([label, value]) => label === 'Exit code' && value === '3:0'));
			});
		});
	}

	test('a wrong token and one of somebody else are refused, and told apart from nothing', async t => {
		for (const token of ['no-token-at-all', `${await makeToken()}x`]) {
			const backend = byToken(token);
			t.after(() => backend.close());
			const failure = await failureOf(list(backend));
			assert.ok(['broken', 'unauthorized'].includes(failure.kind), failure.kind);
			assert.match(failure.detail, /token|authentication/i);
			assert.ok(!failure.detail.includes(token));
		}
		const nobody = slurmrestd.connect('lab', {user, url});
		t.after(() => nobody.close?.());
		assert.equal((await failureOf(list(nobody))).kind, 'unauthorized');
	});

	test('a token that has expired is said to have', async t => {
		const token = await makeToken('lifespan=1');
		const backend = byToken(token);
		t.after(() => backend.close());
		const failure = await until(
			'the token',
			() =>
				list(backend).then(
					() => undefined,
					(error: unknown) => (error as BackendError).failure,
				),
			seen => seen?.kind === 'unauthorized',
		);
		assert.match(failure?.detail ?? '', /the token has expired at/);
	});

	test('a socket that somebody else may not use is unreachable', async t => {
		const backend = slurmrestd.connect('lab', {
			user,
			url: 'http://localhost',
			socketPath: `${socketPath}.none`,
		});
		t.after(() => backend.close?.());
		assert.equal((await failureOf(list(backend))).kind, 'unreachable');
	});

	test('a controller that is down is no empty list, and no answer to a cancel', async t => {
		const backend = bySocket();
		t.after(() => backend.close());
		const id = await submit(t, 'sleep 600', ['--hold']);
		await controller('kill-controller');
		t.after(() => controller('start-controller'));
		const [failing, cancelling] = await Promise.all([
			failureOf(list(backend)),
			failureOf(backend.cancel(id, {signal})),
		]);
		assert.match(failing.detail, /slurmctld does not answer|Unable to contact slurm controller/);
		assert.equal(cancelling.kind, 'unreachable');
		await controller('start-controller');
		// What was submitted a moment before may be lost with a controller that is killed.
		assert.equal((await backend.get(foreignJob, {signal})).job.phase, 'running');
	});
});
