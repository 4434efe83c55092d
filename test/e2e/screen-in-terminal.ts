/*
The built program in a real pseudo-terminal, on an embedded Weaver in this process.
*/
import assert from 'node:assert/strict';
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {faultHandler, send} from '../../source/demo/faults.ts';
import {temporaryDirectory} from '../helpers/engine.ts';
import {leftSane, openProgram, openServer, pidOf, program, skip} from '../helpers/program.ts';
import {openTerminal} from '../helpers/terminal.ts';

for (const [columns, rows] of [
	[80, 24],
	[120, 36],
] as const) {
	test(`at ${columns}x${rows} a job is cancelled by keys, and the outcome is read off the screen`, {
		skip,
	}, async context => {
		const server = await openServer(context);
		const ids = ['alpha', 'beta', 'gamma'].map(name => server.add('running', {name, process: 'sleeper'}));
		const terminal = openProgram(context, server.url, {columns, rows});
		await terminal.until(text => ['alpha', 'beta', 'gamma'].every(name => text.includes(name)));
		assert.ok(terminal.isAlternate());
		terminal.press('c');
		const box = (await terminal.until('cancel this job?')).join('\n');
		const shown = ids.filter(id => box.includes(`w/${id}`));
		terminal.press('y');
		await terminal.until(/cancelled/);
		const hit = ids.filter(id => server.history(id).length > 0);
		assert.equal(hit.length, 1);
		assert.deepEqual(hit, shown);
		terminal.press('q');
		assert.equal(await leftSane(terminal), 0);
	});
}

test('keys that come together never answer the box that they open', {skip}, async context => {
	const server = await openServer(context);
	const id = server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url);
	await terminal.until('alpha');
	terminal.press('cy');
	await terminal.until('cancel this job?');
	terminal.press('\u001b');
	await terminal.until(text => !text.includes('cancel this job?'));
	terminal.press('q');
	await leftSane(terminal);
	assert.deepEqual(server.history(id), []);
});

test('an arrow that arrives in two parts is not a letter', {skip}, async context => {
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	server.add('succeeded', {name: 'beta', process: 'sleeper'});
	const terminal = openProgram(context, server.url);
	await terminal.until('alpha');
	terminal.press('f');
	await terminal.until('including ended');
	terminal.press('j');
	await terminal.until(/> +my jobs, including/);
	terminal.press('\r');
	await terminal.until('beta');
	// The age of the first job.
	const second = (text: string) => /alpha.*?(\d+s)\b/.exec(text)?.[1];
	for (const [rest, arrow] of [
		['D', 'Left: '],
		['C', 'Right: '],
	] as const) {
		terminal.press('\u001b[');
		// The rest comes later than any time that a sequence may take.
		for (let ticks = 0; ticks < 2; ticks++) {
			const before = second(terminal.text());
			await terminal.until(text => second(text) !== before);
		}
		terminal.press(rest);
		await terminal.until(arrow);
	}
	// The answers of a terminal to an earlier program, a version and a graphics report, are no keys either.
	terminal.press('\u001bP>|XTerm(354)c\u001b\\\u001b_Gi=31;OKc\u001b\\\u001b]11;rgb:cccc/dddd/cccc\u0007');
	terminal.press('?');
	await terminal.until('The table');
	assert.doesNotMatch(terminal.output(), /dismissed|cancel this job/);
	terminal.press('q');
	await terminal.until('beta');
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
});

test('on a protected profile only its name confirms, and Enter never does', {skip}, async context => {
	const server = await openServer(context);
	const id = server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url, {more: 'protect = true'});
	await terminal.until('alpha');
	terminal.press('c');
	await terminal.until('its profile is protected');
	terminal.press('y');
	await terminal.until('type w: y_');
	terminal.press('\r');
	await terminal.until('it sends nothing; type w, then y');
	assert.deepEqual(server.history(id), []);
	terminal.press('\u007f');
	await terminal.until('type w: _');
	terminal.press('w');
	await terminal.until('type w: w_');
	terminal.press('y');
	await terminal.until('cancelled');
	assert.equal(server.history(id).length, 1);
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
});

