/*
The first frame of the screen: written before anything heavy is loaded, with raw mode on at once. What is typed meanwhile is kept for the screen that follows. It says nothing that only the engine can know.
*/
import {readFileSync, statSync} from 'node:fs';
import {devNull} from 'node:os';
import {type ConfigurationFlags, placesOf} from './config/files.ts';
import {themeFor} from './text/theme.ts';

export type Opening = {
	/** What the terminal shows. */
	readonly frame: {readonly columns: number; readonly rows: number; readonly lines: readonly string[]};
	/** Gives what was typed until now, and keeps nothing any more: from now on somebody else reads. */
	readonly takeTyped: () => Uint8Array;
	/** Whoever calls it handles signals from now on. */
	readonly leaveSignals: () => void;
	/** The screen that follows restores the terminal from now on. */
	readonly handOver: () => void;
	/** Restores the terminal, unless it was handed over. */
	readonly close: () => void;
};

export type OpeningOptions = {
	readonly flags: ConfigurationFlags;
	/** The built-in job systems: no configuration is read. */
	readonly demo: boolean;
	readonly ascii: boolean;
	/** Lines were requested in place of a screen. */
	readonly plain: boolean;
};

const begin = '\u001b[?1049h\u001b[?25l\u001b[?2004h\u001b[H\u001b[J';
const end = '\u001b[?2004l\u001b[?25h\u001b[?1049l';
const interruptByte = 0x03;
const signals = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const;

const keysLine = ' Ctrl-C quit ';
/** A smaller screen has no room for more than a line, which follows. */
const least = {columns: 40, rows: 10};

/** Whether a configuration file may ask for lines in place of a screen. A file that can be read only once is left to the engine. */
const mayBePlain = (flags: ConfigurationFlags): boolean => {
	const mentions = (path: string): boolean => {
		if (path === devNull) return false;
		try {
			return !statSync(path).isFile() || readFileSync(path, 'utf8').includes('plain');
		} catch {
			// The engine reports a file that cannot be read.
			return false;
		}
	};
	try {
		return placesOf({env: process.env, flags}).some(({path}) => mentions(path));
	} catch {
		// The engine reports a path that cannot be used.
		return true;
	}
};

const linesFor = (columns: number, rows: number, ascii: boolean): readonly string[] => {
	if (columns < least.columns || rows < least.rows) return [];
	// Nothing is dim and nothing coloured: every reader can read that.
	const {paint} = themeFor(process.env, {ascii, name: 'high-contrast'});
	const lines = Array.from({length: rows}, () => '');
	lines[0] = paint([{text: ' jobtop', tone: 'strong'}, {text: '  connecting'}]);
	lines[rows - 2] = keysLine.padStart(columns);
	return lines;
};

/** Draws the first frame. Undefined where nothing may be drawn yet: without a terminal, and where lines may be wanted. */
export const openFirstFrame = ({flags, demo, ascii, plain}: OpeningOptions): Opening | undefined => {
	const {stdin, stdout} = process;
	if (plain || process.env.TERM === 'dumb' || process.platform === 'win32') return undefined;
	if (!stdin.isTTY || !stdout.isTTY) return undefined;
	if (!demo && mayBePlain(flags)) return undefined;
	let typed: Buffer[] = [];
	let isOurs = true;
	const take = (bytes: Buffer) => {
		typed.push(bytes);
		// The terminal makes no signal of it in raw mode.
		if (bytes.includes(interruptByte)) process.kill(process.pid, 'SIGINT');
	};
	const close = () => {
		process.off('exit', close);
		if (!isOurs) return;
		isOurs = false;
		stdin.off('data', take);
		stdin.pause();
		stdout.write(end);
		stdin.setRawMode(false);
	};
	const handlers = Object.entries(signals).map(([signal, code]) => {
		const leave = () => {
			close();
			process.exit(code);
		};
		process.on(signal, leave);
		return () => process.off(signal, leave);
	});
	process.once('exit', close);
	// A program in the background is stopped here, before it draws over what the shell shows.
	stdin.setRawMode(true);
	stdin.on('data', take);
	const {columns = 80, rows = 24} = stdout;
	const lines = linesFor(columns, rows, ascii);
	const written = lines.map((line, row) => (line === '' ? '' : `\u001b[${row + 1}H${line}`)).join('');
	stdout.write(begin + written);
	return {
		frame: {columns, rows, lines},
		takeTyped() {
			stdin.off('data', take);
			const bytes = Buffer.concat(typed);
			typed = [];
			return bytes;
		},
		leaveSignals() {
			for (const off of handlers) off();
		},
		handOver() {
			isOurs = false;
			process.off('exit', close);
		},
		close,
	};
};
