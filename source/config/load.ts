import {readFileSync, statSync} from 'node:fs';
import {dirname} from 'node:path';
import {parse, TomlError} from 'smol-toml';
import type {DiscoverySurroundings} from '../backends/profiles/profile.ts';
import type {Keys} from '../keys/rebinding.ts';
import {ConfigurationError} from '../process/configuration-error.ts';
import {type Environment, pathFromHere, usualConfigurationFile} from '../process/state-directory.ts';
import {didYouMean} from '../text/nearest.ts';
import {discover, type FoundProfile, lookedForLines, type PartialLogin, partialLogins} from './discover.ts';
import {explainAll, explainIssues, explainNames, explainSyntax} from './explain.ts';
import {limitedWords, limitsOn, type WrittenConfiguration, withinLimits} from './limits.ts';
import {credentialSourceOf, type ProfileEntry} from './profile-entries.ts';
import type {ProfileSetting, RequestLimits} from './profile-setting.ts';
import {type ConfigurationFile, fileSchema} from './schema.ts';
import {siteFiles} from './site-files.ts';

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
	/** Where the file of the user is, or would be. */
	readonly path: string;
	/** The files that are there, the strongest first: the user's, then the site's. */
	readonly files: readonly WrittenConfiguration[];
	readonly profiles: readonly ProfileSetting[];
	readonly settings: {
		readonly readOnly: boolean;
		/** Where a limit says so, if nobody else does. */
		readonly readOnlyLimit?: string;
		readonly theme: NonNullable<ConfigurationFile['theme']>;
		/** Lines below each other instead of a screen. */
		readonly plain: boolean;
		readonly notify: NonNullable<ConfigurationFile['notify']>;
		/** Keys instead of the usual ones, by the id of their command. */
		readonly keys?: Keys;
		/** Filters with a name, in the order of the file. */
		readonly queries: readonly {readonly name: string; readonly text: string}[];
	};
	/** One line about what somebody wanted otherwise than the limits let it be. */
	readonly limited?: string;
	/** Where there is no profile: what was looked for, a line each. */
	readonly lookedFor: readonly string[];
	/** Where no file has a profile: logins of which only a part was found. */
	readonly partial: readonly PartialLogin[];
};

export type ConfigurationInput = {
	readonly env: Environment;
	readonly flags?: ConfigurationFlags;
	/** Where this machine keeps its configuration, if not in `/etc`. */
	readonly etc?: string;
	/** The folder that somebody is in, if not that of the process. */
	readonly here?: string;
};

/** Where the configuration file is, or would be, and who said so; undefined where it is the usual place. */
export const configurationPlace = ({
	env,
	flags = {},
}: ConfigurationInput): {readonly path: string; readonly said?: '--config' | 'JOBTOP_CONFIG'} => {
	if (flags.config !== undefined) return {path: pathFromHere(flags.config), said: '--config'};
	if (env.JOBTOP_CONFIG) return {path: pathFromHere(env.JOBTOP_CONFIG), said: 'JOBTOP_CONFIG'};
	return {path: pathFromHere(usualConfigurationFile(env))};
};

/** The files that may say something, the strongest first, and whether each must be there. */
const placesOf = (input: ConfigurationInput): readonly {readonly path: string; readonly must: boolean}[] => {
	const {path, said} = configurationPlace(input);
	const others = siteFiles(input.env, input.etc).filter(one => one !== path);
	return [{path, must: said !== undefined}, ...others.map(one => ({path: one, must: false}))];
};

/** Reads the files that are there, the strongest first. Throws `ConfigurationError`. */
const readFiles = (input: ConfigurationInput): readonly WrittenConfiguration[] =>
	placesOf(input).flatMap(({path, must}) => readFile(path, must) ?? []);

/** What the strongest file says that says anything of it. */
const firstSaid = <Key extends keyof ConfigurationFile>(
	files: readonly WrittenConfiguration[],
	key: Key,
): ConfigurationFile[Key] | undefined => files.find(({file}) => file[key] !== undefined)?.file[key];

/** What the files say by name: of one name, the strongest file alone counts. */
const byName = <Value>(
	files: readonly WrittenConfiguration[],
	key: 'profiles' | 'queries',
): readonly (readonly [name: string, value: Value, from: WrittenConfiguration])[] => {
	const names = new Set<string>();
	return files.flatMap(from =>
		Object.entries(from.file[key] ?? {}).flatMap(([name, value]) => {
			if (names.has(name)) return [];
			names.add(name);
			return [[name, value as Value, from] as const];
		}),
	);
};

/** The file that a profile stands in; undefined for one that was found. */
export const fileOfProfile = (
	files: readonly WrittenConfiguration[],
	name: string,
): WrittenConfiguration | undefined => files.find(({file}) => Object.hasOwn(file.profiles ?? {}, name));

/** Reads what the files say about keys, and nothing else is looked at. Throws `ConfigurationError`. */
export const loadKeys = (input: ConfigurationInput): Keys => firstSaid(readFiles(input), 'keys') ?? {};

