import {readFileSync, statSync} from 'node:fs';
import {dirname} from 'node:path';
import {parse, TomlError} from 'smol-toml';
import type {Keys} from '../commands/rebinding.ts';
import {didYouMean} from '../nearest.ts';
import {ConfigurationError} from './configuration-error.ts';
import {discoveries} from './discover.ts';
import {explainAll, explainIssues, explainSyntax} from './explain.ts';
import {type ProfileEntry, profileKinds, tokenSource} from './profile-kinds.ts';
import type {ProfileSetting, RequestLimits} from './profile-setting.ts';
import {type ConfigurationFile, fileSchema} from './schema.ts';
import {type Environment, pathFromHere, usualConfigurationFile} from './state-directory.ts';

/** What the command line says about the configuration. Plain data: it crosses to the engine's thread. */
export type ConfigurationFlags = {
	/** The file. */
	readonly config?: string;
	/** Only these profiles. */
	readonly profiles?: readonly string[];
	readonly readOnly?: boolean;
	readonly intervalMs?: number;
	/** Instead of what the profiles say. */
	readonly limits?: RequestLimits;
	/** The file that is told of every request. */
	readonly logFile?: string;
	/** Tell of every request on stderr. */
	readonly verbose?: boolean;
};

export type Configuration = {
	/** Where the file is, or would be. */
	readonly path: string;
	/** Its text and what it says, where it is. */
	readonly source?: string;
	readonly file?: ConfigurationFile;
	readonly profiles: readonly ProfileSetting[];
	readonly settings: {
		readonly readOnly: boolean;
		readonly theme: NonNullable<ConfigurationFile['theme']>;
		/** Lines below each other instead of a screen. */
		readonly plain: boolean;
		readonly notify: NonNullable<ConfigurationFile['notify']>;
		/** Keys instead of the usual ones, by the id of their command. */
		readonly keys?: Keys;
		/** Filters with a name, in the order of the file. */
		readonly queries: readonly {readonly name: string; readonly text: string}[];
	};
	/** Where there is no profile: what was looked for, a line each. */
	readonly lookedFor: readonly string[];
};

export type ConfigurationInput = {readonly env: Environment; readonly flags?: ConfigurationFlags};

/** Where the configuration file is, or would be, and who said so; undefined where it is the usual place. */
export const configurationPlace = ({
	env,
	flags = {},
}: ConfigurationInput): {readonly path: string; readonly said?: '--config' | 'JOBTOP_CONFIG'} => {
	if (flags.config !== undefined) return {path: pathFromHere(flags.config), said: '--config'};
	if (env.JOBTOP_CONFIG) return {path: pathFromHere(env.JOBTOP_CONFIG), said: 'JOBTOP_CONFIG'};
	return {path: pathFromHere(usualConfigurationFile(env))};
};

/** Reads what the file says about keys, and nothing else is looked at. Throws `ConfigurationError`. */
export const loadKeys = (input: ConfigurationInput): Keys => {
	const {path, said} = configurationPlace(input);
	return readFile(path, said !== undefined)?.file.keys ?? {};
};

/** Reads the file, the environment and what is on PATH. Throws `ConfigurationError`. */
export const loadConfiguration = ({env, flags = {}}: ConfigurationInput): Configuration => {
	const {path, said} = configurationPlace({env, flags});
	const {file, source} = readFile(path, said !== undefined) ?? {};
	const readOnly =
		flags.readOnly ?? (env.JOBTOP_READ_ONLY ? isYes(env.JOBTOP_READ_ONLY) : file?.read_only === true);
	const configured = Object.entries(file?.profiles ?? {});
	const found = configured.length > 0 ? configured : discover(env);

	const wanted = flags.profiles?.length ? flags.profiles : namesIn(env.JOBTOP_PROFILE);
	const profiles = choose(found, wanted).map(([name, entry]): ProfileSetting => {
		const intervalMs = flags.intervalMs ?? entry.interval ?? file?.interval;
		const folder = dirname(path);
		checkTokenFile(name, entry, {env, folder}, path);
		return {
			name,
			entry,
			folder,
			protect: entry.protect ?? false,
			readOnly: readOnly || entry.read_only === true,
			...(intervalMs !== undefined && {intervalMs}),
			...(flags.limits !== undefined && {limits: flags.limits}),
		};
	});
	return {
		path,
		...(source !== undefined && {source}),
		...(file && {file}),
		profiles,
		settings: {
			readOnly,
			theme: file?.theme ?? 'default',
			plain: file?.plain ?? false,
			notify: file?.notify ?? 'off',
			...(file?.keys && {keys: file.keys}),
			queries: Object.entries(file?.queries ?? {}).map(([name, text]) => ({name, text})),
		},
		lookedFor:
			profiles.length > 0
				? []
				: [
						`${path}${file ? ' (it has no [profiles.NAME])' : ''}`,
						...discoveries.map(({lookedFor}) => lookedFor),
					],
	};
};

