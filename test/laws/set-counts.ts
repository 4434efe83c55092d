/*
What is counted is jobs, not rows, on the command line and on the screen.
*/
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {startKubernetesServer} from '../../source/demo/kubernetes-server.ts';
import {openFakeSlurm, type SlurmRecord} from '../fakes/slurm.ts';
import {createEmptyWorld} from '../helpers/empty-world.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {runCli} from '../helpers/run-cli.ts';

/** jobtop beside a Slurm with these jobs. */
const openSlurm = async (context: TestContext, records: readonly SlurmRecord[]) => {
	const far = await openFakeSlurm();
	context.after(() => far.close());
	const uid = process.getuid?.() ?? 0;
	for (const record of records) await far.put({uid, ...record});
	const state = temporaryDirectory(context);
	const env = {
		PATH: `${join(far.folder, 'bin')}:/usr/bin:/bin`,
		FAKE_SLURM: far.folder,
		FAKE_SLURM_UID: String(uid),
		JOBTOP_STATE_DIR: state,
		JOBTOP_CONFIG: '/dev/null',
		HOME: state,
	};
	return {
		far,
		jobtop: (parameters: readonly string[]) => runCli(parameters, {env}),
		scancels: async () => (await far.calls()).filter(([program]) => program === 'scancel'),
	};
};

const het: readonly SlurmRecord[] = [0, 1, 2].map(n => ({
	id: `42+${n}`,
	state: 'RUNNING',
	name: `part ${n}`,
	start: 1_767_200_000,
}));

test('the leader of a het job is asked about with all its components, and counted with them', async context => {
	const {jobtop, scancels} = await openSlurm(context, het);
	const asked = await jobtop(['cancel', 'fake/42+0', '--dry-run']);
	assert.match(asked.stderr, /^cancel 3 jobs:$/m);
	assert.match(asked.stderr, /2 jobs end with it: fake\/42\+1, fake\/42\+2/);
	const many = await jobtop(['cancel', 'fake/42+0', '-y', '--max', '2']);
	assert.deepEqual([many.code, await scancels()], [3, []]);
	assert.match(many.stderr, /3 jobs would be cancelled, and --max is 2/);
});

test('all components of a het job in one command are one request, and no component had been cancelled before', async context => {
	const {jobtop, scancels} = await openSlurm(context, het);
	const refs = ['fake/42+2', 'fake/42+0', 'fake/42+1'];
	const {code, stdout, stderr} = await jobtop(['cancel', ...refs, '-y', '-o', 'json']);
	assert.equal(code, 0, stderr);
	assert.deepEqual(JSON.parse(stdout).counts, {cancelled: 3});
	assert.deepEqual(await scancels(), [['scancel', '-v', '42+0']]);
});

test('a het job whose leader is cancelled is not over before its last component', async context => {
	const {jobtop, far} = await openSlurm(context, [
		het[0] as SlurmRecord,
		{...(het[1] as SlurmRecord), stubborn: 3},
	]);
	const {code, stdout} = await jobtop(['cancel', 'fake/42+0', '-y']);
	assert.deepEqual([code, stdout], [0, 'fake/42+0 is cancelled: 2 of 2\n']);
	const {signal} = new AbortController();
	const told = await far.connection.backend.get?.('42+1', {signal});
	assert.equal(told?.job.phase, 'cancelled');
});

test('an array with ended tasks is reported with counts, whatever scancel complains of', async context => {
	const ended = [2, 3, 4, 5].map(task => ({id: `7_${task}`, state: 'COMPLETED', start: 1, end: 2}));
	const running = [6, 7].map(task => ({id: `7_${task}`, state: 'RUNNING', start: 1}));
	const {jobtop} = await openSlurm(context, [...ended, ...running, {id: '7_[8-19%2]', state: 'PENDING'}]);
	const {code, stdout} = await jobtop(['cancel', 'fake/7_[2-19]', '-y', '-o', 'json']);
	const [result] = JSON.parse(stdout).results;
	assert.deepEqual([code, result.outcome, result.cancelled], [0, 'cancelled', {cancelled: 14, all: 18}]);
	const retried = await jobtop(['batches', 'show', '1']);
	assert.match(retried.stdout, /14/);
});

