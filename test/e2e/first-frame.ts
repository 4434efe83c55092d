/*
The first frame, before the engine has said what it watches: what it shows, and what keys do that are typed meanwhile.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {leftSane, openProgram, openServer, quitThroughHelp, skip} from '../helpers/program.ts';
import {openTerminal} from '../helpers/terminal.ts';

const enter = '\u001b[?1049h';
const leave = '\u001b[?1049l';

const countOf = (text: string, part: string): number => text.split(part).length - 1;

test('the first frame counts nothing, and the table follows without a flash', {skip}, async context => {
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url);
	await terminal.until('alpha');
	const output = terminal.output();
	const first = output.slice(0, output.indexOf('\u001b[?1l'));
	assert.match(first, /jobtop.*connecting.*Ctrl-C quit/s);
	assert.doesNotMatch(first, /\d+ jobs?/);
	// It is entered once, or the shell would get its cursor back where the screen was.
	assert.equal(countOf(output, enter), 1);
	assert.equal(countOf(output, '\u001b[H\u001b[J'), 1);
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
	assert.equal(countOf(terminal.output(), leave), 1);
});

test('an error of the configuration is printed after the alternate screen is left', {skip}, async context => {
	const server = await openServer(context);
	const terminal = openProgram(context, server.url, {settings: 'nonsense = 1'});
	assert.equal(await leftSane(terminal), 2);
	assert.match(terminal.text(), /^jobtop: .*nonsense: unknown key/);
	const output = terminal.output();
	assert.ok(output.indexOf('connecting') < output.indexOf(leave));
	assert.ok(output.lastIndexOf(leave) < output.indexOf('unknown key'));
});

test('a key that is typed at the first frame is pressed when the screen is there', {skip}, async context => {
	const server = await openServer(context);
	const terminal = openProgram(context, server.url);
	await terminal.until('connecting');
	await quitThroughHelp(terminal);
	assert.equal(await leftSane(terminal), 0);
});

test('keys that are typed before the table cancel nothing, one by one or together', {skip}, async context => {
	const server = await openServer(context);
	const id = server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url);
	await terminal.until('connecting');
	for (const key of ['c', 'y', 'cy']) terminal.press(key);
	await terminal.until('alpha');
	terminal.press('q');
	await leftSane(terminal);
	assert.deepEqual(server.history(id), []);
});

test('Ctrl-C at the first frame leaves', {skip}, async context => {
	const server = await openServer(context);
	const terminal = openProgram(context, server.url);
	await terminal.until('connecting');
	// A second one, where the screen was there before the first.
	terminal.press('\u0003');
	terminal.press('\u0003');
	assert.ok([0, 130].includes(await leftSane(terminal)));
});

for (const [what, settings] of [
	['plain = true in the file', {settings: 'plain = true'}],
	['--plain', {parameters: ['--plain']}],
	['TERM=dumb', {env: {TERM: 'dumb'}}],
] as const) {
	test(`nothing is drawn first with ${what}`, {skip}, async context => {
		const server = await openServer(context);
		server.add('running', {name: 'alpha', process: 'sleeper'});
		const terminal = openProgram(context, server.url, settings);
		await terminal.until('alpha');
		assert.doesNotMatch(terminal.output(), /connecting|\u001b\[\?1049h/);
	});
}

test('the demo of a small terminal begins with an empty screen', {skip}, async context => {
	const terminal = openTerminal(process.execPath, ['dist/jobtop.js', 'demo'], {columns: 30, rows: 8});
	context.after(terminal.close);
	await terminal.until('jobtop needs 40x10');
	terminal.press('q');
	assert.equal((await terminal.exited).code, 0);
});
