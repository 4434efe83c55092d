/*
slurmrestd: what three versions of it really answered, and conversations with one that is made up.
*/
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {findJob, jobOf, type Viewer} from '../../../source/backends/slurm/records.ts';
import {failureIn, readEnd} from '../../../source/backends/slurmrestd/answers.ts';
import {readApi} from '../../../source/backends/slurmrestd/api.ts';
import {detailsOf} from '../../../source/backends/slurmrestd/details.ts';
import {slurmrestd} from '../../../source/backends/slurmrestd/index.ts';
import {
	isInfinite,
	readAccount,
	readExit,
	readJob,
	readNumber,
	readState,
} from '../../../source/backends/slurmrestd/wire.ts';
import {methodsOf, profileSchema} from '../../../source/config/profile-entries.ts';
import {BackendError, type FailureKind} from '../../../source/job/failure.ts';
import {fakeRestUser, openFakeSlurmrestd, type RestVersion} from '../../fakes/slurmrestd.ts';

const {signal} = new AbortController();
const releases = ['slurm-22.05', 'slurm-24.11', 'slurm-26.05'] as const;
const fixture = (path: string) =>
	JSON.parse(readFileSync(new URL(`../../fixtures/${path}.json`, import.meta.url), 'utf8'));
const viewer: Viewer = {profile: 'hpc', backend: 'slurmrestd', isMine: ({user}) => user === 'jtalice'};

type Recorded = {
	readonly who: 'none' | 'garbage' | 'alice' | 'bob';
	readonly request: string;
	readonly status: number;
	readonly answer: unknown;
};
const recordedJobs = (release: string) =>
	(fixture(`${release}/rest-jobs`).jobs as unknown[]).map(
		one => readJob(one) ?? assert.fail(JSON.stringify(one)),
	);
const failureFrom = (promise: Promise<unknown> | undefined) =>
	Promise.resolve(promise).then(
		() => assert.fail('it went well'),
		(error: unknown) => (error instanceof BackendError ? error.failure : assert.fail(String(error))),
	);

