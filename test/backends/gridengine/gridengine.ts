import assert from 'node:assert/strict';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {gridengine} from '../../../source/backends/gridengine/index.ts';
import {BackendError, type Failure} from '../../../source/job/failure.ts';
import {type FakeGridEngine, openFakeGridEngine} from '../../fakes/gridengine.ts';
import {failureOf} from '../../helpers/failure-of.ts';
import {fc} from '../../helpers/fast-check.ts';
import {kindsOf, openedBackend} from '../../helpers/opened-backend.ts';

const {signal} = new AbortController();

const open = (t: TestContext, more: Parameters<typeof openFakeGridEngine>[0] = {}) =>
	openedBackend(t, openFakeGridEngine(more));

const list = {everyone: false, ended: false, signal};
const deletions = async (far: FakeGridEngine) =>
	(await far.calls()).filter(([program]) => program === 'qdel').map(([, ...args]) => args);
const killed = {failed: '100 : assumedly after job', exit_status: '137                  (Killed)'};

describe('a list', () => {
	test('shows only my jobs unless everyone is asked for, in one call of qstat', async t => {
		const {backend, put, calls} = await open(t);
		await put(1);
		await put(2, {owner: 'bob'});
		assert.deepEqual(
			(await backend.listPage(list)).jobs.map(job => job.id),
			['1'],
		);
		const {jobs} = await backend.listPage({...list, everyone: true});
		assert.deepEqual(
			jobs.map(job => [job.id, job.mine, job.owner]),
			[
				['1', true, 'alice'],
				['2', false, 'bob'],
			],
		);
		assert.deepEqual(await calls(), [
			['qstat', '-s', 'a', '-u', 'alice', '-xml'],
			['qstat', '-s', 'a', '-u', '*', '-xml'],
		]);
	});

	test('has a row for the tasks that wait, and one for each that has started', async t => {
		const {backend, put} = await open(t);
		await put(3, {state: 'r', tasks: '1'});
		await put(3, {state: 'Eqw', tasks: '2,4'});
		await put(3, {tasks: '5-20:5'});
		await put(3, {state: 'hqw', tasks: '21-30:1'});
		const {jobs} = await backend.listPage(list);
		assert.deepEqual(
			jobs.map(({id, phase, parent, set}) => [id, phase, parent, set?.counts?.live]),
			[
				['3.1', 'running', 'far/3', undefined],
				['3.2,4', 'held', 'far/3', 2],
				['3.5-20:5', 'queued', 'far/3', 4],
				['3.21-30', 'held', 'far/3', 10],
			],
		);
	});

	test('keeps when a job was submitted, which qstat does not say while it runs', async t => {
		const {backend, put, folder} = await open(t);
		await put(1, {submitted: 1_767_220_000});
		const [before] = (await backend.listPage(list)).jobs;
		await writeFile(
			join(folder, 'queue', '1.json'),
			JSON.stringify({
				order: 1,
				job: 1,
				owner: 'alice',
				name: 'simulate',
				state: 'r',
				submitted: 1_767_220_000,
			}),
		);
		const [after] = (await backend.listPage(list)).jobs;
		assert.deepEqual([before?.phase, after?.phase], ['queued', 'running']);
		assert.deepEqual([before?.createdAt, after?.createdAt], [1_767_220_000_000, 1_767_220_000_000]);
	});

	test('takes the accounts where ended jobs are asked for, and no run that was not the end', async t => {
		const {backend, put, putEnd} = await open(t);
		await putEnd(1);
		await putEnd(2, {exit_status: '3'});
		await putEnd(3, {start_time: '-/-', end_time: '-/-', failed: '26  : opening input/output file'});
		await putEnd(4, {failed: '25  : rescheduling', exit_status: '137'});
		await put(4, {state: 'Rr'});
		await putEnd(5, {failed: '37  : qmaster enforced h_rt limit', exit_status: '137'});
		const {jobs} = await backend.listPage({...list, ended: true});
		assert.deepEqual(
			jobs.map(({id, phase, endedBy, reason}) => [id, phase, endedBy?.kind, reason]),
			[
				['4', 'running', undefined, undefined],
				['1', 'succeeded', undefined, undefined],
				['2', 'failed', 'exit', undefined],
				['5', 'failed', undefined, 'qmaster enforced h_rt limit'],
			],
		);
	});

	test('that is cut, or something else, is no list', async t => {
		const {backend, put, wrap, folder} = await open(t);
		await put(1);
		await wrap({qstat: {before: 'Welcome\n', after: 'Goodbye\n'}});
		assert.equal((await backend.listPage(list)).jobs.length, 1);
		await wrap({qstat: {before: "<?xml version='1.0'?>\n<job_info>\n  <queue_info>\n", code: 0}});
		assert.equal((await failureOf(backend.listPage(list))).kind, 'malformed');
		const nowhere = gridengine.connect('far', {env: {PATH: join(folder, 'queue')}});
		assert.deepEqual(await failureOf(nowhere.listPage(list)), {
			kind: 'unreachable',
			detail: 'qstat is not on PATH',
			local: 'program',
		});
	});
});

