/*
The built program in terminals of many kinds: what they call themselves, what characters they have, and what it never asks of them.
*/
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {temporaryDirectory} from '../helpers/engine.ts';
import {leftSane, openProgram, openServer, skip} from '../helpers/program.ts';

for (const TERM of ['xterm', 'screen-256color', 'tmux-256color', 'vt100', 'linux']) {
	test(`in ${TERM} a box opens and closes, and the terminal is restored`, {skip}, async context => {
		const server = await openServer(context);
		const id = server.add('running', {name: 'alpha', process: 'sleeper'});
		const terminal = openProgram(context, server.url, {env: {TERM}});
		await terminal.until('alpha');
		terminal.press('c');
		await terminal.until('cancel this job?');
		terminal.press('n');
		await terminal.until('not cancelled; nothing sent');
		terminal.press('q');
		assert.equal(await leftSane(terminal), 0);
		assert.deepEqual(server.history(id), []);
		const output = terminal.output();
		assert.doesNotMatch(
			output,
			/\u001b\[\?(?:9|100[^4]|101[56])h/,
			'the mouse is the terminal’s: text can be selected',
		);
		assert.doesNotMatch(output, /\u001b\][012];/, 'the title is not ours');
		assert.ok(!output.includes('\u0007'), 'no bell was asked for');
		assert.doesNotMatch(output, /\u001b\[(?:[\d;]*;)?[34]8;/, 'sixteen colours');
	});
}

for (const [LANG, LC_ALL, ascii] of [
	['C', '', true],
	['en_US.UTF-8', 'POSIX', true],
	['C.UTF-8', '', false],
] as const) {
	test(`with LANG=${LANG}${LC_ALL && ` and LC_ALL=${LC_ALL}`} the screen is drawn in ${ascii ? 'ASCII' : 'its own characters'}`, {
		skip,
	}, async context => {
		const server = await openServer(context);
		server.add('running', {name: 'alpha 名前 é', process: 'sleeper'});
		const terminal = openProgram(context, server.url, {env: {LANG, LC_ALL}});
		await terminal.until('alpha');
		terminal.press('q');
		assert.equal(await leftSane(terminal), 0);
		assert.equal(/[^\u0000-\u007f]/.test(terminal.output()), !ascii);
	});
}

test('a theme of the configuration is drawn', {skip}, async context => {
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url, {settings: 'theme = "high-contrast"'});
	await terminal.until('alpha');
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
	assert.doesNotMatch(terminal.output(), /\u001b\[(?:[\d;]*;)?(?:[349]\d|2)m/, 'no colour, and nothing dim');
});

test('a paste presses no key', {skip}, async context => {
	const server = await openServer(context);
	const id = server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url);
	await terminal.until('alpha');
	terminal.press('\u001b[200~cyq\u001b[201~');
	await terminal.until('pasted text is ignored here');
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
	assert.deepEqual(server.history(id), []);
});

test('without the focus profiles are polled less often, with it as before, and focus reports press no key', {
	skip,
}, async context => {
	const server = await openServer(context);
	const id = server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url, {columns: 100});
	await terminal.until('alpha');
	terminal.press('P');
	await terminal.until('next poll in');
	terminal.press('\u001b[O');
	await terminal.until(/every \ds instead of 1s: the terminal has no focus/);
	terminal.press('\u001b[I');
	await terminal.until(text => text.includes('next poll in') && !text.includes('no focus'));
	terminal.press('\u001b');
	await terminal.until(text => !text.includes('next poll in'));
	terminal.press('/');
	await terminal.until(/filter: _/);
	terminal.press('\u001b[O\u001b[I');
	terminal.press('al\u001b[Iph');
	await terminal.until(/filter: alph_/);
	terminal.press('\r');
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
	assert.deepEqual(server.history(id), []);
});

test('another program that has the terminal gets no focus reports', {skip}, async context => {
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url, {env: {PAGER: 'echo reading; read -r _ </dev/tty'}});
	const last = () => /.*\u001b\[\?1004([hl])/s.exec(terminal.output())?.[1];
	await terminal.until('alpha');
	assert.equal(last(), 'h');
	terminal.press('l');
	await terminal.until(/\[Logs\][\s\S]*was taken/);
	terminal.press('p');
	await terminal.until('reading');
	assert.equal(last(), 'l');
	terminal.press('\r');
	await terminal.until(/\[Logs\][\s\S]*was taken/);
	await terminal.until(() => last() === 'h');
	terminal.kill('SIGHUP');
	await terminal.exited;
});

test('a key typed while the pager has the terminal reaches the pager, and never the screen', {
	skip,
}, async context => {
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	const directory = temporaryDirectory(context);
	const ready = path.join(directory, 'ready');
	const pager = `echo reading; while [ ! -e ${ready} ]; do sleep 0.1; done; read -r line </dev/tty; echo "line: $line"; read -r _ </dev/tty`;
	const terminal = openProgram(context, server.url, {env: {PAGER: pager}});
	await terminal.until('alpha');
	terminal.press('l');
	await terminal.until(/\[Logs\][\s\S]*was taken/);
	terminal.press('p');
	await terminal.until('reading');
	// The pager is busy: who else reads the terminal would take this line.
	terminal.press('q\r');
	await terminal.until('q');
	writeFileSync(ready, '');
	await terminal.until('line: q');
	// More than the pager reads, and a part of a line, are not for the screen.
	terminal.press('\rcy\rq');
	await terminal.until(/\[Logs\][\s\S]*was taken/);
	assert.doesNotMatch(terminal.output(), /cancel this job/);
	terminal.kill('SIGHUP');
	await terminal.exited;
});

/** What can differ between two looks a moment apart: times. */
const timeless = (lines: readonly string[]) =>
	lines.map(line => line.replace(/\d+[smh]?(?:\d+[sm])?/g, '0').replace(/\s+/g, ' '));

test('after 200 sizes in a row the screen equals a fresh drawing', {skip}, async context => {
	const server = await openServer(context);
	for (let index = 0; index < 30; index++) server.add('running', {name: `job-${index}`, process: 'sleeper'});
	const terminal = openProgram(context, server.url);
	await terminal.until('of 30');
	let seed = 42;
	const random = (most: number) => {
		seed = (seed * 1103515245 + 12345) % 2147483648;
		return 1 + (seed % most);
	};
	for (let index = 0; index < 200; index++) terminal.resize(random(160), random(50));
	terminal.resize(90, 20);
	const isThere = (text: string) => {
		const [first = ''] = text.split('\n');
		// From its first line to its last: a frame comes in pieces.
		return (
			/UTC$/.test(first) &&
			first.length === 89 &&
			text.includes(' w ok') &&
			text.includes('1-12 of 30') &&
			/q quit\n c cancels .*\s*$/.test(text)
		);
	};
	const tossed = timeless(await terminal.until(isThere));
	const entered = terminal.output().split('\u001b[?1049h').length;
	terminal.press('\u000c');
	// Read once: a later look may fall between a clear and its frame.
	const fresh = await terminal.until(
		text =>
			terminal.output().split('\u001b[?1049h').length > entered && isThere(text) && text.includes('quit'),
	);
	assert.deepEqual(tossed, timeless(fresh));
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
});
