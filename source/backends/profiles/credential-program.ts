/*
A program that prints a credential. It may ask its owner for a passphrase, so who has the terminal decides how it runs.
*/
import {spawn} from 'node:child_process';
import {shortageWords} from '../../process/shortage.ts';
import type {Environment} from '../../process/state-directory.ts';
import {killGroup} from '../programs/command.ts';

/**
What the program has of the terminal. `shared`: nothing else draws on it, as on the command line. `lent`: the screen has given it away for as long as the program runs. `none`: the screen has it, and the program gets a session of its own without one, so that it fails at once instead of asking where nobody can answer.
*/
export type ProgramTerminal = 'shared' | 'lent' | 'none';

/** A program that gave no credential, in words that hold nothing of what it printed: no place is safe for that. */
export class CredentialProgramError extends Error {}

export type CredentialProgram = {
	/** The program and its arguments; there is no shell. */
	readonly command: readonly string[];
	readonly env: Environment;
	readonly terminal: ProgramTerminal;
	/** Ends it. */
	readonly signal: AbortSignal;
	/** What it is called in a failure: `token_command pass`. */
	readonly called: string;
};

/** How long the program may take, in milliseconds: a password manager may ask its owner. With a lent terminal its owner decides. */
const limitMs = 60_000;
const maxOutput = 1024 * 1024;

/** gpg-agent lets a pinentry ask on the terminal that it knew before, whoever has it now. One that does not exist keeps it from that; at `/dev/null` pinentry-curses would never end. */
const withoutTerminal = (env: Environment): Environment => ({...env, GPG_TTY: '/nonexistent'});

/** Runs the program and gives what it prints. Rejects with a `CredentialProgramError`, or with the error of a machine that cannot start it (`shortageWords`). */
export const runCredentialProgram = ({
	command,
	env,
	terminal,
	signal,
	called,
}: CredentialProgram): Promise<string> => {
	const [program = '', ...parameters] = command;
	const {promise, resolve, reject} = Promise.withResolvers<string>();
	const fail = (how: string) =>
		reject(new CredentialProgramError(`${called} ${how}${terminal === 'none' ? ' without a terminal' : ''}`));
	const lent = terminal === 'lent';
	const child = spawn(program, parameters, {
		env: terminal === 'none' ? withoutTerminal(env) : env,
		stdio: [lent ? 'inherit' : 'ignore', 'pipe', lent ? 'inherit' : 'ignore'],
		// A session of its own has no terminal, and all that the program started ends with it. Where it keeps the terminal it stays in the group that may read it.
		detached: terminal === 'none',
	});
	const end = () => {
		if (terminal === 'none') killGroup(child.pid);
		else child.kill('SIGKILL');
	};
	const limit = lent
		? undefined
		: setTimeout(() => {
				end();
				fail(`did not end within ${limitMs / 1000} s`);
			}, limitMs);
	const stop = () => {
		end();
		fail('was stopped');
	};
	const settle = () => {
		clearTimeout(limit);
		signal.removeEventListener('abort', stop);
	};
	if (signal.aborted) stop();
	signal.addEventListener('abort', stop, {once: true});
	let printed = '';
	child.stdout?.setEncoding('utf8').on('data', (text: string) => {
		printed += text;
		if (printed.length <= maxOutput) return;
		end();
		fail(`printed more than ${maxOutput} characters`);
	});
	child.once('error', (error: NodeJS.ErrnoException) => {
		settle();
		if (shortageWords(error) === undefined) fail(`failed (${error.code ?? 'it could not be started'})`);
		else reject(error);
	});
	child.once('close', (code, killedBy) => {
		settle();
		if (code === 0) resolve(printed);
		else fail(`failed (${code ?? killedBy})`);
	});
	return promise;
};
