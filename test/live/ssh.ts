/* Slurm's programs over a real ssh, as an ordinary user. */
import assert from 'node:assert/strict';
import {chmod, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import type {Backend} from '../../source/backends/backend.ts';
import {runCommand} from '../../source/backends/programs/command.ts';
import {type SlurmOptions, slurm} from '../../source/backends/slurm/index.ts';
import {BackendError, type Failure} from '../../source/job/failure.ts';
import {foreignJob, missingSlurm, outputFile, submit, until, waitForState} from './helpers/slurm.ts';

const lab = process.env.LIVE_SSH ?? '';
const {signal} = new AbortController();
// Nothing of this machine's Slurm may help.
const {SLURM_CONF: _, ...own} = process.env;
const programEnv = {...own, PATH: `${join(lab, 'bin')}:${process.env.PATH}`};

const folderFor = async (t: TestContext) => {
	const folder = await mkdtemp(join(tmpdir(), 'jt-ssh-'));
	t.after(() => rm(folder, {recursive: true, force: true}));
	return folder;
};
const ssh = (args: readonly string[]) =>
	runCommand({file: 'ssh', args, env: programEnv as Record<string, string>, signal});
/** A connection of its own, which ends with the test. */
const open = async (t: TestContext, destination = 'login', options: SlurmOptions = {}) => {
	const controlPath = join(await folderFor(t), 's');
	t.after(() => ssh(['-o', `ControlPath=${controlPath}`, '-O', 'exit', destination]));
	const backend = slurm.connect('far', {...options, programEnv, ssh: {destination, controlPath}});
	const master = async () => {
		const {stderr} = await ssh(['-o', `ControlPath=${controlPath}`, '-O', 'check', destination]);
		return Number(/pid=(\d+)/.exec(stderr)?.[1]);
	};
	return {backend: backend as Required<Backend>, master};
};
const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
	promise.then(
		value => assert.fail(`no failure, but ${JSON.stringify(value)}`),
		(error: unknown) => (error instanceof BackendError ? error.failure : assert.fail(String(error))),
	);
const list = (backend: Backend) => backend.listPage({everyone: false, ended: false, signal});

describe('Slurm over a real ssh', {skip: missingSlurm ?? false}, () => {
	test('lists, looks, cancels, and reads what a job prints', async t => {
		const {backend, master} = await open(t);
		const output = await outputFile(t);
		const name = `it's "$(touch ${output}.no)" ; \`id\` | naïve ☃`;
		const script = 'echo first; printf "\\303\\050\\n"; sleep 600';
		const id = await submit(t, script, [`--job-name=${name}`, `--output=${output}`]);
		await waitForState(id, 'RUNNING');
		const {jobs} = await list(backend);
		const job = jobs.find(one => one.id === id);
		assert.equal(job?.name, name);
		assert.equal(job.mine, true);
		const pid = await master();
		assert.ok(pid > 0, 'one connection');

		await until(
			'the output',
			() => readFile(output),
			bytes => bytes.length === 9,
		);
		const first = await backend.logs(id, {signal});
		assert.equal(first.text, 'first\n\ufffd(\n');
		const again = await backend.logs(id, {signal, after: first.cursor as string});
		assert.deepEqual([again.text, again.anew], ['', undefined]);

		assert.deepEqual((await backend.get(id, {signal})).job.phase, 'running');
		const pending = await submit(t, 'sleep 600', ['--hold']);
		const answers = await backend.cancelMany([id, pending, foreignJob], {signal});
		assert.deepEqual(
			[id, pending, foreignJob].map(one => answers.get(one)?.kind),
			['accepted', 'accepted', 'forbidden'],
		);
		for (const one of [id, pending]) {
			await until(
				`job ${one}`,
				async () => (await backend.get(one, {signal})).job.phase,
				phase => phase === 'cancelled',
			);
		}
		assert.equal(await master(), pid, 'still the same connection');
	});

	test('an id that is none is not sent, and a folder without programs is said to be none', async t => {
		const {backend} = await open(t);
		for (const id of ["1'; scancel --me; '", '$(id)', '-u root', '1\n2']) {
			assert.equal((await failureOf(backend.cancel(id, {signal}))).kind, 'rejected', id);
		}
		const elsewhere = await open(t, 'login', {bin: '/no/such/folder/bin'});
		assert.deepEqual(await failureOf(list(elsewhere.backend)), {
			kind: 'unreachable',
			detail: 'squeue was not found on login: set bin to its folder there',
			local: 'program',
		});
	});

	test('one cluster of several is asked by its name, and its jobs are known by it', async t => {
		const {backend} = await open(t, 'login', {clusters: ['lab']});
		const id = await submit(t, 'sleep 600', ['--hold']);
		const job = (await list(backend)).jobs.find(one => one.id === `${id};lab`);
		assert.equal(job?.ref, `far/${id};lab`);
		assert.equal((await backend.cancel(`${id};lab`, {signal})).kind, 'accepted');
		assert.equal((await backend.get(`${id};lab`, {signal})).job.phase, 'cancelled');
	});

	/** A folder with a scancel that says when it has begun, and does not end. */
	const slowPrograms = async (t: TestContext) => {
		const folder = await folderFor(t);
		await writeFile(join(folder, 'scancel'), `#!/bin/sh\necho $$ >'${folder}/begun'\nexec sleep 60\n`);
		await writeFile(join(folder, 'scontrol'), '#!/bin/sh\n');
		for (const program of ['scancel', 'scontrol']) await chmod(join(folder, program), 0o755);
		await chmod(folder, 0o755);
		const begun = () => readFile(join(folder, 'begun'), 'utf8').catch(() => '');
		return {folder, begun};
	};

	test('a connection that is killed in the middle of a request leaves it open what was done', async t => {
		const {folder, begun} = await slowPrograms(t);
		const {backend, master} = await open(t, 'login', {bin: folder});
		const failing = failureOf(backend.cancel('1', {signal}));
		await until('scancel', begun, pid => pid.endsWith('\n'));
		process.kill(await master(), 'SIGKILL');
		const failure = await failing;
		assert.equal(failure.kind, 'cut-off', failure.detail);
		assert.match(failure.detail, /the connection to login broke before the answer/);
		process.kill(Number(await begun()), 'SIGTERM');
	});

	test('after a loss the next request makes a new connection', async t => {
		const {backend, master} = await open(t);
		await list(backend);
		const before = await master();
		process.kill(before, 'SIGKILL');
		await list(backend);
		assert.notEqual(await master(), before);
	});

	const refusals: readonly (readonly [host: string, kind: Failure['kind'], words: RegExp])[] = [
		['keyless', 'unauthorized', /^no connection to keyless: it accepts none of your keys .*ssh-add/],
		['stranger', 'unreachable', /^no connection to stranger: its host key is unknown: run ssh to it once/],
		['nobody', 'unreachable', /^no connection to nobody: .*Connection refused/],
		['no-such-host.invalid', 'unreachable', /^no connection to no-such-host\.invalid: /],
	];
	for (const [host, kind, words] of refusals) {
		test(`${host}: ${kind}, with words, and a cancel was not sent`, async t => {
			const {backend} = await open(t, host);
			for (const ask of [() => list(backend), () => backend.cancel('1', {signal})]) {
				const failure = await failureOf(ask());
				assert.equal(failure.kind, kind, failure.detail);
				assert.match(failure.detail, words);
			}
		});
	}
});
