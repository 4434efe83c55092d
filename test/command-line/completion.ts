/*
Completion: what jobtop offers, and that the shells take it. Shells that are not installed are skipped, and say so.
*/
import assert from 'node:assert/strict';
import {execFile, execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {promisify} from 'node:util';
import {temporaryDirectory} from '../helpers/engine.ts';
import {openFar as openServer} from '../helpers/far-weaver.ts';
import {program, runCli} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';

/** A server whose jobs Tab waits for, however busy the machine is. */
const openFar = async (context: TestContext) => {
	const far = await openServer(context);
	return {...far, env: {...far.env, JOBTOP_COMPLETION_TIMEOUT: '1m'}};
};

const offered = async (words: readonly string[], env: Record<string, string> = {}) => {
	const {code, stdout, stderr} = await runCli(['__complete', '--', ...words], {env});
	assert.deepEqual([code, stderr], [0, '']);
	return stdout
		.split('\n')
		.filter(line => line !== '')
		.map(line => line.split('\t')[0] ?? '');
};

test('commands, options and their values are offered as they are defined', async () => {
	assert.deepEqual(await offered(['do']), ['doctor']);
	assert.ok(!(await offered([''])).includes('__complete'), 'what is hidden stays so');
	assert.deepEqual(await offered(['batches', 're']), ['resume', 'retry']);
	assert.deepEqual(await offered(['demo', '--seed', 'a', 'wai']), ['wait']);
	assert.deepEqual(await offered(['demo', '--systems', 'weaver,kub']), ['weaver,kubernetes']);
	assert.deepEqual(await offered(['demo', '--systems', 'weaver,wea']), [], 'once');
	assert.deepEqual(await offered(['list', '--ev']), ['--everyone']);
	assert.deepEqual(await offered(['list', '--log']), ['--log-file'], 'global ones too');
	assert.deepEqual(await offered(['demo', 'list', '--he']), ['--help'], 'once');
	assert.deepEqual(await offered(['cancel', 'x', '--wait', 'a']), ['accepted']);
	assert.deepEqual(await offered(['cancel', '--wait=a']), ['--wait=accepted']);
	assert.deepEqual(await offered(['completion', '']), ['bash', 'zsh', 'fish', 'tcsh']);
	assert.deepEqual(await offered(['--config', '']), [':files']);
	assert.deepEqual(await offered(['list', 'pro']), ['profile:', 'progress:']);
	assert.deepEqual(await offered(['cancel', '--query', '-state:suc']), ['-state:succeeded']);
	assert.deepEqual(await offered(['cancel', '--query', 'state:suc']), ['state:succeeded']);
	assert.deepEqual(await offered(['backends', '']), []);
});

test('existing profiles, jobs and batches are offered', async context => {
	const {env, state, add} = await openFar(context);
	const [live, done] = [add('running', 'a'), add('failed', 'b')];
	assert.deepEqual(await offered(['cancel', ''], env), [`weaver/${live}`]);
	assert.deepEqual(await offered(['delete', 'weaver/'], env), [`weaver/${done}`]);
	assert.deepEqual((await offered(['show', ''], env)).length, 2);
	assert.deepEqual(await offered(['--profile', ''], env), ['weaver']);
	assert.deepEqual(await offered(['list', 'profile:'], env), ['profile:weaver']);
	assert.deepEqual(await offered(['demo', 'cancel', ''], env), [], 'the demo has no jobs before it runs');
	mkdirSync(join(state, 'batches'));
	writeFileSync(join(state, 'batches', '12.jsonl'), '');
	assert.deepEqual(await offered(['batches', 'show', ''], env), ['12']);
	assert.deepEqual(await offered(['cancel', ''], {...env, JOBTOP_CONFIG: '/nowhere'}), []);
});

test('a system that does not answer offers nothing, and no program asks for a password', async context => {
	const folder = temporaryDirectory(context);
	const silent = createServer(() => undefined);
	await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
	context.after(() => {
		silent.closeAllConnections();
		silent.close();
	});
	const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
	const file = join(folder, 'config.toml');
	const trace = join(folder, 'asked');
	writeFileSync(
		file,
		`[profiles.a]\nbackend = "weaver"\nurl = "${url}"\n[profiles.b]\nbackend = "weaver"\nurl = "${url}"\ntoken_command = ["touch", "${trace}"]\n`,
	);
	assert.deepEqual(await offered(['cancel', ''], {JOBTOP_CONFIG: file}), []);
	assert.throws(() => execFileSync('cat', [trace], {stdio: 'ignore'}));
});

// ---- real shells -----------------------------------------------------------------------------------

/** Not synchronously: the server that the shell asks runs in this process. */
const run = async (file: string, parameters: readonly string[], env: NodeJS.ProcessEnv) =>
	(await promisify(execFile)(file, parameters, {env})).stdout.trim();

const isThere = (shell: string) => spawnSync(shell, ['--version']).status === 0;

/** A folder with the program as `jobtop`, and the script of a shell. */
const install = async (context: TestContext, shell: 'bash' | 'zsh' | 'fish' | 'tcsh') => {
	const folder = temporaryDirectory(context);
	const {file, parameters} = program([]);
	const words = [file, ...parameters].map(word => `'${word}'`).join(' ');
	writeFileSync(join(folder, 'jobtop'), `#!/bin/sh\nexec ${words} "$@"\n`, {mode: 0o755});
	const {code, stdout} = await runCli(['completion', shell]);
	assert.equal(code, 0);
	const script = join(folder, `completion.${shell}`);
	writeFileSync(script, stdout);
	return {folder, script, env: {PATH: `${folder}:${process.env.PATH}`, HOME: folder, LANG: 'C.UTF-8'}};
};

test('bash completes', {skip: !isThere('bash') && 'bash is not installed'}, async context => {
	const {script, env} = await install(context, 'bash');
	const far = await openFar(context);
	const id = far.add('running', 'a');
	const ask = `source "${script}"; COMP_LINE="$1" COMP_POINT=\${#1}; _jobtop jobtop; printf '%s\\n' "\${COMPREPLY[@]}"`;
	const complete = async (line: string) =>
		(await run('bash', ['-c', ask, '-', line], {...env, ...far.env})).split('\n');
	// Started by nobody who types, bash has no idea of word breaks: they are as readline has them.
	assert.deepEqual(await complete('jobtop doc'), ['doctor']);
	assert.deepEqual(await complete('jobtop list --all --out'), ['--output']);
	assert.deepEqual(await complete('jobtop cancel '), [`weaver/${id}`]);
	assert.deepEqual(
		(await complete('jobtop list state:que')).map(word => word.replace(/^state:/, '')),
		['queued'],
	);
});

test('zsh completes', {skip: !isThere('zsh') && 'zsh is not installed'}, async context => {
	const {script, env, folder} = await install(context, 'zsh');
	execFileSync('zsh', ['-n', script]);
	const far = await openFar(context);
	const id = far.add('running', 'a');
	writeFileSync(
		join(folder, '.zshrc'),
		`PS1='ready> '\nautoload -Uz compinit; compinit -u -d ${folder}/dump\nsource ${script}\n`,
	);
	const terminal = openTerminal('zsh', ['-i'], {env: {...env, ...far.env, ZDOTDIR: folder}, columns: 120});
	context.after(terminal.close);
	await terminal.until(screen => screen.includes('ready>'));
	terminal.press('jobtop cancel w\t');
	await terminal.until(screen => screen.includes(`jobtop cancel weaver/${id}`));
	terminal.press('\u0015jobtop doct\t');
	await terminal.until(screen => screen.includes('jobtop doctor'));
});

test('fish completes', {skip: !isThere('fish') && 'fish is not installed'}, async context => {
	const {script, env} = await install(context, 'fish');
	execFileSync('fish', ['--no-execute', script]);
	const far = await openFar(context);
	const id = far.add('running', 'a');
	const complete = (line: string) =>
		run('fish', ['-c', `source ${script}; complete -C '${line}'`], {...env, ...far.env});
	assert.match(await complete('jobtop doc'), /^doctor\tlook at all/);
	assert.match(await complete('jobtop cancel w'), new RegExp(`^weaver/${id}\tRUNNING a$`));
	assert.match(await complete('jobtop list state:que'), /^state:queued/);
});

test('tcsh completes', {skip: !isThere('tcsh') && 'tcsh is not installed'}, async context => {
	const {script, env, folder} = await install(context, 'tcsh');
	const far = await openFar(context);
	const id = far.add('running', 'a');
	writeFileSync(join(folder, '.tcshrc'), `set prompt='ready> '\nset filec\nsource ${script}\n`);
	const terminal = openTerminal('tcsh', [], {env: {...env, ...far.env}, columns: 120});
	context.after(terminal.close);
	await terminal.until('ready>');
	terminal.press('jobtop cancel w\t');
	await terminal.until(`jobtop cancel weaver/${id}`);
	terminal.press('\u0015jobtop doct\t');
	await terminal.until('jobtop doctor');
});
