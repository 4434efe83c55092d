/* The HTCondor backend against a real HTCondor, as an ordinary user. */
import assert from 'node:assert/strict';
import {writeFile} from 'node:fs/promises';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import type {Backend} from '../../source/backends/backend.ts';
import {htcondor} from '../../source/backends/htcondor/index.ts';
import type {Failure} from '../../source/job/failure.ts';
import {failureOf} from '../helpers/failure-of.ts';
import {
	condorProgram,
	foreignJob,
	missingCondor,
	schedd,
	startStubborn,
	statusOf,
	submit,
	waitForStatus,
} from './helpers/htcondor.ts';
import {
	assertCancelsOnlyMine,
	assertFollowsOutput,
	assertListsOthers,
	assertPassesDoctor,
	assertUnreachable,
	jobtop,
	openLooks,
	twoLines,
	workFolder,
} from './helpers/runs.ts';
import {until} from './helpers/slurm.ts';

const {signal} = new AbortController();
const backend = htcondor.connect('lab', {}) as Required<Backend>;
const me = userInfo().username;

const {listed, look, waitFor} = openLooks(backend, 120);
const startRunning = async (t: TestContext, ...lines: readonly string[]): Promise<string> => {
	const id = `${await submit(t, ...lines)}.0`;
	await waitForStatus(id, '2');
	return id;
};
const byMe = {kind: 'cancelled', by: me};

