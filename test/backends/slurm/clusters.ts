/* Several clusters in one profile: the same number on two of them is two jobs. */
import assert from 'node:assert/strict';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import type {Backend} from '../../../source/backends/backend.ts';
import {BackendError, type Failure} from '../../../source/job/failure.ts';
import type {Job} from '../../../source/job/job.ts';
import {openFakeSlurm} from '../../fakes/slurm.ts';

const {signal} = new AbortController();

const open = async (t: TestContext) => {
	const far = await openFakeSlurm({clusters: ['east', 'west']});
	t.after(far.close);
	await far.put({id: '42', state: 'RUNNING', name: 'here'}, 'clusters/east/jobs');
	await far.put({id: '42', state: 'RUNNING', name: 'there'}, 'clusters/west/jobs');
	await far.put({id: '7_[1-4]', state: 'PENDING'}, 'clusters/west/jobs');
	return {...far, backend: far.connection.backend as Required<Backend>};
};
const listAll = async (backend: Backend): Promise<readonly Job[]> => {
	const jobs: Job[] = [];
	let cursor: string | undefined;
	do {
		const page = await backend.listPage({everyone: false, ended: true, signal, ...(cursor && {cursor})});
		jobs.push(...page.jobs);
		cursor = page.cursor;
	} while (cursor !== undefined);
	return jobs;
};
const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
	promise.then(
		() => assert.fail('it went well'),
		(error: unknown) => (error instanceof BackendError ? error.failure : assert.fail(String(error))),
	);

test('each job has its cluster in its ref', async t => {
	const {backend} = await open(t);
	assert.deepEqual(
		(await listAll(backend)).map(job => [job.ref, job.name]),
		[
			['far/42;east', 'here'],
			['far/42;west', 'there'],
			['far/7_[1-4];west', 'simulation'],
		],
	);
	const {job, fields} = await backend.get('42;west', {signal});
	assert.deepEqual([job.ref, job.name, fields[0]], ['far/42;west', 'there', ['Cluster', 'west']]);
});

test('a cancel reaches the job of its cluster, and no other of that number', async t => {
	const {backend, calls, folder} = await open(t);
	const bin = join(folder, 'bin');
	assert.deepEqual(backend.describeCancel(['42;west', '42;east', '7_[1-4];west']), [
		`${bin}/scancel -M west -v 42 '7_[1-4]'`,
		`${bin}/scancel -M east -v 42`,
	]);
	assert.equal((await backend.cancel('42;west', {signal})).kind, 'accepted');
	assert.deepEqual((await calls()).at(-1), ['scancel', '-M', 'west', '-v', '42']);
	const {jobs} = await backend.getMany(['42;west', '42;east', '43;east'], {signal});
	assert.deepEqual(
		[...jobs].map(([id, job]) => [id, job.id, job.phase]),
		[
			['42;west', '42;west', 'stopping'],
			['42;east', '42;east', 'running'],
		],
	);
	const answers = await backend.cancelMany(['42;east', '9;west'], {signal});
	assert.deepEqual(
		[...answers].map(([id, {kind}]) => [id, kind]),
		[
			['42;east', 'accepted'],
			['9;west', 'not-found'],
		],
	);
});

test('an id without one of the clusters is nobody’s', async t => {
	const {backend, calls} = await open(t);
	for (const id of ['42', '42;north', ';east', '42;', '42;east;west;']) {
		assert.equal((await failureOf(backend.get(id, {signal}))).kind, 'not-found', id);
		assert.equal((await failureOf(backend.cancel(id, {signal}))).kind, 'rejected', id);
	}
	assert.deepEqual(await calls(), []);
	// What is left of it is no id of Slurm's.
	assert.equal((await failureOf(backend.cancel('42;east;west', {signal}))).kind, 'rejected');
});

test('a cluster that cannot be asked is named, and keeps no other from being asked', async t => {
	const {backend, folder} = await open(t);
	await rm(join(folder, 'clusters', 'east'), {recursive: true});
	const failure = await failureOf(listAll(backend));
	assert.match(failure.detail, /^east: /);
	const {jobs, failures} = await backend.getMany(['42;east', '42;west'], {signal});
	assert.deepEqual([...jobs.keys()], ['42;west']);
	assert.deepEqual([...failures.keys()], ['42;east']);
});

test('what a site prints around its programs belongs to no job of any cluster, and each has its own reason', async t => {
	const {backend, folder, wrap} = await open(t);
	await wrap({squeue: {before: 'NOTICE\n', after: 'NOTICE\n'}});
	assert.deepEqual(
		(await listAll(backend)).map(({name}) => name),
		['here', 'there', 'simulation'],
	);
	await wrap({});
	await writeFile(join(folder, 'clusters', 'east', 'fail'), 'rate-limited');
	assert.deepEqual(await failureOf(listAll(backend)), {
		kind: 'rate-limited',
		detail: 'east: Rate limit exceeded, please retry momentarily',
	});
	await writeFile(join(folder, 'clusters', 'east', 'down'), '');
	const answers = await backend.cancelMany(['42;east', '42;west'], {signal});
	assert.deepEqual(
		[...answers].map(([id, {kind}]) => [id, kind, backend.partOf(id)]),
		[
			['42;east', 'unreachable', 'east'],
			['42;west', 'accepted', 'west'],
		],
	);
});
