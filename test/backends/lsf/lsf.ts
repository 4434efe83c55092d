import assert from 'node:assert/strict';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {parseId} from '../../../source/backends/lsf/ids.ts';
import {BackendError, type Failure} from '../../../source/job/failure.ts';
import {openFakeLsf} from '../../fakes/lsf.ts';
import {failureOf} from '../../helpers/failure-of.ts';
import {fc} from '../../helpers/fast-check.ts';
import {kindsOf, openedBackend} from '../../helpers/opened-backend.ts';

const {signal} = new AbortController();

const open = (t: TestContext, more: Parameters<typeof openFakeLsf>[0] = {}) =>
	openedBackend(t, openFakeLsf(more));

const list = {everyone: false, ended: false, signal};
const running = {stat: 'RUN', start_time: 1_767_225_000, exec_host: 'n1'};
const done = {...running, stat: 'DONE', finish_time: 1_767_225_100};

describe('a list', () => {
	test('is one call of bjobs, of mine or of everyone, with ended jobs or without', async t => {
		const {backend, put, calls} = await open(t);
		await put('1');
		await put('2', {...running, user: 'bob'});
		await put('3', done);
		const ids = async (request: object) =>
			(await backend.listPage({...list, ...request})).jobs.map(
				({id, mine}) => `${id}${mine ? '' : ' other'}`,
			);
		assert.deepEqual(await ids({}), ['1']);
		assert.deepEqual(await ids({everyone: true, ended: true}), ['1', '2 other', '3']);
		const [first, second] = await calls();
		assert.deepEqual([first?.length, second?.slice(-3)], [4, ['-u', 'all', '-a']]);
	});

	test('without jobs is empty, whatever the exit code', async t => {
		const {backend, endWith255} = await open(t);
		assert.deepEqual((await backend.listPage(list)).jobs, []);
		await endWith255();
		assert.deepEqual((await backend.listPage(list)).jobs, []);
	});

	test('has times in the zone that jobtop gives the programs, with their year', async t => {
		const {backend, put} = await open(t);
		await put('1', running);
		const [job] = (await backend.listPage(list)).jobs;
		assert.deepEqual([job?.startedAt, job?.endedAt], [1_767_225_000_000, undefined]);
	});

	test('is not disturbed by what a wrapper prints around it, and shows what stands in its place', async t => {
		const {backend, put, wrap} = await open(t);
		await put('1');
		await wrap({bjobs: {before: 'Welcome\n', after: 'Goodbye\n'}});
		assert.equal((await backend.listPage(list)).jobs.length, 1);
		await wrap({bjobs: {before: 'use the new cluster\n', code: 0}});
		const {kind, detail} = await failureOf(backend.listPage(list));
		assert.deepEqual([kind, detail], ['malformed', 'bjobs printed only: use the new cluster']);
	});
});

