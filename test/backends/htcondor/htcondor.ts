import assert from 'node:assert/strict';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {htcondor} from '../../../source/backends/htcondor/index.ts';
import {BackendError, type Failure} from '../../../source/job/failure.ts';
import {openFakeCondor} from '../../fakes/htcondor.ts';
import {failureOf} from '../../helpers/failure-of.ts';
import {fc} from '../../helpers/fast-check.ts';
import {kindsOf, openedBackend} from '../../helpers/opened-backend.ts';

const {signal} = new AbortController();

const open = (t: TestContext, more: Parameters<typeof openFakeCondor>[0] = {}) =>
	openedBackend(t, openFakeCondor(more));

const list = {everyone: false, ended: false, signal};
const running = {JobStatus: 2, JobStartDate: 1_767_225_000, JobCurrentStartDate: 1_767_225_000};

describe('a list', () => {
	test('shows only my jobs unless everyone is asked for, in one call of condor_q', async t => {
		const {backend, put, calls} = await open(t);
		await put('1.0');
		await put('2.0', {Owner: 'bob'});
		assert.deepEqual(
			(await backend.listPage(list)).jobs.map(job => job.id),
			['1.0'],
		);
		const {jobs} = await backend.listPage({...list, everyone: true});
		assert.deepEqual(
			jobs.map(job => [job.id, job.mine, job.owner]),
			[
				['1.0', true, 'alice'],
				['2.0', false, 'bob'],
			],
		);
		assert.deepEqual(
			(await calls()).map(([program]) => program),
			['condor_q', 'condor_q'],
		);
	});

	test('takes the history, the newest first, where ended jobs are asked for', async t => {
		const {backend, put, calls} = await open(t);
		await put('1.0', {JobStatus: 4, ExitCode: 0}, {where: 'history'});
		await put('2.0', {JobStatus: 4, ExitCode: 3}, {where: 'history'});
		await put('2.0', running);
		const {jobs} = await backend.listPage({...list, ended: true});
		// A job that left the queue while it was listed has ended.
		assert.deepEqual(
			jobs.map(job => [job.id, job.phase]),
			[
				['2.0', 'failed'],
				['1.0', 'succeeded'],
			],
		);
		const [, history = []] = await calls();
		assert.ok(history.includes('-limit') && history.includes('-scanlimit'), history.join(' '));
	});

	test('has the last of several submissions with one id: a queue that was lost counts from 1 again', async t => {
		const {backend, put} = await open(t);
		await put('1.0', {JobStatus: 4, ExitCode: 0, QDate: 1_700_000_000}, {where: 'history'});
		await put('2.0', {JobStatus: 4, ExitCode: 3, QDate: 1_700_000_000}, {where: 'history'});
		await put('1.0', {...running, QDate: 1_760_000_000});
		await put('2.0', {JobStatus: 4, ExitCode: 0, QDate: 1_760_000_000}, {where: 'history'});
		const {jobs} = await backend.listPage({...list, ended: true});
		assert.deepEqual(Object.fromEntries(jobs.map(job => [job.id, job.phase])), {
			'1.0': 'running',
			'2.0': 'succeeded',
		});
		assert.equal((await backend.get('1.0', {signal})).job.phase, 'running');
		assert.equal((await backend.get('2.0', {signal})).job.phase, 'succeeded');
	});

	test('of a schedd that keeps no history has the queue alone', async t => {
		const {backend, put, turnHistoryOff} = await open(t);
		await put('1.0');
		await turnHistoryOff();
		const {jobs, covers} = await backend.listPage({...list, ended: true});
		assert.deepEqual([jobs.map(job => job.id), covers], [['1.0'], 'everything']);
		assert.equal((await failureOf(backend.get('9.0', {signal}))).kind, 'not-found');
	});

	test('without the programs is unreachable, and says what is missing', async t => {
		const {folder} = await open(t);
		const nowhere = htcondor.connect('far', {env: {PATH: join(folder, 'queue')}});
		assert.deepEqual(await failureOf(nowhere.listPage(list)), {
			kind: 'unreachable',
			detail: 'condor_q is not on PATH',
			local: 'program',
		});
	});

	test('is not disturbed by what a wrapper prints around it, and shows what stands in its place', async t => {
		const {backend, put, wrap} = await open(t);
		await put('1.0');
		await wrap({condor_q: {before: 'Welcome\n', after: 'Goodbye\n'}});
		assert.equal((await backend.listPage(list)).jobs.length, 1);
		await wrap({condor_q: {before: 'use the new cluster\n', code: 0}});
		const failure = await failureOf(backend.listPage(list));
		assert.deepEqual(failure, {
			kind: 'malformed',
			detail: 'condor_q printed only: use the new cluster',
			local: 'program',
		});
	});

	test('asks the schedd and the pool of the profile, before all else', async t => {
		const {backend, put, calls} = await open(t, {pool: 'cm.example.org', schedd: 'east'});
		await put('1.0', running);
		await backend.listPage({...list, ended: true});
		await backend.cancel('1.0', {signal});
		for (const [, ...args] of await calls())
			assert.deepEqual(args.slice(0, 4), ['-pool', 'cm.example.org', '-name', 'east']);
		assert.match(
			backend.describeCancel(['1.0'])[0] ?? '',
			/condor_rm -pool cm\.example\.org -name east 1\.0$/,
		);
	});

	test('shows the nodes of a DAG as its children, and all that end with it', async t => {
		const {backend, put} = await open(t);
		await put('5.0', {...running, JobUniverse: 7, Cmd: '/usr/bin/condor_dagman', JobBatchName: 'd.dag+5'});
		await put('6.0', {DAGManJobId: 5, DAGNodeName: 'A'});
		await put('7.0', {DAGManJobId: 5, DAGNodeName: 'B'});
		const [dag, node] = (await backend.listPage(list)).jobs;
		assert.deepEqual(dag?.set?.apart, ['far/5.0', 'far/6.0', 'far/7.0']);
		assert.deepEqual([node?.parent, node?.name], ['far/5.0', 'A']);
		const {jobs} = await backend.getMany(['5.0'], {signal});
		assert.deepEqual(jobs.get('5.0')?.set, dag.set);
	});
});