describe('a look', () => {
	test('asks the queue once and the accounts once, whatever the number of jobs', async t => {
		const {backend, put, calls} = await open(t);
		const ids = Array.from({length: 40}, (_, n) => String(n + 1));
		for (const id of ids) await put(Number(id), {state: 'r'});
		await backend.listPage(list);
		const ended = ids.slice(0, 20);
		await Promise.all(ended.map(id => backend.cancel(id, {signal})));
		await backend.listPage(list);
		const before = (await calls()).length;
		const {jobs, failures} = await backend.getMany(ids, {signal});
		assert.deepEqual([jobs.size, failures.size], [40, 0]);
		assert.equal(jobs.get('1')?.phase, 'failed');
		assert.equal(jobs.get('40')?.phase, 'running');
		const asked = (await calls()).slice(before);
		assert.deepEqual(
			asked.map(([program]) => program),
			['qstat', 'qacct'],
		);
		assert.deepEqual(asked[1]?.slice(0, 4), ['qacct', '-o', 'alice', '-b']);
	});

	test('says why a job waits, and why its start failed, without its environment', async t => {
		const {backend, put} = await open(t);
		await put(1, {why: 'Job is in hold state', state: 'hqw'});
		await put(2, {state: 'Eqw', error: `error: can't open output file "/x": No such file or directory`});
		const first = await backend.get('1', {signal});
		assert.equal(first.job.reason, 'Job is in hold state');
		assert.ok(!first.raw.includes('hidden'), first.raw);
		const second = await backend.get('2', {signal});
		assert.equal(second.job.reason, `error: can't open output file "/x": No such file or directory`);
		assert.deepEqual([second.job.phase, second.job.terminal], ['held', false]);
		await put(3, {why: 'All queues dropped because of overload or full', state: 'r'});
		const {job, fields} = await backend.get('3', {signal});
		assert.equal(job.reason, undefined);
		assert.ok(fields.every(([label]) => label !== 'Reason'));
	});

	test('finds a task among those that wait, and a whole array with what became of its tasks', async t => {
		const {backend, put, putEnd} = await open(t);
		await put(3, {state: 'r', tasks: '3'});
		await put(3, {tasks: '4-10:1'});
		await putEnd(3, {taskid: '1'});
		await putEnd(3, {taskid: '2', ...killed});
		const {jobs} = await backend.getMany(['3.7', '3.1', '3.3-5', '3.1-2', '3.11', '3'], {signal});
		assert.deepEqual(
			[...jobs].map(([id, {phase, terminal, set}]) => [id, phase, terminal, set?.counts]),
			[
				['3.7', 'queued', false, undefined],
				['3.1', 'succeeded', true, undefined],
				['3.3-5', 'running', false, {live: 3, cancelled: 0, ended: 0, lost: 0}],
				['3.1-2', 'partial', true, {live: 0, cancelled: 0, ended: 2, lost: 0, signalled: 1}],
				['3', 'running', false, {live: 8, cancelled: 0, ended: 2, lost: 0, signalled: 1}],
			],
		);
		const {job} = await backend.get('3', {signal});
		assert.deepEqual([job.id, job.set?.together, job.createdAt !== undefined], ['3', true, true]);
	});

	test('takes no record of an earlier job with the same number for its end', async t => {
		const {backend, put, putEnd} = await open(t);
		await put(1, {state: 'r'});
		await backend.get('1', {signal});
		await putEnd(1, {qsub_time: 'Wed Jan  1 00:00:00 2020', end_time: 'Wed Jan  1 01:00:00 2020'});
		await backend.cancel('1', {signal});
		await backend.listPage(list);
		const {jobs} = await backend.getMany(['1'], {signal});
		assert.deepEqual([jobs.get('1')?.phase, jobs.get('1')?.endedBy?.signal], ['failed', 9]);
	});

	test('takes no job for gone, nor for ended, whose row it cannot read', async t => {
		const {backend, put, putEnd} = await open(t);
		for (const job of [1, 2, 4]) await putEnd(job, {taskid: job === 4 ? '1' : 'undefined'});
		await put(1, {state: ''});
		await put(4, {state: 'r', tasks: '2'});
		await put(4, {tasks: '3-...'});
		const {jobs, failures} = await backend.getMany(['1', '2', '3', '4', '4.1', '4.2'], {signal});
		assert.deepEqual([...jobs.keys()], ['2', '4.2']);
		assert.deepEqual(
			[...failures].map(([id, {kind}]) => [id, kind]),
			['1', '4', '4.1'].map(id => [id, 'malformed']),
		);
	});

	test('does not know a job that the accounts have not got yet', async t => {
		const {backend, put} = await open(t);
		await put(1, {state: 'r', late: 2});
		assert.deepEqual(await backend.cancel('1', {signal}), {kind: 'accepted'});
		assert.equal((await backend.get('1', {signal})).job.phase, 'stopping');
		for (const _ of [1, 2]) assert.equal((await failureOf(backend.get('1', {signal}))).kind, 'not-found');
		const {job} = await backend.get('1', {signal});
		assert.deepEqual([job.phase, job.terminal, job.endedBy], ['failed', true, {kind: 'signal', signal: 9}]);
	});

	test('without a qmaster is unreachable, and never takes a job for gone', async t => {
		const {backend, put, putEnd, stopQmaster, calls} = await open(t);
		await put(1);
		await putEnd(1);
		await stopQmaster();
		const kindsOf = await Promise.all(
			[
				backend.listPage(list),
				backend.get('1', {signal}),
				backend.getMany(['1', '2'], {signal}),
				backend.cancel('1', {signal}),
				backend.logs('1', {signal}),
			].map(async asked => (await failureOf(asked)).kind),
		);
		assert.deepEqual([...new Set(kindsOf)], ['unreachable']);
		assert.ok(!(await calls()).some(([program]) => program === 'qacct'));
	});
});