describe('what it says of jobs', () => {
	for (const release of releases) {
		test(`every job of a ${release} is read, by its exact id`, () => {
			const jobs = recordedJobs(release).map(({record}) => jobOf(record, viewer));
			const ids = jobs.map(({id}) => id);
			const [array, task, het] =
				release === 'slurm-22.05' ? ['24_[4-20]', '24_1', '25+0'] : ['9_[4-20]', '9_1', '10+0'];
			for (const id of [array, task, het]) assert.ok(ids.includes(id as string), `${id} in ${ids}`);
			for (const job of jobs) {
				assert.notEqual(job.phase, 'unknown', job.status);
				assert.equal(job.mine, true);
				assert.ok(job.createdAt);
				// A forecast is no start, and no end.
				if (job.phase === 'queued' || job.phase === 'held') assert.equal(job.startedAt, undefined);
				assert.equal(job.endedAt !== undefined, job.terminal || job.phase === 'stopping', job.id);
			}
			assert.ok(jobs.some(({name}) => name === 'naïve|pipe "q" 日本 ☃'));
			assert.equal(
				jobs.find(({reason}) => reason === 'JobHeldUser')?.phase,
				release === 'slurm-22.05' ? 'cancelled' : 'held',
			);
		});

		test(`every job in the accounts of a ${release} is read, but no array that waits there`, () => {
			const told = (fixture(`${release}/rest-accounts`).jobs as unknown[]).map(readAccount);
			for (const one of told) assert.ok(one);
			const cancelled = told.find(one => one && jobOf(one.record, viewer).phase === 'cancelled');
			assert.ok(cancelled && jobOf(cancelled.record, viewer).terminal);
		});
	}

	test('an array in the accounts of 22.05 holds the bits of its tasks', () => {
		const told = (fixture('slurm-22.05/rest-accounts').jobs as unknown[]).flatMap(
			one => readAccount(one) ?? [],
		);
		const found = findJob(
			'10_7',
			told.map(({record}) => record),
			viewer,
		);
		assert.equal(found?.job.phase, 'cancelled');
		assert.equal(
			findJob(
				'10_21',
				told.map(({record}) => record),
				viewer,
			),
			undefined,
		);
	});

	test('numbers come in every form, and an unset one is undefined', () => {
		for (const value of [7, '7', {set: true, infinite: false, number: 7}]) assert.equal(readNumber(value), 7);
		for (const value of [
			null,
			undefined,
			4294967294,
			4294967295,
			18446744073709551614n.toString(),
			{set: false, infinite: false, number: 7},
			{set: false, infinite: true, number: 7},
			{set: true, infinite: true, number: 7},
			'Infinity',
			[],
		]) {
			assert.equal(readNumber(value), undefined, JSON.stringify(value));
		}
		assert.equal(isInfinite({set: false, infinite: true, number: 0}), true);
		assert.equal(isInfinite({set: true, infinite: false, number: 0}), false);
	});

	test('an exit code is a wait status or its parts', () => {
		const signal = {id: {set: true, infinite: false, number: 9}, name: 'KILL'};
		assert.equal(readExit(2304), '9:0');
		assert.equal(readExit(15), '0:15');
		assert.equal(readExit(36608), '143:0');
		assert.equal(
			readExit({status: ['SIGNALED'], return_code: {set: true, infinite: false, number: 0}, signal}),
			'0:9',
		);
		assert.equal(readExit({status: 'SUCCESS', return_code: 3}), '3:0');
		assert.equal(readExit(null), undefined);
	});

	const states: readonly (readonly [value: unknown, state: string, phase: string])[] = [
		['RUNNING', 'RUNNING', 'running'],
		// The word of 22.05 hides how it ended.
		['COMPLETING', 'COMPLETING', 'stopping'],
		[['CANCELLED', 'COMPLETING'], 'CANCELLED+COMPLETING', 'stopping'],
		[['CANCELLED'], 'CANCELLED', 'cancelled'],
		[{current: ['FAILED']}, 'FAILED', 'failed'],
		[['RUNNING', 'CONFIGURING'], 'RUNNING+CONFIGURING', 'starting'],
		[['PENDING', 'REQUEUED'], 'PENDING+REQUEUED', 'queued'],
		[['NODE_FAIL', 'REQUEUED', 'COMPLETING'], 'NODE_FAIL+REQUEUED+COMPLETING', 'stopping'],
		[['PENDING', 'SPECIAL_EXIT'], 'PENDING+SPECIAL_EXIT', 'held'],
		[['FAILED', 'LAUNCH_FAILED'], 'FAILED+LAUNCH_FAILED', 'failed'],
		[['RUNNING', 'RESIZING'], 'RUNNING+RESIZING', 'running'],
		// A word that nobody knows is no end, whatever it stands beside.
		[['COMPLETED', 'THAWING'], 'COMPLETED+THAWING', 'unknown'],
	];
	for (const [value, state, phase] of states) {
		test(`${JSON.stringify(value)} is ${phase}`, () => {
			assert.equal(readState(value), state);
			const told = readJob({job_id: 1, job_state: value, name: 'a', user_name: 'jtalice'});
			assert.equal(told && jobOf(told.record, viewer).phase, phase);
		});
	}

	test('what waits of an array without its tasks cannot be read: it would be taken for the whole', () => {
		assert.equal(readJob({job_id: 7, array_job_id: 7, array_task_id: null, job_state: 'PENDING'}), undefined);
		for (const array_task_string of ['', '1,3,5,...']) {
			const record = {
				job_id: 7,
				array_job_id: 7,
				array_task_id: null,
				array_task_string,
				job_state: 'PENDING',
			};
			assert.equal(readJob(record), undefined, array_task_string);
		}
	});

	test('what is left of an array that was cancelled is no word on its other tasks', async t => {
		const far = await openFakeSlurmrestd(38);
		t.after(far.close);
		const {backend} = far.connection;
		far.put({job: 7, array: 7, tasks: '', state: 'CANCELLED', end: 1_767_225_000});
		assert.equal((await backend.get?.('7', {signal}))?.job.phase, 'cancelled');
		far.put({job: 8, array: 7, task: 1, state: 'RUNNING', start: 1_767_225_000});
		assert.equal((await backend.get?.('7', {signal}))?.job.phase, 'running');
		const {jobs, unreadable} = await backend.listPage({everyone: true, ended: true, signal});
		assert.deepEqual([jobs.map(({id}) => id), unreadable], [['7', '7_1'], 0]);
	});

	test('the details show what is worth reading', () => {
		for (const release of releases) {
			const told = recordedJobs(release).find(({record}) => record.state === 'RUNNING');
			assert.ok(told);
			const {fields, raw} = detailsOf(jobOf(told.record, viewer), told);
			const labels = Object.fromEntries(fields);
			assert.equal(labels['Time limit'], '30 min');
			assert.equal(labels.Account, 'test');
			assert.match(raw, /"job_id": \d+/);
		}
		const failed = recordedJobs('slurm-22.05').find(({record}) => record.state === 'FAILED');
		assert.ok(failed);
		assert.equal(
			Object.fromEntries(detailsOf(jobOf(failed.record, viewer), failed).fields)['Exit code'],
			'9:0',
		);
	});
});

