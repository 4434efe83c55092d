/*
Programs that people use in place of jobtop, or for something like it, and how each is started, read and driven. Only those on PATH are measured.
*/
import {accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {openTerminal, type Terminal} from '../helpers/terminal.ts';
import {pause, type Result} from './measure.ts';
import {cpuOf, program, residentOf} from './program.ts';
import {makeSlurmPrograms} from './slurm-programs.ts';

/** The keys of a program that move its cursor, and the row of the screen with the cursor. */
type Cursor = {
	readonly down: string;
	readonly up: string;
	/** -1 where no row has the cursor. */
	readonly row: (terminal: Terminal) => number;
};

export type Peer = {
	readonly name: string;
	readonly file: string;
	readonly parameters: readonly string[];
	/** How often it asks, for people. */
	readonly interval: string;
	/** What the screen shows once it shows jobs. */
	readonly filled: RegExp;
	/** The key that ends it as a person does. */
	readonly quit: string;
	/** Absent where it has none. */
	readonly cursor?: Cursor;
};

/** The program of that name on PATH. */
const findProgram = (name: string): string | undefined =>
	(process.env.PATH ?? '')
		.split(delimiter)
		.map(folder => join(folder, name))
		.find(path => {
			try {
				accessSync(path, constants.X_OK);
				return true;
			} catch {
				return false;
			}
		});

/** The first row from `first` on whose cell in that column has a background. */
const rowWithBackground = (terminal: Terminal, column: number, first: number): number => {
	const buffer = terminal.buffer();
	for (let row = first; row < terminal.lines().length; row++) {
		if (
			buffer
				.getLine(buffer.baseY + row)
				?.getCell(column)
				?.isBgDefault() === false
		)
			return row;
	}
	return -1;
};

/** The ids of the jobs that our squeue prints. */
const jobId = /\b1\d{5}\b/;

export const jobtopPeer: Peer = {
	name: 'jobtop',
	file: process.execPath,
	parameters: [program],
	interval: '5 s',
	filled: jobId,
	quit: 'q',
	cursor: {down: 'j', up: 'k', row: terminal => terminal.lines().findIndex(line => line.startsWith('>'))},
};

const turm = (file: string): Peer => ({
	name: 'turm',
	file,
	parameters: [],
	interval: '2 s',
	filled: jobId,
	quit: 'q',
	// Its list is on the left.
	cursor: {down: 'j', up: 'k', row: terminal => rowWithBackground(terminal, 3, 1)},
});

const watch = (file: string): Peer => ({
	name: 'watch squeue',
	file,
	parameters: ['-n', '2', 'squeue'],
	interval: '2 s',
	filled: jobId,
	quit: '\u0003',
});

const htop = (file: string): Peer => ({
	name: 'htop',
	file,
	// It must not act on processes of this machine, whatever key arrives.
	parameters: ['--readonly'],
	interval: '1.5 s',
	filled: /PID[^\n]*\n\s*\d+ /,
	quit: 'q',
	cursor: {
		down: '\u001bOB',
		up: '\u001bOA',
		row: terminal =>
			rowWithBackground(terminal, 20, terminal.lines().findIndex(line => line.includes('PID')) + 1),
	},
});

const makers = {turm, 'watch squeue': watch, htop};

/** A program beside jobtop, if it is on PATH. */
export const findPeer = (name: keyof typeof makers): Peer | undefined => {
	const file = findProgram(name === 'watch squeue' ? 'watch' : name);
	return file === undefined ? undefined : makers[name](file);
};

/** How many processes this machine has: those are what htop lists. */
export const countProcesses = (): number => readdirSync('/proc').filter(name => /^\d+$/.test(name)).length;

/** Megabytes in memory, of which those shared with other processes count in parts. */
const proportionalOf = (pid: number): number => {
	const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
	return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
};

/** A home for the programs, with what they keep between two starts; the caller removes it. */
export const makePeerHome = () => {
	const home = mkdtempSync(join(tmpdir(), 'jobtop-bench-home-'));
	return {home, remove: () => rmSync(home, {recursive: true, force: true})};
};

export type PeerPlace = {
	/** The folder of squeue. */
	readonly bin: string;
	readonly home: string;
	readonly columns: number;
	readonly rows: number;
};

/** Starts a program; the caller closes it. */
export const openPeer = ({file, parameters}: Peer, {bin, home, columns, rows}: PeerPlace) => {
	const terminal = openTerminal(file, parameters, {
		columns,
		rows,
		longest: 180_000,
		env: {
			PATH: [bin, '/usr/bin', '/bin'].join(delimiter),
			HOME: home,
			LANG: 'C.UTF-8',
			JOBTOP_STATE_DIR: join(home, 'state'),
		},
	});
	return {
		...terminal,
		/** Milliseconds of CPU so far, without the programs that it starts. */
		cpu() {
			const {screen, others} = cpuOf(terminal.pid);
			return screen + others;
		},
		/** Bytes so far. */
		written: () => Buffer.byteLength(terminal.output()),
		resident: () => residentOf(terminal.pid),
		proportional: () => proportionalOf(terminal.pid),
	};
};

export type OpenedPeer = ReturnType<typeof openPeer>;

/** Opens a program on a new squeue of so many jobs, waits until it shows them and has settled, and closes it after the work. */
export const withPeer = async <Outcome>(
	peer: Peer,
	jobs: number,
	{columns, rows}: Pick<PeerPlace, 'columns' | 'rows'>,
	work: (opened: OpenedPeer) => Promise<Outcome>,
): Promise<Outcome> => {
	const bin = makeSlurmPrograms(jobs, process.getuid?.() ?? 0);
	const {home, remove} = makePeerHome();
	const opened = openPeer(peer, {bin, home, columns, rows});
	try {
		await opened.until(peer.filled);
		await pause(6000);
		return await work(opened);
	} finally {
		await opened.close();
		remove();
		rmSync(bin, {recursive: true, force: true});
	}
};

/** The programs that stand beside jobtop in the other parts. */
export const besideJobtop = ['turm', 'htop'] as const;

/** What stands in the place of a program that is not on PATH. */
export const notInstalled = (what: string): Result => ({what, value: 'not on PATH, so not measured'});

/** CPU in milliseconds and bytes of a minute without keys and changes, from a part of it. */
export const quietMinute = async (opened: OpenedPeer, seconds: number) => {
	const cpu = opened.cpu();
	const bytes = opened.written();
	await pause(seconds * 1000);
	const perMinute = 60 / seconds;
	return {cpu: (opened.cpu() - cpu) * perMinute, bytes: (opened.written() - bytes) * perMinute};
};

/** Presses a key that moves the cursor, and waits until the screen shows it in another row. */
const move = async (opened: OpenedPeer, {row}: Cursor, key: string): Promise<void> => {
	const before = row(opened);
	opened.press(key);
	await opened.until(() => {
		const now = row(opened);
		return now >= 0 && now !== before;
	});
};

/** Bytes for each key that moves the cursor, one after the other and back again. */
export const bytesPerKey = async (opened: OpenedPeer, cursor: Cursor, presses: number): Promise<number> => {
	const before = opened.written();
	for (const key of [cursor.down, cursor.up])
		for (let press = 0; press < presses; press++) await move(opened, cursor, key);
	return (opened.written() - before) / (2 * presses);
};

/** Milliseconds from each key to the row that it has moved the cursor to, at times that no refresh keeps. */
export const keyTimes = async (opened: OpenedPeer, cursor: Cursor, presses: number): Promise<number[]> => {
	const times: number[] = [];
	const reach = 8;
	for (let press = 0; press < presses; press++) {
		await pause(40 + Math.random() * 250);
		const from = performance.now();
		await move(opened, cursor, press % (2 * reach) < reach ? cursor.down : cursor.up);
		times.push(performance.now() - from);
	}
	return times;
};