describe('a look', () => {
	test('calls no job gone or ended whose record cannot be read, and the others are known', async t => {
		const {backend, put} = await open(t);
		await put('1.0', {JobStatus: 4, ExitCode: 0}, {where: 'history'});
		await put('1.0', {JobStatus: 'odd'});
		await put('2.0', {...running, TotalSubmitProcs: 2});
		await put('2.1', {JobStatus: 'odd', TotalSubmitProcs: 2});
		assert.equal((await failureOf(backend.get('1.0', {signal}))).kind, 'malformed');
		const {jobs, failures} = await backend.getMany(['1.0', '2', '2.0', '3.0'], {signal});
		assert.deepEqual([...jobs.keys()], ['2.0']);
		assert.deepEqual(
			[...failures].map(([id, {kind}]) => [id, kind]),
			[
				['1.0', 'malformed'],
				['2', 'malformed'],
			],
		);
	});

	test('asks the queue once and the history once, whatever the number of jobs', async t => {
		const {backend, put, calls} = await open(t);
		const ids = Array.from({length: 30}, (_, n) => `${n + 1}.0`);
		for (const [index, id] of ids.entries()) {
			if (index % 2 === 0) await put(id, running);
			else await put(id, {JobStatus: 4, ExitCode: 0}, {where: 'history'});
		}
		const {jobs, failures} = await backend.getMany([...ids, 'alice'], {signal});
		assert.deepEqual([...jobs.keys()].sort(), [...ids].sort());
		assert.deepEqual([...failures.keys()], ['alice']);
		const asked = await calls();
		assert.deepEqual(
			asked.map(([program]) => program),
			['condor_q', 'condor_history'],
		);
		for (const call of asked) assert.ok(!call.includes('1.0'), call.join(' '));
	});

	test('reads all of the history only for a job that is not among its newest', async t => {
		const {backend, calls} = await open(t);
		assert.equal((await failureOf(backend.get('99.0', {signal}))).kind, 'not-found');
		const histories = (await calls()).filter(([program]) => program === 'condor_history');
		assert.deepEqual(
			histories.map(call => call.includes('-scanlimit')),
			[true, false],
		);
	});

	test('shows all that HTCondor knows of a job', async t => {
		const {backend, put} = await open(t);
		await put('1.0', {...running, RequestCpus: 4, RequestMemory: 2048, Args: '-v', JobBatchName: 'mesh'});
		const {job, fields, timeline, raw} = await backend.get('1.0', {signal});
		assert.equal(job.name, 'mesh');
		const values = Object.fromEntries(fields);
		assert.deepEqual(
			[values.State, values.CPUs, values.Memory, values.Arguments, values.Output],
			['Running', '4', '2048 MB', '-v', '/nowhere/out.txt'],
		);
		assert.deepEqual(
			timeline.map(({what}) => what),
			['Submitted', 'Started'],
		);
		assert.match(raw, /"ClusterId": 1/);
		assert.match(backend.describeLook('1.0'), /condor_q -allusers -long 1\.0$/);
	});

	test('says who cancelled a job, once the history says it', async t => {
		const {backend, put} = await open(t);
		await put('1.0', running, {stubborn: 1});
		await backend.cancel('1.0', {signal});
		const dying = (await backend.getMany(['1.0'], {signal})).jobs.get('1.0');
		assert.deepEqual([dying?.phase, dying?.endedBy], ['stopping', undefined]);
		await backend.getMany(['1.0'], {signal});
		const ended = (await backend.getMany(['1.0'], {signal})).jobs.get('1.0');
		assert.deepEqual([ended?.phase, ended?.endedBy], ['cancelled', {kind: 'cancelled', by: 'alice'}]);
	});

	test('without a schedd is unreachable, and never takes a job for gone', async t => {
		const {backend, put, stopSchedd} = await open(t);
		await put('1.0', running);
		await stopSchedd();
		for (const ask of [
			() => backend.listPage(list),
			() => backend.get('1.0', {signal}),
			() => backend.getMany(['1.0'], {signal}),
			() => backend.cancel('1.0', {signal}),
			() => backend.forceCancel('1.0', {signal}),
		]) {
			const failure = await failureOf(ask());
			assert.deepEqual(failure, {
				kind: 'unreachable',
				detail: "Can't find address for schedd submit.example.org",
			});
		}
		assert.deepEqual(await backend.system({signal}), {kind: 'htcondor'});
	});

	test('names the schedd that answers', async t => {
		const {backend} = await open(t);
		assert.deepEqual(await backend.system({signal}), {kind: 'htcondor', schedd: 'submit.example.org'});
	});
});

