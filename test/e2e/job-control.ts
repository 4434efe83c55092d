/*
The built program under a shell with job control: stopped, resized meanwhile, and continued.
*/
import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type TestContext, test} from 'node:test';
import {temporaryDirectory} from '../helpers/engine.ts';
import {openServer, program, skip} from '../helpers/program.ts';
import {openTerminal} from '../helpers/terminal.ts';

const openShell = async (context: TestContext, background = false) => {
	const server = await openServer(context);
	for (let index = 0; index < 30; index++) server.add('running', {name: `job-${index}`, process: 'sleeper'});
	const home = temporaryDirectory(context);
	const config = join(home, 'config.toml');
	writeFileSync(config, `[profiles.w]\nbackend = "weaver"\nurl = "${server.url}"\n`);
	const terminal = openTerminal('/bin/bash', ['--norc', '--noprofile', '-i'], {
		env: {
			PATH: '/usr/bin:/bin',
			HOME: home,
			PS1: 'shell> ',
			JOBTOP_CONFIG: config,
			JOBTOP_STATE_DIR: join(home, 'state'),
		},
	});
	context.after(() => terminal.close());
	await terminal.until('shell>');
	terminal.press(`${process.execPath} ${program} --interval 1s${background ? ' &' : ''}\r`);
	await terminal.until(background ? /\[1\] \d+/ : '1-16 of 30');
	const children = readFileSync(`/proc/${terminal.pid}/task/${terminal.pid}/children`, 'utf8');
	return {terminal, pid: Number(children.trim().split(' ')[0])};
};

/** The screen at this size: the clock at the right edge, the footer at the bottom, one header. */
const fills = (columns: number, rows: number) => (text: string) => {
	const lines = text.split('\n');
	const [first = ''] = lines;
	return (
		lines.length === rows &&
		first.trimEnd().length === columns - 1 &&
		/UTC$/.test(first.trimEnd()) &&
		/q quit$/.test((lines.at(-2) ?? '').trimEnd()) &&
		lines.filter(line => line.includes('jobtop')).length === 1
	);
};

for (const [columns, rows] of [
	[90, 18],
	[120, 40],
] as const) {
	test(`Ctrl-Z, then ${columns}x${rows}, then fg draws the new size`, {skip}, async context => {
		const {terminal} = await openShell(context);
		terminal.press('\u001a');
		await terminal.until(/Stopped/);
		assert.ok(!terminal.isAlternate(), 'the shell has its screen');
		assert.match(terminal.output(), /.*\u001b\[\?1004l(?!.*\u001b\[\?1004h)/s, 'and no reports of its focus');
		terminal.resize(columns, rows);
		terminal.press('fg\r');
		await terminal.until(fills(columns, rows));
		assert.ok(terminal.isAlternate());
		terminal.press('q');
		await terminal.until(text => !terminal.isAlternate() && text.includes('shell>'));
	});

	test(`stopped by another, then ${columns}x${rows}, then fg draws the new size and reads keys`, {
		skip,
	}, async context => {
		const {terminal, pid} = await openShell(context);
		process.kill(pid, 'SIGSTOP');
		await terminal.until(/Stopped/);
		terminal.resize(columns, rows);
		terminal.press('fg\r');
		await terminal.until(fills(columns, rows));
		terminal.press('q');
		await terminal.until(text => !terminal.isAlternate() && text.includes('shell>'));
	});
}

test('started in the background, it waits; fg draws the whole screen and reads keys', {
	skip,
}, async context => {
	const {terminal} = await openShell(context, true);
	// The shell reports a stopped program before its next prompt.
	await terminal.until(() => {
		terminal.press('\r');
		return /Stopped/.test(terminal.text());
	});
	assert.ok(!terminal.isAlternate(), 'the shell keeps its screen');
	terminal.press('fg\r');
	await terminal.until(fills(80, 24));
	terminal.press('q');
	await terminal.until(text => !terminal.isAlternate() && text.includes('shell>'));
});
