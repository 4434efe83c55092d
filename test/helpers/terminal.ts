import {spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';

export type TerminalOptions = {
	readonly columns?: number;
	readonly rows?: number;
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	/** How long it waits for something on the screen before it fails, in milliseconds. */
	readonly longest?: number;
};

/** It never waits longer than it must. */
const usuallyLongest = 30_000;

/** A program in a real pseudo-terminal, with an emulator that reads its screen. */
export const openTerminal = (
	program: string,
	parameters: readonly string[],
	{columns = 80, rows = 24, env = {}, cwd = process.cwd(), longest = usuallyLongest}: TerminalOptions = {},
) => {
	const emulator = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 1000});
	const terminal = spawn(program, [...parameters], {
		// This is TERM, whatever the environment says.
		name: env.TERM ?? 'xterm-256color',
		cols: columns,
		rows,
		cwd,
		env: {
			PATH: process.env.PATH ?? '',
			HOME: process.env.HOME ?? '/',
			LANG: 'C.UTF-8',
			TZ: 'UTC',
			...env,
		},
	});
	const exit = Promise.withResolvers<{readonly code: number; readonly signal: number}>();
	const watchers = new Set<() => void>();
	let output = '';
	let ended = false;

	const changed = () => {
		for (const watcher of watchers) watcher();
	};
	terminal.onData(data => {
		output += data;
		emulator.write(data, changed);
	});
	terminal.onExit(({exitCode, signal}) => {
		ended = true;
		// What was written last is read before the end is told.
		emulator.write('', () => {
			exit.resolve({code: exitCode, signal: signal ?? 0});
			changed();
		});
	});

	const lines = (): string[] => {
		const buffer = emulator.buffer.active;
		return Array.from({length: emulator.rows}, (_, row) =>
			(buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '').trimEnd(),
		);
	};
	const text = () => lines().join('\n');

	/** Resolves with the lines once the screen holds it; fails with the screen when it never does. */
	const until = (wanted: string | RegExp | ((screen: string) => boolean)): Promise<string[]> =>
		new Promise((resolve, reject) => {
			const holds = (screen: string) =>
				typeof wanted === 'function'
					? wanted(screen)
					: typeof wanted === 'string'
						? screen.includes(wanted)
						: wanted.test(screen);
			const look = () => {
				if (holds(text())) finish(() => resolve(lines()));
				else if (ended) finish(() => reject(new Error(`the program ended before ${wanted}:\n${text()}`)));
			};
			const finish = (settle: () => void) => {
				clearTimeout(limit);
				watchers.delete(look);
				settle();
			};
			const limit = setTimeout(
				() => finish(() => reject(new Error(`the screen never showed ${wanted}:\n${text()}`))),
				longest,
			);
			watchers.add(look);
			look();
		});

	return {
		pid: terminal.pid,
		press: (keys: string) => terminal.write(keys),
		resize(nextColumns: number, nextRows: number) {
			emulator.resize(nextColumns, nextRows);
			terminal.resize(nextColumns, nextRows);
		},
		/** Nobody takes what the program writes, until somebody does again. */
		stopReading: () => terminal.pause(),
		startReading: () => terminal.resume(),
		kill: (signal: string) => terminal.kill(signal),
		lines,
		text,
		until,
		buffer: () => emulator.buffer.active,
		/** All bytes so far. */
		output: () => output,
		/** Whether the alternate screen is shown. */
		isAlternate: () => emulator.buffer.active.type === 'alternate',
		exited: exit.promise,
		/** Ends it, if it has not ended. */
		async close() {
			if (!ended) terminal.kill('SIGKILL');
			await exit.promise;
			emulator.dispose();
		},
	};
};

export type Terminal = ReturnType<typeof openTerminal>;