describe('a look', () => {
	test('at many jobs is one call, and asks bhist for those that bjobs has forgotten', async t => {
		const {backend, put, forget, calls} = await open(t);
		await put('1', running);
		await put('2', done);
		await forget(
			'9',
			{...done, stat: 'EXIT', exit_reason: 'TERM_OWNER: job killed by owner'},
			{killed: true, by: 'bob'},
		);
		const {jobs, failures} = await backend.getMany(['1', '2', '9', '77', 'x'], {signal});
		assert.deepEqual(
			[...jobs].map(([id, {phase}]) => [id, phase]),
			[
				['1', 'running'],
				['2', 'succeeded'],
				['9', 'cancelled'],
			],
		);
		assert.deepEqual(jobs.get('9')?.endedBy, {kind: 'cancelled', by: 'bob'});
		assert.deepEqual([...failures.keys()], ['x']);
		assert.deepEqual(
			(await calls()).map(([program]) => program),
			['bjobs', 'bhist'],
		);
	});

	test('does not take a job for gone where bhist does not answer, unless there is no bhist', async t => {
		const {backend, put, forget, wrap, folder} = await open(t);
		await put('1', running);
		await forget('9', {...done, stat: 'DONE'});
		await wrap({bhist: {before: 'Cannot open lsb.events\n', code: 255}});
		const {jobs, failures} = await backend.getMany(['1', '9'], {signal});
		assert.deepEqual([[...jobs.keys()], failures.get('9')?.kind], [['1'], 'broken']);
		assert.equal((await failureOf(backend.look('9', {signal}))).kind, 'broken');
		await rm(join(folder, 'bin', 'bhist'));
		assert.equal((await failureOf(backend.look('9', {signal}))).kind, 'not-found');
	});

	test('takes no words of a job for words of bjobs', async t => {
		const {backend, put, wrap} = await open(t);
		await put('1', {...running, job_name: 'Job <2> is not found'});
		const record =
			'    {\n      "JOBID":"1",\n      "JOBINDEX":"0",\n      "STAT":"RUN",\n      "JOB_NAME":"Job <2> is not found"\n    }';
		await wrap({
			bjobs: {before: `{\n  "COMMAND":"bjobs",\n  "JOBS":1,\n  "RECORDS":[\n${record}\n  ]\n}\n`, code: 0},
		});
		const {jobs, failures} = await backend.getMany(['1', '2'], {signal});
		assert.deepEqual([[...jobs.keys()], failures.get('2')?.kind], [['1'], 'malformed']);
	});

	test('at a job that bjobs does not mention beside an unknown one does not take it for unknown', async t => {
		const {backend, wrap} = await open(t);
		const missing = '    {\n      "JOBID":"1",\n      "ERROR":"Job <1> is not found"\n    }';
		await wrap({
			bjobs: {before: `{\n  "COMMAND":"bjobs",\n  "JOBS":1,\n  "RECORDS":[\n${missing}\n  ]\n}\n`, code: 0},
		});
		const {jobs, failures} = await backend.getMany(['1', '2'], {signal});
		assert.deepEqual(
			[jobs.size, [...failures]],
			[0, [['2', {kind: 'malformed', detail: 'bjobs printed nothing about this job'}]]],
		);
	});

	test('at an array counts its elements, and at an element shows one', async t => {
		const {backend, put} = await open(t);
		await put('5[1]', done);
		await put('5[2]', running);
		await put('5[3]');
		const {job} = await backend.get('5', {signal});
		assert.deepEqual(
			[job.id, job.phase, job.set?.counts],
			['5', 'running', {live: 2, cancelled: 0, ended: 1, lost: 0}],
		);
		assert.equal((await backend.look('5[3]', {signal})).phase, 'queued');
		assert.equal((await failureOf(backend.get('5[9]', {signal}))).kind, 'not-found');
	});

	test('shows the events of a job, and who killed it', async t => {
		const {backend, put} = await open(t);
		await put('1', running, {by: 'bob', stubborn: 1});
		await backend.cancel('1', {signal});
		assert.equal((await backend.look('1', {signal})).phase, 'running');
		const {job, fields, timeline, raw} = await backend.get('1', {signal});
		assert.deepEqual(job.endedBy, {kind: 'cancelled', by: 'bob'});
		assert.equal(timeline.at(-1)?.what, 'Completed <exit>; TERM_OWNER: job killed by owner');
		assert.equal(Object.fromEntries(fields).Command, '/usr/bin/simulate -v');
		assert.match(raw, /Signal <KILL> requested by/);
		assert.match(backend.describeLook('1'), /bjobs -u all -a -l 1$/);
	});

	test('without the daemon is unreachable, and never takes a job for gone', async t => {
		const {backend, put, stopDaemon} = await open(t);
		await put('1', running);
		await stopDaemon();
		for (const ask of [
			() => backend.listPage(list),
			() => backend.get('1', {signal}),
			() => backend.getMany(['1'], {signal}),
			() => backend.cancel('1', {signal}),
		])
			assert.deepEqual(await failureOf(ask()), {
				kind: 'unreachable',
				detail: 'Cannot connect to LSF. Please wait ...',
			});
		assert.deepEqual(await backend.system({signal}), {kind: 'lsf'});
	});
});