describe('what it complains of', () => {
	const all = releases.flatMap(release =>
		(fixture(`${release}/rest-answers`) as Recorded[]).map(one => ({release, ...one})),
	);

	// By the number in the answer, whatever the code of HTTP.
	const expected: readonly (readonly [RegExp, Recorded['who'], FailureKind])[] = [
		[/^GET .*\/job\/999999$/, 'alice', 'not-found'],
		[/^GET .*\/job\/abc$/, 'alice', 'rejected'],
		[/^GET .*\/jobs\/$/, 'garbage', 'unauthorized'],
		[/^GET .*\/ping$/, 'garbage', 'broken'],
	];
	for (const [request, who, kind] of expected) {
		test(`${request.source} by ${who} is ${kind}`, () => {
			const those = all.filter(one => request.test(one.request) && one.who === who);
			assert.ok(those.length > 0);
			for (const {answer, release} of those) assert.equal(failureIn(answer)?.kind, kind, release);
		});
	}

	const ends: readonly (readonly [
		release: string,
		request: string,
		who: Recorded['who'],
		id: string,
		kind: string,
	])[] = [
		['slurm-22.05', 'DELETE /slurm/v0.0.38/job/70', 'bob', '70', 'forbidden'],
		['slurm-22.05', 'DELETE /slurm/v0.0.38/job/999999', 'alice', '999999', 'not-found'],
		['slurm-22.05', 'DELETE /slurm/v0.0.38/job/75', 'alice', '75', 'not-found'],
		// It had ended, and nothing is said: accepted is all that can be said, and a look tells the rest.
		['slurm-22.05', 'DELETE /slurm/v0.0.38/job/72', 'alice', '72', 'accepted'],
		['slurm-22.05', 'DELETE /slurm/v0.0.38/job/73_1', 'alice', '73_1', 'accepted'],
		['slurm-24.11', 'DELETE /slurm/v0.0.42/job/32', 'bob', '32', 'forbidden'],
		['slurm-24.11', 'DELETE /slurm/v0.0.42/job/34', 'alice', '34', 'too-late'],
		['slurm-24.11', 'DELETE /slurm/v0.0.42/job/999999', 'alice', '999999', 'not-found'],
		['slurm-24.11', 'DELETE /slurm/v0.0.42/job/35_1', 'alice', '35_1', 'accepted'],
		['slurm-24.11', 'DELETE /slurm/v0.0.40/jobs/', 'alice', '999999', 'not-found'],
		['slurm-24.11', 'DELETE /slurm/v0.0.40/jobs/', 'alice', '42', 'too-late'],
		['slurm-26.05', 'DELETE /slurm/v0.0.45/job/32', 'bob', '32', 'forbidden'],
		['slurm-26.05', 'DELETE /slurm/v0.0.45/job/34', 'alice', '34', 'too-late'],
	];
	for (const [release, request, who, id, kind] of ends) {
		test(`${release}: ${request} by ${who} is ${kind}`, () => {
			const one = all.find(each => each.release === release && each.request === request && each.who === who);
			assert.ok(one);
			assert.equal(readEnd(one.answer, id).kind, kind);
		});
	}

	test('no answer is ever called done', () => {
		for (const {answer} of all) assert.notEqual(readEnd(answer, '1').kind, 'done');
	});
});

