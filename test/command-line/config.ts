/*
`jobtop config`, and the log of requests.
*/
import assert from 'node:assert/strict';
import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {temporaryDirectory} from '../helpers/engine.ts';
import {openFar} from '../helpers/far-weaver.ts';
import {program, runCli} from '../helpers/run-cli.ts';
import {openTerminal} from '../helpers/terminal.ts';

const write = (folder: string, text: string) => {
	const file = join(folder, 'config.toml');
	writeFileSync(file, text);
	return file;
};

test('the path of the configuration, and its source', async () => {
	const usual = await runCli(['config', 'path']);
	assert.deepEqual([usual.code, usual.stdout], [0, '/nowhere/.config/jobtop/config.toml\n']);
	assert.match(usual.stderr, /default location; the file does not exist/);
	const xdg = await runCli(['config', 'path'], {env: {XDG_CONFIG_HOME: '/x'}});
	assert.equal(xdg.stdout, '/x/jobtop/config.toml\n');
	const env = {JOBTOP_CONFIG: '/e/c.toml'};
	const said = await runCli(['config', 'path'], {env});
	assert.deepEqual(
		[said.stdout, said.stderr],
		['/e/c.toml\n', 'jobtop: set by JOBTOP_CONFIG; the file does not exist\n'],
	);
	const flag = await runCli(['--config', '/f/c.toml', 'config', 'path'], {env});
	assert.deepEqual(
		[flag.stdout, flag.stderr],
		['/f/c.toml\n', 'jobtop: set by --config; the file does not exist\n'],
	);
});

