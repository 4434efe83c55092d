/* The built program inside real terminal multiplexers, whose own client runs in a pseudo-terminal. */
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, type TestContext, test} from 'node:test';
import {promisify} from 'node:util';
import {temporaryDirectory} from '../helpers/engine.ts';
import {openServer, program} from '../helpers/program.ts';
import {openTerminal, type Terminal} from '../helpers/terminal.ts';

// Where they are required the tests run, and fail without them.
const skip =
	process.env.LIVE_MULTIPLEXERS === 'required'
		? false
		: 'there may be none here: run test/live/multiplexers.sh';

const run = promisify(execFile);

type Multiplexer = {
	/** What a client is started with: the command runs in a window that fills its terminal. */
	readonly open: (folder: string, command: readonly string[]) => readonly string[];
	/** What another client is started with, that shows the same window. */
	readonly attach: (folder: string) => readonly string[];
	/** Ends it with all that runs in it. */
	readonly end: (folder: string) => readonly string[];
	readonly configuration: string;
};

const multiplexers: Readonly<Record<'tmux' | 'screen', Multiplexer>> = {
	tmux: {
		open: (folder, command) => [
			'-S',
			join(folder, 'socket'),
			'-f',
			join(folder, 'configuration'),
			'new-session',
			...command,
		],
		attach: folder => ['-S', join(folder, 'socket'), 'attach-session'],
		end: folder => ['-S', join(folder, 'socket'), 'kill-server'],
		configuration:
			'set -g status off\nset -g escape-time 0\nset -g default-terminal tmux-256color\nset -g focus-events on\n',
	},
	screen: {
		open: (folder, command) => ['-c', join(folder, 'configuration'), '-S', 'jobtop', '-U', ...command],
		attach: () => ['-U', '-x', 'jobtop'],
		end: () => ['-S', 'jobtop', '-X', 'quit'],
		configuration: 'startup_message off\naltscreen on\ndefutf8 on\n',
	},
};

/** The program on a server, in a shell that says how it ended, inside a multiplexer. */
const openInside = async (context: TestContext, name: keyof typeof multiplexers) => {
	const {open, attach, end, configuration} = multiplexers[name];
	const server = await openServer(context);
	const folder = temporaryDirectory(context);
	writeFileSync(join(folder, 'configuration'), configuration);
	writeFileSync(
		join(folder, 'config.toml'),
		`[profiles.w]\nbackend = "weaver"\nurl = "${server.url}"\ninterval = "1s"\n`,
	);
	const env = {
		PATH: '/usr/bin:/bin',
		HOME: folder,
		SCREENDIR: join(folder, 'sockets'),
		JOBTOP_CONFIG: join(folder, 'config.toml'),
		JOBTOP_STATE_DIR: join(folder, 'state'),
		LANG: 'C.UTF-8',
	};
	const script = '"$0" "$1"; echo "left with $?"; read -r _';
	const client = (parameters: readonly string[]): Terminal => {
		const terminal = openTerminal(name, parameters, {env});
		context.after(() => terminal.close());
		return terminal;
	};
	const terminal = client(open(folder, ['/bin/sh', '-c', script, process.execPath, program]));
	// The first hook to run: what runs inside must be gone before its server is.
	context.after(() => run(name, [...end(folder)], {env}).catch(() => undefined));
	return {server, terminal, attach: () => client(attach(folder))};
};

for (const name of ['tmux', 'screen'] as const) {
	describe(`inside ${name}`, {skip}, () => {
		test('a job is cancelled and followed, and the terminal is left as it was', async context => {
			const {server, terminal} = await openInside(context, name);
			const id = server.add('running', {name: 'alpha', process: 'sleeper'});
			await terminal.until('alpha');
			terminal.press('c');
			await terminal.until('cancel this job?');
			terminal.press('y');
			await terminal.until(/cancelled/);
			terminal.press('q');
			await terminal.until('left with 0');
			assert.ok(!terminal.text().includes('alpha'), 'the screen before it is back');
			assert.deepEqual(
				server.history(id).map(({effect}) => effect),
				['stopped'],
			);
		});

		test('a storm of sizes leaves no ghost', async context => {
			const {server, terminal} = await openInside(context, name);
			for (let index = 0; index < 30; index++) {
				server.add('running', {name: `alpha-${index} 名前 é`, process: 'sleeper'});
			}
			await terminal.until(/1-\d+ of 30/);
			for (let step = 0; step < 40; step++) {
				terminal.resize(40 + ((step * 37) % 110), 10 + ((step * 13) % 40));
				await new Promise(resolve => setImmediate(resolve));
			}
			for (const [columns, rows] of [
				[61, 17],
				[120, 36],
				[80, 24],
			] as const) {
				terminal.resize(columns, rows);
				/** From its first line to its last: a frame comes in pieces. */
				const isWhole = (screen: string) => {
					const lines = screen.split('\n');
					const heads = lines.filter(line => line.includes('jobtop'));
					const feet = lines.filter(line => line.includes('c cancels w/'));
					return (
						// A profile that is still loading changes its word while the two frames are compared.
						/\bw +ok\b/.test(lines.slice(0, 3).join('\n')) &&
						heads.length === 1 &&
						heads[0] === lines[0] &&
						feet.length === 1 &&
						feet[0] === lines[rows - 1]
					);
				};
				await terminal.until(isWhole);
				const cursor = () => terminal.lines().findIndex(line => line.startsWith('>'));
				// Without what goes on by itself and the room that it takes, the cursor and the line that speaks of its job.
				const still = () =>
					terminal
						.lines()
						.slice(0, -1)
						.map(line =>
							line
								.slice(1)
								.replace(/\d\d:\d\d(?::\d\d)?|\b\d+(?:[smh]\b|%)/g, '')
								.replace(/ +/g, ' ')
								.trim(),
						);
				const before = still();
				const row = cursor();
				// Drawn anew from an empty screen: what was a ghost is gone then. That takes more bytes than anything else here.
				const written = terminal.output().length;
				terminal.press('\f');
				await terminal.until(screen => terminal.output().length - written > 500 && isWhole(screen));
				terminal.press('j');
				await terminal.until(screen => cursor() === row + 1 && isWhole(screen));
				assert.deepEqual(still(), before);
			}
		});

		test('a client that is killed takes nothing with it, and the next one sees how it ended', async context => {
			const {server, terminal, attach} = await openInside(context, name);
			const id = server.add('running', {name: 'alpha', process: 'sleeper'});
			await terminal.until('alpha');
			terminal.press('c');
			await terminal.until('cancel this job?');
			terminal.press('y');
			await terminal.until(/accepted|asked|cancelling|cancelled/);
			terminal.kill('SIGKILL');
			await terminal.exited;
			const other = attach();
			await other.until(/cancelled/);
			assert.deepEqual(
				server.history(id).map(({effect}) => effect),
				['stopped'],
			);
		});
	});
}

test('tmux passes the focus on: without it profiles are asked less often', {skip}, async context => {
	const {server, terminal} = await openInside(context, 'tmux');
	server.add('running', {name: 'alpha', process: 'sleeper'});
	await terminal.until('alpha');
	terminal.press('P');
	await terminal.until('next poll in');
	terminal.press('\u001b[O');
	await terminal.until(/the terminal has no focus/);
	terminal.press('\u001b[I');
	await terminal.until(text => text.includes('next poll in') && !text.includes('no focus'));
	terminal.press('P');
	await terminal.until(text => !text.includes('next poll in'));
	terminal.press('q');
	await terminal.until('left with 0');
});