describe('which version it is asked in', () => {
	const paths = (...numbers: number[]) => ({
		paths: Object.fromEntries(numbers.map(number => [`/slurm/v0.0.${number}/job/{job_id}`, {get: {}}])),
	});
	test('the newest that both know', () => {
		assert.equal(readApi(paths(36, 37, 38)).version, 'v0.0.38');
		assert.equal(readApi(paths(40, 41, 42)).version, 'v0.0.42');
		assert.equal(readApi(paths(43, 45, 46)).version, 'v0.0.45');
		assert.equal(readApi(paths(47, 46)).version, 'v0.0.46');
	});
	test('no slurmrestd that is too old, and no other server', () => {
		for (const description of [paths(36, 37), {}, undefined, {paths: []}, {paths: {'/jobs': {get: {}}}}]) {
			assert.throws(() => readApi(description), /malformed: jobtop cannot use this slurmrestd/);
		}
	});
});

const versions: readonly RestVersion[] = [38, 40, 42, 45];

for (const version of versions) {
	describe(`a conversation in v0.0.${version}`, () => {
		const open = async (t: TestContext) => {
			const far = await openFakeSlurmrestd(version);
			t.after(far.close);
			return {...far, backend: far.connection.backend};
		};
		const list = (backend: Awaited<ReturnType<typeof open>>['backend']) =>
			backend.listPage({everyone: true, ended: true, signal});

		test('a cancel is accepted, and only looks show that it worked', async t => {
			const {backend, put} = await open(t);
			put({job: 5, state: 'RUNNING', start: 1_767_225_000, stubborn: 2});
			assert.deepEqual(await backend.cancel?.('5', {signal}), {kind: 'accepted'});
			const seen: string[] = [];
			for (let n = 0; n < 4; n++) seen.push((await backend.get?.('5', {signal}))?.job.phase ?? '');
			assert.deepEqual(seen, ['stopping', 'stopping', 'stopping', 'cancelled']);
		});

		test('a task that waits is ended by the id of its array, and leaves nothing', async t => {
			const {backend, put, calls} = await open(t);
			put({job: 7, array: 7, tasks: '5-9%2', state: 'PENDING'});
			put({job: 8, array: 7, task: 1, state: 'RUNNING', start: 1_767_225_000});
			const {jobs} = await list(backend);
			assert.deepEqual(jobs.map(({id}) => id).sort(), ['7_1', '7_[5-9]']);
			assert.equal((await backend.get?.('7_6', {signal}))?.job.phase, 'queued');
			await backend.cancel?.('7_[5-9]', {signal});
			const sent = calls().filter(call => call.startsWith('DELETE'));
			assert.deepEqual(sent, [
				version < 40
					? 'DELETE /slurm/v0.0.38/job/7_%5B5-9%5D'
					: `DELETE /slurm/v0.0.${version}/jobs/ {"jobs":["7_[5-9]"]}`,
			]);
			assert.equal((await failureFrom(backend.get?.('7_[5-9]', {signal}))).kind, 'not-found');
			assert.equal((await backend.get?.('7_1', {signal}))?.job.phase, 'running');
		});

		test('the leader of a het job stands for all its components, and is not over before the last', async t => {
			const {backend, put} = await open(t);
			for (const component of [0, 1]) {
				put({job: 7 + component, het: 7, component, state: 'RUNNING', start: 1, stubborn: 2 * component});
			}
			const leader = (await list(backend)).jobs.find(({id}) => id === '7+0');
			assert.deepEqual(leader?.set?.apart, ['far/7+0', 'far/7+1']);
			assert.equal(leader?.parent, 'far/7');
			await backend.cancel?.('7+0', {signal});
			const look = async () => (await backend.get?.('7+0', {signal}))?.job;
			await look();
			const job = await look();
			assert.deepEqual([job?.phase, job?.set?.counts?.live], ['cancelled', 1]);
		});

		test('a look at one job shows how often it was requeued', async t => {
			const {backend, put} = await open(t);
			put({job: 5, state: 'PENDING', restarts: 2});
			put({job: 6, state: 'PENDING'});
			assert.equal((await backend.get?.('5', {signal}))?.job.restarts, 2);
			assert.equal((await backend.get?.('6', {signal}))?.job.restarts, undefined);
		});

		test("somebody else's job is refused in every version", async t => {
			const {backend, put} = await open(t);
			put({job: 5, state: 'RUNNING', user: 'bob'});
			assert.equal((await failureFrom(backend.cancel?.('5', {signal}))).kind, 'forbidden');
			assert.equal((await backend.get?.('5', {signal}))?.job.phase, 'running');
			const own = await backend.listPage({everyone: false, ended: true, signal});
			assert.deepEqual(own.jobs, []);
		});

		test('an ended job is never called cancelled by a request', async t => {
			const {backend, put} = await open(t);
			put({job: 5, state: 'COMPLETED', end: 1_767_225_000});
			const receipt = await backend.cancel?.('5', {signal});
			assert.equal(receipt?.kind, version === 38 ? 'accepted' : 'too-late');
			assert.equal((await backend.get?.('5', {signal}))?.job.phase, 'succeeded');
		});

		test('what the controller has forgotten is in the accounts', async t => {
			const {backend, put} = await open(t);
			put({job: 5, state: 'FAILED', end: 1_767_225_000}, 'accounts');
			put({job: 6, array: 6, state: 'PENDING', tasks: '1-4'}, 'accounts');
			assert.equal((await backend.get?.('5', {signal}))?.job.phase, 'failed');
			for (const id of ['6_[1-4]', '9']) {
				assert.equal((await failureFrom(backend.get?.(id, {signal}))).kind, 'not-found', id);
			}
			for (const id of ['x', '5;6', '5.0']) {
				assert.equal((await failureFrom(backend.get?.(id, {signal}))).kind, 'rejected', id);
			}
			const {jobs, failures} = (await backend.getMany?.(['5', '9', '9_1'], {signal})) ?? assert.fail();
			assert.deepEqual([...jobs.keys()], ['5']);
			assert.equal(failures.size, 0);
		});

		test('a text that is no id is not sent', async t => {
			const {backend, calls} = await open(t);
			for (const id of ['../nodes', '5?x', '5 6', '', '-1', '7_[1,3,...]']) {
				assert.equal((await failureFrom(backend.cancel?.(id, {signal}))).kind, 'rejected', id);
				assert.throws(() => backend.describeCancel?.([id]), /rejected/);
			}
			assert.deepEqual(calls(), []);
		});

		test('the server sends a list again only when something has changed', async t => {
			const {backend, put, calls} = await open(t);
			put({job: 5, state: 'RUNNING'});
			const first = await list(backend);
			assert.deepEqual(await list(backend), first);
			put({job: 6, state: 'RUNNING'});
			assert.deepEqual(
				(await list(backend)).jobs.map(({id}) => id),
				['5', '6'],
			);
			assert.equal(calls().filter(call => call.includes('update_time')).length, version < 42 ? 0 : 2);
		});

		test('a wrong token and an absent server are different failures', async t => {
			const far = await openFakeSlurmrestd(version, () => ({'x-slurm-user-token': 'wrong-token'}));
			t.after(far.close);
			const failure = await failureFrom(
				far.connection.backend.listPage({everyone: true, ended: true, signal}),
			);
			assert.equal(failure.kind, version === 38 ? 'broken' : 'unauthorized');
			assert.match(failure.detail, version === 38 ? /token is wrong or has expired/ : /authentication/i);
		});
	});
}