describe('a request to cancel', () => {
	test('answers for each of many jobs: registered, deleted, foreign, unknown and no id', async t => {
		const far = await open(t);
		await far.put(1, {state: 'r'});
		await far.put(2);
		await far.put(3, {owner: 'bob'});
		const answers = await far.backend.cancelMany(['1', '2', '3', '999', '*', '1'], {signal});
		assert.deepEqual(kindsOf(answers), {
			'1': 'accepted',
			'2': 'done',
			'3': 'forbidden',
			'999': 'not-found',
			'*': 'rejected',
		});
		assert.deepEqual(answers.get('2'), {kind: 'done', removed: true, detail: 'alice has deleted job 2'});
		assert.deepEqual(await deletions(far), [['1', '2', '3', '999']]);
		const again = await far.backend.cancel('1', {signal});
		assert.deepEqual(again, {kind: 'accepted', detail: 'job 1 is already in deletion'});
	});

	test('for some tasks sends ranges, and leaves all others alone', async t => {
		const far = await open(t);
		await far.put(3, {state: 'r', tasks: '1'});
		await far.put(3, {state: 'r', tasks: '2'});
		await far.put(3, {tasks: '3-10:1'});
		const ids = ['3.1', '3.4,6-8', '3.9-10'];
		assert.match(far.backend.describeCancel(ids)[0] ?? '', /qdel 3\.1 3\.4 3\.6-8 3\.9-10$/);
		const answers = await far.backend.cancelMany(ids, {signal});
		assert.deepEqual(kindsOf(answers), {'3.1': 'accepted', '3.4,6-8': 'done', '3.9-10': 'done'});
		assert.ok([...answers.values()].slice(1).every(answer => 'removed' in answer && answer.removed));
		await far.backend.listPage(list);
		assert.deepEqual(
			(await far.backend.listPage(list)).jobs.map(({id}) => id),
			['3.2', '3.3,5'],
		);
	});

	test('for tasks that are gone, and beside them a task that is being deleted, answers for each', async t => {
		const {backend, put} = await open(t);
		await put(3, {state: 'dr', tasks: '1'});
		await put(3, {tasks: '5-9:1'});
		const answers = await backend.cancelMany(['3.1', '3.2', '3.3-4', '3.5-6'], {signal});
		// Of a task that is being deleted qdel names the job alone.
		assert.deepEqual(kindsOf(answers), {
			'3.1': 'accepted',
			'3.2': 'not-found',
			'3.3-4': 'not-found',
			'3.5-6': 'done',
		});
		const gone = await failureOf(backend.cancel('3.3-4', {signal}));
		assert.deepEqual(gone, {
			kind: 'not-found',
			detail: 'job "3" task id range "3-4:1" comprises no tasks',
		});
	});

	test('for tasks of which one is being deleted already is not done', async t => {
		const {backend, put} = await open(t);
		await put(3, {state: 'dr', tasks: '4'});
		await put(3, {tasks: '5-9:1'});
		const {kind, removed} = await backend.cancel('3.4-9', {signal});
		assert.deepEqual([kind, removed], ['accepted', true]);
	});

	test('for some tasks may have arrived where that is so of a part of them', async t => {
		const far = await open(t);
		await far.put(3, {tasks: '3-10:1'});
		await far.wrap({qdel: {before: 'job "3" task "4" does not exist\n', code: 1}});
		const failure = await failureOf(far.backend.cancel('3.4,6-8', {signal}));
		assert.equal(failure.kind, 'cut-off', failure.detail);
	});

	test('for a whole array is accepted as long as one of its tasks runs', async t => {
		const {backend, put} = await open(t);
		await put(3, {state: 'r', tasks: '1'});
		await put(3, {tasks: '2-10:1'});
		const {kind, removed} = await backend.cancel('3', {signal});
		assert.deepEqual([kind, removed], ['accepted', true]);
	});

	test('sends no argument that could be a pattern, a user, an option or empty', async t => {
		const far = await open(t);
		await far.put(15, {state: 'r'});
		await far.put(16, {tasks: '1-9:1', name: 'mesh'});
		await far.put(17, {owner: 'bob'});
		const hostile = fc.oneof(
			fc.constantFrom(
				...[
					'',
					' ',
					'*',
					'?',
					'mesh',
					'm*',
					'alice',
					'bob',
					'-u',
					'-f',
					'-help',
					'--',
					'-u alice',
					'1*',
					'15*',
				],
				...[
					'015',
					'15.',
					'15.0',
					'15.01',
					'15.5-1',
					'15.1-1',
					'15.4294967298',
					'4294967311',
					'15.1-4294967297',
				],
				...[
					'15 16',
					'15,16',
					'15\n16',
					'15.1;ls',
					'+15',
					'15.1:2',
					'16.1-9:0',
					'16.1-9:01',
					'16.1-8:3',
					'15\0',
				],
				...[
					'１５',
					'٣',
					'1e1',
					'0xf',
					'-15',
					'15.-1',
					'16.2,1',
					'16.1,1',
					'16.1-3,2',
					'16.1,',
					'16.,1',
					'$(id)',
				],
			),
			fc.string(),
			fc.string({unit: fc.constantFrom(...'0123456789.-:,* ')}),
		);
		const sound = /^[1-9]\d{0,9}(\.[1-9]\d{0,9}(-[1-9]\d{0,9}(:[1-9]\d{0,9})?)?)?$/;
		await fc.assert(
			fc.asyncProperty(hostile, fc.boolean(), async (id, many) => {
				let described: readonly string[] | undefined;
				try {
					described = far.backend.describeCancel([id]);
				} catch (error) {
					assert.ok(error instanceof BackendError);
				}
				if (described === undefined) {
					const answer = await (many
						? far.backend.cancelMany([id, id], {signal})
						: far.backend.cancel(id, {signal})
					).catch((error: unknown) => (error as BackendError).failure);
					const kind = answer instanceof Map ? answer.get(id)?.kind : (answer as Failure).kind;
					assert.equal(kind, 'rejected', JSON.stringify(id));
					assert.throws(() => far.backend.describeLook(id), BackendError);
					return;
				}
				// What is an id may be sent, as ranges that mean what they say.
				const args = described.flatMap(line => line.split(' ').slice(1));
				assert.ok(args.length > 0);
				for (const arg of args) {
					assert.match(arg, sound, JSON.stringify(id));
					const numbers = arg.split(/[.:-]/).map(Number);
					assert.ok(
						numbers.every(number => number < 2 ** 31),
						arg,
					);
					const [, from = 0, to = from] = numbers;
					assert.ok(to >= from, arg);
				}
			}),
			{numRuns: 500},
		);
		assert.deepEqual(await far.calls(), []);
		assert.deepEqual(await far.backend.cancelMany([], {signal}), new Map());
		assert.deepEqual(await far.calls(), []);
	});

	test('in calls of a thousand ids', async t => {
		const far = await open(t);
		const ids = Array.from({length: 1001}, (_, n) => String(n + 1));
		const answers = await far.backend.cancelMany(ids, {signal});
		assert.deepEqual(
			[answers.size, [...answers.values()].every(({kind}) => kind === 'not-found')],
			[1001, true],
		);
		assert.deepEqual(
			(await deletions(far)).map(({length}) => length),
			[1000, 1],
		);
	});
});