test('twelve marked jobs of fourteen are cancelled once their number is typed, and no other', {
	skip,
}, async context => {
	const server = await openServer(context);
	const ids = Array.from({length: 14}, (_, index) =>
		server.add('running', {name: `job-${String(index).padStart(2, '0')}`, process: 'sleeper'}),
	);
	const terminal = openProgram(context, server.url);
	await terminal.until(text => text.includes('1-14 of 14'));
	terminal.press('a');
	await terminal.until('14 marked -> c cancels 14 jobs on w');
	terminal.press('g');
	terminal.press(' ');
	terminal.press(' ');
	await terminal.until('12 marked -> c cancels 12 jobs on w');
	const marked = (await terminal.until('marks 12'))
		.filter(line => /^[> ]\*/.test(line))
		.map(line => /job-\d\d/.exec(line)?.[0]);
	terminal.press('c');
	await terminal.until('cancel 12 jobs?');
	terminal.press('y');
	await terminal.until('type 12 first, then y');
	terminal.press('1');
	terminal.press('2');
	await terminal.until('type 12: 12_');
	assert.ok(ids.every(id => server.history(id).length === 0));
	terminal.press('y');
	await terminal.until(/staged: u recalls it|asked to cancel 12 jobs/);
	await terminal.until('12 of 12 finished');
	const hit = ids.filter(id => server.history(id).length > 0);
	const names = ids.flatMap((id, index) => (hit.includes(id) ? `job-${String(index).padStart(2, '0')}` : []));
	assert.equal(hit.length, 12);
	assert.deepEqual(names.sort(), [...marked].sort());
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
});

test('a name with control characters is harmless', {skip}, async context => {
	const server = await openServer(context);
	server.add('running', {name: '\u001b]0;x\u0007\u001b[2J|名前', process: 'sleeper'});
	const terminal = openProgram(context, server.url);
	await terminal.until('|名前');
	assert.ok(!terminal.output().includes('\u001b]0;x'));
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
});

test('a resize leaves no ghost', {skip}, async context => {
	const server = await openServer(context);
	for (let index = 0; index < 30; index++) server.add('running', {name: `job-${index}`, process: 'sleeper'});
	const terminal = openProgram(context, server.url);
	await terminal.until('of 30');
	for (const [columns, rows] of [
		[120, 36],
		[60, 18],
		[40, 10],
		[100, 30],
	] as const) {
		terminal.resize(columns, rows);
		await terminal.until(
			text =>
				text.split('\n').some(line => line.includes('UTC') || /\d\d:\d\d:\d\d/.test(line)) &&
				text.includes('RUNNING'),
		);
	}
	await terminal.until(text => text.split('\n').filter(line => line.includes('jobtop')).length === 1);
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
});

const waysOut = [
	['q', 'q', 0],
	['Ctrl-C twice', '\u0003\u0003', 0],
] as const;
for (const [title, keys, code] of waysOut) {
	test(`the terminal is sane after ${title}`, {skip}, async context => {
		const server = await openServer(context);
		server.add('running', {name: 'alpha', process: 'sleeper'});
		const terminal = openProgram(context, server.url);
		await terminal.until('alpha');
		for (const key of keys) terminal.press(key);
		assert.ok([code, 130].includes(await leftSane(terminal)));
	});
}

for (const [signal, code] of [
	['SIGTERM', 143],
	['SIGHUP', 129],
] as const) {
	test(`the terminal is sane after ${signal}`, {skip}, async context => {
		const server = await openServer(context);
		server.add('running', {name: 'alpha', process: 'sleeper'});
		const terminal = openProgram(context, server.url);
		await terminal.until('alpha');
		process.kill(await pidOf(terminal), signal);
		assert.equal(await leftSane(terminal), code);
	});
}

for (const thread of ['screen', 'engine'] as const) {
	test(`after a crash in the ${thread} thread the terminal is sane, and one line says what happened`, {
		skip,
	}, async context => {
		const server = await openServer(context);
		server.add('running', {name: 'alpha', process: 'sleeper'});
		const home = temporaryDirectory(context);
		const crashFile = join(home, 'crash');
		const crash = pathToFileURL(resolve('test/helpers/crash.mjs')).href;
		const terminal = openProgram(context, server.url, {
			home,
			env: {CRASH_FILE: crashFile, NODE_OPTIONS: `--import=${crash}`},
		});
		await terminal.until('alpha');
		writeFileSync(crashFile, thread);
		assert.equal(await leftSane(terminal), 1);
		assert.match(terminal.text(), new RegExp(`jobtop: .*a fault in the ${thread} thread`));
	});
}

