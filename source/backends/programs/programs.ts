import {join, resolve} from 'node:path';
import {shellWord} from '../../text/shell-word.ts';
import {type Command, type CommandResult, runCommand} from './command.ts';
import {type OpenOutput, openLocal} from './output.ts';
import {openSsh, type Ssh, type SshOptions} from './ssh.ts';

/** Where the programs of a job system are, and how they run. */
export type ProgramOptions = {
	/** The folder of the programs, where they run; without it they are looked up on PATH. */
	readonly bin?: string;
	/** Run them on another machine. */
	readonly ssh?: SshOptions;
	/** The environment of the programs; jobtop's own, if not said. */
	readonly programEnv?: Readonly<Record<string, string | undefined>>;
	/** Set for the programs beside it. */
	readonly env?: Readonly<Record<string, string>>;
};

/** What a job system needs for its programs to print what jobtop reads. */
export type ProgramSettings = {
	/** Set for every program, wherever it runs. */
	readonly env: Readonly<Record<string, string>>;
	/** The user's own settings, which would change what the programs print: names of variables, or their beginnings, such as `SQUEUE_*`. */
	readonly hidden: readonly string[];
	/** Arguments that stand before all others. */
	readonly first: readonly string[];
};

/** What differs from run to run; `env` stands beside the usual environment. */
type RunOptions = Pick<Command, 'limitMs' | 'onOutput'> & {
	readonly env?: Readonly<Record<string, string>>;
};

/** The programs of a job system, on this machine or another one. */
export type Programs<Program extends string> = {
	/** Runs one program. Rejects as `runCommand`, or as `openSsh` where it runs on another machine. */
	readonly run: (
		program: Program,
		args: readonly string[],
		signal: AbortSignal,
		options?: RunOptions,
	) => Promise<CommandResult>;
	/** The same run as one line for a shell of this machine. Runs nothing. */
	readonly describe: (program: Program, args: readonly string[]) => string;
	/** Opens a file where the programs run. */
	readonly openOutput: OpenOutput;
	/** The connection to the other machine; undefined where the programs run on this one. */
	readonly ssh: Ssh | undefined;
};

export const openPrograms = <Program extends string>(
	options: ProgramOptions,
	settings: ProgramSettings,
): Programs<Program> => {
	const env = programEnvironment(options.programEnv ?? process.env, options.env ?? {}, settings);
	const ssh = options.ssh && openSsh(options.ssh, {local: env, hidden: settings.hidden});

	const fileOf = (program: Program): string => {
		if (options.bin === undefined) return program;
		return join(ssh === undefined ? resolve(options.bin) : options.bin, program);
	};

	return {
		async run(program, args, signal, {env: more, onOutput, ...options} = {}) {
			const bounds = {args: [...settings.first, ...args], signal, ...options};
			const file = fileOf(program);
			if (ssh === undefined) {
				return runCommand({file, env: {...env, ...more}, ...bounds, ...(onOutput && {onOutput})});
			}
			// What the program printed is known when it has ended: other words may stand around it.
			const result = await ssh.run({file, env: {...settings.env, ...more}, ...bounds});
			onOutput?.(result.stdout);
			return result;
		},
		describe(program, args) {
			const words = [fileOf(program), ...settings.first, ...args].map(shellWord).join(' ');
			return options.ssh === undefined
				? words
				: `ssh ${shellWord(options.ssh.destination)} ${shellWord(words)}`;
		},
		openOutput: ssh?.openOutput ?? openLocal,
		ssh,
	};
};

const programEnvironment = (
	own: Readonly<Record<string, string | undefined>>,
	more: Readonly<Record<string, string>>,
	{env: set, hidden}: ProgramSettings,
): Record<string, string> => {
	const isHidden = (name: string): boolean =>
		hidden.some(each => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : name === each));
	const env: Record<string, string> = {};
	for (const [name, value] of Object.entries(own)) {
		if (value !== undefined && !isHidden(name)) env[name] = value;
	}
	return {...env, ...more, ...set};
};