describe('a real HTCondor', {skip: missingCondor ?? false}, () => {
	test('lists jobs of any name, each once, and none that a name forges', async t => {
		const names = [
			'a|b',
			'tab\\there',
			'日本 ☃ naïve',
			'}\\n,\\n{\\n\\"ClusterId\\": 1',
			'\\033[31mred',
			'%i',
		];
		const clusters = await Promise.all(names.map(name => submit(t, 'hold=true', `+JobBatchName="${name}"`)));
		const odd = await submit(t, 'hold=true', '+JobBatchName=error');
		const jobs = await listed();
		for (const cluster of [...clusters, odd])
			assert.equal(jobs.filter(({id}) => id === `${cluster}.0`).length, 1, cluster);
		assert.equal(jobs.find(({id}) => id === `${odd}.0`)?.name, 'sleep');
		const first = jobs.find(({id}) => id === `${clusters[2]}.0`);
		assert.deepEqual(
			[first?.name, first?.phase, first?.mine, first?.reason],
			['日本 ☃ naïve', 'held', true, "submitted on hold at user's request"],
		);
		assert.ok(Math.abs((first?.createdAt ?? 0) - Date.now()) < 60_000);
	});

	test('shows somebody else’s job only when everyone is asked for', () =>
		assertListsOthers(backend, foreignJob));

	test('has a name, and says why a job waits', async t => {
		assert.match((await backend.system({signal})).schedd ?? '', /\S/);
		const id = `${await submit(t, 'request_cpus=99')}.0`;
		const job = await until(
			'the reason',
			() => look(id),
			job => job?.reason !== undefined,
		);
		assert.deepEqual([job?.phase, job?.status, job?.reason], ['queued', 'Idle', 'no match found']);
	});

	test('shows one job in full', async t => {
		const id = await startRunning(t, 'batch_name=mesh', 'request_memory=64');
		const {job, fields, timeline, raw} = await backend.get(id, {signal});
		assert.deepEqual([job.name, job.phase, job.kind], ['mesh', 'running', 'sleep']);
		const values = Object.fromEntries(fields);
		assert.deepEqual([values.State, values.Memory, values.CPUs], ['Running', '64 MB', '1']);
		assert.deepEqual(
			timeline.map(({what}) => what),
			['Submitted', 'Started'],
		);
		assert.ok(raw.includes(`"ClusterId": ${id.split('.')[0]}`));
	});

	test('cancels a running job, and only that, and says who did', async t => {
		const [id, other] = await Promise.all([startRunning(t), startRunning(t)]);
		assert.equal((await backend.cancel(id, {signal})).kind, 'accepted');
		const job = await waitFor(id, 'cancelled');
		assert.deepEqual([job?.terminal, job?.status, job?.endedBy], [true, 'Removed', byMe]);
		assert.ok(job?.endedAt !== undefined);
		assert.equal((await look(other))?.phase, 'running');
	});

	test('cancels a job that waits, and a held one', async t => {
		const ids = [`${await submit(t, 'request_cpus=99')}.0`, `${await submit(t, 'hold=true')}.0`];
		const answers = await backend.cancelMany(ids, {signal});
		assert.deepEqual(
			[...answers.values()].map(({kind}) => kind),
			['accepted', 'accepted'],
		);
		for (const id of ids) {
			const job = await waitFor(id, 'cancelled');
			assert.deepEqual([job?.startedAt, job?.endedBy], [undefined, byMe]);
		}
	});

	test('says stopping of a job that ignores SIGTERM, until SIGKILL ends it', async t => {
		const id = await startStubborn(t, 8);
		assert.equal((await backend.cancel(id, {signal})).kind, 'accepted');
		const stopping = await look(id);
		assert.deepEqual(
			[stopping?.phase, stopping?.status, stopping?.terminal],
			['stopping', 'Removing', false],
		);
		const again = await backend.cancel(id, {signal});
		assert.deepEqual([again.kind, again.detail], ['accepted', `Job ${id} already marked for removal`]);
		assert.deepEqual((await waitFor(id, 'cancelled'))?.endedBy, byMe);
	});

	test('takes a force-cancel only for a job that is being removed', async t => {
		const [dying, alive] = [await startStubborn(t, 600), await startStubborn(t, 600)];
		const refused = await condorProgram('condor_rm', ['-forcex', alive]);
		assert.match(refused.stderr, /not in .* state to be forcibly removed/);
		assert.equal((await backend.cancel(dying, {signal})).kind, 'accepted');
		for (const id of [dying, alive]) {
			const receipt = await backend.forceCancel(id, {signal});
			assert.deepEqual(
				[receipt.kind, receipt.detail],
				['accepted', `Job ${id} removed locally (remote state unknown)`],
			);
			const job = await waitFor(id, 'cancelled');
			assert.deepEqual([job?.endedBy, job?.unproven], [byMe, 'may-run']);
		}
	});

	test('cancels some jobs of a cluster, and then the others as a cluster, one by one', async t => {
		const cluster = await submit(t, 'queue 5');
		const ids = [0, 1, 2, 3, 4].map(proc => `${cluster}.${proc}`);
		await waitForStatus(`${cluster}.4`, '2');
		assert.deepEqual(
			(await listed()).filter(({id}) => ids.includes(id)).map(({parent}) => parent),
			ids.map(() => `lab/${cluster}`),
		);
		const answers = await backend.cancelMany(ids.slice(0, 2), {signal});
		assert.ok([...answers.values()].every(({kind}) => kind === 'accepted'));
		await waitFor(`${cluster}.0`, 'cancelled');
		await waitFor(`${cluster}.1`, 'cancelled');
		assert.equal((await look(`${cluster}.2`))?.phase, 'running');
		const {job} = await backend.get(cluster, {signal});
		assert.deepEqual(job.set?.counts, {live: 3, cancelled: 2, ended: 0, lost: 0});
		assert.match(backend.describeCancel([cluster])[0] ?? '', new RegExp(` ${ids.slice(2).join(' ')}$`));
		assert.equal((await backend.cancel(cluster, {signal})).kind, 'accepted');
		const ended = await waitFor(cluster, 'cancelled');
		assert.deepEqual(ended?.set?.counts, {live: 0, cancelled: 5, ended: 0, lost: 0});
	});

	test('sends no id that HTCondor would take for another job', async t => {
		const cluster = await submit(t, 'hold=true');
		const beyond = `${2n ** 32n + BigInt(cluster)}.0`;
		assert.equal((await failureOf(backend.cancel(beyond, {signal}))).kind, 'rejected');
		assert.equal(await statusOf(`${cluster}.0`), '5');
		// Its own program removes the job whose number is left in 32 bits.
		assert.match((await condorProgram('condor_rm', [beyond])).stdout, /marked for removal/);
		await waitForStatus(`${cluster}.0`, undefined);
	});

	test('knows how an ended job ended, and cancels none', async t => {
		const [good, bad] = [await submit(t, 'executable=/bin/true'), await submit(t, 'executable=/bin/false')];
		assert.equal((await waitFor(`${good}.0`, 'succeeded'))?.endedBy, undefined);
		const failed = await waitFor(`${bad}.0`, 'failed');
		assert.deepEqual(failed?.endedBy, {kind: 'exit', code: 1});
		assert.equal((await failureOf(backend.cancel(`${good}.0`, {signal}))).kind, 'not-found');
		const jobs = await listed(true);
		assert.deepEqual(
			[good, bad].map(cluster => jobs.find(({id}) => id === `${cluster}.0`)?.phase),
			['succeeded', 'failed'],
		);
	});

	test('calls a job that an expression removed failed, and nobody’s work', async t => {
		const id = `${await submit(t, 'periodic_remove = JobStatus == 2')}.0`;
		const job = await waitFor(id, 'failed');
		assert.deepEqual([job?.status, job?.endedBy], ['Removed', undefined]);
		assert.match(job?.reason ?? '', /PeriodicRemove expression/);
	});

	test('holds a job that fails to start, which can be cancelled', async t => {
		const id = `${await submit(t, 'executable=/nonexistent', 'transfer_executable=false', 'should_transfer_files=no')}.0`;
		const job = await waitFor(id, 'held');
		assert.equal(job?.terminal, false);
		assert.match(job?.reason ?? '', /nonexistent/);
		await backend.cancel(id, {signal});
		await waitFor(id, 'cancelled');
	});

	test('does not let me cancel somebody else’s job, nor an unknown one', async () => {
		await assertCancelsOnlyMine(backend, foreignJob, '999999.0');
		assert.equal((await failureOf(backend.forceCancel(foreignJob, {signal}))).kind, 'forbidden');
		assert.notEqual(await statusOf(foreignJob), undefined);
		assert.equal((await failureOf(backend.cancel('999999', {signal}))).kind, 'not-found');
	});

	test('answers for each of many jobs in one request', async t => {
		const mine = await Promise.all([1, 2].map(async () => `${await submit(t, 'hold=true')}.0`));
		const all = [...mine, foreignJob, '999999.0', '-all'];
		const answers = await backend.cancelMany(all, {signal});
		assert.deepEqual(
			all.map(id => answers.get(id)?.kind),
			['accepted', 'accepted', 'forbidden', 'not-found', 'rejected'],
		);
	});

	test('ends the nodes of a DAG with it', async t => {
		const folder = await workFolder(t);
		await writeFile(join(folder, 'node.sub'), 'executable=/bin/sleep\narguments=600\nqueue\n');
		await writeFile(join(folder, 'd.dag'), 'JOB A node.sub\nJOB B node.sub\n');
		const {stdout} = await condorProgram('sh', ['-c', `cd ${folder} && condor_submit_dag d.dag`]);
		const id = `${/submitted to cluster (\d+)/.exec(stdout)?.[1] ?? assert.fail(stdout)}.0`;
		t.after(() => condorProgram('condor_rm', [id]));
		const dag = await until(
			'its nodes',
			async () => (await listed()).find(job => job.id === id),
			job => job?.set?.apart?.length === 3,
		);
		const nodes = (dag?.set?.apart ?? [])
			.filter(ref => ref !== dag?.ref)
			.map(ref => ref.slice('lab/'.length));
		assert.deepEqual((await look(id))?.set?.apart?.length, 3);
		assert.equal((await backend.cancel(id, {signal})).kind, 'accepted');
		for (const each of [id, ...nodes]) await waitFor(each, 'cancelled');
	});

	test('follows what a job prints, until it has ended', async t => {
		const folder = await workFolder(t);
		await writeFile(join(folder, 'script'), `#!/bin/sh\n${twoLines(folder)}`, {mode: 0o755});
		const lines = [`executable=${folder}/script`, 'arguments=', `initialdir=${folder}`, 'output=out.txt'];
		const id = await startRunning(t, ...lines, 'should_transfer_files=no');
		await assertFollowsOutput(backend, id, () => writeFile(join(folder, 'go'), ''));
	});

	test('is found without a configuration, and a thousand jobs end as its history says', async context => {
		const running = await startRunning(context, 'batch_name=many');
		const ended = `${await submit(context, 'batch_name=many', 'executable=/bin/true')}.0`;
		await waitFor(ended, 'succeeded');
		const cluster = await submit(context, 'batch_name=many', 'hold=true', 'queue 1000');
		const {stdout, stderr, code} = await jobtop(context, [
			'cancel',
			...['--query', 'name:many', '-y', '-o', 'json', '--timeout', '3m'],
		]);
		assert.equal(code, 0, stderr);
		type Result = {readonly ref: string; readonly outcome: string; readonly attempts: number};
		const {results} = JSON.parse(stdout) as {readonly results: readonly Result[]};
		const expected = [running, ...Array.from({length: 1000}, (_, proc) => `${cluster}.${proc}`)];
		assert.deepEqual(new Set(results.map(({ref}) => ref)), new Set(expected.map(id => `htcondor/${id}`)));
		for (const {ref, outcome, attempts} of results)
			assert.deepEqual([outcome, attempts], ['cancelled', 1], ref);
		const history = await condorProgram('condor_history', [
			'-af',
			'JobStatus',
			'-constraint',
			`ClusterId == ${cluster}`,
		]);
		assert.deepEqual(
			Object.entries(Object.groupBy(history.stdout.trim().split('\n'), status => status)).map(
				([status, all]) => [status, all?.length],
			),
			[['3', 1000]],
		);
	});

	test('passes the tests of its profile, and the checks of the doctor', t =>
		assertPassesDoctor(t, 'htcondor', 'condor \\d+\\.\\d+'));

	test('without a schedd is unreachable, in the words of its own programs, and nothing is cancelled', async t => {
		const id = await startRunning(t);
		await schedd('stop-schedd');
		try {
			await assertUnreachable(backend, id, /^Can't find address for schedd/);
		} finally {
			await schedd('start-schedd');
		}
		assert.equal((await waitFor(id, 'running'))?.terminal, false);
	});

	test('whose schedd hangs may have heard a cancel request: it is not called failed', async t => {
		const id = await startRunning(t);
		await schedd('pause-schedd');
		let failures: readonly Failure[];
		try {
			failures = await Promise.all([
				failureOf(backend.listPage({everyone: false, ended: false, signal})),
				failureOf(backend.cancel(id, {signal})),
			]);
		} finally {
			await schedd('continue-schedd');
		}
		for (const {kind, detail} of failures) assert.match(kind, /^(?:timeout|cut-off)$/, detail);
	});
});
