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
		// Somebody whom the user database does not know, as in a container: nothing is there, and nothing can be kept.
		return '/nonexistent';
	}
};

/** A path as it is said on the command line or in a variable: where it is not absolute, from the folder that we are in. Throws `ConfigurationError` where that is no more. */
export const pathFromHere = (path: string): string => {
	try {
		return resolve(path);
	} catch (error) {
		const remedy = 'go to another with cd, or write the whole path';
		throw new ConfigurationError(`${path}: the working directory was deleted; ${remedy}`, {cause: error});
	}
};

/** A folder by the XDG rules: what the variable says where it is absolute, else the usual one below the home. */
const xdg = (env: Environment, variable: string, usual: string): string => {
	const said = env[variable];
	return said && isAbsolute(said) ? said : join(homeOf(env), usual);
};

/** Where journals are kept. */
export const stateDirectory = (env: Environment): string =>
	env.JOBTOP_STATE_DIR
		? pathFromHere(env.JOBTOP_STATE_DIR)
		: join(xdg(env, 'XDG_STATE_HOME', '.local/state'), 'jobtop');

/** The socket of the connection that all of jobtop shares to a machine: of this machine's own, where there is such a folder. */
export const connectionSocket = (env: Environment, destination: string): string => {
	const runtime = env.XDG_RUNTIME_DIR;
	const folder = runtime && isAbsolute(runtime) ? join(runtime, 'jobtop') : join(stateDirectory(env), 'ssh');
	// Home directories are shared between machines, and a socket works on one of them only.
	const name = createHash('sha256').update(`${hostname()} ${destination}`).digest('hex').slice(0, 12);
	return join(folder, name);
};

/** Where the configuration is, if nobody says otherwise. */
export const usualConfigurationFile = (env: Environment): string =>
	join(xdg(env, 'XDG_CONFIG_HOME', '.config'), 'jobtop', 'config.toml');

/** A path as people write it in a file: `~/` is the home, and what is not absolute is beside that file. */
export const pathFrom = (folder: string, path: string, env: Environment): string =>
	path.startsWith('~/') ? join(homeOf(env), path.slice(2)) : resolve(folder, path);