test('a token that says that it has expired is said to have, where slurmrestd only fails', async t => {
	const claims = Buffer.from(JSON.stringify({exp: 1_700_000_000, sun: 'alice'})).toString('base64url');
	const token = `eyJhbGciOiJIUzI1NiJ9.${claims}.c2lnbmF0dXJl`;
	const far = await openFakeSlurmrestd(38, () => ({'x-slurm-user-token': token}));
	t.after(far.close);
	const failure = await failureFrom(far.connection.backend.listPage({everyone: true, ended: true, signal}));
	assert.deepEqual(failure, {
		kind: 'unauthorized',
		detail: 'the token has expired at 2023-11-14T22:13:20.000Z',
	});
});

test('a server that was upgraded is asked again what it speaks', async t => {
	const far = await openFakeSlurmrestd(42);
	t.after(far.close);
	const {backend} = far.connection;
	far.put({job: 5, state: 'RUNNING'});
	await backend.get?.('5', {signal});
	far.upgrade(45);
	// An address that is gone says nothing of the job.
	assert.equal((await failureFrom(backend.get?.('5', {signal}))).kind, 'rejected');
	assert.equal((await backend.get?.('5', {signal}))?.job.phase, 'running');
	assert.equal(far.calls().at(-1), 'GET /slurm/v0.0.45/job/5');
});