test('after kill -9 in the middle of a cancellation the next start resumes it', {skip}, async context => {
	const server = await openServer(context);
	const id = server.add('running', {name: 'alpha', process: 'sleeper'});
	const home = temporaryDirectory(context);
	const first = openProgram(context, server.url, {home});
	await first.until('alpha');
	// The request works, and its answer never comes.
	server.setFault(async (response, work) => {
		const isDelete = server.requests().at(-1)?.method === 'DELETE';
		if (isDelete) await work();
		else send(response, await work());
	});
	first.press('c');
	await first.until('cancel this job?');
	first.press('y');
	// What the screen says first may come before the journal is on the disk; the request never does.
	await first.until(() => server.history(id).length === 1);
	const killed = first.until('left with 137');
	process.kill(await pidOf(first), 'SIGKILL');
	await killed;
	server.setFault();
	const second = openProgram(context, server.url, {home});
	await second.until('cancelled');
	assert.equal(server.history(id).length, 1);
	second.press('q');
	assert.equal(await leftSane(second), 0);
});

test('quitting a demo says that its cancellations end with it', {skip}, async context => {
	const terminal = openTerminal(
		'/bin/sh',
		[
			'-c',
			'"$0" "$@"; echo "left with $?"; stty -a; read -r _',
			process.execPath,
			program,
			'demo',
			'--fault',
			'never-stops',
			// No others: the opening of the demo has a cancellation that does not end.
			'--jobs',
			'40',
		],
		{env: {PATH: '/usr/bin:/bin', HOME: temporaryDirectory(context)}},
	);
	context.after(() => terminal.close());
	await terminal.until('RUNNING');
	// A job that waits is cancelled by some systems at once.
	terminal.press('/state:running\r');
	await terminal.until('filter: state:running');
	terminal.press('c');
	await terminal.until('cancel this job?');
	terminal.press('y');
	// Weaver's word for it is no proof of an end.
	await terminal.until(/asked, stopping|may still run/);
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
	assert.match(terminal.text().replaceAll('\n', ''), /has not ?ended; the built-in job systems stop with it/);
	assert.ok(!terminal.text().includes('journal'), 'no journal outlives a demo');
});

test('a failing server is reported in words, and its rows stay', {skip}, async context => {
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url);
	await terminal.until('alpha');
	server.setFault('login-page');
	await terminal.until(text => /web page|login/i.test(text) && text.includes('alpha'));
	server.setFault((response, work) => faultHandler('half-body')(response, work));
	await terminal.until(text => /half|JSON/i.test(text) && text.includes('alpha'));
	server.setFault();
	await terminal.until(/w ok|ok \ds/);
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
});

