/* Slurm's programs on another machine: requests arrive unchanged, and lost requests are reported as lost. */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {appendFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import type {Backend} from '../../../source/backends/backend.ts';
import {CommandTimeout} from '../../../source/backends/programs/command.ts';
import {openSsh, quote, readResult, script} from '../../../source/backends/programs/ssh.ts';
import {BackendError, type Failure} from '../../../source/job/failure.ts';
import {openFakeSlurm} from '../../fakes/slurm.ts';

const {signal} = new AbortController();
const mark = 'f00dface';
const hidden = ['SQUEUE_*', 'SACCT_*', 'SLURM_CLUSTERS'];
const shell = (input: string, env: Readonly<Record<string, string>> = {}) =>
	spawnSync('/bin/sh', ['-s'], {input, env: {PATH: process.env.PATH ?? '', ...env}, encoding: 'utf8'});
const failureIn = (work: () => unknown): Failure => {
	try {
		work();
	} catch (error) {
		if (error instanceof BackendError) return error.failure;
		throw error;
	}
	return assert.fail('it went well');
};
const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
	promise.then(
		value => assert.fail(`no failure, but ${JSON.stringify(value)}`),
		(error: unknown) => (error instanceof BackendError ? error.failure : assert.fail(String(error))),
	);

const hostile = [
	'',
	' ',
	"'",
	"it's",
	"'; touch /tmp/never; '",
	'$(id)',
	'`id`',
	'\\',
	"\\'",
	'"',
	'a\nb',
	'\n}\nid\n{',
	'!!',
	'*',
	'~root',
	'-rf',
	'a;b&c|d<e>f(g)h#i',
	'%s',
	'\u001f\u001e',
	'日本 ☃',
	['$', '{IFS}'].join(''),
];

describe('the script', () => {
	test('passes every argument unchanged', () => {
		const printf = {file: 'printf', args: ['%s\\n--\\n', ...hostile], env: {}, mark, hidden};
		const {stdout, stderr, status} = shell(script(printf));
		assert.equal(status, 0);
		assert.equal(stdout, `${mark}${hostile.map(word => `${word}\n--\n`).join('')}`);
		assert.equal(stderr, `${mark}${mark} 0`);
		for (const word of hostile) assert.equal(shell(`printf %s ${quote(word)}`).stdout, word);
	});

	test('carries out nothing of what arrives only in part', () => {
		const whole = script({file: 'echo', args: ['done', '12345', "it's"], env: {A: 'b'}, mark, hidden});
		assert.match(shell(whole).stdout, /done 12345 it's/);
		for (let length = 0; length < whole.length - 2; length += 3) {
			assert.equal(
				shell(whole.slice(0, length)).stdout,
				'',
				JSON.stringify(whole.slice(length - 20, length)),
			);
		}
		// The last letters say that it is whole.
		for (const cut of [2, 3, 4]) assert.equal(shell(whole.slice(0, -cut)).stdout, '');
	});

	test('takes the settings of the user’s own programs away, and sets ours', () => {
		const env = {LC_ALL: 'C.UTF-8', SLURM_TIME_FORMAT: "%s'"};
		const shown = shell(script({file: 'env', args: [], env, mark, hidden}), {
			SQUEUE_FORMAT: '%i',
			SACCT_FORMAT: 'x',
			SLURM_CLUSTERS: 'all',
			SLURM_CONF: '/etc/a b',
			FORGED: 'x\nSLURM_CONF=y',
		}).stdout;
		const stdout = shown.slice(mark.length);
		assert.doesNotMatch(stdout, /SQUEUE_|SACCT_|SLURM_CLUSTERS/);
		assert.match(stdout, /^SLURM_CONF=\/etc\/a b$/m);
		assert.match(stdout, /^SLURM_TIME_FORMAT=%s'$/m);
	});

	test('keeps a program from reading the script', () => {
		assert.equal(shell(script({file: 'cat', args: [], env: {}, mark, hidden})).stdout, mark);
	});

	test('refuses what no argument can hold', () => {
		assert.equal(failureIn(() => script({file: 'a', args: ['b\0'], env: {}, mark, hidden})).kind, 'rejected');
	});
});

describe('what comes back', () => {
	const read = (stdout: string, stderr: string, code = 0) =>
		readResult({stdout, stderr, code}, mark, '/opt/bin/squeue', 'login1');

	test('is what stands behind the greetings, with the code of the program', () => {
		assert.deepEqual(read(`Welcome\n${mark}1 2\n`, `hello\n${mark}slurm error\n${mark} 1`), {
			stdout: '1 2\n',
			stderr: 'slurm error\n',
			code: 1,
		});
		// A code of the program is none of ssh's.
		assert.equal(read(mark, `${mark}${mark} 255`, 255).code, 255);
		assert.equal(read(mark, `${mark}${mark} 210\nShared connection to login1 closed.`).code, 210);
	});

	test('is cut off where the last mark is missing, whatever else is there', () => {
		for (const [stdout, stderr] of [
			[`${mark}1 2`, mark],
			[mark, `${mark}scancel: Terminating job 1`],
			['', ''],
			['', 'mux_client_request_session: read from master failed: Broken pipe'],
			['', 'mux_client_request_session: read from master failed\nkex_exchange_identification: closed'],
			[mark, `${mark}\nkex_exchange_identification: Connection closed by remote host`],
		] as const) {
			const failure = failureIn(() => read(stdout, stderr, 255));
			assert.equal(failure.kind, 'cut-off', JSON.stringify(stderr));
			assert.match(failure.detail, /^the connection to login1 broke before the answer/);
		}
	});

	test('was never asked where no connection was there', () => {
		for (const stderr of [
			'kex_exchange_identification: Connection closed by remote host\n',
			'mux_client_request_session: session request failed: Session open refused by peer\nkex_exchange_identification: x',
		]) {
			assert.equal(failureIn(() => read('', stderr, 255)).kind, 'unreachable', stderr);
		}
	});

	test('names the folder to set where there is no such program', () => {
		const failure = failureIn(() => read(mark, `${mark}sh: 1: squeue: not found\n${mark} 127`));
		assert.deepEqual(failure, {
			kind: 'unreachable',
			detail: 'squeue was not found on login1: set bin to its folder there',
			local: 'program',
		});
	});
});

describe('a Slurm behind ssh', () => {
	const open = async (t: TestContext) => {
		const far = await openFakeSlurm({ssh: true});
		t.after(far.close);
		return {...far, backend: far.connection.backend as Required<Backend>};
	};
	const list = {everyone: false, ended: false, signal};

	test('is listed, cancelled and followed as any other', async t => {
		const {backend, put, calls} = await open(t);
		await put({id: '1', state: 'RUNNING', name: "it's $(id)\n42"});
		await put({id: '7_[1-4]', state: 'PENDING'});
		const {jobs} = await backend.listPage(list);
		assert.deepEqual(
			jobs.map(({id}) => id),
			['1', '7_[1-4]'],
		);
		const answers = await backend.cancelMany(['1', '7_[1-4]', '9'], {signal});
		assert.deepEqual(
			[...answers.values()].map(({kind}) => kind),
			['accepted', 'accepted', 'not-found'],
		);
		assert.deepEqual((await calls()).at(-1), ['scancel', '-v', '1', '7_[1-4]', '9']);
		assert.equal((await backend.get('1', {signal})).job.phase, 'stopping');
	});

	test('describes what would be run, for a shell of this machine', async t => {
		const {backend, put, calls, folder} = await open(t);
		await put({id: '7_[1-4]', state: 'PENDING'});
		const paste = (line: string) => {
			const env = {
				PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
				FAKE_SLURM: folder,
				FAKE_SLURM_UID: '4242',
			};
			return shell(line, env);
		};
		const [cancel = ''] = backend.describeCancel(['7_[1-4]', '9']);
		assert.match(cancel, /^ssh login1 /);
		paste(cancel);
		assert.deepEqual((await calls()).at(-1), ['scancel', '-v', '7_[1-4]', '9']);
		assert.match(paste(backend.describeLook('7_[1-4]')).stdout, /^JobId=/m);
		assert.deepEqual((await calls()).at(-1), ['scontrol', '-a', 'show', 'job', '7_1']);
	});

	test('reads the output of a job from a file on the other machine', async t => {
		const {backend, put, folder} = await open(t);
		const output = join(folder, "it's an output");
		await appendFile(output, Buffer.from([0x61, 0x0a, 0xff, 0x0a, 0xc3]));
		await put({id: '1', state: 'RUNNING', start: 1, output});
		const first = await backend.logs('1', {signal});
		assert.equal(first.text, 'a\n\ufffd\n');
		await appendFile(output, Buffer.from([0xa9, 0x0a]));
		assert.equal((await backend.logs('1', {signal, after: first.cursor as string})).text, 'é\n');
		await put({id: '2', state: 'RUNNING', start: 1, output: '/nowhere/out'});
		await put({id: '3', state: 'RUNNING', start: 1, output: folder});
		assert.deepEqual(await failureOf(backend.logs('2', {signal})), {
			kind: 'not-found',
			detail: 'there is no /nowhere/out on login1',
		});
		assert.match((await failureOf(backend.logs('3', {signal}))).detail, / is not a file$/);
	});

	test('a line that breaks leaves it open whether a cancel was done', async t => {
		const {backend, put, setSsh} = await open(t);
		await put({id: '1', state: 'RUNNING'});
		await setSsh('breaks');
		assert.equal((await failureOf(backend.cancel('1', {signal}))).kind, 'cut-off');
		await setSsh('open');
		assert.equal((await backend.get('1', {signal})).job.phase, 'stopping');
	});

	test('what a program had said when its time was over is kept, without the greetings', async t => {
		const {folder} = await open(t);
		const env = {PATH: `${join(folder, 'bin')}:${process.env.PATH}`, FAKE_SLURM: folder};
		const {run} = openSsh(
			{destination: 'login1', controlPath: join(folder, 'socket')},
			{local: env, hidden: []},
		);
		const args = ['-c', 'echo out; echo begun >&2; exec sleep 600'];
		const error: unknown = await run({file: '/bin/sh', args, env: {}, signal, limitMs: 3000}).catch(
			(reason: unknown) => reason,
		);
		assert.ok(error instanceof CommandTimeout, String(error));
		assert.equal(error.failure.detail, 'sh did not end within 3 s');
		assert.deepEqual(error.printed, {stdout: 'out\n', stderr: 'begun\n'});
	});

	test('the reasons of the programs and what a site prints around them are read as here', async t => {
		const {backend, put, wrap, killMunge} = await open(t);
		await wrap({
			squeue: {before: 'NOTICE\n', after: 'NOTICE\n'},
			scancel: {before: 'use myscancel\n', code: 0},
		});
		assert.deepEqual((await backend.listPage(list)).jobs, []);
		await put({id: '1', state: 'RUNNING', name: 'envjob'});
		assert.deepEqual(
			(await backend.listPage(list)).jobs.map(job => job.name),
			['envjob'],
		);
		assert.deepEqual(await failureOf(backend.cancel('1', {signal})), {
			kind: 'malformed',
			detail: 'scancel printed only: use myscancel',
			local: 'program',
		});
		await wrap({});
		await killMunge();
		assert.match((await failureOf(backend.listPage(list))).detail, /^Munge encode failed/);
	});

	test('a lost or refused connection is reported before any request', async t => {
		const {backend, put, calls, setSsh} = await open(t);
		await put({id: '1', state: 'RUNNING'});
		const denied = 'me@login1: Permission denied (publickey,password).\n';
		const cases: readonly (readonly [Parameters<typeof setSsh>[0], Failure['kind'], RegExp])[] = [
			['gone', 'unreachable', /the connection to login1 is closed: nothing was sent/],
			[{refuses: denied}, 'unauthorized', /without a prompt: load a key into the agent/],
			[{refuses: 'Host key verification failed.\n'}, 'unreachable', /run ssh to it once, and check the key/],
			[
				{refuses: '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.\n'},
				'unreachable',
				/its host key has changed: ask its administrators/,
			],
			[{refuses: 'ssh: Could not resolve hostname login1: x\n'}, 'unreachable', /Could not resolve hostname/],
		];
		for (const [how, kind, words] of cases) {
			await setSsh(how);
			for (const ask of [() => backend.cancel('1', {signal}), () => backend.listPage(list)]) {
				const failure = await failureOf(ask());
				assert.equal(failure.kind, kind, failure.detail);
				assert.match(failure.detail, words);
			}
		}
		assert.deepEqual(await calls(), []);
	});
});