describe('a cancellation', () => {
	test('answers for each of many jobs, elements and arrays', async t => {
		const {backend, put, calls} = await open(t);
		await put('1', running);
		await put('2', done);
		await put('3', {user: 'bob'});
		await put('5[1]', running);
		await put('5[2]', running);
		const answers = await backend.cancelMany(['1', '2', '3', '5[2]', '77'], {signal});
		assert.deepEqual(kindsOf(answers), {
			...{1: 'accepted', 2: 'too-late', 3: 'forbidden', '5[2]': 'accepted'},
			77: 'not-found',
		});
		assert.deepEqual(await calls(), [['bkill', '1', '2', '3', '5[2]', '77']]);
		assert.equal((await backend.look('5[1]', {signal})).phase, 'running');
		assert.equal((await backend.cancel('5', {signal})).kind, 'accepted');
		assert.equal((await backend.look('5', {signal})).phase, 'cancelled');
	});

	test('never runs bkill without an id, with 0, or with a text that is no id', async t => {
		const {backend, put, calls} = await open(t);
		await put('1', running);
		await put('2', running);
		const hostile = fc.oneof(
			fc.constantFrom(
				...['', ' ', '0', '00', '01', '-1', '-u', 'all', '-J', '*', '1 2', '1\n2', '1[0]', '1[*]', '1[1-3]'],
				...['4294967296', '4294967297', '2147483648', '1[4294967297]', '1e0', '0x1', '+1', '1[', ']', '1\0'],
				...['-r', '--', '$(id)', '１', '٣', '18446744073709551617', '1[1][2]', '[1]'],
			),
			fc.string(),
			fc.string({unit: fc.constantFrom(...'0123456789[]-* ,:')}),
			fc.bigInt({min: 2n ** 31n, max: 2n ** 66n}).map(String),
		);
		const asks = [
			(id: string) => backend.cancel(id, {signal}),
			(id: string) => backend.forceCancel(id, {signal}),
			(id: string) => backend.cancelMany([id, id], {signal}),
		];
		await fc.assert(
			fc.asyncProperty(hostile, fc.nat(2), async (id, way) => {
				// What is an id may be sent: another test says what becomes of it.
				fc.pre(parseId(id) === undefined);
				const answer = await asks[way]?.(id).catch((error: unknown) => (error as BackendError).failure);
				const kind = answer instanceof Map ? answer.get(id)?.kind : (answer as Failure).kind;
				assert.equal(kind, 'rejected', JSON.stringify(id));
				assert.throws(() => backend.describeCancel([id]), BackendError);
				assert.throws(() => backend.describeLook(id), BackendError);
			}),
			{numRuns: 400},
		);
		assert.deepEqual(await backend.cancelMany([], {signal}), new Map());
		assert.deepEqual(backend.describeCancel([]), []);
		assert.deepEqual(await calls(), []);
	});

	test('whatever it gets, each argument of bkill is an id that was asked for, and there is one', async t => {
		const {backend, calls} = await open(t);
		const anything = fc.oneof(
			fc.integer({min: 1, max: 2 ** 31 - 1}).map(String),
			fc
				.tuple(fc.integer({min: 1, max: 9999}), fc.integer({min: 1, max: 99}))
				.map(([job, index]) => `${job}[${index}]`),
			fc.constantFrom('0', '', '-u', 'all', '1[1-5]', '4294967296'),
		);
		await fc.assert(
			fc.asyncProperty(fc.array(anything, {maxLength: 6}), async ids => {
				const before = (await calls()).length;
				const answers = await backend.cancelMany(ids, {signal});
				assert.deepEqual([...answers.keys()], [...new Set(ids)]);
				const valid = [...new Set(ids)].filter(id => parseId(id) !== undefined);
				const sent = (await calls()).slice(before).map(([, ...args]) => args);
				assert.deepEqual(sent, valid.length === 0 ? [] : [valid]);
			}),
			{numRuns: 25},
		);
	});

	test('by force removes a job without waiting for its host, and says that it may run on', async t => {
		const {backend, put, calls} = await open(t);
		await put('1', running);
		await put('5[1]', running);
		await put('5[2]', running);
		assert.equal((await backend.forceCancel('1', {signal})).kind, 'accepted');
		const {endedBy, unproven} = await backend.look('1', {signal});
		assert.deepEqual([endedBy, unproven], [{kind: 'cancelled', by: 'alice'}, 'may-run']);
		assert.equal((await failureOf(backend.forceCancel('5', {signal}))).kind, 'rejected');
		assert.equal((await backend.forceCancel('5[2]', {signal})).kind, 'accepted');
		assert.deepEqual(
			(await calls()).filter(([program]) => program === 'bkill'),
			[
				['bkill', '-r', '1'],
				['bkill', '-r', '5[2]'],
			],
		);
	});

	test('in calls of a thousand ids, quoted for a shell', async t => {
		const {backend} = await open(t);
		const lines = backend.describeCancel(Array.from({length: 1500}, (_, n) => `7[${n + 1}]`));
		assert.deepEqual(
			lines.map(line => line.split(' ').length),
			[1001, 501],
		);
		assert.match(lines[0] ?? '', /bkill '7\[1\]' /);
	});
});