test('at an address of this machine it is known by its cluster, and asked for that once', async t => {
	for (const [version, fact] of [
		[42, {cluster: 'lab'}],
		[38, {controller: 'head1'}],
	] as const) {
		const far = await openFakeSlurmrestd(version);
		t.after(far.close);
		const {backend} = far.connection;
		const first = await backend.system({signal});
		assert.deepEqual(await backend.system({signal}), first);
		const {address: _address, ...facts} = first;
		assert.deepEqual(facts, {kind: 'slurmrestd', account: fakeRestUser, ...fact});
		assert.equal(far.calls().length, 1);
	}
	const elsewhere = slurmrestd.connect('hpc', {url: 'https://hpc.invalid:6820', user: fakeRestUser});
	assert.deepEqual(await elsewhere.system({signal}), {
		kind: 'slurmrestd',
		address: 'https://hpc.invalid:6820',
		account: fakeRestUser,
	});
	const nowhere = slurmrestd.connect('hpc', {url: 'http://127.0.0.1:1', user: fakeRestUser});
	assert.equal((await nowhere.system({signal})).cluster, undefined);
});

test('a list that complains is no empty list', async t => {
	const far = await openFakeSlurmrestd(45);
	t.after(far.close);
	const {backend} = far.connection;
	far.put({job: 5, state: 'RUNNING'});
	await backend.get?.('5', {signal});
	far.failWith(response => {
		const errors = [{error_number: 1800, error: 'Unable to contact slurm controller (connect failure)'}];
		response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify({jobs: [], errors}));
	});
	const failure = await failureFrom(backend.listPage({everyone: true, ended: true, signal}));
	assert.equal(failure.kind, 'unreachable');
});

