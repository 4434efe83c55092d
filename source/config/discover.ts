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
];
