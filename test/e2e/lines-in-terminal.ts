/*
Lines instead of a screen, by the built program in a real pseudo-terminal.
*/
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {temporaryDirectory} from '../helpers/engine.ts';
import {leftSane, openProgram, openServer, pidOf, program, skip} from '../helpers/program.ts';

/** Only what a teletype can do. */
const isPlain = (output: string) =>
	assert.doesNotMatch(output, /[^\n\r\t -~\u00a0-\u{10ffff}]|[\u2500-\u259f]/u);

const ways = {
	'--plain': {parameters: ['--plain']},
	'TERM=dumb': {env: {TERM: 'dumb'}},
	'the configuration': {settings: 'plain = true'},
} as const;

for (const [way, how] of Object.entries(ways)) {
	test(`by ${way}, a job is cancelled in words, and nothing moves a cursor`, {skip}, async context => {
		const server = await openServer(context);
		const [alpha, beta] = ['alpha', 'beta'].map(name => server.add('running', {name, process: 'sleeper'}));
		assert.ok(alpha && beta);
		const terminal = openProgram(context, server.url, {...how, columns: 120});
		await terminal.until(/2 jobs: my active jobs/);
		await terminal.until(text => text.includes(`w/${alpha}: RUNNING`) && text.includes(`w/${beta}: RUNNING`));
		terminal.press(`cancel w/${beta}\r`);
		await terminal.until(/cancel this job\?[\s\S]*yes to cancel it/);
		assert.deepEqual(server.history(beta), []);
		terminal.press('yes\r');
		await terminal.until(new RegExp(`w/${beta}: cancelled`));
		assert.equal(server.history(beta).length, 1);
		assert.deepEqual(server.history(alpha), []);
		terminal.press('quit\r');
		assert.equal(await leftSane(terminal), 0);
		isPlain(terminal.output());
	});
}

test('a pasted answer does not count', {skip}, async context => {
	const server = await openServer(context);
	const id = server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url, {parameters: ['--plain']});
	await terminal.until('RUNNING, alpha');
	terminal.press(`cancel w/${id}\ryes\r`);
	await terminal.until(/1 more arrived with that line and was ignored[\s\S]*yes to cancel it/);
	terminal.press('\r');
	await terminal.until('not cancelled; nothing sent');
	// The end of what is typed leaves it.
	terminal.press('\u0004');
	assert.equal(await leftSane(terminal), 0);
	assert.deepEqual(server.history(id), []);
});

test('events from elsewhere are printed as they arrive', {skip}, async context => {
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url, {parameters: ['--plain'], columns: 120});
	await terminal.until('RUNNING, alpha');
	server.add('running', {name: '\u001b]0;x\u0007\u001b[2J|名前', process: 'sleeper'});
	await terminal.until(/\d\d:\d\d:\d\d new: w\/.*: RUNNING.*\|名前/);
	isPlain(terminal.output());
	process.kill(await pidOf(terminal), 'SIGTERM');
	assert.equal(await leftSane(terminal), 143);
});

test('after a crash of the engine one line says what happened', {skip}, async context => {
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	const home = temporaryDirectory(context);
	const crash = pathToFileURL(resolve('test/helpers/crash.mjs')).href;
	const terminal = openProgram(context, server.url, {
		home,
		parameters: ['--plain'],
		env: {CRASH_FILE: join(home, 'crash'), NODE_OPTIONS: `--import=${crash}`},
	});
	await terminal.until('RUNNING, alpha');
	writeFileSync(join(home, 'crash'), 'engine');
	assert.equal(await leftSane(terminal), 1);
	assert.match(terminal.text(), /jobtop: the engine crashed: a fault in the engine thread/);
});

test('without a terminal --plain prints until it is ended, and reads nothing', {
	skip,
}, async context => {
	const server = await openServer(context);
	const id = server.add('running', {name: 'alpha', process: 'sleeper'});
	const home = temporaryDirectory(context);
	writeFileSync(join(home, 'config.toml'), `[profiles.w]\nbackend = "weaver"\nurl = "${server.url}"\n`);
	const child = spawn(process.execPath, [program, '--plain', '--interval', '1s'], {
		env: {PATH: '/usr/bin:/bin', HOME: home, JOBTOP_CONFIG: join(home, 'config.toml')},
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	context.after(() => child.kill('SIGKILL'));
	child.stdin.end(`cancel w/${id}\nyes\n`);
	const told = Promise.withResolvers<string>();
	let text = '';
	child.stdout.on('data', piece => {
		text += piece;
		if (text.includes('new: ')) told.resolve(text);
		else if (text.includes('RUNNING') && server.history(id).length === 0 && !added) {
			added = true;
			server.add('running', {name: 'beta', process: 'sleeper'});
		}
	});
	let added = false;
	const closed = new Promise<number | null>(done => child.on('close', done));
	assert.match(await told.promise, /^1 job: .*\nw\/.*: RUNNING.*alpha.*\n[\s\S]*new: w\/.*beta/);
	child.kill('SIGTERM');
	assert.equal(await closed, 143);
	assert.deepEqual(server.history(id), []);
});
