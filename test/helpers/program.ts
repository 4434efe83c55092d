/*
The built program in a real pseudo-terminal, watching an embedded Weaver in this process.
*/
import assert from 'node:assert/strict';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import type {TestContext} from 'node:test';
import {startWeaverServer} from '../../source/demo/weaver-server.ts';
import {createWorld} from '../../source/demo/world.ts';
import {systemClock} from '../../source/process/clock.ts';
import {temporaryDirectory} from './engine.ts';
import {openTerminal} from './terminal.ts';

export const program = resolve('dist/jobtop.js');
/** Why these tests cannot run, where they cannot. */
export const skip = existsSync(program) ? false : 'the program is not built: npm run build';

export const openServer = async (context: TestContext) => {
	const world = createWorld({scenario: {initial: [], arrival: () => undefined}, clock: systemClock});
	const server = await startWeaverServer({world, clock: systemClock, seed: 'terminal'});
	context.after(() => server.close());
	return server;
};

/** Runs the program in a shell that tells afterwards how it ended and how the terminal was left, and then waits: what was written last is not lost. */
export const openProgram = (
	context: TestContext,
	url: string,
	{
		columns = 80,
		rows = 24,
		home = temporaryDirectory(context),
		env = {},
		more = '',
		settings = '',
		parameters = [],
		before = '',
	}: {
		columns?: number;
		rows?: number;
		home?: string;
		env?: Record<string, string>;
		/** What the file says of the profile beside its address, and what it says above. */
		more?: string;
		settings?: string;
		parameters?: readonly string[];
		/** What the shell runs before. */
		before?: string;
	} = {},
) => {
	const terminal = openTerminal(
		'/bin/sh',
		[
			'-c',
			`trap : INT; ${before}\n"$0" "$@"; echo "left with $?"; stty -a; read -r _`,
			process.execPath,
			program,
			'--interval',
			'1s',
			...parameters,
		],
		{
			columns,
			rows,
			env: {
				// No Slurm: this is about the screen.
				PATH: '/usr/bin:/bin',
				HOME: home,
				JOBTOP_CONFIG: join(home, 'config.toml'),
				JOBTOP_STATE_DIR: join(home, 'state'),
				...env,
			},
		},
	);
	writeFileSync(
		join(home, 'config.toml'),
		`${settings}\n[profiles.w]\nbackend = "weaver"\nurl = "${url}"\n${more}\n`,
	);
	context.after(() => terminal.close());
	return terminal;
};

/** The exit code, after the terminal has been found as a shell wants it. */
export const leftSane = async (terminal: ReturnType<typeof openProgram>): Promise<number> => {
	await terminal.until(/left with \d+[\s\S]*icanon/);
	const text = terminal.text();
	assert.ok(!terminal.isAlternate(), 'the alternate screen is left');
	assert.match(text, /[^-]icanon/, 'lines are edited by the terminal again');
	assert.match(text, /[^-]echo\b/, 'what is typed is seen again');
	assert.ok(
		terminal.output().lastIndexOf('\u001b[?25h') >= terminal.output().lastIndexOf('\u001b[?25l'),
		'the cursor is shown',
	);
	const pasteOn = terminal.output().lastIndexOf('\u001b[?2004h');
	assert.ok(terminal.output().lastIndexOf('\u001b[?2004l') >= pasteOn, 'pastes are not marked any more');
	const focusOn = terminal.output().lastIndexOf('\u001b[?1004h');
	assert.ok(terminal.output().lastIndexOf('\u001b[?1004l') >= focusOn, 'the focus is not reported any more');
	return Number(/left with (\d+)/.exec(text)?.[1]);
};

/** The process of the program itself. */
export const pidOf = async (terminal: ReturnType<typeof openProgram>): Promise<number> => {
	const children = readFileSync(`/proc/${terminal.pid}/task/${terminal.pid}/children`, 'utf8')
		.trim()
		.split(' ');
	return Number(children[0]);
};

/** Opens the help and leaves the program by keys: the keys are those of the person, and nothing hangs. */
export const quitThroughHelp = async (
	terminal: Pick<ReturnType<typeof openProgram>, 'press' | 'until'>,
): Promise<void> => {
	const heading = 'the keys to begin with';
	terminal.press('?');
	await terminal.until(heading);
	terminal.press('q');
	await terminal.until(screen => !screen.includes(heading));
	terminal.press('q');
};
