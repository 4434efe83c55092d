/*
The entry point: runs the screen or a command, and loads nothing heavy before it knows which.
*/
import type {OpenScreen, ScreenStart} from './command-line/definitions/screen.ts';
import {programWord} from './demo/programs/word.ts';
import {type Opening, openFirstFrame} from './opening.ts';
import {loadCommands, loadScreen} from './parts.ts';
import {causeWords} from './process/error-words.ts';
import {keepMemorySmall} from './process/lean-memory.ts';
import {neededLimits, processLimits} from './process/limits.ts';
import {shortageLine} from './process/shortage.ts';
import {pathFromHere} from './process/state-directory.ts';
import {onWarning} from './process/warnings.ts';

// Otherwise Node opens its debugger to everybody on this machine; schedulers send this signal as a warning.
process.on('SIGUSR1', () => undefined);

/** Without a screen, a warning is a line like any other. */
const printWarnings = () => onWarning(text => process.stderr.write(`jobtop: ${text}\n`));
printWarnings();

/** A worker cannot start in a deleted working directory, so the screen leaves it. Returns an error if a path was given relative to it. */
const leaveLostFolder = async ({flags}: ScreenStart): Promise<string | undefined> => {
	try {
		process.cwd();
	} catch {
		const {JOBTOP_CONFIG, JOBTOP_STATE_DIR} = process.env;
		try {
			for (const path of [flags.config, JOBTOP_CONFIG, JOBTOP_STATE_DIR]) if (path) pathFromHere(path);
		} catch (error) {
			return (error as Error).message;
		}
		process.chdir('/');
	}
	return undefined;
};

/** V8 ends the process without a word of ours where it cannot reserve memory for the second thread. */
const tooSmallFor = (): string | undefined => {
	const bytes = processLimits()?.addressSpace ?? Number.POSITIVE_INFINITY;
	if (bytes >= neededLimits.addressSpace) return undefined;
	const gigabytes = (of: number) => `${(of / 1e9).toFixed(1)} GB`;
	return `the screen needs ${gigabytes(neededLimits.addressSpace)} of address space, and ulimit -v allows ${gigabytes(bytes)}; raise it, or use the commands: jobtop list --watch`;
};

/** The first frame, which has to leave before an error is printed. */
let opening: Opening | undefined;

const openScreen: OpenScreen = async start => {
	const small = tooSmallFor();
	if (small !== undefined) {
		process.stderr.write(`jobtop: ${small}\n`);
		return 1;
	}
	const wrong = await leaveLostFolder(start);
	if (wrong !== undefined) {
		process.stderr.write(`jobtop: ${wrong}\n`);
		return 2;
	}
	opening = openFirstFrame({
		flags: start.flags,
		demo: start.demo !== undefined,
		ascii: start.ascii ?? false,
		plain: start.plain ?? false,
	});
	// Before the screen and its engine are loaded: their compiled code is for these flags.
	keepMemorySmall();
	const {runTui} = await loadScreen();
	const left = await runTui(start, opening);
	printWarnings();
	if (left !== 'demo') return left;
	const {runCommandLine} = await loadCommands();
	return runCommandLine([...(start.ascii ? ['--ascii'] : []), 'demo'], openScreen);
};

const run = async (): Promise<number> => {
	const words = process.argv.slice(2);
	if (words[0] === programWord) {
		const {runProgram} = await import('./demo/programs/call.ts');
		return runProgram(words.slice(1), process.env);
	}
	if (words.length === 0 && process.stdin.isTTY && process.stdout.isTTY) return openScreen({flags: {}});
	const {runCommandLine} = await loadCommands();
	return runCommandLine(words, openScreen);
};

const flush = (stream: NodeJS.WriteStream): Promise<void> =>
	new Promise(resolve => stream.write('', () => resolve()));

// The reader of our output may be gone (EPIPE): then stay quiet. An error of a file is reported.
let lost: NodeJS.ErrnoException | undefined;
for (const stream of [process.stdout, process.stderr]) {
	stream.on('error', (error: NodeJS.ErrnoException) => {
		const {code} = error;
		if (stream === process.stdout && !stream.isTTY && code !== 'EPIPE' && code !== 'ECONNRESET')
			lost ??= error;
	});
}

try {
	const code = await run();
	await flush(process.stdout);
	if (lost !== undefined)
		process.stderr.write(`jobtop: the output could not be written (${causeWords(lost)}) and is incomplete\n`);
	await flush(process.stderr);
	process.exit(lost === undefined ? code : 1);
} catch (error) {
	opening?.close();
	const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
	process.stderr.write(`jobtop: ${shortageLine(error) ?? `internal error: ${words}`}\n`);
	await flush(process.stderr);
	process.exit(1);
}