describe('a log', () => {
	test('is what bpeek shows while the job runs, and its file afterwards', async t => {
		const {backend, put, folder, calls} = await open(t);
		await put('1', running, {output: 'hello\n'});
		const first = await backend.logs('1', {signal});
		assert.deepEqual([first.text, first.ended], ['hello\n', undefined]);
		const again = await backend.logs('1', {signal, after: first.cursor as string});
		assert.deepEqual([again.text, again.anew], ['', undefined]);
		for (const call of await calls()) if (call[0] === 'bpeek') assert.deepEqual(call, ['bpeek', '1']);
		await writeFile(join(folder, 'out.2'), 'all of it\n');
		await put('2', {...done, output_file: 'out.%J', sub_cwd: folder});
		const {text, ended} = await backend.logs('2', {signal});
		assert.deepEqual([text, ended], ['all of it\n', true]);
	});

	test('that is not there is refused in words', async t => {
		const {backend, put} = await open(t);
		await put('1');
		await put('2', done);
		await put('5[1]', running);
		const words = await Promise.all(
			['1', '2', '5'].map(async id => (await failureOf(backend.logs(id, {signal}))).detail),
		);
		assert.deepEqual(words, [
			'no log yet: the job waits',
			'LSF names no output file of this job; it may have mailed the output',
			'each element of an array has a log of its own',
		]);
	});
});

test('over ssh, jobs are those of the user there, and the programs get the same arguments', async t => {
	const {backend, put, calls} = await open(t, {ssh: true});
	await put('1', running);
	await put('2', {user: 'bob'});
	assert.deepEqual(
		(await backend.listPage({...list, everyone: true})).jobs.map(({id, mine, startedAt}) => [
			id,
			mine,
			startedAt,
		]),
		[
			['1', true, 1_767_225_000_000],
			['2', false, undefined],
		],
	);
	assert.equal((await backend.cancel('1', {signal})).kind, 'accepted');
	assert.deepEqual((await calls()).at(-1), ['bkill', '1']);
	assert.match(backend.describeCancel(['1'])[0] ?? '', /^ssh login1 '.*bkill 1'$/);
	assert.deepEqual(await backend.system({signal}), {kind: 'lsf', cluster: 'east', host: 'login1'});
});