describe('a cancellation', () => {
	test('answers for each of many jobs, though the exit code is 0 with two of four refused', async t => {
		const {backend, put, queued} = await open(t);
		await put('1.0');
		await put('2.0', {JobStatus: 5});
		await put('3.0', {Owner: 'bob'});
		const answers = await backend.cancelMany(['1.0', '2.0', '3.0', '999.0'], {signal});
		assert.deepEqual(kindsOf(answers), {
			'1.0': 'accepted',
			'2.0': 'accepted',
			'3.0': 'forbidden',
			'999.0': 'not-found',
		});
		assert.deepEqual(await queued(), ['3.0']);
	});

	test('no text that is not the id of one job reaches condor_rm', async t => {
		const {backend, put, calls, queued} = await open(t);
		await put('1.0');
		await put('1.1');
		await put('2.0', {Owner: 'bob'});
		const hostile = fc.oneof(
			fc.constantFrom(
				...['', ' ', '-all', '-constraint', 'true', 'alice', '*', '1.*', '1.0 1.1', '1.0\n1.1', '1,2', '1.'],
				...['4294967297.0', '4294967297', '1.4294967296', '01.0', '1.00', ' 1.0', '1.0\t', '+1.0', '1.0;ls'],
				...['-forcex', '--', '1e0', '0x1.0', '-1.0', '1.-1', '٣.٠', '１.０', '1.0\0', '$(id)', 'bob'],
			),
			fc.string(),
			fc.string({unit: fc.constantFrom(...'0123456789.- *,;')}),
		);
		const asks = [
			(id: string) => backend.cancel(id, {signal}),
			(id: string) => backend.forceCancel(id, {signal}),
			(id: string) => backend.cancelMany([id, id], {signal}),
		];
		await fc.assert(
			fc.asyncProperty(hostile, fc.nat(2), async (id, way) => {
				// What is an id may be sent: another test says what becomes of it.
				fc.pre(!/^[1-9]\d*(\.(0|[1-9]\d*))?$/.test(id) || id.length > 20 || id.startsWith('4294967297'));
				const answer = await asks[way]?.(id).catch((error: unknown) => (error as BackendError).failure);
				const kind = answer instanceof Map ? answer.get(id)?.kind : (answer as Failure).kind;
				assert.equal(kind, 'rejected', JSON.stringify(id));
				assert.throws(() => backend.describeCancel([id]), BackendError);
				assert.throws(() => backend.describeLook(id), BackendError);
			}),
			{numRuns: 300},
		);
		assert.deepEqual(await calls(), []);
		assert.deepEqual((await queued()).toSorted(), ['1.0', '1.1', '2.0']);
		assert.deepEqual(await backend.cancelMany([], {signal}), new Map());
		assert.deepEqual(await calls(), []);
	});

	test('of a cluster is a request for each of its jobs that were alive at the last look, never for the cluster', async t => {
		const {backend, put, calls, queued} = await open(t);
		for (const proc of [0, 1, 2]) await put(`4.${proc}`, {...running, TotalSubmitProcs: 4});
		await put('4.3', {JobStatus: 4, ExitCode: 0, TotalSubmitProcs: 4}, {where: 'history'});
		assert.throws(() => backend.describeCancel(['4']), BackendError);
		const {job, fields} = await backend.get('4', {signal});
		assert.deepEqual([job.id, job.phase, job.terminal], ['4', 'running', false]);
		assert.deepEqual(job.set, {counts: {live: 3, cancelled: 0, ended: 1, lost: 0}, together: true});
		assert.ok(fields.length > 0);
		// One that came after the look was in no box.
		await put('4.4', {...running, TotalSubmitProcs: 5});
		assert.match(backend.describeCancel(['4'])[0] ?? '', /condor_rm 4\.0 4\.1 4\.2$/);
		assert.equal((await backend.cancel('4', {signal})).kind, 'accepted');
		const [removal] = (await calls()).filter(([program]) => program === 'condor_rm');
		assert.deepEqual(removal, ['condor_rm', '4.0', '4.1', '4.2']);
		await backend.listPage(list);
		assert.deepEqual(await queued(), ['4.4']);
		const {jobs} = await backend.getMany(['4'], {signal});
		assert.deepEqual(jobs.get('4')?.set?.counts, {live: 1, cancelled: 3, ended: 1, lost: 0});
	});

	test('of a cluster that was never looked at looks first, and of an unknown one sends nothing', async t => {
		const {backend, put, calls} = await open(t);
		await put('4.0', {...running, TotalSubmitProcs: 2});
		await put('4.1', {...running, Owner: 'bob', TotalSubmitProcs: 2});
		const answers = await backend.cancelMany(['4', '77'], {signal});
		assert.deepEqual(kindsOf(answers), {'4': 'accepted', '77': 'not-found'});
		assert.match(
			(answers.get('4') as {detail?: string}).detail ?? '',
			/^1 of its 2 jobs; .*Permission denied/,
		);
		assert.deepEqual(
			(await calls()).filter(([program]) => program === 'condor_rm'),
			[['condor_rm', '4.0', '4.1']],
		);
	});

	test('in calls of a thousand ids', async t => {
		const {backend} = await open(t);
		const lines = backend.describeCancel(Array.from({length: 2500}, (_, n) => `${n + 1}.0`));
		assert.deepEqual(
			lines.map(line => line.split(' ').length),
			[1001, 1001, 501],
		);
	});

	test('that is repeated while the job is dying is accepted again', async t => {
		const {backend, put} = await open(t);
		await put('1.0', running, {stubborn: 9});
		assert.equal((await backend.cancel('1.0', {signal})).kind, 'accepted');
		const again = await backend.cancel('1.0', {signal});
		assert.deepEqual([again.kind, again.detail], ['accepted', 'Job 1.0 already marked for removal']);
	});

	test('by force drops the record of a job that is dying, and requests its end first where nobody did', async t => {
		const {backend, put, calls, queued} = await open(t);
		await put('1.0', running, {stubborn: 9});
		await put('2.0', running, {stubborn: 9});
		await put('3.0');
		await put('4.0', {...running, Owner: 'bob'});
		await backend.cancel('1.0', {signal});
		for (const id of ['1.0', '2.0']) {
			const receipt = await backend.forceCancel(id, {signal});
			assert.deepEqual(receipt, {
				kind: 'accepted',
				detail: `Job ${id} removed locally (remote state unknown)`,
			});
		}
		assert.equal((await backend.forceCancel('3.0', {signal})).kind, 'accepted');
		assert.equal((await failureOf(backend.forceCancel('4.0', {signal}))).kind, 'forbidden');
		assert.equal((await failureOf(backend.forceCancel('5.0', {signal}))).kind, 'not-found');
		assert.equal((await failureOf(backend.forceCancel('5', {signal}))).kind, 'rejected');
		assert.deepEqual(await queued(), ['4.0']);
		assert.ok((await calls()).every(call => call.at(-1) !== '5'));
		const ended = (await backend.getMany(['1.0'], {signal})).jobs.get('1.0');
		assert.deepEqual([ended?.endedBy, ended?.unproven], [{kind: 'cancelled', by: 'alice'}, 'may-run']);
	});

	test('by force is accepted where the ordinary request was, whatever became of the other one', async t => {
		const {backend, put, failAfter} = await open(t);
		await put('1.0', running, {stubborn: 9});
		await failAfter(2, 'unreachable');
		const {kind, detail} = await backend.forceCancel('1.0', {signal});
		assert.equal(kind, 'accepted');
		assert.match(detail ?? '', /^not by force: .*find address for schedd/);
		const {job} = await backend.get('1.0', {signal});
		assert.equal(job.phase, 'stopping');
	});

	test('of a cluster may have arrived where that is so of one of its jobs', async t => {
		const {backend, put, wrap} = await open(t);
		for (const proc of [0, 1]) await put(`4.${proc}`, {...running, TotalSubmitProcs: 2});
		await wrap({condor_rm: {before: 'Job 4.0 not found\n', code: 1}});
		assert.equal((await failureOf(backend.cancel('4', {signal}))).kind, 'cut-off');
	});
});