describe('a log', () => {
	test('is the file of -o, or that of the usual name, while Grid Engine knows it and after', async t => {
		const {backend, put, folder} = await open(t);
		const files = join(folder, 'files');
		await mkdir(files);
		await writeFile(join(files, 'out.7'), 'seven\n');
		await writeFile(join(files, 'simulate.o8'), 'eight\n');
		await put(7, {state: 'r', output: `${files}/out.$JOB_ID`});
		await put(8, {state: 'r', output: `${files}/`});
		await put(9, {state: 'r', output: files});
		await writeFile(join(files, 'simulate.o9'), 'nine\n');
		assert.deepEqual(
			await Promise.all(['7', '8', '9'].map(async id => (await backend.logs(id, {signal})).text)),
			['seven\n', 'eight\n', 'nine\n'],
		);
		await backend.cancel('7', {signal});
		await backend.listPage(list);
		const {text, ended} = await backend.logs('7', {signal});
		assert.deepEqual([text, ended], ['seven\n', true]);
	});

	test('of a job that waits, that jobtop did not see run, or that is an array is refused in words', async t => {
		const {backend, put, putEnd} = await open(t);
		await put(1);
		await putEnd(2);
		await put(3, {state: 'r', tasks: '1-2:1'});
		await put(4, {state: 'r', output: '/dev/null'});
		const words = await Promise.all(
			['1', '2', '3', '4'].map(async id => (await failureOf(backend.logs(id, {signal}))).detail),
		);
		assert.match(words[0] ?? '', /the job waits/);
		assert.match(words[1] ?? '', /does not keep where the output/);
		assert.match(words[2] ?? '', /each task of an array/);
		assert.match(words[3] ?? '', /does not write its output to a file/);
	});
});

test('over ssh, jobs are those of the user there, and the programs get SGE_ROOT', async t => {
	const {backend, put, calls} = await open(t, {ssh: true, root: '/opt/sge', cell: 'west'});
	await put(1, {state: 'r'});
	const {jobs} = await backend.listPage(list);
	assert.deepEqual(
		jobs.map(job => [job.id, job.mine]),
		[['1', true]],
	);
	assert.equal((await backend.cancel('1', {signal})).kind, 'accepted');
	assert.deepEqual((await calls()).at(-1), ['qdel', '1']);
	assert.match(backend.describeCancel(['1'])[0] ?? '', /^ssh login1 '.*qdel 1'$/);
	assert.deepEqual(await backend.system({signal}), {
		kind: 'gridengine',
		qmaster: 'master1',
		cell: 'west',
		host: 'login1',
	});
});
