import {statSync} from 'node:fs';
import {devNull} from 'node:os';
import {dirname} from 'node:path';
import {parse, TomlError} from 'smol-toml';
import type {HttpRoute} from '../backends/http-route.ts';
import type {CredentialSource} from '../backends/profiles/credential.ts';
import type {DiscoverySurroundings} from '../backends/profiles/profile.ts';
import {readTlsFiles, TlsFileError} from '../backends/tls-files.ts';
import type {Keys} from '../keys/rebinding.ts';
import {ConfigurationError} from '../process/configuration-error.ts';
import {causeWords} from '../process/error-words.ts';
import type {Environment} from '../process/state-directory.ts';
import {didYouMean} from '../text/nearest.ts';
import type {TimeZone} from '../text/times.ts';
import {
	discover,
	type FoundProfile,
	lookedForLines,
	type PartialLogin,
	type PassedOver,
	partialLogins,
	passedOver,
} from './discover.ts';
import {explainAll, explainIssues, explainNames, explainSyntax} from './explain.ts';
import {type ConfigurationInput, configurationPlace, placesOf, readSource} from './files.ts';
import {limitedWords, limitsOn, type WrittenConfiguration, withinLimits} from './limits.ts';
import {methodsOf, type ProfileEntry} from './profile-entries.ts';
import type {ProfileSetting} from './profile-setting.ts';
import {type ConfigurationFile, fileSchemaOf} from './schema.ts';

export type Configuration = {
	/** The path of the user's file, even if it does not exist. */
	readonly path: string;
	/** The existing files, the strongest first: the user's, then the site's. */
	readonly files: readonly WrittenConfiguration[];
	readonly profiles: readonly ProfileSetting[];
	readonly settings: {
		readonly readOnly: boolean;
		/** The place of the limit, if only a limit sets it. */
		readonly readOnlyLimit?: string;
		readonly theme: NonNullable<ConfigurationFile['theme']>;
		/** Print lines instead of a screen. */
		readonly plain: boolean;
		/** Clicks and the wheel are for jobtop. */
		readonly mouse: boolean;
		readonly timeZone: TimeZone;
		readonly notify: NonNullable<ConfigurationFile['notify']>;
		/** Keys that replace the default ones, by command id. */
		readonly keys?: Keys;
		/** Filters with a name, in the order of the file. */
		readonly queries: readonly {readonly name: string; readonly text: string}[];
	};
	/** One line about wanted values that a limit overrides. */
	readonly limited?: string;
	/** Without a profile: where jobtop looked, one line each. */
	readonly lookedFor: readonly string[];
	/** Without a configured profile: incomplete logins. */
	readonly partial: readonly PartialLogin[];
	/** Without a configured profile: what looks like a job system but belongs to another one. */
	readonly passedOver: readonly PassedOver[];
};

/** Reads the existing files, the strongest first. Rejects with a `ConfigurationError`. */
const readFiles = async (input: ConfigurationInput): Promise<readonly WrittenConfiguration[]> => {
	const files: WrittenConfiguration[] = [];
	for (const {path, must} of placesOf(input)) {
		const file = await readFile(path, must);
		if (file) files.push(file);
	}
	return files;
};

/** The value of a key in the strongest file that sets it. */
const firstValue = <Key extends keyof ConfigurationFile>(
	files: readonly WrittenConfiguration[],
	key: Key,
): ConfigurationFile[Key] | undefined => files.find(({file}) => file[key] !== undefined)?.file[key];

/** The named tables of all files. For each name, only the strongest file counts. */
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

/** The file with a profile; undefined for a discovered one. */
export const fileOfProfile = (
	files: readonly WrittenConfiguration[],
	name: string,
): WrittenConfiguration | undefined => files.find(({file}) => Object.hasOwn(file.profiles ?? {}, name));

/** Reads only the keys from the files; `load-keys.ts` asks it only where there is a file. Rejects with a `ConfigurationError`. */
export const keysOfFiles = async (input: ConfigurationInput): Promise<Keys> =>
	firstValue(await readFiles(input), 'keys') ?? {};

/** Reads only the zone of times from the files; that of the terminal if a file cannot be read, because a journal can be read without one. */
export const loadTimeZone = async (input: ConfigurationInput): Promise<TimeZone> => {
	try {
		return firstValue(await readFiles(input), 'time_zone') ?? 'local';
	} catch (error) {
		if (error instanceof ConfigurationError) return 'local';
		throw error;
	}
};

