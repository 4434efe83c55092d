import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import {constants} from 'node:os';
import {StringDecoder} from 'node:string_decoder';
import {cleanText} from '../../job/clean-text.ts';
import {BackendError, type Failure} from '../../job/failure.ts';
import {shortageWords} from '../../process/shortage.ts';
import {reportRequest} from '../exchange.ts';

/** One run of a program. There is no shell: an argument is never more than an argument. */
export type Command = {
	/** A name that is looked up on the `PATH` of `env`, or an absolute path. */
	readonly file: string;
	readonly args: readonly string[];
	/** The whole environment of the program. */
	readonly env: Readonly<Record<string, string>>;
	readonly signal: AbortSignal;
	/** What it reads; nothing if not said. */
	readonly input?: string;
	/** It may leave something running that keeps its output open: its own end is the end, unless its code is 255. */
	readonly leavesBehind?: boolean;
	/** Milliseconds until the program has to be done; 60,000 if not said. */
	readonly limitMs?: number;
	/** Takes the output as it comes, as text. Of what was taken the result holds the beginning, for words about a failure. */
	readonly onOutput?: (text: string) => void;
	/** Bytes of output and of complaints, each; 256 MiB if not said. */
	readonly limitBytes?: number;
};

/** How a program ended and what it printed. A code other than 0 is an answer, too. */
export type CommandResult = {
	readonly stdout: string;
	readonly stderr: string;
	/** Undefined where a signal ended it. */
	readonly code?: number;
	readonly signal?: string;
};

/** jobtop stopped a program at its time limit. The output until then may show how far the program came. */
export class CommandTimeout extends BackendError {
	readonly printed: Pick<CommandResult, 'stdout' | 'stderr'>;

	constructor(detail: string, printed: CommandTimeout['printed']) {
		super({kind: 'timeout', detail});
		this.printed = printed;
	}
}

/**
Runs a program once and never again.

Rejects with the signal's reason when it is aborted, and with a `BackendError` where the program cannot be started (`unreachable`), takes too long (`timeout`: a `CommandTimeout`) or prints too much (`malformed`). In each case nothing of it is left running.
*/
export const runCommand = (command: Command): Promise<CommandResult> => {
	const {file, args, env, signal, limitMs = 60_000, limitBytes = 256 * 1024 * 1024} = command;
	return new Promise((resolve, reject) => {
		if (signal.aborted) return reject(signal.reason);
		const report = reportRequest([nameOf(file), ...args].join(' '));
		const refuse = (error: unknown) => {
			const failed = new BackendError(startFailure(file, error as NodeJS.ErrnoException));
			report(failed.message, false);
			reject(failed);
		};
		let child: ChildProcessWithoutNullStreams;
		try {
			child = spawn(file, args, {
				env,
				// The directory that jobtop was started in may be gone by now, and spawn would blame the program.
				cwd: '/',
				stdio: ['pipe', 'pipe', 'pipe'],
				// A process group of its own: what it started ends with it, and Ctrl-C at the terminal is not for it.
				detached: true,
			});
		} catch (error) {
			return refuse(error);
		}
		// Where files are short, Node makes no streams and reports the error a moment later.
		if (!child.stdout || !child.stderr || !child.stdin) return void child.once('error', refuse);
		const settle = () => {
			clearTimeout(timer);
			signal.removeEventListener('abort', abort);
		};
		const end = (error: unknown) => {
			settle();
			killGroup(child.pid);
			child.stdout.destroy();
			child.stderr.destroy();
			reject(error);
		};
		const giveUp = (error: BackendError) => {
			report(error.message, false);
			end(error);
		};
		const fail = (failure: Failure) => giveUp(new BackendError(failure));
		const abort = () => {
			report('aborted', false);
			end(signal.reason);
		};
		const hand = (take: Command['onOutput'], text: string) => {
			try {
				take?.(text);
			} catch (error) {
				end(error);
			}
		};
		const gather = (stream: NodeJS.ReadableStream, take?: Command['onOutput']) => {
			const chunks: Buffer[] = [];
			const decoder = new StringDecoder('utf8');
			let bytes = 0;
			stream.on('data', (chunk: Buffer) => {
				if (take === undefined || bytes < keptBytes) chunks.push(chunk);
				bytes += chunk.length;
				if (bytes > limitBytes) {
					return fail({kind: 'malformed', detail: `${nameOf(file)} printed more than ${limitBytes} bytes`});
				}
				if (take !== undefined) hand(take, decoder.write(chunk));
			});
			if (take !== undefined) stream.on('end', () => hand(take, decoder.end()));
			return () => Buffer.concat(chunks).toString('utf8');
		};
		const timer = setTimeout(() => {
			const detail = `${nameOf(file)} did not end within ${limitMs / 1000} s`;
			giveUp(new CommandTimeout(detail, {stdout: stdout(), stderr: stderr()}));
		}, limitMs);
		signal.addEventListener('abort', abort, {once: true});
		const stdout = gather(child.stdout, command.onOutput);
		const stderr = gather(child.stderr);
		child.on('error', (error: NodeJS.ErrnoException) => {
			fail(startFailure(file, error));
		});
		if (command.leavesBehind) {
			child.on('exit', code => {
				if (code === null || code === 255) return;
				settle();
				child.stdout.destroy();
				child.stderr.destroy();
				resolve({stdout: stdout(), stderr: stderr(), code});
			});
		}
		// The end of the program reports a failure to write to it.
		child.stdin.on('error', () => {});
		child.stdin.end(command.input ?? '');
		child.on('close', (code, killedBy) => {
			settle();
			const complaint = code === 0 ? '' : (stderr().trim().split('\n').at(-1) ?? '');
			report(`${code === null ? `ended by ${killedBy}` : `exit ${code}`} ${complaint}`.trim(), code === 0);
			resolve({
				stdout: stdout(),
				stderr: stderr(),
				...(code !== null && {code}),
				...(killedBy !== null && {signal: killedBy}),
			});
		});
	});
};

/** Ends a program that was started with a process group of its own, and all that it started. */
export const killGroup = (pid: number | undefined) => {
	if (pid === undefined) return;
	try {
		process.kill(-pid, constants.signals.SIGKILL);
	} catch {
		// It has ended already.
	}
};

/** Of output that was taken as it came, the first chunks are kept, up to this many bytes and one chunk. */
const keptBytes = 64 * 1024;

const nameOf = (file: string) => cleanText(file.slice(file.lastIndexOf('/') + 1));

/** Why a program could not be started. */
const startFailure = (file: string, error: NodeJS.ErrnoException): Failure => {
	const shortage = shortageWords(error);
	if (shortage !== undefined) {
		const detail = `${nameOf(file)} could not be started: ${shortage}`;
		return {kind: 'unreachable', detail, local: 'shortage'};
	}
	const detail = startProblem(file, error);
	return error.code === 'E2BIG'
		? {kind: 'rejected', detail}
		: {kind: 'unreachable', detail, local: 'program'};
};

const startProblem = (file: string, error: NodeJS.ErrnoException): string => {
	const where = file.includes('/') ? cleanText(file) : undefined;
	const problems: Record<string, string> = {
		ENOENT: where === undefined ? `${nameOf(file)} is not on PATH` : `there is no ${where}`,
		EACCES: `${where ?? nameOf(file)} cannot be run: permission denied`,
		E2BIG: `too many arguments for ${nameOf(file)}`,
	};
	return problems[error.code ?? ''] ?? `${nameOf(file)} could not be started (${cleanText(error.message)})`;
};
