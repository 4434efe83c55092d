import assert from 'node:assert/strict';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {type Command, CommandTimeout, runCommand} from '../../../source/backends/programs/command.ts';
import {BackendError, type Failure} from '../../../source/job/failure.ts';

const {signal} = new AbortController();
const run = (script: string, more: Partial<Command> = {}) =>
	runCommand({file: '/bin/sh', args: ['-c', script], env: {PATH: process.env.PATH ?? ''}, signal, ...more});

const rejection = async (promise: Promise<unknown>) => {
	const error: unknown = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	return error instanceof BackendError ? error.failure : error;
};

const isAlive = (pid: number) => {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
};

/** Runs a program that has a child of its own, and says once both are there what their ids are. */
const startFamily = async (folder: string, abort: AbortController) => {
	const file = join(folder, 'pids');
	const running = run(`sleep 600 & echo $$ $! > '${file}.new'; mv '${file}.new' '${file}'; wait`, {
		signal: abort.signal,
	});
	running.catch(() => {});
	for (;;) {
		const text = await readFile(file, 'utf8').catch(() => undefined);
		if (text !== undefined) return {running, pids: text.trim().split(' ').map(Number)};
		await new Promise(resolve => setTimeout(resolve, 5));
	}
};

test('a program gives its output, its complaints and how it ended', async () => {
	assert.deepEqual(await run('printf 日本; printf oops >&2; exit 3'), {
		stdout: '日本',
		stderr: 'oops',
		code: 3,
	});
	assert.deepEqual(await run('kill -SEGV $$'), {stdout: '', stderr: '', signal: 'SIGSEGV'});
});

/** What runCommand and a credential say where no more files can be opened, from a process of its own. */
const withoutFiles = `
const {openSync} = await import('node:fs');
const {runCommand} = await import('./source/backends/programs/command.ts');
const {createCredential} = await import('./source/backends/profiles/credential.ts');
const {failureOfConnection} = await import('./source/backends/http-failure.ts');
const {connect} = await import('node:net');
const {signal} = new AbortController();
const {writeSync, closeSync} = await import('node:fs');
const failureOf = promise => promise.then(String, ({failure, message}) => failure ?? message);
const read = source => failureOf(createCredential(source, process.env).read());
const ask = async () => [
	await failureOf(runCommand({file: 'true', args: [], env: process.env, signal})),
	await read({from: 'command', command: ['true']}),
	await read({from: 'file', path: '/etc/hostname'}),
	await read({from: 'dotenv', path: '/etc/hostname', variable: 'X'}),
	await failureOf(new Promise((resolve, reject) => connect(9, '127.0.0.1').once('error', error =>
		reject({failure: failureOfConnection(error, 'h')})))),
];
await ask();
const files = [];
try { for (;;) files.push(openSync('/dev/null')); } catch {}
const said = await ask();
files.forEach(closeSync);
writeSync(1, JSON.stringify(said));
`;

test('a shortage of files on this machine is no answer of a server', async t => {
	const limited = ['-c', 'ulimit -n 64 && cd "$0" && exec "$@"', process.cwd(), process.execPath];
	const node = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', withoutFiles];
	const {stdout, stderr, code} = await run('', {args: [...limited, ...node]});
	if (/ulimit/.test(stderr)) return t.skip('this shell sets no limit of files');
	assert.equal(code, 0, stderr);
	const failures: readonly Failure[] = JSON.parse(stdout);
	assert.equal(failures.length, 5);
	for (const failure of failures) {
		assert.deepEqual(
			{...failure, detail: ''},
			{kind: 'unreachable', detail: '', local: 'shortage'},
			failure.detail,
		);
		assert.match(failure.detail, /too many files are open \(EMFILE\)/);
	}
});

test('an argument is never more than an argument', async () => {
	const {stdout} = await run('printf %s "$1"', {args: ['-c', 'printf %s "$1"', 'sh', '$(id); `id` && *']});
	assert.equal(stdout, '$(id); `id` && *');
});

test('a program sees the environment that is given, and no other', async () => {
	const {stdout} = await run('echo "$HOME|$GIVEN"', {env: {GIVEN: 'yes'}});
	assert.equal(stdout, '|yes\n');
});

test('a program that is not there never ran', async () => {
	assert.deepEqual(await rejection(run('', {file: 'no-such-program'})), {
		kind: 'unreachable',
		detail: 'no-such-program is not on PATH',
		local: 'program',
	});
	assert.deepEqual(await rejection(run('', {file: '/nowhere/squeue'})), {
		kind: 'unreachable',
		detail: 'there is no /nowhere/squeue',
		local: 'program',
	});
	assert.deepEqual(await rejection(run('', {file: '/etc/passwd'})), {
		kind: 'unreachable',
		detail: '/etc/passwd cannot be run: permission denied',
		local: 'program',
	});
});

test('a program that takes too long is ended', async () => {
	assert.deepEqual(await rejection(run('sleep 600', {limitMs: 50})), {
		kind: 'timeout',
		detail: 'sh did not end within 0.05 s',
	});
});

test('what a program had printed when its time was over is kept', async () => {
	const error: unknown = await run('echo out; echo begun >&2; exec sleep 600', {limitMs: 2000}).catch(
		(reason: unknown) => reason,
	);
	assert.ok(error instanceof CommandTimeout);
	assert.deepEqual(error.printed, {stdout: 'out\n', stderr: 'begun\n'});
});

test('a program that prints too much is ended', async () => {
	const failure = await rejection(run('yes', {limitBytes: 100_000}));
	assert.deepEqual(failure, {kind: 'malformed', detail: 'sh printed more than 100000 bytes'});
});

test('an aborted program is ended with all that it started, and rejects with the reason', async t => {
	const folder = await mkdtemp(join(tmpdir(), 'command-'));
	t.after(() => rm(folder, {recursive: true}));
	const abort = new AbortController();
	const {running, pids} = await startFamily(folder, abort);
	assert.deepEqual(pids.map(isAlive), [true, true]);
	const reason = new Error('changed my mind');
	abort.abort(reason);
	assert.equal(await rejection(running), reason);
	while (isAlive(pids[0] as number)) await new Promise(resolve => setImmediate(resolve));
	assert.equal(await rejection(run('true', {signal: abort.signal})), reason);
});
