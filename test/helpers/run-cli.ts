/*
Runs the real program as a child process: what JOBTOP_PROGRAM names, else what was built if nothing has changed since, else the source.
*/
import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import {readdirSync, statSync} from 'node:fs';
import {join, resolve} from 'node:path';

export type CliOptions = {
	readonly env?: Readonly<Record<string, string>>;
	readonly stdin?: string;
	/** The folder to run it in; the tester's if not said. */
	readonly cwd?: string;
};

export type CliResult = {
	/** The exit code; of a process that a signal ended, none. */
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
};

const builtAfterSource = (): boolean => {
	try {
		const built = statSync('dist/main.js').mtimeMs;
		return readdirSync('source', {recursive: true, encoding: 'utf8'}).every(
			path => statSync(join('source', path)).mtimeMs < built,
		);
	} catch {
		return false;
	}
};

const programArguments = (): readonly string[] => {
	if (process.env.JOBTOP_PROGRAM) return [resolve(process.env.JOBTOP_PROGRAM)];
	return builtAfterSource()
		? [resolve('dist/jobtop.js')]
		: [`--import=${import.meta.resolve('tsx')}`, resolve('source/cli.ts')];
};

/** What has to be run for a command line. */
export const program = (parameters: readonly string[]) => ({
	file: process.execPath,
	parameters: [...programArguments(), ...parameters],
});

/** A running program. Nothing of the tester's environment reaches it but what is said. */
export const startCli = (
	parameters: readonly string[],
	{env = {}, stdin = '', cwd}: CliOptions = {},
): {readonly child: ChildProcessWithoutNullStreams; readonly result: Promise<CliResult>} => {
	const {file, parameters: all} = program(parameters);
	const child = spawn(file, all, {
		env: {PATH: '/nowhere', HOME: '/nowhere', LANG: 'C.UTF-8', TZ: 'UTC', ...env},
		...(cwd !== undefined && {cwd}),
	});
	let stdout = '';
	let stderr = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr += text;
	});
	// A program that does not read may end before it was written.
	child.stdin.on('error', () => undefined);
	child.stdin.end(stdin);
	const result = new Promise<CliResult>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', code => resolve({code, stdout, stderr}));
	});
	return {child, result};
};

export const runCli = (parameters: readonly string[], options?: CliOptions): Promise<CliResult> =>
	startCli(parameters, options).result;