test('settings in effect are shown with their sources: options before variables before the file', async context => {
	const folder = temporaryDirectory(context);
	const file = write(
		folder,
		[
			'interval = "7s"',
			'read_only = true',
			'[profiles.prod]',
			'backend = "weaver"',
			'url = "https://example.org/weaver"',
			'token_command = ["echo", "sekret-1"]',
			'headers = {"X-Tenant" = "sekret-2"}',
			'rate = 2',
			'',
		].join('\n'),
	);
	const show = async (parameters: readonly string[] = [], env: Record<string, string> = {}) => {
		const {code, stdout, stderr} = await runCli(
			['--config', file, ...parameters, 'config', 'show', '-o', 'json'],
			{env},
		);
		assert.deepEqual([code, stderr], [0, '']);
		assert.ok(!stdout.includes('sekret'), stdout);
		const {version, path, values} = JSON.parse(stdout);
		assert.deepEqual([version, path], [1, file]);
		return (key: string) => {
			const {value, from} = values.find((one: {key: string}) => one.key === key);
			return [value, from];
		};
	};
	const plain = await show();
	assert.deepEqual(plain('read_only'), [true, `${file}:2`]);
	assert.deepEqual(plain('profiles.prod.interval'), ['7s', `${file}:1`]);
	assert.deepEqual(plain('profiles.prod.rate'), [2, `${file}:8`]);
	assert.deepEqual(plain('profiles.prod.protect'), [false, 'default']);
	assert.deepEqual(plain('profiles.prod.token_command'), [['echo', '(not shown)'], `${file}:6`]);
	const env = await show([], {JOBTOP_READ_ONLY: '0'});
	assert.deepEqual(env('read_only'), [false, 'JOBTOP_READ_ONLY']);
	const flags = await show(['--read-only', '--interval', '9s'], {JOBTOP_READ_ONLY: '0'});
	assert.deepEqual(flags('read_only'), [true, '--read-only']);
	assert.deepEqual(flags('profiles.prod.interval'), ['9s', '--interval']);
	const found = await runCli(['config', 'show'], {env: {WEAVER_URL: 'https://example.org'}});
	assert.match(found.stdout, /profiles\.weaver\.url = "https:\/\/example\.org" +# the environment\n/);
});

test('every mistake is reported, with line, column and what to do', async context => {
	const folder = temporaryDirectory(context);
	const file = write(
		folder,
		'intervall = "5s"\n[profiles.a]\nbackend = "weavr"\n[profiles.b]\nbackend = "weaver"\n  url = "nope"\n',
	);
	const {code, stdout, stderr} = await runCli(['--config', file, 'config', 'check']);
	assert.deepEqual([code, stdout], [2, '']);
	const lines = stderr.trimEnd().split('\n');
	assert.equal(lines.length, 3);
	assert.equal(lines[0], `jobtop: ${file}:1:1: intervall: unknown key; did you mean "interval"?`);
	assert.equal(lines[1], `jobtop: ${file}:3:1: profiles.a.backend: no such backend; did you mean "weaver"?`);
	assert.ok(lines[2]?.startsWith(`jobtop: ${file}:6:3: profiles.b.url: must be an address`), lines[2]);
	write(folder, '[profiles.a]\nbackend = "slurm"\n');
	const good = await runCli(['--config', file, 'config', 'check']);
	assert.deepEqual([good.code, good.stdout, good.stderr], [0, `${file}: OK; profiles: a\n`, '']);
	write(folder, 'a = \n');
	assert.match(
		(await runCli(['--config', file, 'config', 'check'])).stderr,
		/config\.toml:1:\d+: not valid TOML/,
	);
});

test('requests are logged to a file and to stderr, without addresses and without secrets', async context => {
	const {jobtop, add, state, server} = await openFar(context);
	const id = add('running', 'a');
	const log = join(state, 'requests.log');
	const env = {JOBTOP_WEAVER_TOKEN: 'sekret-7f1'};
	const {code, stderr} = await jobtop(['--log-file', log, '-v', 'show', `weaver/${id}`], {env});
	assert.equal(code, 0, stderr);
	const line = new RegExp(`^\\d{4}-.*Z weaver get ${id}: ok \\(\\d+ ms\\)$`, 'm');
	assert.match(stderr, line);
	server.setFault('broken');
	await jobtop(['list', '--log-file', log], {env});
	const text = readFileSync(log, 'utf8');
	assert.match(text, line);
	assert.match(text, /weaver listPage mine, active, from the start: broken: /);
	assert.ok(!text.includes('sekret') && !text.includes('http://'), text);
	assert.equal(statSync(log).mode & 0o777, 0o600);
	const refused = await jobtop(['list', '--log-file', join(state, 'no', 'folder', 'x')]);
	assert.equal(refused.code, 2);
	assert.match(
		refused.stderr,
		/^jobtop: --log-file \S+: cannot be written: no such file or folder; [^\n]+\n$/,
	);
});

test('without a force-cancel, --force sends nothing', async context => {
	const {jobtop, add, deletes} = await openFar(context);
	const id = add('running', 'a');
	const {code, stdout} = await jobtop(['cancel', id, '-y', '--force']);
	assert.equal(code, 5);
	assert.match(stdout, /nothing was sent for weaver\/.*does not support --force \(Weaver\)/);
	assert.deepEqual(deletes(), []);
});

test('the screen logs its requests to the file, and -v is refused', async context => {
	const log = join(temporaryDirectory(context), 'requests.log');
	const on = (...words: string[]) => {
		const {file, parameters} = program(['demo', '--seed', 'a', ...words]);
		const terminal = openTerminal(file, parameters, {columns: 100});
		context.after(terminal.close);
		return terminal;
	};
	const screen = on('--log-file', log);
	await screen.until('weaver/');
	screen.press('q');
	assert.equal((await screen.exited).code, 0);
	assert.match(
		readFileSync(log, 'utf8'),
		/^\S+Z weaver listPage mine, active, from the start: \d+ jobs \(\d+ ms\)$/m,
	);
	const refused = on('-v');
	assert.equal((await refused.exited).code, 2);
	assert.match(refused.text(), /-v would write into the screen; use --log-file FILE instead/);
});
