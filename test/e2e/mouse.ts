/*
The built program in a terminal with the mouse on: what it asks of the terminal, what a click does, and that the terminal has its mouse back at the end.
*/
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {leftSane, openProgram, openServer, pidOf, skip} from '../helpers/program.ts';

/** Whether what was written last about the mouse switched it on. */
const isOn = (output: string): boolean =>
	output.lastIndexOf('\u001b[?1000h') > output.lastIndexOf('\u001b[?1000l') &&
	output.lastIndexOf('\u001b[?1006h') > output.lastIndexOf('\u001b[?1006l');

test('a click moves the cursor, answers no question, and the mouse is given back', {skip}, async context => {
	const server = await openServer(context);
	const ids = ['alpha', 'beta', 'gamma'].map(name => server.add('running', {name, process: 'sleeper'}));
	const terminal = openProgram(context, server.url, {settings: 'mouse = true'});
	const rowOf = (name: string) =>
		terminal
			.text()
			.split('\n')
			.findIndex(line => line.includes(name));
	const click = (row: number) => terminal.press(`\u001b[<0;10;${row + 1}M\u001b[<0;10;${row + 1}m`);
	await terminal.until(text => ['alpha', 'beta', 'gamma'].every(name => text.includes(name)));
	assert.ok(isOn(terminal.output()));
	const last = ['alpha', 'beta', 'gamma'].reduce((low, name) => (rowOf(name) > rowOf(low) ? name : low));
	click(rowOf(last));
	await terminal.until(text => new RegExp(`^>.*${last}`, 'm').test(text));
	terminal.press('c');
	await terminal.until(new RegExp(`cancel this job\\?[\\s\\S]*${last}|${last}[\\s\\S]*cancel this job\\?`));
	assert.ok(!isOn(terminal.output()), 'while a question is open the mouse belongs to the terminal');
	for (let row = 0; row < 24; row++) click(row);
	terminal.press('n');
	await terminal.until('not cancelled; nothing sent');
	assert.ok(isOn(terminal.output()));
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
	assert.ok(!isOn(terminal.output()), 'the shell has its mouse back');
	for (const id of ids) assert.deepEqual(server.history(id), []);
});

for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
	test(`${signal} gives the mouse back`, {skip}, async context => {
		const server = await openServer(context);
		server.add('running', {name: 'alpha', process: 'sleeper'});
		const terminal = openProgram(context, server.url, {settings: 'mouse = true'});
		await terminal.until('alpha');
		assert.ok(isOn(terminal.output()));
		process.kill(await pidOf(terminal), signal);
		await leftSane(terminal);
		assert.ok(!isOn(terminal.output()));
	});
}

test('a pager has the mouse for itself', {skip}, async context => {
	const server = await openServer(context);
	server.add('running', {name: 'alpha', process: 'sleeper'});
	const terminal = openProgram(context, server.url, {
		settings: 'mouse = true',
		env: {PAGER: 'echo in the pager; read -r _ </dev/tty'},
	});
	await terminal.until('alpha');
	terminal.press('J');
	// The record itself: the pager has nothing to show before it is there.
	await terminal.until('"processID"');
	terminal.press('p');
	await terminal.until('in the pager');
	assert.ok(!isOn(terminal.output()));
	terminal.press('\r');
	await terminal.until('[Raw]');
	await terminal.until(() => isOn(terminal.output()));
	terminal.press('\u001b');
	await terminal.until(/q quit/);
	terminal.press('q');
	assert.equal(await leftSane(terminal), 0);
	assert.ok(!isOn(terminal.output()));
});