/** What a configuration file says: read, and as it is written. */
export type WrittenConfiguration = {
	readonly source: string;
	readonly file: ConfigurationFile;
};

/** Reads a file; undefined where there is none and none need be. Throws `ConfigurationError`. */
const readFile = (path: string, mustExist: boolean): WrittenConfiguration | undefined => {
	const source = readSource(path, mustExist);
	if (source === undefined) return undefined;
	const content = parseToml(path, source);
	const read = fileSchema.safeParse(content);
	if (read.success) return {source, file: read.data};
	throw new ConfigurationError(explainIssues(path, source, content, read.error.issues));
};

const readSource = (path: string, mustExist: boolean): string | undefined => {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (!mustExist && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
		const remedy = code === 'ENOENT' ? 'there is no such file; check --config and JOBTOP_CONFIG' : code;
		throw new ConfigurationError(`${path}: cannot be read: ${remedy}`, {cause: error});
	}
};

const parseToml = (path: string, source: string): unknown => {
	try {
		return parse(source);
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		throw new ConfigurationError(explainSyntax(path, error));
	}
};

/** Everything that is wrong with a file, a line each with its place and what to do; none where it can be used. */
export const checkFile = (path: string, mustExist: boolean): readonly string[] => {
	try {
		const source = readSource(path, mustExist);
		if (source === undefined) return [];
		const content = parseToml(path, source);
		const read = fileSchema.safeParse(content);
		if (read.success) return [];
		return explainAll(source, content, read.error.issues).map(
			({line, column, words}) => `${path}:${line}:${column}: ${words}`,
		);
	} catch (error) {
		if (!(error instanceof ConfigurationError)) throw error;
		return [error.message];
	}
};

const discover = (env: Environment): [string, ProfileEntry][] =>
	discoveries.flatMap(({name, find}) => {
		const entry = find(env);
		if (!entry) return [];
		const read = profileKinds[entry.backend].schema.safeParse(entry);
		if (read.success) return [[name, read.data] as [string, ProfileEntry]];
		const [issue] = read.error.issues;
		throw new ConfigurationError(`in the environment, ${name}: ${issue?.path.join('.')}: ${issue?.message}`);
	});

const choose = (
	found: readonly [string, ProfileEntry][],
	wanted: readonly string[],
): readonly [string, ProfileEntry][] => {
	if (wanted.length === 0) return found;
	const names = found.map(([name]) => name);
	const unknown = wanted.find(name => !names.includes(name));
	if (unknown !== undefined) {
		throw new ConfigurationError(
			`there is no profile ${JSON.stringify(unknown)}; ${didYouMean(unknown, names)}`,
		);
	}
	return found.filter(([name]) => wanted.includes(name));
};

/** A secret that others can read is none. */
const checkTokenFile = (
	name: string,
	entry: ProfileEntry,
	surroundings: {readonly env: Environment; readonly folder: string},
	file: string,
): void => {
	const source = entry.backend === 'slurm' ? undefined : tokenSource(entry, surroundings);
	if (source?.from !== 'file') return;
	const place = `${file}: profiles.${name}.token_file`;
	let mode: number;
	try {
		mode = statSync(source.path).mode;
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		const what = code === 'ENOENT' ? 'there is no' : `${code} at`;
		throw new ConfigurationError(`${place}: ${what} ${source.path}; put the token there, with mode 0600`);
	}
	if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
		const others = `others may read ${source.path}`;
		throw new ConfigurationError(`${place}: ${others}; close it with chmod 600, and renew the token`);
	}
};

const isYes = (value = ''): boolean => !/^(?:|0|no|false|off)$/i.test(value.trim());

const namesIn = (value = ''): readonly string[] => value.split(/[\s,]+/).filter(Boolean);
