/*
Where PBS is on this machine: its own file says so. A qstat on PATH may belong to another system.
*/
import {accessSync, constants, existsSync, readFileSync} from 'node:fs';
import {dirname, isAbsolute, join} from 'node:path';
import type {DiscoverySurroundings} from '../profiles/profile.ts';
import {isSlurmWrapper, pathOfProgram} from '../programs/program-path.ts';

export type Installation = {
	/** The file that names it. */
	readonly file: string;
	/** The folder of its programs; undefined if the file does not name one. */
	readonly bin: string | undefined;
	readonly server: string | undefined;
};

/** Undefined if this machine has no file of PBS. */
export const findInstallation = ({
	env,
	etc = '/etc',
}: Pick<DiscoverySurroundings, 'env' | 'etc'>): Installation | undefined => {
	const file = env.PBS_CONF_FILE || join(etc, 'pbs.conf');
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch {
		return undefined;
	}
	const lines = [...text.matchAll(/^\s*(PBS_\w+)\s*=\s*(.*?)\s*$/gm)];
	const settings = new Map(lines.map(([, name, value]) => [name, value]));
	// As for PBS itself, the environment has precedence.
	const setting = (name: string) => env[name] || settings.get(name) || undefined;
	const folder = setting('PBS_EXEC');
	const bin = folder !== undefined && isAbsolute(folder) ? join(folder, 'bin') : undefined;
	return {file, bin, server: env.PBS_DEFAULT || setting('PBS_SERVER')};
};

/** Whether the folder has the programs. */
export const hasPrograms = (bin: string): boolean =>
	['qstat', 'qdel', 'qselect'].every(name => isRunnable(join(bin, name)));

const isRunnable = (file: string): boolean => {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
};

/** The system that a qstat on PATH belongs to where this machine has no PBS, in words; undefined without one. */
export const otherQstat = (env: DiscoverySurroundings['env']): string | undefined => {
	const file = pathOfProgram('qstat', env);
	if (file === undefined) return undefined;
	if (isSlurmWrapper(file)) return `${file} is Slurm's wrapper, and asks Slurm`;
	// Grid Engine's: it has a profile of its own.
	if (existsSync(join(dirname(file), 'qconf'))) return undefined;
	return `${file} is there, but no pbs.conf says that it belongs to PBS Professional`;
};