/** Reads the files and the environment, and looks for programs on PATH. Loads the kinds of the profiles and no others. Rejects with a `ConfigurationError`. */
export const loadConfiguration = async (input: ConfigurationInput): Promise<Configuration> => {
	const {env, flags = {}} = input;
	const {path, said: named} = configurationPlace(input);
	const files = await readFiles(input);
	if (named !== undefined) refuseWithoutProfile(path, files, named);
	const said = flags.readOnly ?? (env.JOBTOP_READ_ONLY ? isYes(env.JOBTOP_READ_ONLY) : undefined);
	const wantsReadOnly = said ?? firstValue(files, 'read_only');
	const configured = byName<ProfileEntry>(files, 'profiles').map(
		([name, entry]): FoundProfile => ({name, entry}),
	);
	const around = discoverySurroundings(input);
	const found = configured.length > 0 ? configured : await discover(around);

	const chosen = choose(found, wantedProfiles(input));
	const placeOf = (name: string) => fileOfProfile(files, name)?.path ?? path;
	for (const {name, entry} of chosen) await checkSecretFiles({name, entry, place: placeOf(name)}, env);

	const profiles = chosen.map(({name, aliases, entry, found: evidence}): ProfileSetting => {
		const intervalMs = flags.intervalMs ?? entry.interval ?? firstValue(files, 'interval');
		const wished: ProfileSetting = {
			name,
			...(aliases && {aliases}),
			entry,
			...(evidence !== undefined && {found: evidence}),
			folder: dirname(placeOf(name)),
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
			theme: firstValue(files, 'theme') ?? 'default',
			plain: firstValue(files, 'plain') ?? false,
			mouse: firstValue(files, 'mouse') ?? false,
			timeZone: firstValue(files, 'time_zone') ?? 'local',
			notify: firstValue(files, 'notify') ?? 'off',
			...withKeys(firstValue(files, 'keys')),
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
		passedOver: configured.length > 0 ? [] : passedOver(around),
	};
};

/** Refuses a named file without a profile: a file that is still empty must not lead to other job systems than its own. */
const refuseWithoutProfile = (path: string, files: readonly WrittenConfiguration[], named: string): void => {
	const own = files.find(one => one.path === path)?.file.profiles ?? {};
	// The null device is how one says that there is no file.
	if (path === devNull || Object.keys(own).length > 0) return;
	const remedy = `add a table [profiles.NAME], or leave out ${named} to use what is found on this machine`;
	throw new ConfigurationError(`${path} names no profile; ${remedy}`);
};

/** The profiles to use; none for all. Throws a `ConfigurationError` if `JOBTOP_PROFILE` is empty. */
const wantedProfiles = ({env, flags = {}}: ConfigurationInput): readonly string[] => {
	if (flags.profiles?.length) return flags.profiles;
	if (env.JOBTOP_PROFILE === undefined) return [];
	const names = env.JOBTOP_PROFILE.split(/[\s,]+/).filter(Boolean);
	if (names.length === 0)
		throw new ConfigurationError('JOBTOP_PROFILE is empty; write the name of a profile, or unset it');
	return names;
};

const withKeys = (keys: Keys | undefined): {readonly keys?: Keys} => (keys ? {keys} : {});

/** Reads a file; undefined if an optional one does not exist. Rejects with a `ConfigurationError`. */
const readFile = async (path: string, mustExist: boolean): Promise<WrittenConfiguration | undefined> => {
	const source = readSource(path, mustExist);
	if (source === undefined) return undefined;
	const content = parseToml(path, source);
	const schema = await fileSchemaOf(content);
	const read = schema.safeParse(content);
	if (read.success) return {path, source, file: read.data};
	throw new ConfigurationError(explainIssues(path, {source, content, schema}, read.error.issues));
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

/** All problems of the files, one line each with its place and remedy. Empty if the files are valid. */
export const checkFiles = async (input: ConfigurationInput): Promise<readonly string[]> =>
	(await Promise.all(placesOf(input).map(({path, must}) => checkFile(path, must)))).flat();

const checkFile = async (path: string, mustExist: boolean): Promise<readonly string[]> => {
	try {
		const source = readSource(path, mustExist);
		if (source === undefined) return [];
		const content = parseToml(path, source);
		const schema = await fileSchemaOf(content);
		const read = schema.safeParse(content);
		if (read.success) return [];
		return explainAll({source, content, schema}, read.error.issues).map(
			({line, column, words}) => `${path}:${line}:${column}: ${words}`,
		);
	} catch (error) {
		if (!(error instanceof ConfigurationError)) throw error;
		return [error.message];
	}
};

/** The surroundings in which the discoveries look. */
export const discoverySurroundings = ({env, here, etc, run}: ConfigurationInput): DiscoverySurroundings => {
	try {
		return {env, here: here ?? process.cwd(), etc, run};
	} catch {
		// The working directory was deleted.
		return {env, here: undefined, etc, run};
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

/** A profile, by the file that names it. */
type WrittenProfile = {readonly name: string; readonly entry: ProfileEntry; readonly place: string};

/** Refuses a token file and certificate files that are missing or wrong. */
const checkSecretFiles = async (profile: WrittenProfile, env: Environment): Promise<void> => {
	const {entry, place} = profile;
	const surroundings = {env, folder: dirname(place)};
	const {credentialSource, route} = await methodsOf(entry.backend);
	checkTokenFile(profile, credentialSource(entry, surroundings));
	checkTlsFiles(profile, route?.(entry, surroundings));
};

/** Refuses a missing token file, and one that others can read. */
const checkTokenFile = ({name, place: file}: WrittenProfile, source: CredentialSource | undefined): void => {
	if (source?.from !== 'file') return;
	const place = `${file}: profiles.${name}.token_file`;
	let mode: number;
	try {
		mode = statSync(source.path).mode;
	} catch (error) {
		const what = `${source.path} cannot be read: ${causeWords(error)}`;
		throw new ConfigurationError(`${place}: ${what}; put the token there, with mode 0600`);
	}
	if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
		const others = `others can read ${source.path}`;
		throw new ConfigurationError(`${place}: ${others}; run chmod 600 on it and renew the token`);
	}
};

/** Refuses certificate files that are missing or wrong. */
const checkTlsFiles = ({name, place: file}: WrittenProfile, route: HttpRoute | undefined): void => {
	if (!route) return;
	try {
		readTlsFiles(route);
	} catch (error) {
		if (!(error instanceof TlsFileError)) throw error;
		throw new ConfigurationError(`${file}: profiles.${name}.${error.key}: ${error.message}`, {cause: error});
	}
};

const isYes = (value = ''): boolean => !/^(?:|0|no|false|off)$/i.test(value.trim());
