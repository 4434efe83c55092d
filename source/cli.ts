/*
What was asked: the screen, or a command. Nothing heavy is loaded before that is known.
*/
import type {OpenScreen, ScreenStart} from './command-line/definitions/screen.ts';

// Node would open its debugger, to everybody on this machine; schedulers send this signal as a warning.
process.on('SIGUSR1', () => undefined);

/** A thread does not start in a folder that is no more, so the screen leaves it. Tells what is wrong where something was said from there. */
const leaveLostFolder = async ({flags}: ScreenStart): Promise<string | undefined> => {
	try {
		process.cwd();
	} catch {
		const {pathFromHere} = await import('./process/state-directory.ts');
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

const openScreen: OpenScreen = async start => {
	const wrong = await leaveLostFolder(start);
	if (wrong !== undefined) {
		process.stderr.write(`jobtop: ${wrong}\n`);
		return 2;
	}
	const {runTui} = await import('./tui.tsx');
	const left = await runTui(start);
	if (left !== 'demo') return left;
	const {runCommandLine} = await import('./command-line/program.ts');
	return runCommandLine([...(start.ascii ? ['--ascii'] : []), 'demo'], openScreen);
};

const run = async (): Promise<number> => {
	const asked = process.argv.slice(2);
	const atTerminal = process.stdin.isTTY && process.stdout.isTTY;
	if (asked.length === 0 && atTerminal) return openScreen({flags: {}});
	const {runCommandLine} = await import('./command-line/program.ts');
	return runCommandLine(asked, openScreen);
};

const flush = (stream: NodeJS.WriteStream): Promise<void> =>
	new Promise(resolve => stream.write('', () => resolve()));

// Whoever read what we print may have gone: then there is nobody to tell. A file that cannot take it is another matter.
let lost: string | undefined;
for (const stream of [process.stdout, process.stderr]) {
	stream.on('error', ({code}: NodeJS.ErrnoException) => {
		if (stream === process.stdout && !stream.isTTY && code !== 'EPIPE' && code !== 'ECONNRESET')
			lost ??= code;
	});
}

try {
	const code = await run();
	await flush(process.stdout);
	if (lost !== undefined)
		process.stderr.write(`jobtop: what was printed could not be written (${lost}) and is not whole\n`);
	await flush(process.stderr);
	process.exit(lost === undefined ? code : 1);
} catch (error) {
	const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
	process.stderr.write(`jobtop: this should not have happened: ${words}\n`);
	await flush(process.stderr);
	process.exit(1);
}
