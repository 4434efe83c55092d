import {readFileSync, statSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import {parse, TomlError} from 'smol-toml';
import {didYouMean} from '../nearest.ts';
import {ConfigurationError} from './configuration-error.ts';
import {discoveries} from './discover.ts';
import {explainIssues, explainSyntax} from './explain.ts';
import {type ProfileEntry, profileKinds, tokenSource} from './profile-kinds.ts';
import type {ProfileSetting, RequestLimits} from './profile-setting.ts';
import {type ConfigurationFile, fileSchema} from './schema.ts';
import {type Environment, usualConfigurationFile} from './state-directory.ts';

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
};

export type Configuration = {
	readonly profiles: readonly ProfileSetting[];
	readonly settings: {
		readonly readOnly: boolean;
		readonly notify: NonNullable<ConfigurationFile['notify']>;
		/** Filters with a name, in the order of the file. */
		readonly queries: readonly {readonly name: string; readonly text: string}[];
	};
	/** Where there is no profile: what was looked for, a line each. */
	readonly lookedFor: readonly string[];
};

export type ConfigurationInput = {readonly env: Environment; readonly flags?: ConfigurationFlags};

/** Reads the file, the environment and what is on PATH. Throws `ConfigurationError`. */
export const loadConfiguration = ({env, flags = {}}: ConfigurationInput): Configuration => {
	const said = flags.config ?? (env.JOBTOP_CONFIG || undefined);
	const path = resolve(said ?? usualConfigurationFile(env));
	const file = readFile(path, said !== undefined);
	const readOnly = flags.readOnly ?? (file?.read_only === true || isYes(env.JOBTOP_READ_ONLY));
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
		profiles,
		settings: {
			readOnly,
			notify: file?.notify ?? 'off',
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

const readFile = (path: string, mustExist: boolean): ConfigurationFile | undefined => {
	let source: string;
	try {
		source = readFileSync(path, 'utf8');
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (!mustExist && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
		const remedy = code === 'ENOENT' ? 'there is no such file; check --config and JOBTOP_CONFIG' : code;
		throw new ConfigurationError(`${path}: cannot be read: ${remedy}`, {cause: error});
	}
	let content: unknown;
	try {
		content = parse(source);
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		throw new ConfigurationError(explainSyntax(path, error));
	}
	const read = fileSchema.safeParse(content);
	if (read.success) return read.data;
	throw new ConfigurationError(explainIssues(path, source, content, read.error.issues));
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