test('an array that waits is counted task by task: in the list, before the request, and after', async context => {
	const {jobtop, scancels} = await openSlurm(context, [{id: '9_[0-4999]', state: 'PENDING'}]);
	assert.equal(JSON.parse((await jobtop(['list', '-o', 'json'])).stdout).profiles[0].jobs, 5000);
	const refused = await jobtop(['cancel', '--query', 'name:simulation', '--max', '1', '-y']);
	assert.deepEqual([refused.code, await scancels()], [3, []]);
	assert.match(refused.stderr, /5000 jobs would be cancelled/);
	const {code, stdout} = await jobtop(['cancel', 'fake/9', '-y', '-o', 'json']);
	assert.deepEqual([code, JSON.parse(stdout).counts], [0, {cancelled: 5000}]);
	assert.equal(JSON.parse((await jobtop(['batches', 'show', '1', '-o', 'json'])).stdout).jobs, 5000);
});

test('a step is called a step, and what is no id is said to be none', async context => {
	const {jobtop, scancels} = await openSlurm(context, het);
	for (const id of ['42.0', '42.batch', '42.extern', '42+0.0']) {
		const {code, stdout, stderr} = await jobtop(['cancel', `fake/${id}`, '-y']);
		assert.equal(code, 5);
		assert.match(
			stdout + stderr,
			new RegExp(`nothing was sent .*is a step of job 42.*scancel ${id.replace(/[.+]/g, '.')}`),
		);
		assert.match((await jobtop(['cancel', id, '-y'])).stdout, /is a step of job 42/);
	}
	for (const id of ['4 2', '+1', '42,43']) {
		assert.match((await jobtop(['cancel', `fake/${id}`, '-y'])).stdout, /"[^"]+" is not a Slurm job id/);
	}
	assert.deepEqual(await scancels(), []);
});

test('a job of scrontab says what cancelling does to its line', async context => {
	const {jobtop} = await openSlurm(context, [
		{id: '5', state: 'RUNNING', start: 1, cron: true},
		{id: '6', state: 'RUNNING', start: 1},
	]);
	const asked = async (id: string) => (await jobtop(['cancel', `fake/${id}`, '--dry-run'])).stderr;
	assert.match(await asked('5'), /disables its line in the crontab/);
	assert.doesNotMatch(await asked('6'), /disables its line/);
	assert.match(await asked('6'), /disables the crontab line of a scrontab job/);
});

test('a component of a het job is asked about with a word on the others', async context => {
	const {jobtop} = await openSlurm(context, het);
	const {stderr} = await jobtop(['cancel', 'fake/42+1', '--dry-run']);
	assert.match(stderr, /^cancel 1 job:$/m);
	assert.match(stderr, /Slurm may end other components of het job 42 with it/);
});

test('an Indexed job of Kubernetes counts its live indexes in the question, the limit and the JSON', async context => {
	const {time, world} = createEmptyWorld();
	const {clock} = time;
	const token = 'key';
	const far = await startKubernetesServer({world, clock, seed: 'sets', token, namespaces: ['lab']});
	context.after(() => far.close());
	const state = temporaryDirectory(context);
	const config = join(state, 'config.toml');
	writeFileSync(
		config,
		`[profiles.k]\nbackend = "kubernetes"\nurl = "${far.url}"\nnamespaces = ["lab"]\ntoken_env = "KEY"\n`,
	);
	const jobtop = (parameters: readonly string[]) =>
		runCli(parameters, {
			env: {PATH: '/usr/bin:/bin', JOBTOP_STATE_DIR: state, JOBTOP_CONFIG: config, HOME: state, KEY: token},
		});
	const plan = {name: 'sweep', process: 'train', parts: 6, queuedMs: 0, runMs: 90_000};
	far.add('running', plan, 'lab/sweep');
	await time.advance(70_000);

	const listed = JSON.parse((await jobtop(['list', '-o', 'json'])).stdout);
	assert.deepEqual(listed.jobs[0].set, {live: 2, cancelled: 0, ended: 4, lost: 0});
	const asked = await jobtop(['cancel', 'k/lab/sweep', '--dry-run']);
	assert.match(asked.stderr, /^cancel 2 jobs:$/m);
	const many = await jobtop(['cancel', 'k/lab/sweep', '-y', '--max', '1']);
	assert.deepEqual([many.code, far.history('lab/sweep')], [3, []]);
	assert.match(many.stderr, /2 jobs would be cancelled, and --max is 1/);
});
