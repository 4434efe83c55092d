import {findSlurm} from '../backends/slurm/index.ts';
import type {ProfileEntry} from './profile-kinds.ts';
import type {Environment} from './state-directory.ts';

type Discovery = {
	readonly name: string;
	/** Where it looked, for somebody who has nothing configured. */
	readonly lookedFor: string;
	readonly find: (env: Environment) => ProfileEntry | undefined;
};

/** What is found without a configuration file. */
export const discoveries: readonly Discovery[] = [
	{
		name: 'slurm',
		lookedFor: 'squeue on PATH (Slurm)',
		find: env => (findSlurm(env) ? {backend: 'slurm'} : undefined),
	},
	{
		name: 'weaver',
		lookedFor: 'WEAVER_URL in the environment (Weaver; JOBTOP_WEAVER_TOKEN is its token)',
		find: env =>
			env.WEAVER_URL
				? {
						backend: 'weaver',
						url: env.WEAVER_URL,
						...(env.JOBTOP_WEAVER_TOKEN && {token_env: 'JOBTOP_WEAVER_TOKEN'}),
					}
				: undefined,
	},
	{
		name: 'ionworks',
		lookedFor: 'IONWORKS_API_KEY or IONWORKS_API_TOKEN in the environment (Ionworks)',
		find: env => {
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
		find: env =>
			env.TAPIS_BASE_URL && env.TAPIS_TOKEN
				? {backend: 'tapis', url: env.TAPIS_BASE_URL, token_env: 'TAPIS_TOKEN'}
				: undefined,
	},
	{
		name: 'tensorpool',
		lookedFor: 'TENSORPOOL_KEY in the environment (TensorPool)',
		find: env =>
			env.TENSORPOOL_KEY
				? {
						backend: 'tensorpool',
						token_env: 'TENSORPOOL_KEY',
						...(env.TENSORPOOL_ENGINE && {url: env.TENSORPOOL_ENGINE}),
					}
				: undefined,
	},
	{
		name: 'dex',
		lookedFor: 'SGP_API_KEY with SGP_ACCOUNT_ID and SGP_PROJECT_ID in the environment (Dex)',
		find: env =>
			env.SGP_API_KEY && env.SGP_ACCOUNT_ID && env.SGP_PROJECT_ID
				? {
						backend: 'dex',
						token_env: 'SGP_API_KEY',
						account: env.SGP_ACCOUNT_ID,
						project: env.SGP_PROJECT_ID,
						...(env.SGP_BASE_URL && {url: env.SGP_BASE_URL}),
					}
				: undefined,
	},
];