test('a log is read in the pager, Ctrl-C is for the pager alone, and the screen is back afterwards', {
	skip,
}, async context => {
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	const home = temporaryDirectory(context);
	const PAGER = `cat > '${home}/paged'; trap 'echo interrupted' INT; echo reading; read -r _ </dev/tty; read -r _ </dev/tty`;
	const terminal = openProgram(context, server.url, {home, env: {PAGER}});
	await terminal.until('alpha');
	terminal.press('l');
	await terminal.until(/\[Logs\][\s\S]*was taken/);
	terminal.press('p');
	await terminal.until('reading');
	assert.ok(!terminal.isAlternate(), 'the terminal is the pager’s');
	terminal.press('\u0003');
	await terminal.until('interrupted');
	terminal.press('\r\r');
	await terminal.until(/\[Logs\][\s\S]*was taken/);
	assert.ok(terminal.isAlternate());
	assert.match(readFileSync(join(home, 'paged'), 'utf8'), /^\[.* was taken\.\n\[/);
	terminal.press('q');
	await terminal.until(text => !text.includes('[Logs]'));
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
});

test('a missing pager is reported, and nothing else happens', {skip}, async context => {
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url, {env: {PAGER: 'no-such-pager'}});
	await terminal.until('alpha');
	terminal.press('l');
	await terminal.until(/was taken/);
	terminal.press('p');
	await terminal.until(/there is no no-such-pager; PAGER names another/);
	terminal.press('q');
	await terminal.until(text => !text.includes('[Logs]'));
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
});

test('if nothing is found the screen says what it looked for, and Enter shows the demo', {
	skip,
}, async context => {
	const home = temporaryDirectory(context);
	const terminal = openTerminal(process.execPath, [program], {
		columns: 100,
		rows: 30,
		env: {PATH: '/nowhere', HOME: home, JOBTOP_STATE_DIR: join(home, 'state')},
	});
	context.after(() => terminal.close());
	await terminal.until('there is nothing to watch yet');
	assert.match(terminal.text(), /squeue/);
	terminal.press('\r');
	await terminal.until(/1 weaver ok .* 5 dex ok/);
	terminal.press('q');
	assert.equal((await terminal.exited).code, 0);
	assert.ok(!existsSync(join(home, 'state', 'batches')), 'a demo leaves no journal in the state directory');
});

test('a command typed by name is kept for the next session', {skip}, async context => {
	const server = await openServer(context);
	server.add('running', {name: 'nap', process: 'sleeper'});
	const home = temporaryDirectory(context);
	const terminal = openProgram(context, server.url, {home, more: '[keys]\ncancel = ["c", "F9"]'});
	await terminal.until('nap');
	terminal.press('\u001b[20~');
	await terminal.until(/cancel this job\?/);
	terminal.press('n');
	await terminal.until('not cancelled; nothing sent');
	terminal.press(':');
	await terminal.until('─ command ─');
	terminal.press('\u001b[200~sort name\rq\u001b[201~');
	await terminal.until(':sort name q_');
	terminal.press('\u007f\u007f');
	await terminal.until(':sort name_');
	terminal.press('\r');
	await terminal.until('sort: NAME');
	terminal.press(':quit');
	await terminal.until(':quit_');
	terminal.press('\r');
	assert.equal(await leftSane(terminal), 0);
	const again = openProgram(context, server.url, {home});
	await again.until('nap');
	again.press(':');
	await again.until('─ command ─');
	again.press('\u001b[A\u001b[A');
	await again.until(':sort name_');
	again.press('\u0003');
	await again.until('Ctrl-C again quits');
	again.press('q');
	assert.equal(await leftSane(again), 0);
});

test('a program that asks for a passphrase has the terminal when a person logs in, and none by itself', {
	skip,
}, async context => {
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	const home = temporaryDirectory(context);
	const ask = join(home, 'ask');
	writeFileSync(
		ask,
		`#!/bin/sh\n[ -e ${home}/kept ] || { printf 'passphrase: ' >/dev/tty && read -r word </dev/tty && [ "$word" = cryDq ] && : >${home}/kept; } || exit 3\necho sesame\n`,
		{mode: 0o755},
	);
	const terminal = openProgram(context, server.url, {home, more: `token_command = ["${ask}"]`});
	await terminal.until(/failed \(3\) without a terminal/);
	assert.doesNotMatch(terminal.output(), /passphrase/, 'nothing asks while the screen has the terminal');
	terminal.press('P');
	await terminal.until('log in');
	terminal.press('i');
	await terminal.until('passphrase:');
	assert.ok(!terminal.isAlternate(), 'the terminal is given away');
	terminal.press('cryDq\r');
	await terminal.until(/found one[\s\S]*Esc/);
	assert.ok(terminal.isAlternate(), 'and taken back');
	terminal.press('\u001b');
	await terminal.until(text => text.includes('alpha') && !text.includes('credential from'));
	assert.match(terminal.lines()[0] ?? '', /^ jobtop {2}1 job/);
	assert.doesNotMatch(terminal.output(), /cancel this job|dismissed/);
	// Given up by Ctrl-C, the screen is there again too.
	rmSync(`${home}/kept`);
	terminal.press('P');
	await terminal.until('log in');
	terminal.press('i');
	await terminal.until(
		text =>
			text.split('passphrase: ').length > 2 ||
			/gives up\n+passphrase:\s*$/.test(text.replace(/passphrase: cryDq/, '')),
	);
	terminal.press('\u0003');
	await terminal.until(/failed \((?:SIGINT|130)\)/);
	assert.match(terminal.lines()[0] ?? '', /^ jobtop {2}1 job/);
	terminal.press('\u001b');
	await terminal.until(text => text.includes('alpha') && !text.includes('credential from'));
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
});
