import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {appendFile, mkdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import type {Backend, CancelAnswer} from '../../../source/backends/backend.ts';
import {pathOfProgram} from '../../../source/backends/programs/program-path.ts';
import {slurm} from '../../../source/backends/slurm/index.ts';
import type {Failure} from '../../../source/job/failure.ts';
import {type FakeSlurm, fakeSlurmUser, openFakeSlurm} from '../../fakes/slurm.ts';
import {failureOf} from '../../helpers/failure-of.ts';

const {signal} = new AbortController();

const open = async (
	t: TestContext,
): Promise<FakeSlurm & {readonly backend: Required<Pick<Backend, Used>>}> => {
	const far = await openFakeSlurm();
	t.after(far.close);
	return {...far, backend: far.connection.backend as Required<Pick<Backend, Used>>};
};
type Used =
	| 'describeCancel'
	| 'describeLook'
	| 'listPage'
	| 'get'
	| 'getMany'
	| 'cancel'
	| 'cancelMany'
	| 'logs';

const kinds = (answers: ReadonlyMap<string, CancelAnswer>) =>
	Object.fromEntries([...answers].map(([id, {kind}]) => [id, kind]));
/** Cancels a job, and looks until it has ended. */
const cancelledNow = async (backend: Required<Pick<Backend, 'cancel' | 'getMany'>>, id: string) => {
	await backend.cancel(id, {signal});
	let terminal = false;
	for (let look = 0; look < 5 && !terminal; look++) {
		terminal = (await backend.getMany([id], {signal})).jobs.get(id)?.terminal === true;
	}
	assert.ok(terminal);
};
const list = {everyone: false, ended: false, signal};

test('an array is not over because what of it waited is', async t => {
	const {backend, put} = await open(t);
	await put({id: '42', state: 'CANCELLED', end: 1_767_225_000});
	await put({id: '42_1', state: 'RUNNING', start: 1_767_225_000});
	assert.equal((await backend.get('42', {signal})).job.phase, 'running');
	assert.equal((await backend.getMany(['42'], {signal})).jobs.get('42')?.terminal, false);
});

describe('a list', () => {
	test('shows only my jobs unless everyone is asked for, in one call of squeue', async t => {
		const {backend, put, calls} = await open(t);
		await put({id: '1', state: 'RUNNING'});
		await put({id: '2', state: 'RUNNING', uid: 7});
		assert.deepEqual(
			(await backend.listPage(list)).jobs.map(job => job.id),
			['1'],
		);
		const {jobs} = await backend.listPage({...list, everyone: true});
		assert.deepEqual(
			jobs.map(job => [job.id, job.mine]),
			[
				['1', true],
				['2', false],
			],
		);
		assert.deepEqual(
			(await calls()).map(([program]) => program),
			['squeue', 'squeue'],
		);
	});

	test('keeps an array that waits in one row, however many tasks it has', async t => {
		const {backend, put} = await open(t);
		const tasks = Array.from({length: 500}, (_, n) => n * 3 + (n % 2));
		await put({id: `42_[${tasks.join(',')}%4]`, state: 'PENDING', reason: 'JobArrayTaskLimit'});
		const {jobs} = await backend.listPage(list);
		assert.deepEqual(
			jobs.map(job => job.id),
			[`42_[${tasks.join(',')}]`],
		);
	});

	test('is not bent by the settings of the user’s own squeue', async t => {
		process.env.SQUEUE_FORMAT = '%i';
		process.env.SLURM_CLUSTERS = 'all';
		t.after(() => {
			delete process.env.SQUEUE_FORMAT;
			delete process.env.SLURM_CLUSTERS;
		});
		const {backend, put} = await open(t);
		await put({id: '1', state: 'RUNNING', name: 'mine'});
		assert.deepEqual(
			(await backend.listPage(list)).jobs.map(job => job.name),
			['mine'],
		);
	});

	test('without the programs is unreachable, and says what is missing', async t => {
		const {folder} = await open(t);
		const backend = slurm.connect('far', {bin: join(folder, 'jobs')});
		const failure = await failureOf(backend.listPage(list));
		assert.equal(failure.kind, 'unreachable');
		assert.match(failure.detail, /there is no .*squeue/);
		const nowhere = slurm.connect('far', {env: {PATH: join(folder, 'jobs')}});
		assert.deepEqual(await failureOf(nowhere.listPage(list)), {
			kind: 'unreachable',
			detail: 'squeue is not on PATH',
			local: 'program',
		});
	});
});

describe('a program that fails', () => {
	test('shows the reason, and nothing else is asked', async t => {
		const {backend, put, stopController, calls} = await open(t);
		await put({id: '1', state: 'RUNNING'});
		await stopController();
		const down = {
			kind: 'unreachable',
			detail: 'Unable to contact slurm controller (connect failure)',
		} as const;
		assert.deepEqual(await failureOf(backend.listPage(list)), down);
		assert.deepEqual(await failureOf(backend.cancel('1', {signal})), down);
		assert.deepEqual(
			(await calls()).map(([program]) => program),
			['squeue', 'scancel'],
		);
	});

	test('because the controller asks for patience is rate-limited', async t => {
		const {backend, put, connection: _, failNext} = await open(t);
		await put({id: '1', state: 'RUNNING'});
		const limited = {kind: 'rate-limited', detail: 'Rate limit exceeded, please retry momentarily'} as const;
		for (const ask of [
			() => backend.listPage(list),
			() => backend.getMany(['1', '2'], {signal}),
			() => backend.get('1', {signal}),
			() => backend.cancel('1', {signal}),
		]) {
			await failNext('rate-limited');
			assert.deepEqual(await failureOf(ask()), limited);
		}
	});

	test('because munge is dead names munge', async t => {
		const {backend, put, killMunge} = await open(t);
		await put({id: '1', state: 'RUNNING'});
		await killMunge();
		for (const ask of [
			() => backend.listPage(list),
			() => backend.get('1', {signal}),
			() => backend.cancel('1', {signal}),
		]) {
			const failure = await failureOf(ask());
			assert.equal(failure.kind, 'unreachable');
			assert.match(failure.detail, /^Munge encode failed: .*munge\.socket/);
		}
	});
});

describe('what a site prints around its programs', () => {
	const notice = '*** NOTICE: maintenance on Sunday; an invalid user is told so ***\n';

	test('is no part of a list, be it full or empty', async t => {
		const {backend, put, wrap} = await open(t);
		await wrap({squeue: {before: notice, complaint: notice, after: notice}});
		const empty = await backend.listPage(list);
		assert.deepEqual([empty.jobs, empty.unreadable], [[], 0]);
		await put({id: '1', state: 'RUNNING', name: 'envjob'});
		const {jobs, unreadable} = await backend.listPage(list);
		assert.deepEqual([jobs.map(job => job.name), unreadable], [['envjob'], 0]);
	});

	test('is no part of the accounts or of a look', async t => {
		const {backend, put, wrap} = await open(t);
		await wrap({
			sacct: {before: 'sacct is deprecated at this site\n', after: notice},
			scontrol: {before: `StdOut=/etc/motd\n${notice}`, after: `\nStdOut=/etc/motd\n${notice}`},
		});
		await put({id: '1', state: 'COMPLETED', name: 'purgedb', start: 1, end: 2}, 'accounts');
		await put({id: '2', state: 'RUNNING', name: 'here', output: '/home/alice/2.out'});
		assert.equal((await backend.get('1', {signal})).job.name, 'purgedb');
		const {fields, raw} = await backend.get('2', {signal});
		assert.equal(new Map(fields).get('Output'), '/home/alice/2.out');
		assert.doesNotMatch(raw, /NOTICE/);
	});

	test('instead of them is no answer, and its words are shown', async t => {
		const {backend, put, wrap} = await open(t);
		await put({id: '1', state: 'RUNNING'});
		await wrap({
			squeue: {before: 'use myqueue\n', code: 0},
			scancel: {before: "Please use 'myscancel' on this system.\n", code: 0},
		});
		assert.deepEqual(await failureOf(backend.listPage(list)), {
			kind: 'malformed',
			detail: 'squeue printed only: use myqueue',
			local: 'program',
		});
		assert.deepEqual(await failureOf(backend.cancel('1', {signal})), {
			kind: 'malformed',
			detail: "scancel printed only: Please use 'myscancel' on this system.",
			local: 'program',
		});
	});
});

describe('a look', () => {
	test('takes no job for unknown whose line it cannot read', async t => {
		const {backend, put, turnAccountingOff} = await open(t);
		await put({id: '1', state: 'RUNNING'});
		await put({id: '77_[1,3,5,...]', state: 'PENDING'});
		await turnAccountingOff();
		const {jobs, failures} = await backend.getMany(['1', '77'], {signal});
		assert.deepEqual([[...jobs.keys()], failures.get('77')?.kind], [['1'], 'malformed']);
	});

	test('goes on to the accounts for what the controller has forgotten', async t => {
		const {backend, put, calls} = await open(t);
		await put({id: '1', state: 'RUNNING'});
		await put({id: '2', state: 'CANCELLED', start: 1, end: 2}, 'accounts');
		const {jobs, failures} = await backend.getMany(['1', '2', '3'], {signal});
		assert.deepEqual(
			[...jobs.values()].map(job => [job.id, job.phase, job.status]),
			[
				['1', 'running', 'RUNNING'],
				['2', 'cancelled', 'CANCELLED by 4242'],
			],
		);
		assert.equal(failures.size, 0);
		assert.deepEqual(
			(await calls()).map(([program]) => program),
			['squeue', 'sacct'],
		);
	});

	test('finds nothing where there are no accounts', async t => {
		const {backend, put, turnAccountingOff} = await open(t);
		await put({id: '2', state: 'CANCELLED'}, 'accounts');
		await turnAccountingOff();
		assert.equal((await failureOf(backend.get('2', {signal}))).kind, 'not-found');
		const {jobs, failures} = await backend.getMany(['2'], {signal});
		assert.deepEqual([jobs.size, failures.size], [0, 0]);
	});

	test('leaves open what became of a job while the accounts are out of reach', async t => {
		const {backend, folder} = await open(t);
		const script =
			'#!/bin/sh\necho "sacct: error: Problem talking to the database: Connection refused" >&2\nexit 1\n';
		await writeFile(join(folder, 'bin', 'sacct'), script);
		const {jobs, failures} = await backend.getMany(['2', '3'], {signal});
		assert.equal(jobs.size, 0);
		assert.deepEqual(
			[...failures].map(([id, {kind}]) => [id, kind]),
			[
				['2', 'unreachable'],
				['3', 'unreachable'],
			],
		);
	});

	test('at thousands of jobs takes few calls', async t => {
		const {backend, put, calls} = await open(t);
		await put({id: '7', state: 'RUNNING'});
		await backend.getMany(
			Array.from({length: 2500}, (_, n) => String(n + 1)),
			{signal},
		);
		assert.deepEqual(
			(await calls()).map(([program]) => program),
			['squeue', 'squeue', 'squeue', 'sacct', 'sacct', 'sacct'],
		);
	});

	test('at a task shows that task, whether it waits in a remainder or runs', async t => {
		const {backend, put} = await open(t);
		await put({id: '42_[5-9%4]', state: 'PENDING', reason: 'JobArrayTaskLimit'});
		await put({id: '42_4', raw: '46', state: 'RUNNING', start: 1});
		const {jobs} = await backend.getMany(['42_6', '42_4', '42_3', '46', '42_[4-9]'], {signal});
		assert.deepEqual(Object.fromEntries([...jobs].map(([id, job]) => [id, job.status])), {
			'42_6': 'PENDING',
			'42_4': 'RUNNING',
			'42_[4-9]': 'RUNNING 1, PENDING 5',
		});
		assert.match((await backend.get('42_[5-9]', {signal})).raw, /ArrayTaskId=5/);
	});

	test('at several jobs that are known to be mine does not make slurmctld load the jobs of all users', async t => {
		const {backend, put, calls} = await open(t);
		for (const id of ['1', '2', '3']) await put({id, state: 'RUNNING'});
		await put({id: '4', state: 'RUNNING', uid: 7});
		const looks = async () =>
			(await calls())
				.filter(call => call.includes('-j'))
				.map(call => `${call.includes('-u') ? 'mine' : 'all'} ${call[call.indexOf('-j') + 1]}`);
		await backend.getMany(['1', '2'], {signal});
		await backend.listPage(list);
		const ids = ['1', '2', '3'];
		assert.deepEqual([...(await backend.getMany(ids, {signal})).jobs.keys()], ids);
		assert.equal((await backend.getMany(['1', '4'], {signal})).jobs.get('4')?.mine, false);
		// One job alone is no matter of whose it is.
		await backend.getMany(['1'], {signal});
		assert.deepEqual(await looks(), ['all 1,2', 'mine 1,2,3', 'all 1,4', 'all 1']);
	});

	test('at one job shows its fields and what happened to it', async t => {
		const {backend, put} = await open(t);
		await put({id: '1', state: 'FAILED', reason: 'NonZeroExitCode', submit: 10, start: 20, end: 30});
		const {fields, timeline} = await backend.get('1', {signal});
		assert.deepEqual(fields.slice(0, 3), [
			['State', 'FAILED'],
			['Reason', 'NonZeroExitCode'],
			['User', 'alice'],
		]);
		assert.deepEqual(
			timeline.filter(({what}) => what !== 'Eligible'),
			[
				{at: 10_000, what: 'Submitted'},
				{at: 20_000, what: 'Started'},
				{at: 30_000, what: 'Ended', detail: 'FAILED'},
			],
		);
	});
});

describe('a cancel request', () => {
	test('is answered job by job', async t => {
		const {backend, put} = await open(t);
		await put({id: '1', state: 'RUNNING'});
		await put({id: '2', state: 'RUNNING', uid: 7});
		await put({id: '3', state: 'COMPLETED'});
		await put({id: '4', state: 'PENDING'});
		const answers = await backend.cancelMany(['1', '2', '3', '4', '5', '-u', '1,2', 'alice'], {signal});
		assert.deepEqual(kinds(answers), {
			1: 'accepted',
			2: 'forbidden',
			3: 'too-late',
			4: 'accepted',
			5: 'not-found',
			'-u': 'rejected',
			'1,2': 'rejected',
			alice: 'rejected',
		});
	});

	test('names exactly the requested ids, and no call goes without an id', async t => {
		const {backend, put, calls} = await open(t);
		await put({id: '42_[1-9:2%2]', state: 'PENDING'});
		await backend.cancelMany([], {signal});
		await backend.cancelMany(['-u', '1 2', ''], {signal});
		assert.deepEqual(await calls(), []);
		await backend.cancelMany(['42_[1-9:2]', '7', '7'], {signal});
		assert.deepEqual(await calls(), [['scancel', '-v', '42_[1,3,5,7,9]', '7']]);
	});

	test('can be described as a line for a shell, and so can a look', async t => {
		const {backend, put, calls, folder} = await open(t);
		await put({id: '42_[1-9:2]', state: 'PENDING'});
		const env = {FAKE_SLURM: folder, FAKE_SLURM_UID: String(fakeSlurmUser)};
		const paste = (line: string) => spawnSync('/bin/sh', ['-c', line], {cwd: '/', env, encoding: 'utf8'});
		// Slurm itself takes no set of tasks here.
		assert.match(paste(backend.describeLook('42_[1-9:2]')).stdout, /^JobId=/m);
		assert.deepEqual((await calls()).at(-1), ['scontrol', '-a', 'show', 'job', '42_1']);
		const [cancel = ''] = backend.describeCancel(['42_[1-9:2]', '7']);
		paste(cancel);
		assert.deepEqual((await calls()).at(-1), ['scancel', '-v', '42_[1,3,5,7,9]', '7']);
		assert.throws(() => backend.describeLook('alice'), /rejected/);
	});

	test('for which the controller asked to slow down is accepted, and the wish is reported', async t => {
		const {backend, put, limitRate} = await open(t);
		for (const id of ['1', '2', '3']) await put({id, state: 'PENDING'});
		await limitRate(2, 1);
		const wishes: Failure[] = [];
		const onPatience = (wish: Failure) => void wishes.push(wish);
		await backend.cancel('1', {signal, onPatience});
		assert.deepEqual(wishes, []);
		assert.deepEqual(kinds(await backend.cancelMany(['2', '3'], {signal, onPatience})), {
			2: 'accepted',
			3: 'accepted',
		});
		assert.deepEqual(
			wishes.map(({kind}) => kind),
			['rate-limited'],
		);
	});

	test('for thousands of jobs goes out in chunks', async t => {
		const {backend, calls} = await open(t);
		const ids = Array.from({length: 2500}, (_, n) => String(n + 1));
		const answers = await backend.cancelMany(ids, {signal});
		assert.equal(answers.size, 2500);
		assert.deepEqual(
			(await calls()).map(call => call.length - 2),
			[1000, 1000, 500],
		);
	});

	test('of the tasks that wait leaves nothing of them, and the others alone', async t => {
		const {backend, put} = await open(t);
		await put({id: '42_[5-9%4]', state: 'PENDING'});
		await put({id: '42_4', state: 'RUNNING', start: 1});
		assert.equal((await backend.cancel('42_[6-7]', {signal})).kind, 'accepted');
		const {jobs} = await backend.getMany(['42_[6-7]', '42_[5-9]', '42_4'], {signal});
		assert.deepEqual([...jobs.keys()], ['42_[5-9]', '42_4']);
		assert.deepEqual(
			(await backend.listPage(list)).jobs.map(job => job.id),
			['42_[5,8-9]', '42_4'],
		);
	});

	test('to a stubborn job is followed by stopping, and only then by an end', async t => {
		const {backend, put} = await open(t);
		await put({id: '1', state: 'RUNNING', start: 1, stubborn: 1});
		assert.equal((await backend.cancel('1', {signal})).kind, 'accepted');
		const phases: string[] = [];
		for (let n = 0; n < 3; n++)
			phases.push((await backend.getMany(['1'], {signal})).jobs.get('1')?.phase ?? '');
		assert.deepEqual(phases, ['stopping', 'stopping', 'cancelled']);
		assert.equal((await backend.cancel('1', {signal})).kind, 'too-late');
	});

	test('whose scancel is killed may have been heard', async t => {
		const {backend, put, failNext} = await open(t);
		await put({id: '1', state: 'RUNNING'});
		await failNext('broken');
		assert.equal((await failureOf(backend.cancel('1', {signal}))).kind, 'cut-off');
		await failNext('timeout');
		assert.equal((await failureOf(backend.cancel('1', {signal}))).kind, 'timeout');
	});

	test('with the raw number of a task reaches no job', async t => {
		const {backend, put} = await open(t);
		await put({id: '42_4', raw: '46', state: 'RUNNING'});
		assert.equal((await failureOf(backend.cancel('46', {signal}))).kind, 'not-found');
	});
});

describe('what a job printed', () => {
	test('is read from the end of its file', async t => {
		const {backend, put, folder} = await open(t);
		const output = join(folder, 'job.out');
		const lines = Array.from({length: 30_000}, (_, n) => `line ${n} \u001b[31mred\u001b[0m`);
		await writeFile(output, `${lines.join('\n')}\n`);
		await put({id: '1', state: 'RUNNING', start: 1, output});
		const {text} = await backend.logs('1', {signal});
		assert.match(text, /^line \d+ red\n/);
		assert.match(text, /\nline 29999 red\n$/);
		assert.ok(text.length < 256 * 1024);
	});

	test('is missed in plain words', async t => {
		const {backend, put, folder} = await open(t);
		await put({id: '1', state: 'PENDING'});
		await put({id: '2', state: 'RUNNING', start: 1, output: '/nowhere/at/all.out'});
		await mkdir(join(folder, 'job.out'));
		await put({id: '3', state: 'RUNNING', start: 1, output: join(folder, 'job.out')});
		await put({id: '4', state: 'COMPLETED', start: 1}, 'accounts');
		const words = async (id: string) => (await failureOf(backend.logs(id, {signal}))).detail;
		assert.equal(await words('1'), 'no log yet: the job waits');
		assert.equal(await words('2'), 'there is no /nowhere/at/all.out on this machine; it may be on n1 only');
		assert.match(await words('3'), /is not a file$/);
		assert.equal(await words('4'), 'Slurm no longer knows where the output of this job is');
		await put({id: '5', state: 'RUNNING', start: 1, output: '/dev/null'});
		assert.equal(await words('5'), 'this job does not write its output to a file');
		// Whoever may do everything may read everything.
		if (process.getuid?.() === 0) return;
		await writeFile(join(folder, 'secret.out'), 'x', {mode: 0});
		await put({id: '6', state: 'RUNNING', start: 1, output: join(folder, 'secret.out')});
		assert.match(await words('6'), /secret\.out cannot be read: permission denied$/);
	});

	test('is read once, piece by piece, until the job has ended', async t => {
		const {backend, put, folder} = await open(t);
		const output = join(folder, 'job.out');
		await writeFile(output, 'one\nhal');
		await put({id: '42_4', raw: '46', state: 'RUNNING', start: 1, output});
		const first = await backend.logs('42_4', {signal});
		assert.deepEqual([first.text, first.ended], ['one\nhal', undefined]);
		const read = async (cursor: string | undefined) => backend.logs('42_4', {signal, after: cursor ?? ''});
		assert.equal((await read(first.cursor)).text, '');
		// An escape sequence that is not all there yet is waited for.
		await appendFile(output, 'f\n\u001b[3');
		const second = await read(first.cursor);
		assert.equal(second.text, 'f\n');
		await appendFile(output, '1mred\u001b[0m\u001b]0;own');
		const third = await read(second.cursor);
		assert.equal(third.text, 'red');
		await cancelledNow(backend, '42_4');
		const last = await read(third.cursor);
		assert.deepEqual([last.text, last.ended], ['', true]);
	});

	test('is read from its start when its file was emptied or replaced', async t => {
		const {backend, put, folder} = await open(t);
		const output = join(folder, 'job.out');
		await writeFile(output, 'the first run\n'.repeat(10));
		await put({id: '1', state: 'RUNNING', start: 1, output});
		const {cursor} = await backend.logs('1', {signal});
		await writeFile(output, 'again\n');
		const emptied = await backend.logs('1', {signal, after: cursor ?? ''});
		assert.deepEqual([emptied.text, emptied.anew], ['again\n', true]);
		await rm(output);
		await writeFile(output, 'the second run\n'.repeat(20));
		const replaced = await backend.logs('1', {signal, after: cursor ?? ''});
		assert.deepEqual([replaced.text.length, replaced.anew], [15 * 20, true]);
	});

	test('is read to its last part only, however long it is', async t => {
		const {backend, put, folder} = await open(t);
		const output = join(folder, 'job.out');
		const line = `${'\u001b[2J'.repeat(10)}${'x'.repeat(59)}\n`;
		await writeFile(output, line.repeat(500_000));
		await put({id: '1', state: 'RUNNING', start: 1, output});
		const before = process.memoryUsage().rss;
		const {text, cut, cursor} = await backend.logs('1', {signal});
		assert.equal(cut, true);
		assert.ok(text.length < 256 * 1024);
		assert.match(text, /^(x{59}\n)+$/);
		await appendFile(output, line.repeat(500_000));
		const next = await backend.logs('1', {signal, after: cursor ?? ''});
		assert.deepEqual([next.cut, next.anew, next.text === text], [true, undefined, true]);
		assert.ok(process.memoryUsage().rss - before < 48 * 1024 * 1024);
	});

	test('to a file of errors of its own is said where one looks at the job', async t => {
		const {backend, put} = await open(t);
		await put({id: '1', state: 'RUNNING', start: 1, output: '/home/a.out'});
		await put({id: '2', state: 'RUNNING', start: 1, output: '/home/a.out', errors: '/home/a.err'});
		const labels = async (id: string) => new Map((await backend.get(id, {signal})).fields);
		assert.equal((await labels('1')).get('Errors'), undefined);
		assert.equal((await labels('2')).get('Errors'), '/home/a.err');
	});
});

test('Slurm is found where squeue is on PATH', async t => {
	const {folder} = await open(t);
	assert.equal(
		pathOfProgram('squeue', {PATH: `/nowhere:${join(folder, 'bin')}`}),
		join(folder, 'bin', 'squeue'),
	);
	assert.equal(pathOfProgram('squeue', {PATH: `/nowhere::${join(folder, 'jobs')}`}), undefined);
	assert.equal(pathOfProgram('squeue', {}), undefined);
	await mkdir(join(folder, 'jobs', 'squeue'));
	assert.equal(pathOfProgram('squeue', {PATH: join(folder, 'jobs')}), undefined);
});