describe('a log', () => {
	test('is the file that the job writes its output to, below its folder', async t => {
		const {backend, put, folder} = await open(t);
		await mkdir(join(folder, 'work'));
		await writeFile(join(folder, 'work', 'out.txt'), 'hello\n');
		await put('1.0', {...running, Iwd: join(folder, 'work')});
		const {text, ended, cursor} = await backend.logs('1.0', {signal});
		assert.deepEqual([text, ended], ['hello\n', undefined]);
		await writeFile(join(folder, 'work', 'out.txt'), 'hello\nworld\n');
		assert.equal((await backend.logs('1.0', {signal, after: cursor as string})).text, 'world\n');
		const past = {JobStatus: 4, ExitCode: 0, Iwd: '/', Out: join(folder, 'work', 'out.txt')};
		await put('2.0', past, {where: 'history'});
		assert.deepEqual(await backend.logs('2.0', {signal}).then(({text, ended}) => [text, ended]), [
			'hello\nworld\n',
			true,
		]);
	});

	test('of a job that waits, that has no file, or that is a cluster is refused in words', async t => {
		const {backend, put} = await open(t);
		await put('1.0');
		await put('2.0', {...running, Out: '/dev/null'});
		await put('3.0', running);
		await put('4.0', {TotalSubmitProcs: 2});
		const words = await Promise.all(
			['1.0', '2.0', '3.0', '4'].map(async id => {
				const {kind, detail} = await failureOf(backend.logs(id, {signal}));
				assert.equal(kind, 'not-found');
				return detail;
			}),
		);
		assert.deepEqual(words, [
			'no log yet: the job waits',
			'this job does not write its output to a file',
			'there is no /nowhere/out.txt on this machine',
			'each job of a cluster has a log of its own',
		]);
	});
});

test('over ssh, jobs are those of the user there, and the programs get the same arguments', async t => {
	const {backend, put, calls} = await open(t, {ssh: true});
	await put('1.0', running);
	await put('2.0', {Owner: 'bob'});
	assert.deepEqual(
		(await backend.listPage(list)).jobs.map(({id, mine}) => [id, mine]),
		[['1.0', true]],
	);
	assert.equal((await backend.cancel('1.0', {signal})).kind, 'accepted');
	assert.deepEqual((await calls()).at(-1), ['condor_rm', '1.0']);
	assert.match(backend.describeCancel(['1.0'])[0] ?? '', /^ssh login1 '.*condor_rm 1\.0'$/);
	assert.deepEqual(await backend.system({signal}), {
		kind: 'htcondor',
		schedd: 'submit.example.org',
		host: 'login1',
	});
});