/** Reads the files, the environment and what is on PATH. Throws `ConfigurationError`. */
export const loadConfiguration = (input: ConfigurationInput): Configuration => {
	const {env, flags = {}} = input;
	const {path} = configurationPlace(input);
	const files = readFiles(input);
	const said = flags.readOnly ?? (env.JOBTOP_READ_ONLY ? isYes(env.JOBTOP_READ_ONLY) : undefined);
	const wantsReadOnly = said ?? firstSaid(files, 'read_only');
	const configured = byName<ProfileEntry>(files, 'profiles').map(
		([name, entry]): FoundProfile => ({name, entry}),
	);
	const around = discoverySurroundings(input);
	const found = configured.length > 0 ? configured : discover(around);

	const wanted = flags.profiles?.length ? flags.profiles : namesIn(env.JOBTOP_PROFILE);
	const profiles = choose(found, wanted).map(({name, aliases, entry}): ProfileSetting => {
		const intervalMs = flags.intervalMs ?? entry.interval ?? firstSaid(files, 'interval');
		const place = fileOfProfile(files, name)?.path ?? path;
		const folder = dirname(place);
		checkTokenFile(name, entry, {env, folder}, place);
		const wished: ProfileSetting = {
			name,
			...(aliases && {aliases}),
			entry,
			folder,
			protect: entry.protect ?? false,
			readOnly: wantsReadOnly === true || entry.read_only === true,
			...(intervalMs !== undefined && {intervalMs}),
			...(flags.limits !== undefined && {limits: flags.limits}),
		};
		return withinLimits(wished, limitsOn(files, entry.backend), {
			readOnly: said ?? entry.read_only ?? wantsReadOnly,
		});
	});
	const limited = limitedWords(profiles);
	const readOnlyLimit = limitsOn(files).readOnly;
	return {
		path,
		files,
		profiles,
		settings: {
			readOnly: wantsReadOnly === true || readOnlyLimit !== undefined,
			...(wantsReadOnly !== true && readOnlyLimit && {readOnlyLimit: readOnlyLimit.from}),
			theme: firstSaid(files, 'theme') ?? 'default',
			plain: firstSaid(files, 'plain') ?? false,
			notify: firstSaid(files, 'notify') ?? 'off',
			...withKeys(firstSaid(files, 'keys')),
			queries: byName<string>(files, 'queries').map(([name, text]) => ({name, text})),
		},
		...(limited !== undefined && {limited}),
		lookedFor:
			profiles.length > 0
				? []
				: [
						`${path}${files.some(one => one.path === path) ? ' (it has no [profiles.NAME])' : ''}`,
						...lookedForLines(around),
					],
		partial: configured.length > 0 ? [] : partialLogins(around),
	};
};

const withKeys = (keys: Keys | undefined): {readonly keys?: Keys} => (keys ? {keys} : {});

/** Reads a file; undefined where there is none and none need be. Throws `ConfigurationError`. */
const readFile = (path: string, mustExist: boolean): WrittenConfiguration | undefined => {
	const source = readSource(path, mustExist);
	if (source === undefined) return undefined;
	const content = parseToml(path, source);
	const read = fileSchema.safeParse(content);
	if (read.success) return {path, source, file: read.data};
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
		const content = parse(source);
		const reserved = explainNames(path, source, content);
		if (reserved !== undefined) throw new ConfigurationError(reserved);
		return content;
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		throw new ConfigurationError(explainSyntax(path, error));
	}
};

/** Everything that is wrong with the files, a line each with its place and what to do; none where they can be used. */
export const checkFiles = (input: ConfigurationInput): readonly string[] =>
	placesOf(input).flatMap(({path, must}) => checkFile(path, must));

const checkFile = (path: string, mustExist: boolean): readonly string[] => {
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

/** Where the discoveries look. */
export const discoverySurroundings = ({env, here, etc}: ConfigurationInput): DiscoverySurroundings => {
	try {
		return {env, here: here ?? process.cwd(), etc};
	} catch {
		// The folder that they are in is no more.
		return {env, here: undefined};
	}
};

const choose = (found: readonly FoundProfile[], wanted: readonly string[]): readonly FoundProfile[] => {
	if (wanted.length === 0) return found;
	const names = found.map(({name}) => name);
	const known = [...names, ...found.flatMap(({aliases = []}) => aliases)];
	const unknown = wanted.find(name => !known.includes(name));
	if (unknown !== undefined) {
		throw new ConfigurationError(
			`there is no profile ${JSON.stringify(unknown)}; ${didYouMean(unknown, names)}`,
		);
	}
	return found.filter(({name, aliases = []}) => [name, ...aliases].some(each => wanted.includes(each)));
};

/** A secret that others can read is none. */
const checkTokenFile = (
	name: string,
	entry: ProfileEntry,
	surroundings: {readonly env: Environment; readonly folder: string},
	file: string,
): void => {
	const source = credentialSourceOf(entry, surroundings);
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
		const others = `others can read ${source.path}`;
		throw new ConfigurationError(`${place}: ${others}; run chmod 600 on it and renew the token`);
	}
};

const isYes = (value = ''): boolean => !/^(?:|0|no|false|off)$/i.test(value.trim());

const namesIn = (value = ''): readonly string[] => value.split(/[\s,]+/).filter(Boolean);
