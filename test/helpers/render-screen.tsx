/*
The real screen in an emulated terminal in this process: Ink writes into xterm as it would into a terminal, and the test reads what is to be seen.
*/
import {EventEmitter} from 'node:events';
import {PassThrough} from 'node:stream';
import type {TestContext} from 'node:test';
import xterm from '@xterm/headless';
import {startScreen} from '../../source/components/screen.tsx';
import type {Tour} from '../../source/components/tour.ts';
import type {Intention, Patch} from '../../source/engine/protocol.ts';
import {type Clock, systemClock} from '../../source/process/clock.ts';
import {createJobStore} from '../../source/store/store.ts';
import {createTheme, type Theme, type ThemeName} from '../../source/text/theme.ts';
import {takeTodaysWidths} from './emulator.ts';
import {createManualClock} from './manual-clock.ts';

export type ScreenSettings = {
	readonly columns?: number;
	readonly rows?: number;
	readonly ascii?: boolean;
	readonly colour?: boolean;
	readonly theme?: ThemeName;
	/** Whether the terminal answers what it is asked. */
	readonly answers?: boolean;
	/** The clock of what the terminal is asked; default: the time of the system. */
	readonly lineClock?: Clock;
	/** In place of any theme. */
	readonly drawnWith?: Theme;
	/** Types keys by itself. */
	readonly tour?: Tour;
};

export const renderScreen = async (
	context: TestContext,
	{
		columns = 80,
		rows = 24,
		ascii = false,
		colour = true,
		theme = 'default',
		drawnWith,
		answers = true,
		lineClock = systemClock,
		tour,
	}: ScreenSettings = {},
) => {
	const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 100});
	takeTodaysWidths(terminal);
	let bytes = 0;
	let written = '';
	const stdout = Object.assign(new EventEmitter(), {
		isTTY: true,
		columns,
		rows,
		write(text: string, encoding?: unknown, callback?: unknown) {
			bytes += Buffer.byteLength(text);
			written += text;
			const done = typeof encoding === 'function' ? encoding : callback;
			terminal.write(text.replace(/(?<!\r)\n/g, '\r\n'), () => {
				if (typeof done === 'function') done();
			});
			return true;
		},
	});
	const stdin = Object.assign(new PassThrough(), {
		isTTY: true,
		isRaw: false,
		setRawMode(raw: boolean) {
			stdin.isRaw = raw;
			return stdin;
		},
		ref: () => stdin,
		unref: () => stdin,
	});
	if (answers) terminal.onData(answer => stdin.write(answer));
	const {clock, advance} = createManualClock();
	const sent: Intention[] = [];
	const quits: string[] = [];
	const store = createJobStore({clock, send: intention => sent.push(intention)});
	const screen = startScreen({
		store,
		clock,
		lineClock,
		quit: how => quits.push(how),
		theme: drawnWith ?? createTheme({colour, ascii, name: theme}),
		stdin: stdin as unknown as NodeJS.ReadStream,
		stdout: stdout as unknown as NodeJS.WriteStream,
		...(tour && {tour}),
	});

	/** Waits until everything that is to be seen is in the terminal. */
	const settle = async () => {
		await advance(0);
		await screen.flushed();
		await new Promise<void>(resolve => terminal.write('', resolve));
	};
	await settle();
	context.after(async () => {
		screen.unmount();
		await screen.waitUntilExit();
		terminal.dispose();
	});

	const nextUpdate = () =>
		new Promise<void>(resolve => {
			const stop = store.subscribe(() => {
				stop();
				resolve();
			});
		});

	const buffer = () => terminal.buffer.active;
	const lineAt = (row: number) => buffer().getLine(buffer().baseY + row);

	return {
		store,
		clock,
		sent,
		quits,
		bytes: () => bytes,
		/** Everything that was written since it was asked for last. */
		written() {
			const text = written;
			written = '';
			return text;
		},
		terminal,
		/** The screen as lines, without the blanks at their ends. */
		lines: (): string[] =>
			Array.from(
				{length: terminal.rows},
				(_, row) => lineAt(row)?.translateToString(true, 0, terminal.cols).trimEnd() ?? '',
			),
		text: () =>
			Array.from(
				{length: terminal.rows},
				(_, row) => lineAt(row)?.translateToString(true, 0, terminal.cols).trimEnd() ?? '',
			).join('\n'),
		/** The row that is drawn inverse: the one under the cursor. */
		cursorLine: (): string | undefined => {
			for (let row = 0; row < terminal.rows; row++) {
				const line = lineAt(row);
				if (line?.getCell(3)?.isInverse()) return line.translateToString(true).trimEnd();
			}
			return undefined;
		},
		/** Cells before the end of what matches in a row of the screen. */
		cellsBefore(row: number, wanted: RegExp): number {
			const line = lineAt(row);
			const text = line?.translateToString(true) ?? '';
			const match = wanted.exec(text);
			const end = match ? match.index + match[0].length : -1;
			let characters = 0;
			for (let x = 0; line && x < terminal.cols; x++) {
				if (characters >= end) return x;
				const cell = line.getCell(x);
				if (cell && cell.getWidth() > 0) characters += cell.getChars().length || 1;
			}
			return -1;
		},
		async receive(...patches: readonly Patch[]) {
			store.receive(patches);
			await settle();
		},
		/** Every string is one input event, as a terminal would send it. */
		async press(...inputs: readonly string[]) {
			for (const input of inputs) {
				// A bare Escape comes a little later: Ink waits whether it is the beginning of an arrow key.
				const came = input.endsWith('\u001b') ? nextUpdate() : undefined;
				stdin.write(input);
				await came;
				await settle();
			}
		},
		async paste(text: string) {
			stdin.write(`\u001b[200~${text}\u001b[201~`);
			await settle();
		},
		async advance(ms: number) {
			await advance(ms);
			await settle();
		},
		async resize(nextColumns: number, nextRows: number) {
			terminal.resize(nextColumns, nextRows);
			Object.assign(stdout, {columns: nextColumns, rows: nextRows});
			stdout.emit('resize');
			await settle();
		},
		settle,
		drain: () => screen.drain(),
		unmount: () => screen.unmount(),
		/** Resolves once the terminal has been given back. */
		exited: () => screen.waitUntilExit(),
	};
};

export type RenderedScreen = Awaited<ReturnType<typeof renderScreen>>;
