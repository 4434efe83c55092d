import {createHash} from 'node:crypto';
import {homedir, hostname} from 'node:os';
import {isAbsolute, join, resolve} from 'node:path';
import {ConfigurationError} from './configuration-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const homeOf = (env: Environment): string => {
	if (env.HOME) return env.HOME;
	try {
		return homedir();
	} catch {
		// A user without an entry in the user database, as in a container: nothing can be saved.
		return '/nonexistent';
	}
};

/** What to say of an option or a variable with an empty path: probably an unset variable of a script, and the default would be another place than the wanted one. */
export const emptyPath = (place: string): string => `${place} is empty; write a path, or leave it out`;

/** Resolves a path from the command line or a variable against the working directory. Throws a `ConfigurationError` if that was deleted. */
export const pathFromHere = (path: string): string => {
	try {
		return resolve(path);
	} catch (error) {
		const remedy = 'go to another with cd, or write the whole path';
		throw new ConfigurationError(`${path}: the working directory was deleted; ${remedy}`, {cause: error});
	}
};

/** An XDG folder: the variable's value if it is absolute, else the default below the home. */
const xdg = (env: Environment, variable: string, fallback: string): string => {
	const path = env[variable];
	return path && isAbsolute(path) ? path : join(homeOf(env), fallback);
};

/** The directory of the journals. Throws a `ConfigurationError` if `JOBTOP_STATE_DIR` is empty. */
export const stateDirectory = (env: Environment): string => {
	const path = env.JOBTOP_STATE_DIR;
	if (path === undefined) return join(xdg(env, 'XDG_STATE_HOME', '.local/state'), 'jobtop');
	if (path.trim() === '') throw new ConfigurationError(emptyPath('JOBTOP_STATE_DIR'));
	return pathFromHere(path);
};

/** The socket of the shared ssh connection to a machine, in a folder of this machine if there is one. */
export const connectionSocket = (env: Environment, destination: string): string => {
	const runtime = env.XDG_RUNTIME_DIR;
	const folder = runtime && isAbsolute(runtime) ? join(runtime, 'jobtop') : join(stateDirectory(env), 'ssh');
	// Home directories are shared between machines, but a socket works only on one of them.
	const name = createHash('sha256').update(`${hostname()} ${destination}`).digest('hex').slice(0, 12);
	return join(folder, name);
};

/** The default path of the configuration. */
export const usualConfigurationFile = (env: Environment): string =>
	join(xdg(env, 'XDG_CONFIG_HOME', '.config'), 'jobtop', 'config.toml');

/** The path of a configuration, as a field; nothing for the usual one, or without a file. */
export const otherConfiguration = (
	path: string | undefined,
	env: Environment,
): {readonly configuration?: string} =>
	path === undefined || path === usualConfigurationFile(env) ? {} : {configuration: path};

/** Resolves a path from a file: `~/` is the home, and relative paths start at the file's folder. */
export const pathFrom = (folder: string, path: string, env: Environment): string =>
	path.startsWith('~/') ? join(homeOf(env), path.slice(2)) : resolve(folder, path);
