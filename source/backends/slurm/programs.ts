import {join, resolve} from 'node:path';
import {shellWord} from '../../text/shell-word.ts';
import {type Command, type CommandResult, runCommand} from '../programs/command.ts';
import {type OpenOutput, openLocal} from '../programs/output.ts';
import {openSsh, type Ssh, type SshOptions} from '../programs/ssh.ts';

/** Where Slurm's programs are, and how they run. */
export type ProgramOptions = {
	/** The folder of squeue, scancel, scontrol and sacct, where they run; without it they are looked up on PATH. */
	readonly bin?: string;
	/** Run them on another machine. */
	readonly ssh?: SshOptions;
	/** The environment of the programs; jobtop's own, if not said. */
	readonly programEnv?: Readonly<Record<string, string | undefined>>;
	/** Set for the programs beside it. */
	readonly env?: Readonly<Record<string, string>>;
};

type Program = 'squeue' | 'scancel' | 'scontrol' | 'sacct';

/** What differs from run to run; `env` stands beside the usual environment. */
type RunOptions = Pick<Command, 'limitMs' | 'onOutput'> & {
	readonly env?: Readonly<Record<string, string>>;
};

/** Slurm's programs, on this machine or another one, for one cluster. */
export type Programs = {
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

/** The programs of one cluster; of the cluster to which the machine belongs, if none is given. */
export const openPrograms = (options: ProgramOptions, cluster?: string): Programs => {
	const env = programEnvironment(options.programEnv ?? process.env, options.env ?? {});
	const ssh = options.ssh && openSsh(options.ssh, env);
	// The cluster stands before all other arguments: the same number is another job on another cluster.
	const clusterArguments = cluster === undefined ? [] : ['-M', cluster];

	const fileOf = (program: Program): string => {
		if (options.bin === undefined) return program;
		return join(ssh === undefined ? resolve(options.bin) : options.bin, program);
	};

	return {
		async run(program, args, signal, {env: more, onOutput, ...options} = {}) {
			const bounds = {args: [...clusterArguments, ...args], signal, ...options};
			const file = fileOf(program);
			if (ssh === undefined) {
				return runCommand({file, env: {...env, ...more}, ...bounds, ...(onOutput && {onOutput})});
			}
			// What the program printed is known when it has ended: other words may stand around it.
			const result = await ssh.run({file, env: {...ownSettings, ...more}, ...bounds});
			onOutput?.(result.stdout);
			return result;
		},
		describe(program, args) {
			const words = [fileOf(program), ...clusterArguments, ...args].map(shellWord).join(' ');
			return options.ssh === undefined
				? words
				: `ssh ${shellWord(options.ssh.destination)} ${shellWord(words)}`;
		},
		openOutput: ssh?.openOutput ?? openLocal,
		ssh,
	};
};

const ownSettings = {
	LC_ALL: 'C.UTF-8',
	SLURM_TIME_FORMAT: '%s',
	// Otherwise Slurm cuts the tasks of a large array to `42_[1,3,5,...`.
	SLURM_BITSTR_LEN: '0',
};

/** The user's own settings would change what the programs print here. */
const programEnvironment = (
	own: Readonly<Record<string, string | undefined>>,
	more: Readonly<Record<string, string>>,
): Record<string, string> => {
	const env: Record<string, string> = {};
	for (const [name, value] of Object.entries(own)) {
		if (value !== undefined && !/^(SQUEUE|SCANCEL|SACCT|SCONTROL)_|^SLURM_CLUSTERS$/.test(name)) {
			env[name] = value;
		}
	}
	return {...env, ...more, ...ownSettings};
};