test('many jobs are looked at with one list', async t => {
	const far = await openFakeSlurmrestd(45);
	t.after(far.close);
	const ids = Array.from({length: 400}, (_, n) => String(n + 1));
	for (const id of ids.slice(1)) far.put({job: Number(id), state: 'RUNNING'});
	const looks = await far.connection.backend.getMany?.(ids, {signal});
	assert.equal(looks?.jobs.size, 399);
	assert.equal(looks?.failures.size, 0);
	assert.equal(far.calls().length, 3, far.calls().join(', '));
});

describe('how it is reached', () => {
	const surroundings = {env: {T: 'tok-from-env-1'}, folder: '/'};
	const openAt = async (t: TestContext) => {
		const folder = await mkdtemp(join(tmpdir(), 'restd-'));
		const path = join(folder, 'socket');
		const heads: Record<string, unknown>[] = [];
		const server = createServer((request, response) => {
			heads.push(request.headers);
			const body =
				request.url === '/openapi/v3'
					? {paths: {'/slurm/v0.0.42/jobs/': {get: {}, delete: {}}, '/slurm/v0.0.42/job/{job_id}': {get: {}}}}
					: {jobs: [{job_id: 5, job_state: ['RUNNING'], user_name: fakeRestUser, name: 'a'}], errors: []};
			response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(body));
		});
		await new Promise<void>(resolve => server.listen(path, resolve));
		t.after(async () => {
			server.closeAllConnections();
			server.close();
			await rm(folder, {recursive: true});
		});
		return {path, heads};
	};
	const openEntry = async (t: TestContext, entry: object) => {
		const schema = await profileSchema('slurmrestd');
		const {open} = await methodsOf('slurmrestd');
		const backend = open('hpc', schema.parse({backend: 'slurmrestd', ...entry}), surroundings);
		t.after(() => backend.close?.());
		return backend;
	};

	test('by a socket of this machine, without a token', async t => {
		const {path, heads} = await openAt(t);
		const backend = await openEntry(t, {url: `unix:${path}`, user: fakeRestUser});
		const {jobs} = await backend.listPage({everyone: false, ended: true, signal});
		assert.deepEqual(
			jobs.map(({id}) => id),
			['5'],
		);
		assert.deepEqual(
			Object.keys(heads[0] ?? {}).filter(name => /slurm|auth/.test(name)),
			[],
		);
		assert.deepEqual(backend.describeCancel?.(['5']), [
			`DELETE unix:${path}:/slurm/v0.0.42/jobs/ {"jobs":["5"]}`,
		]);
	});

	test('with a token in the headers of Slurm, or as a bearer', async t => {
		const {path, heads} = await openAt(t);
		const common = {url: `unix:${path}`, user: fakeRestUser, token_env: 'T'};
		await (await openEntry(t, common)).get?.('5', {signal});
		await (await openEntry(t, {...common, auth: 'bearer'})).get?.('5', {signal});
		const [header, , bearer] = heads;
		assert.equal(header?.['x-slurm-user-name'], fakeRestUser);
		assert.equal(header?.['x-slurm-user-token'], 'tok-from-env-1');
		assert.equal(header?.authorization, undefined);
		assert.equal(bearer?.authorization, 'Bearer tok-from-env-1');
		assert.equal(bearer?.['x-slurm-user-token'], undefined);
	});

	test('a socket that is not there is unreachable, by its path', async t => {
		const backend = await openEntry(t, {url: 'unix:/nowhere/slurmrestd.sock'});
		const failure = await failureFrom(backend.listPage({everyone: true, ended: true, signal}));
		assert.deepEqual(failure, {
			kind: 'unreachable',
			detail: 'no connection to /nowhere/slurmrestd.sock (ENOENT)',
		});
	});

	test('before it was asked what it speaks, no version is made up', () => {
		const backend = slurmrestd.connect('hpc', {url: 'http://localhost:6820', user: fakeRestUser});
		assert.deepEqual(backend.describeCancel?.(['5_[1-2]']), [
			'DELETE http://localhost:6820/slurm/{version}/job/5_%5B1-2%5D',
		]);
	});
});
