import {join} from 'node:path';
import {readDotenvLine} from '../backends/profiles/dotenv.ts';
import {nameOfCluster} from '../backends/slurm/cluster-name.ts';
import {pathOfSqueue} from '../backends/slurm/index.ts';
import type {Environment} from '../state-directory.ts';
import {type ProfileEntry, tensorpoolKey} from './profile-kinds.ts';

/** What is around jobtop: the environment, and the folder that somebody is in; undefined where that is no more. */
export type Around = {
	readonly env: Environment;
	readonly here: string | undefined;
	/** Where this machine keeps its configuration, if not in `/etc`. */
	readonly etc?: string | undefined;
};

type Discovery = {
	readonly name: string;
	/** What it is called here, which tells it from its like elsewhere; undefined where that is not known. What it was called before, `name`, goes on meaning it. */
	readonly nameHere?: (around: Around) => string | undefined;
	/** Where it looked, for somebody who has nothing configured. */
	readonly lookedFor: string;
	readonly find: (around: Around) => ProfileEntry | undefined;
	/** Where only a part is there, or what is there cannot be used: what is missing. */
	readonly lacks?: (around: Around) => string | undefined;
};

/** Of names that are needed together: which are set and which are not, where that differs. */
const partOf = (env: Environment, ...names: readonly string[]): string | undefined => {
	const set = names.filter(name => env[name]);
	const unset = names.filter(name => !env[name]);
	if (set.length === 0 || unset.length === 0) return undefined;
	const are = (list: readonly string[]) => `${list.join(' and ')} ${list.length === 1 ? 'is' : 'are'}`;
	return `${are(set)} set, ${are(unset)} not`;
};

/** An address as Weaver's own client takes one: http where no scheme is said, and what names its jobs is left out. */
const weaverAddress = (said: string): string =>
	(/^[a-z][a-z\d+.-]*:\/\//i.test(said) ? said : `http://${said}`).replace(/\/jobs\/?$/, '');

/** Where TensorPool's own tool keeps its key: in the folder in which its login was called. */
const dotenvOf = (here: string): string => join(here, '.env');

/** What is found without a configuration file. */
export const discoveries: readonly Discovery[] = [
	{
		name: 'slurm',
		lookedFor: 'squeue on PATH (Slurm)',
		nameHere: ({env, etc}) => nameOfCluster(env, etc),
		find: ({env}) => (pathOfSqueue(env) ? {backend: 'slurm'} : undefined),
	},
	{
		name: 'weaver',
		lookedFor: 'WEAVER_URL in the environment (Weaver; JOBTOP_WEAVER_TOKEN is its token)',
		find: ({env}) =>
			env.WEAVER_URL
				? {
						backend: 'weaver',
						url: weaverAddress(env.WEAVER_URL),
						...(env.JOBTOP_WEAVER_TOKEN && {token_env: 'JOBTOP_WEAVER_TOKEN'}),
					}
				: undefined,
		lacks: ({env}) => (env.WEAVER_URL ? undefined : partOf(env, 'JOBTOP_WEAVER_TOKEN', 'WEAVER_URL')),
	},
	{
		name: 'ionworks',
		lookedFor: 'IONWORKS_API_KEY or IONWORKS_API_TOKEN in the environment (Ionworks)',
		find: ({env}) => {
			const bearer = Boolean(env.IONWORKS_API_TOKEN);
			if (!bearer && !env.IONWORKS_API_KEY) return undefined;
			return {
				backend: 'ionworks',
				token_env: bearer ? 'IONWORKS_API_TOKEN' : 'IONWORKS_API_KEY',
				auth: bearer ? 'bearer' : 'header',
				...(env.IONWORKS_API_URL && {url: env.IONWORKS_API_URL}),
				...(env.IONWORKS_ORGANIZATION_ID && {organization: env.IONWORKS_ORGANIZATION_ID}),
			};
		},
	},
	{
		name: 'tapis',
		lookedFor: 'TAPIS_BASE_URL with TAPIS_TOKEN in the environment (Tapis)',
		find: ({env}) =>
			env.TAPIS_BASE_URL && env.TAPIS_TOKEN
				? {backend: 'tapis', url: env.TAPIS_BASE_URL, token_env: 'TAPIS_TOKEN'}
				: undefined,
		lacks: ({env}) => partOf(env, 'TAPIS_BASE_URL', 'TAPIS_TOKEN'),
	},
	{
		name: 'tensorpool',
		lookedFor: 'TENSORPOOL_KEY in the environment or in ./.env (TensorPool)',
		find: ({env, here}) => {
			const url = env.TENSORPOOL_ENGINE && {url: env.TENSORPOOL_ENGINE};
			if (env[tensorpoolKey]) return {backend: 'tensorpool', token_env: tensorpoolKey, ...url};
			if (here === undefined || !('value' in readDotenvLine(dotenvOf(here), tensorpoolKey))) return undefined;
			return {backend: 'tensorpool', token_dotenv: dotenvOf(here), ...url};
		},
		lacks: ({env, here}) => {
			if (env[tensorpoolKey] || here === undefined) return undefined;
			const line = readDotenvLine(dotenvOf(here), tensorpoolKey);
			return 'missing' in line && line.said ? `${dotenvOf(here)} ${line.missing}` : undefined;
		},
	},
	{
		name: 'dex',
		lookedFor: 'SGP_API_KEY with SGP_ACCOUNT_ID in the environment (Dex; SGP_PROJECT_ID names one project)',
		find: ({env}) =>
			env.SGP_API_KEY && env.SGP_ACCOUNT_ID
				? {
						backend: 'dex',
						token_env: 'SGP_API_KEY',
						account: env.SGP_ACCOUNT_ID,
						// Its own tools know no project.
						...(env.SGP_PROJECT_ID ? {project: env.SGP_PROJECT_ID} : {projects: 'all'}),
						...(env.SGP_BASE_URL && {url: env.SGP_BASE_URL}),
					}
				: undefined,
		lacks: ({env}) => partOf(env, 'SGP_API_KEY', 'SGP_ACCOUNT_ID'),
	},
];

/** A login of which only a part is there, or which cannot be used: whose, and what is missing. */
export type PartialLogin = {readonly name: string; readonly lacks: string};

export const partialLogins = (around: Around): readonly PartialLogin[] =>
	discoveries.flatMap(({name, lacks}) => {
		const words = lacks?.(around);
		return words === undefined ? [] : [{name, lacks: words}];
	});

/** All that was looked for, a line each, with what is missing where a part is there. */
export const lookedForLines = (around: Around): readonly string[] =>
	discoveries.map(({lookedFor, lacks}) => {
		const words = lacks?.(around);
		return words === undefined ? lookedFor : `${lookedFor}: ${words}`;
	});
