/*
Which configuration files there can be, and their text. It knows nothing of what may stand in them.
*/
import {readFileSync} from 'node:fs';
import {ConfigurationError} from '../process/configuration-error.ts';
import {causeWords} from '../process/error-words.ts';
import {
	type Environment,
	emptyPath,
	pathFromHere,
	usualConfigurationFile,
} from '../process/state-directory.ts';
import type {RequestLimits} from './profile-setting.ts';
import {siteFiles} from './site-files.ts';

/** The configuration options of the command line. Plain data, because it goes to the engine thread. */
export type ConfigurationFlags = {
	/** The file. */
	readonly config?: string;
	/** Only these profiles. */
	readonly profiles?: readonly string[];
	readonly readOnly?: boolean;
	readonly intervalMs?: number;
	/** Override the limits of the profiles. */
	readonly limits?: RequestLimits;
	/** The file for the request log. */
	readonly logFile?: string;
	/** Log every request on stderr. */
	readonly verbose?: boolean;
};

export type ConfigurationInput = {
	readonly env: Environment;
	readonly flags?: ConfigurationFlags;
	/** The machine's configuration folder; default: `/etc`. */
	readonly etc?: string;
	/** The folder of the machine's sockets; default: `/run`. */
	readonly run?: string;
	/** The working directory; default: that of the process. */
	readonly here?: string;
};

/** The path of the configuration file, and what set it; undefined for the default path. */
export const configurationPlace = ({
	env,
	flags = {},
}: ConfigurationInput): {readonly path: string; readonly said?: '--config' | 'JOBTOP_CONFIG'} => {
	const said = flags.config === undefined ? 'JOBTOP_CONFIG' : '--config';
	const path = flags.config ?? env.JOBTOP_CONFIG;
	if (path === undefined) return {path: pathFromHere(usualConfigurationFile(env))};
	if (path.trim() === '') throw new ConfigurationError(emptyPath(said));
	return {path: pathFromHere(path), said};
};

/** The possible files, the strongest first, and whether each must exist. */
export const placesOf = (
	input: ConfigurationInput,
): readonly {readonly path: string; readonly must: boolean}[] => {
	const {path, said} = configurationPlace(input);
	const others = siteFiles(input.env, input.etc).filter(one => one !== path);
	return [{path, must: said !== undefined}, ...others.map(one => ({path: one, must: false}))];
};

/** The text of a file; undefined if an optional one does not exist. Throws a `ConfigurationError`. */
export const readSource = (path: string, mustExist: boolean): string | undefined => {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (!mustExist && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
		const remedy = mustExist ? 'check --config and JOBTOP_CONFIG' : 'correct that, or remove the file';
		throw new ConfigurationError(`${path}: cannot be read: ${causeWords(error)}; ${remedy}`, {cause: error});
	}
};
